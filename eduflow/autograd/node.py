# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% node-class
"""The tape: one node for each recorded operation, numbered in the order of creation."""

import itertools
import weakref

import numpy as np

from ..dtypes import dtype as dtype_class
from ..tensors import Tensor, wrap

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


# %% accumulate-grad
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


# %% fit-to
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


# %% public names
__all__ = ["AccumulateGrad", "Node", "accumulate", "detached", "fit_to", "unbroadcast"]
