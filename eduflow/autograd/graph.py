"""What every node can do besides sending gradients: tell of itself, and take hooks."""

import itertools
import warnings
import weakref

import numpy as np

from .._core.dispatch import gradient_edge
from .._core.dtype import dtype as dtype_class
from .._core.tensor import Tensor, method, wrap
from .._words.autograd import modified
from .._words.operands import FREED, check_requires_grad
from .watch import Watcher, watchers

_ids = itertools.count()


class Handle:
    """What register_hook returns: `remove()` takes the hook off again."""

    def __init__(self, node, hook, room="hooks", last=False):
        self.id = float("inf") if last else next(_ids)
        self.node, self.room = weakref.ref(node), room
        if getattr(node, room) is None:
            setattr(node, room, {})
        getattr(node, room)[self.id] = hook

    def remove(self):
        """Take the hook off; doing so twice does no harm."""
        node = self.node()
        if node is not None:
            getattr(node, self.room).pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


def on_gradient(node, hook, last=False):
    """Call `hook(grad)`, a function of tensors, with what arrives at a node; a Handle."""

    def see(grad):
        if handle.id not in node_of(handle).hooks:  # an earlier hook took this one off
            return grad
        tensor = grad if isinstance(grad, Tensor) else wrap(np.asarray(grad))
        changed = hook(tensor)
        if changed is not None and not isinstance(changed, Tensor):
            raise TypeError(f"expected Variable, but hook returned '{type(changed).__name__}'")
        tensor = tensor if changed is None else changed
        return tensor if isinstance(grad, Tensor) else tensor._array

    handle = Handle(node, see, last=last)
    node.hooks = dict(sorted(node.hooks.items()))  # in this order they run
    return handle


def node_of(handle):
    """The node that a hook hangs on."""
    return handle.node()


class NodeBase:
    """What the class Node stands on."""

    parameters: tuple = ()  # what the operation calls its inputs

    def name(self):
        """The name of the operation, in PyTorch's spelling: MulBackward0."""
        return type(self).__name__

    def __repr__(self):
        return f"<{self.name()} object at {id(self):#x}>"

    def place(self):
        """This node, and which of its outputs the gradients sent here belong to."""
        return self, 0

    @property
    def next_functions(self):
        """For each input: the node its gradient goes to, and which output of that node it was.

        An index or a condition, which never has a gradient, is not listed.
        """
        unasked = [i for i, name in enumerate(self.parameters) if name in ("condition", "index")]
        edges = [edge for i, edge in enumerate(self.edges) if i not in unasked]
        return tuple((None, 0) if edge is None else edge.place() for edge in edges)

    def register_hook(self, hook):
        """Call `hook(grad)` with the gradient that arrives here; it may return another one."""
        return on_gradient(self, hook)


_next_number = itertools.count(1).__next__
AS_IT_IS = itertools.repeat(None)


class Node(NodeBase):
    """One recorded operation: how the gradient of its result reaches each of its inputs.

    `derivatives[i]` turns the gradient of the result into that of input i, and `edges[i]` is the
    node that it goes to; None where nobody asked. `saved` lists what must not change until then:
    (array, position of the input or -1 for the result, version counter, version it had). `fits[i]`
    is the (shape, dtype) that gradient i must be brought to, if broadcasting or promotion changed
    the input.
    """

    def __init__(self, derivatives, edges, saved=(), fits=None):
        self.number = _next_number()  # its inputs were made before it: their numbers are lower
        self.derivatives, self.edges = derivatives, edges
        self.saved, self.fits = saved, fits
        self.hooks = None  # a dict of what sees the gradients that arrive, and may change them
        if watchers:
            watchers.made(self)

    def receive(self, grad):
        """The gradient that arrived, as the hooks leave it."""
        for hook in list(self.hooks.values()):
            grad = hook(grad)
        return grad

    def check(self):
        """RuntimeError if what the derivatives need is gone, or was changed in place since."""
        if self.derivatives is None:
            raise RuntimeError(FREED)
        for _, position, counter, version in self.saved:
            if counter[0] != version:
                raise modified(self, position, counter[0], version)

    def gradients(self, grad, edges, prepare=None):
        """Pairs (edge, gradient that goes there), for each of `edges` that is not None.

        `prepare(node, edges)` hands out other derivatives to call (for second derivatives).
        """
        derivatives = self.derivatives if prepare is None else prepare(self, edges)
        pairs = []
        for derivative, edge, fit in zip(derivatives, edges, self.fits or AS_IT_IS):
            if edge is not None:
                g = derivative(grad)
                pairs.append((edge, g if fit is None else fit_to(g, *fit)))
        return pairs


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

    def gradients(self, grad, edges, prepare=None):
        """Add the gradient to the leaf's, if it still asks for one; nothing goes further down."""
        leaf = self.leaf()
        if leaf is not None and leaf._node is not None:
            if not isinstance(leaf._node, AccumulateGrad):
                raise RuntimeError("leaf variable has been moved into the graph interior")
            accumulate(leaf, grad)
            for hook in list((self.after or {}).values()):
                hook(leaf)
        return ()


def accumulate(leaf, grad):
    """Add `grad` to the gradient of a leaf. The first one is copied: others may hold it, too."""
    if leaf._grad is None:
        leaf._grad = grad if isinstance(grad, Tensor) else wrap(np.array(grad))
    elif isinstance(grad, Tensor) or leaf._grad._node is not None:
        leaf._grad = leaf._grad + (grad if isinstance(grad, Tensor) else wrap(grad))
    else:
        leaf._grad._array += grad
        leaf._grad._counter[0] += 1


def unbroadcast(grad, shape):
    """Sum `grad`, an array, over everything that broadcasting has copied, back to `shape`.

    Where one number was used many times, its gradient is the sum over all its uses.
    """
    new = tuple(range(grad.ndim - len(shape)))
    if new:
        grad = grad.sum(axis=new)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i])
    return grad.sum(axis=stretched, keepdims=True) if stretched else grad


def fit_to(grad, shape, dtype):
    """Undo broadcasting and promotion: bring `grad` to `shape` and to NumPy's `dtype`."""
    grad = unbroadcast(grad, shape)
    if isinstance(grad, Tensor):
        grad = grad.real if grad.is_complex() and dtype.kind == "f" else grad
        return grad.to(dtype_class.by_numpy[dtype])
    grad = grad.real if dtype.kind == "f" else grad
    return grad if grad.dtype == dtype else grad.astype(dtype)


def collector(leaf):
    """The node that collects the gradient of `leaf`. The leaf owns it, so it knows the leaf weakly."""
    return AccumulateGrad(weakref.ref(leaf))


def is_leaf(tensor):
    """Whether the tensor was made by the user, not computed from tensors that require grad."""
    return tensor._node is None or isinstance(tensor._node, AccumulateGrad)


def _get_requires_grad(tensor):
    """Whether gradients are computed for this tensor: a leaf that asks, or a result of one."""
    view = tensor._view
    return tensor._node is not None or (view is not None and view.base.requires_grad)


def _set_requires_grad(tensor, wanted):
    check_requires_grad(is_leaf(tensor), tensor.dtype, wanted)
    if not wanted:
        tensor._node = None
    elif tensor._node is None:
        tensor._node = collector(tensor)


method("requires_grad")(property(_get_requires_grad, _set_requires_grad))


@method("requires_grad_")
def _requires_grad_(tensor, requires_grad=True):
    """Ask for gradients of this leaf (or stop asking); returns the tensor itself."""
    if requires_grad and tensor.requires_grad:
        return tensor
    check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")
    tensor.requires_grad = requires_grad
    return tensor


def _grad_fn(tensor):
    """The node of the operation that made this tensor; None for a leaf."""
    node = gradient_edge(tensor)
    return None if node is None or isinstance(node, AccumulateGrad) else node.place()[0]


def _set_grad(tensor, grad):
    tensor._grad = grad


Tensor._grad, Tensor.retains_grad = None, False
method("grad_fn")(property(_grad_fn))
method("is_leaf")(property(lambda tensor: _grad_fn(tensor) is None))
method("grad")(property(lambda tensor: tensor._grad, _set_grad))


def _output_nr(tensor):
    """Which output of its grad_fn this tensor is."""
    node = gradient_edge(tensor)
    return 0 if node is None else node.place()[1]


method("output_nr")(property(_output_nr))


def _get_grad(tensor):
    """The gradient that backward() has left here; None before, and for what is no leaf."""
    if tensor._grad is None and not (is_leaf(tensor) or tensor.retains_grad):
        warnings.warn(
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its "
            ".grad attribute won't be populated during autograd.backward(). If you indeed want the "
            ".grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
            "Tensor.",
            stacklevel=2,
        )
    return tensor._grad


def _set_grad_facts(tensor, grad):
    if grad is not None:
        _check_grad(tensor, grad)
    tensor._grad = grad


method("grad")(property(_get_grad, _set_grad_facts, lambda tensor: _set_grad_facts(tensor, None)))


def _check_grad(tensor, grad):
    """A gradient must be a tensor like the one it belongs to."""
    if not isinstance(grad, Tensor):
        raise TypeError(
            "assigned grad expected to be a Tensor or None but got grad of type "
            f"{type(grad).__name__}"
        )
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the "
            "same size"
        )
    if grad.dtype is not tensor.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{grad.dtype.ctype_name}' to a tensor "
            f"with dtype '{tensor.dtype.ctype_name}'. The gradient must have the tensor's dtype."
        )


@method("detach_")
def _detach_(tensor):
    """Cut this tensor itself off from its history: from now on it is a leaf."""
    if tensor._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using "
            "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
            "True, gradients are views of DDP buckets, and hence detach_() cannot be called on "
            "these gradients. To fix this error, please refer to the Optimizer.zero_grad() "
            "function in torch/optim/optimizer.py as the solution."
        )
    if tensor._node is not None and not is_leaf(tensor):
        _cut_off.add(tensor._node)
        if _watchman not in watchers:
            watchers.append(_watchman)
    tensor._node = None
    return tensor


_cut_off = weakref.WeakSet()  # the nodes of tensors that detach_() cut off


class _Watchman(Watcher):
    """Looks out for operations that saved an input which has been cut off in place since."""

    def before(self, node, grad):
        """RuntimeError where this node is one."""
        if not _cut_off:
            watchers.remove(self)
        elif any(p >= 0 and node.edges[p] in _cut_off for _, p, _, _ in node.saved):
            raise RuntimeError(
                "Trying to use a saved tensor that has been detached in-place, i.e. with "
                ".detach_().This is not supported, please use out-of-place `.detach()` instead"
            )


_watchman = _Watchman()


def _get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    return wrap(tensor._array.view())


def _set_data(tensor, source):
    if not isinstance(source, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(source).__name__}")
    if tensor._node is not None and source._array.dtype.kind not in "fc":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    tensor._array = source._array


method("data")(property(_get_data, _set_data))


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

    def gradients(self, grad, edges, prepare=None):
        """Hand the gradient to the operation's node, marked with the result it belongs to."""
        return [(self.edges[0], Parts({self.index: grad}))]


class Parts(dict):
    """Gradients by the result they belong to: what a node with several results receives."""

    def __add__(self, other):
        both = {index: self[index] + other[index] for index in self.keys() & other.keys()}
        return Parts(self | other | both)
