# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% requires-grad
"""Leaves: the tensors for which somebody asked for gradients."""

from ..operations import gradient_edge
from ..refusals import check_requires_grad
from ..tensors import Tensor, method
from .node import AccumulateGrad


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


# %% public names
__all__ = ["is_leaf"]
