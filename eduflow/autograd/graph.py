"""The tape: one node for each recorded operation, numbered in the order of creation."""

import itertools
import warnings
import weakref

import numpy as np

from .._core.dispatch import gradient_edge
from .._core.dtype import dtype as dtype_class
from .._core.tensor import Tensor, method, wrap
from .._words.operands import check_requires_grad

# %% lesson 02 node-class
_next_number = itertools.count(1).__next__
detached: list = []  # weak references to the nodes of tensors that detach_() cut off


class Node:
    """One recorded operation: how the gradient of its result reaches each of its inputs.

    `derivatives[i]` turns the gradient of the result into that of input i, and `edges[i]` is the
    node that it goes to; None where nobody asked. `saved` lists what must not change until then:
    (version counter, version it had, position of the input or -1 for the result). `fits[i]` is the
    (shape, dtype) that gradient i must be brought to, where broadcasting or promotion changed it.
    """

    __slots__ = ("number", "derivatives", "edges", "saved", "fits", "hooks", "__weakref__")
    joint = False  # whether one method, `pass_down`, computes the gradients of all inputs
    once = False  # whether it goes backward only once even if nothing was saved
    parameters: tuple = ()  # what the operation calls its inputs

    def __init__(self, derivatives, edges, saved=(), fits=None):
        self.number = _next_number()  # its inputs were made before it: their numbers are lower
        self.derivatives, self.edges = derivatives, edges
        self.saved, self.fits, self.hooks = saved, fits, None

    def name(self):
        """The name of the operation, in PyTorch's spelling: MulBackward0."""
        return type(self).__name__

    def place(self):
        """This node, and which of its outputs the gradients sent here belong to."""
        return self, 0


# %% end


# %% lesson 02 accumulate-grad
class AccumulateGrad(Node):
    """The end of the road: what arrives here is added to `.grad` of a leaf.

    The leaf owns this node, so the node knows its leaf only weakly.
    """

    __slots__ = ("leaf", "after")
    joint = True

    def __init__(self, leaf):
        super().__init__((), ())
        self.leaf, self.after = weakref.ref(leaf), None

    def pass_down(self, grad, owned, create_graph, search):
        """Add the gradient to the leaf's, if it still asks for one; nothing goes further down."""
        leaf = self.leaf()
        if leaf is not None and not isinstance(leaf._node, (AccumulateGrad, type(None))):
            raise RuntimeError("leaf variable has been moved into the graph interior")
        if search is None and leaf is not None and leaf._node is not None:
            accumulate(leaf, grad, owned)
            for hook in list((self.after or {}).values()):
                hook(leaf)
        return ()


def accumulate(leaf, grad, owned):
    """Add `grad` to the gradient of a leaf; copy the first one if others hold it too."""
    if leaf._grad is not None and leaf._grad._node is None and not isinstance(grad, Tensor):
        leaf._grad._array += grad
        leaf._grad._counter[0] += 1
        return
    if not isinstance(grad, Tensor):
        owned = owned and leaf._grad is None and type(grad) is np.ndarray and grad.base is None
        grad = wrap(grad if owned else np.array(grad))
    leaf._grad = grad if leaf._grad is None else leaf._grad + grad


# %% end


# %% lesson 02 fit-to
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


# %% end


# %% lesson 02 requires-grad
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
        tensor._node = AccumulateGrad(tensor)


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


# %% end


@method("__repr__", of=Node)
def _repr(node):
    return f"<{node.name()} object at {id(node):#x}>"


def _next_functions(node):
    """For each input: the node its gradient goes to, and which output of that node it was.

    An index or a condition, which never has a gradient, is not listed.
    """
    unasked = [i for i, name in enumerate(node.parameters) if name in ("condition", "index")]
    edges = [edge for i, edge in enumerate(node.edges) if i not in unasked]
    return tuple((None, 0) if edge is None else edge.place() for edge in edges)


def _output_nr(tensor):
    """Which output of its grad_fn this tensor is."""
    node = gradient_edge(tensor)
    return 0 if node is None else node.place()[1]


method("next_functions", of=Node)(property(_next_functions))
method("variable", of=AccumulateGrad)(property(lambda node: node.leaf()))
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
        detached.append(weakref.ref(tensor._node, detached.remove))
    tensor._node = None
    return tensor


@method("check_detached", of=Node)
def _check_detached(node):
    """RuntimeError where this node saved an input that has been cut off in place since."""
    saved = [node.edges[position] for _, _, position in node.saved if position >= 0]
    if any(reference() is edge for reference in detached for edge in saved):
        raise RuntimeError(
            "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_()."
            "This is not supported, please use out-of-place `.detach()` instead"
        )


def _get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    return wrap(tensor._array)


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

    __slots__ = ("index",)
    joint = True

    def __init__(self, node, index):
        super().__init__((), (node,))
        self.index = index

    def place(self):
        """The operation's node, and which of its results this is."""
        return self.edges[0], self.index

    def pass_down(self, grad, owned, create_graph, search):
        """Hand the gradient to the operation's node, marked with the result it belongs to."""
        return [(self.edges[0], Parts({self.index: grad}))]


class Parts(dict):
    """Gradients by the result they belong to: what a node with several results receives."""

    def __add__(self, other):
        both = {index: self[index] + other[index] for index in self.keys() & other.keys()}
        return Parts(self | other | both)
