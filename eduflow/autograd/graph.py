"""The graph: what an operation leaves behind so that a gradient finds its way back."""

import functools
import itertools
import weakref

import numpy as np

from .._core.dispatch import raw, two_way
from .._core.dtype import dtype as dtype_class
from .._core.extend_class import grows
from .._core.layout import is_dense, with_layout
from .._core.storage import restride
from .._core.tensor import Tensor, contiguous_strides, element_strides, method, wrap
from .._kernels import at_home, switch
from .._kernels.reduction import FAST_SUMS
from .._words.autograd import modified, must_be_outside, must_have_room
from .._words.operands import FREED
from .watchers import saved_tensors_hooks as saved_tensors_hooks
from .watchers import watchers

next_number = itertools.count(1).__next__


def recorded_sum(function):
    """Decorator for `function(grad, shape)`, which adds up an array: tensors it may take as well.

    What happens to them is recorded, for derivatives of derivatives.
    """
    fast = FAST_SUMS.get(function.__name__) if at_home(function) else None

    @two_way
    def add_up(grad, *, shape):
        wide = grad.shape

        def spread(g):
            return g.expand(wide) if isinstance(g, Tensor) else np.broadcast_to(g, wide)

        return function(grad, shape), spread

    def either(grad, shape):
        if isinstance(grad, Tensor):
            return add_up(grad, shape=shape)
        return function(grad, shape) if fast is None or switch.plain else fast(grad, shape)

    return functools.wraps(function)(either)


# %% lesson 02 unbroadcast
@recorded_sum
def unbroadcast(grad, shape):
    """Sum `grad` over everything that broadcasting has copied, back to `shape`.

    Where one number was used many times, its gradient is the sum over all its uses: ones of shape
    (4, 3) become [4, 4, 4] for shape (3,), and [[3], [3], [3], [3]] for shape (4, 1).
    """
    new = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(new)))
    stretched = [i for i, size in enumerate(shape) if size == 1 != grad.shape[i]]
    return grad.sum(axis=tuple(stretched), keepdims=True)


# %% end


# %% lesson 02 node
class Node:
    """One recorded operation: how the gradient of its result reaches each of its inputs.

    `derivatives[i]` turns the gradient of the result into that of input i, and `edges[i]` is the
    node that it goes to; None where nobody asked. `saved` lists what must not change until then:
    (array, place, version counter, version it had). `fits[i]` is the shape and dtype of input i,
    if broadcasting or promotion changed them: `fitted` brings its gradient back to these.
    """

    def __init__(self, derivatives, edges, saved=(), fits=None):
        self.number = next_number()  # its inputs were made before it: their numbers are lower
        self.derivatives, self.edges = derivatives, edges
        self.saved, self.fits = saved, fits
        self.hooks = None  # functions that change a gradient on its way: none yet
        if watchers:  # who looks on, to find errors or to count
            watchers.made(self)

    def check(self):
        """RuntimeError if what the derivatives need is gone, or was changed in place since."""
        if self.derivatives is None:
            raise RuntimeError(FREED)
        for _, place, counter, version in self.saved:
            if counter[0] != version:
                raise modified(self, place, counter[0], version)

    def gradients(self, grad, edges):
        """Pairs (edge, gradient that goes there), for each of `edges` that is not None."""
        pairs = []
        for i, edge in enumerate(edges):
            if edge is not None:
                pairs.append((edge, self.fitted(i, self.derivatives[i](grad))))
        return pairs


# %% end


# %% lesson 17 fit-to
def fit_to(grad, shape, dtype):
    """Undo broadcasting and promotion: bring `grad` to this shape and to NumPy's `dtype`."""
    if grad.shape != shape:
        grad = unbroadcast(grad, shape)
    if dtype.kind == "f":
        grad = grad.real
    return cast(grad, dtype)


@method("fitted", of=Node)
def fitted(node, i, grad):
    """The gradient of input i, in the shape and the dtype of that input."""
    fit = node.fits and node.fits[i]
    return fit_to(grad, *fit) if fit else grad


# %% end


# These are C++ functions in PyTorch, and their names say so.
_IN_CPP = {"AccumulateGrad", "CopyBackwards", "CopySlices"}
_NEVER = {"condition", "index", "indices", "classes", "running_mean", "running_var"}


@grows(Node)
class _Node:
    """What every node can do besides sending gradients."""

    parameters = ()  # what the operation calls its inputs
    leads_on = True  # whether there is anywhere to go for a gradient
    one_by_one = Node.gradients  # one derivative for each input: a kernel of the walk does the same
    fit_to = staticmethod(fit_to)

    def receive(self, grad):
        """The gradient that arrived, as the hooks leave it."""
        if watchers:
            watchers.before(self, grad)
        for hook in list(self.hooks.values()):
            grad = hook(grad)
        return grad

    def shown(self, grads):
        """The gradients of the inputs as hooks see them, and `taken` what they returned."""
        return grads

    taken = shown

    def take_over(self, grad):
        """Keep `grad`, an array that is nobody else's, as it is: whether this node does so."""
        return False

    def name(self):
        """The name of the operation, in PyTorch's spelling: MulBackward0."""
        name = type(self).__name__
        return f"torch::autograd::{name}" if name in _IN_CPP else name

    def __repr__(self):
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def place(self):
        """This node, and which of its outputs the gradients sent here belong to."""
        return self, 0

    @property
    def next_functions(self):
        """For each input: the node its gradient goes to, and which output of that node it was.

        An index, a condition and the like, which never have a gradient, are not listed.
        """
        unasked = [i for i, name in enumerate(self.parameters) if name in _NEVER]
        edges = [edge for i, edge in enumerate(self.edges) if i not in unasked]
        return tuple((None, 0) if edge is None else edge.place() for edge in edges)


# %% lesson 02 accumulate
def accumulate(leaf, grad):
    """Add `grad`, an array, to the gradient of a leaf: in place, if there is one already.

    The first one is copied into a tensor of its own: others may hold the same array.
    """
    if leaf._grad is None:
        leaf._grad = wrap(np.array(grad))
    else:
        leaf._grad._array += grad
        leaf._grad._counter[0] += 1


# %% end


class AccumulateGrad(Node):
    """The end of the road: what arrives here is added to `.grad` of a leaf.

    `leaf()` is that tensor, or None once nobody holds it.
    """

    after = None  # a dict of what is called with the leaf when its gradient has been added to

    def __init__(self, leaf):
        super().__init__((), ())
        self.leaf = leaf

    @property
    def variable(self):
        """The leaf."""
        return self.leaf()

    def take_over(self, grad):
        """Make `grad` the leaf's first gradient without a copy, if it has memory of its own."""
        leaf = self.leaf()
        if leaf is None or leaf._grad is not None or leaf._node is not self or self.after:
            return False
        if type(grad) is not np.ndarray or grad.base is not None:
            return False
        array = leaf._array
        alike = grad.shape == array.shape and grad.strides == array.strides
        if grad.dtype is not array.dtype or not alike:
            return False
        leaf._grad = wrap(grad)
        return True


# %% lesson 20 collect
def cast(grad, dtype):
    """A gradient, array or tensor, in NumPy's `dtype`."""
    recorded = isinstance(grad, Tensor)
    return grad.to(dtype_class.by_numpy[dtype]) if recorded else grad.astype(dtype, copy=False)


def like_its_tensor(tensor, grad):
    """A gradient, array or tensor, in the shape and the dtype of the tensor it belongs to."""
    array, given = tensor._array, raw(grad)
    if given.shape == array.shape and given.dtype == array.dtype:
        return grad
    return fit_to(grad, array.shape, array.dtype)


def collect(tensor, grad):
    """Add `grad`, an array or (with a history) a tensor, to the gradient of `tensor`."""
    grad, old = like_its_tensor(tensor, grad), tensor._grad
    if isinstance(grad, Tensor):
        tensor._grad = grad if old is None else old + grad
    else:
        must_have_room(old, grad)
        accumulate(tensor, grad)


# %% end


def in_its_order(leaf, grad):
    """The first gradient of a leaf as PyTorch keeps it: in the memory order of the leaf.

    Of a leaf with gaps or overlaps, in reading order. One with a history is copied in any case.
    """
    alike = type(grad) is np.ndarray and grad.strides == leaf._array.strides
    if alike or leaf._grad is not None:
        return grad
    grad, array = like_its_tensor(leaf, grad), leaf._array
    strides = element_strides(array) if is_dense(array) else contiguous_strides(array.shape)
    if not isinstance(grad, Tensor):
        return with_layout(np.asarray(grad), strides)
    return wrap(restride(np.empty(array.size, array.dtype), array.shape, strides)).copy_(grad)


# %% lesson 20 end-of-the-road
def collector(leaf):
    """The node that collects the gradient of `leaf`: the leaf owns it, it knows the leaf weakly."""
    return leaf._collector or AccumulateGrad(weakref.ref(leaf))


def is_leaf(tensor):
    """Whether the tensor was made by the user, not computed from tensors that require grad."""
    return tensor._node is None or isinstance(tensor._node, AccumulateGrad)


@method("gradients", of=AccumulateGrad)
def end_at_leaf(node, grad, edges):
    """Add the gradient to the leaf's, if anybody holds it; nothing goes further down."""
    leaf = node.leaf()
    if leaf is not None:
        must_be_outside(is_leaf(leaf))
        node.collect(leaf, grad)
    return ()


@method("collect", of=AccumulateGrad)
def collect_and_tell(node, leaf, grad):
    """Add `grad` to the leaf's gradient, if it still asks for one; tell the hooks in any case."""
    if leaf._node is not None:
        collect(leaf, in_its_order(leaf, grad))
    for hook in list((node.after or {}).values()):
        hook(leaf)


# %% end


class Part(Node):
    """One of several results of an operation.

    The operation's own node runs once, when the gradients of all its parts have arrived.
    """

    def __init__(self, node, index):
        super().__init__((), (node,))
        self.index = index

    def place(self):
        """The operation's node, and which of its results this is."""
        return self.edges[0], self.index

    def gradients(self, grad, edges):
        """Hand the gradient to the operation's node, marked with the result it belongs to."""
        return [(self.edges[0], Parts({self.index: grad}))]


class Parts(dict):
    """Gradients by the result they belong to: what a node with several results receives."""

    def __add__(self, other):
        both = {index: self[index] + other[index] for index in self.keys() & other.keys()}
        return Parts(self | other | both)
