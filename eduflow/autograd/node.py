# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% fit-to
"""The tape: one node for each recorded operation, numbered in the order of creation."""

import itertools
import weakref

import numpy as np

from ..dtypes import dtype as dtype_class
from ..tensors import Tensor, wrap


def fit_to(grad, shape, dtype):
    """Undo broadcasting and promotion: sum `grad` to `shape` and bring it to NumPy's `dtype`.

    Where one number was used many times, its gradient is the sum over all its uses.
    """
    new_dims = tuple(range(grad.ndim - len(shape)))
    if new_dims:
        grad = grad.sum(axis=new_dims)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i])
    if stretched:
        grad = grad.sum(axis=stretched, keepdims=True)
    if isinstance(grad, Tensor):
        grad = grad.real if grad.is_complex() and dtype.kind == "f" else grad
        return grad.to(dtype_class.by_numpy[dtype])
    grad = grad.real if dtype.kind == "f" else grad
    return grad if grad.dtype == dtype else grad.astype(dtype)


# %% node-class
_next_number = itertools.count(1).__next__


class Node:
    """One recorded operation: how the gradient of its result reaches each of its inputs.

    `derivatives[i]` turns the gradient of the result into that of input i; `edges[i]` is the node
    that receives it, or None where nobody asked. `saved` lists what backward needs unchanged:
    (version counter, version it had, position of the input or -1 for the result). `fits[i]` is the
    (shape, dtype) that gradient i must be brought to, where broadcasting or promotion changed it.
    A node is made after its inputs, so its `number` is higher than theirs.
    """

    __slots__ = ("number", "derivatives", "edges", "saved", "fits", "hooks", "__weakref__")
    joint = False  # whether one method, `pass_down`, computes the gradients of all inputs
    parameters = ()  # what the operation calls its inputs

    def __init__(self, derivatives, edges, saved=(), fits=None):
        self.number = _next_number()
        self.derivatives = derivatives
        self.edges = edges
        self.saved = saved
        self.fits = fits
        self.hooks = None

    def name(self):
        """The name of the operation, in PyTorch's spelling: MulBackward0."""
        return type(self).__name__

    @property
    def next_functions(self):
        """For each input: the node its gradient goes to, and which output of that node it was."""
        return tuple((None, 0) if edge is None else edge.place() for edge in self.edges)

    def place(self):
        """This node, and which of its outputs the gradients sent here belong to."""
        return self, 0

    def register_hook(self, hook):
        """Call `hook(grad)` with the gradient that arrives here; it may return another one."""
        return Handle(self, hook)

    def __repr__(self):
        return f"<{self.name()} object at {id(self):#x}>"


# %% accumulate-grad
class AccumulateGrad(Node):
    """The end of the road: what arrives here is added to `.grad` of a leaf.

    The leaf owns this node, so the node knows its leaf only weakly.
    """

    __slots__ = ("leaf",)
    joint = True

    def __init__(self, leaf):
        super().__init__((), ())
        self.leaf = weakref.ref(leaf)

    @property
    def variable(self):
        """The leaf."""
        return self.leaf()

    def pass_down(self, grad, owned, create_graph, wanted):
        """Add the gradient to the leaf's; nothing goes further down."""
        leaf = self.leaf()
        if wanted is None and leaf is not None:
            accumulate(leaf, grad, owned)
        return ()


# %% accumulate
def accumulate(leaf, grad, owned):
    """Add `grad` to `leaf.grad`: the first one is taken over, or copied where others hold it too.

    An array is added in place. A tensor, which may carry a graph, is added by `+`.
    """
    if isinstance(grad, Tensor):
        leaf.grad = grad if leaf.grad is None else leaf.grad + grad
    elif leaf.grad is None:
        owned = owned and type(grad) is np.ndarray and grad.base is None
        leaf.grad = wrap(grad if owned else np.array(grad))
    else:
        leaf.grad._array += grad
        leaf.grad._version[0] += 1


# %% part
class Part(Node):
    """One of several results of an operation.

    The operation's own node runs once, when the gradients of all its parts have arrived.
    """

    __slots__ = ("index",)
    joint = True

    def __init__(self, node, index):
        super().__init__((), (node,))
        self.index = index

    def place(self):
        """The operation's node, and which of its results this is."""
        return self.edges[0], self.index

    def pass_down(self, grad, owned, create_graph, wanted):
        """Hand the gradient to the operation's node, marked with the result it belongs to."""
        return [(self.edges[0], Parts({self.index: grad}))]


class Parts(dict):
    """Gradients by the result they belong to: what a node with several results receives."""

    def __add__(self, other):
        return Parts(self | other)


# %% hook-handle
class Handle:
    """What register_hook returns: `remove()` takes the hook off again."""

    def __init__(self, node, hook):
        node.hooks = node.hooks or {}
        self.id, self.node = _next_number(), weakref.ref(node)
        node.hooks[self.id] = hook

    def remove(self):
        """Take the hook off; doing so twice does no harm."""
        node = self.node()
        if node is not None and node.hooks:
            node.hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.remove()


# %% saved-errors
FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)


def modified(node, position, found, expected):
    """The error for a saved tensor that was changed in place before backward needed it."""
    array = saved_array(node, position)
    source = node if position < 0 else node.edges[position]
    output = ""
    if source is not None and not isinstance(source, AccumulateGrad):
        maker, index = source.place()
        output = f", which is output {index} of {maker.name()},"
    legacy = dtype_class.by_numpy[array.dtype].legacy_name
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [{__name__.split('.')[0]}.{legacy} {list(array.shape)}]{output} is at version "
        f"{found}; expected version {expected} instead. Hint: enable anomaly detection to find the "
        "operation that failed to compute its gradient, with "
        "torch.autograd.set_detect_anomaly(True)."
    )


# %% saved-array
def saved_array(node, position):
    """The array that a derivative saved: that of input `position`, or of the result (-1)."""
    name = "result" if position < 0 else node.parameters[position]
    for derivative in filter(None, node.derivatives):
        function = getattr(derivative, "derivative", derivative)
        for free, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            if free == name:
                return cell.cell_contents
    raise LookupError(f"{node.name()} saved nothing called {name!r}")
