# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% requires-grad
"""What a tensor knows of gradients: requires_grad, grad_fn, detach, hooks."""

import weakref

from ..tensors import Tensor, alias, method, wrap
from .node import AccumulateGrad, Handle, Part
from .op import gradient_edge


def _get_requires_grad(tensor):
    """Whether gradients are computed for this tensor: a leaf that asks, or a result of one."""
    return gradient_edge(tensor) is not None or (
        tensor._view is not None and tensor._view.base.requires_grad
    )


def _set_requires_grad(tensor, wanted):
    if not is_leaf(tensor):
        raise RuntimeError(
            "you can only change requires_grad flags of leaf variables."
            + ("" if wanted else " If you want to use a computed variable in a subgraph that doesn't "
               "require differentiation use var_no_grad = var.detach().")
        )
    if wanted and not (tensor.is_floating_point() or tensor.is_complex()):
        raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")
    if not wanted:
        tensor._node = None
    elif tensor._node is None:
        tensor._node = AccumulateGrad(tensor)


method("requires_grad")(property(_get_requires_grad, _set_requires_grad))


@method("requires_grad_")
def _requires_grad_(tensor, requires_grad=True):
    """Ask for gradients of this leaf (or stop asking); returns the tensor itself."""
    _set_requires_grad(tensor, requires_grad)
    return tensor


# %% is-leaf
def is_leaf(tensor):
    """Whether the tensor was made by the user, not computed from tensors that require grad."""
    node = gradient_edge(tensor)
    return node is None or isinstance(node, AccumulateGrad)


def _grad_fn(tensor):
    """The node of the operation that made this tensor; None for a leaf."""
    node = gradient_edge(tensor)
    if node is None or isinstance(node, AccumulateGrad):
        return None
    return node.edges[0] if isinstance(node, Part) else node


method("is_leaf")(property(is_leaf))
method("grad_fn")(property(_grad_fn))


# %% detach
@method("detach")
def _detach(tensor):
    """The same memory and version counter, without a history: gradients stop here."""
    return alias(tensor, tensor._array)


def _get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    return wrap(tensor._array)


def _set_data(tensor, source):
    tensor._array = source._array


method("data")(property(_get_data, _set_data))


# %% retain-grad
@method("retain_grad")
def _retain_grad(tensor):
    """Keep the gradient of a tensor that is not a leaf in `.grad`, too, after backward."""
    if not tensor.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if is_leaf(tensor) or tensor.__dict__.get("retains_grad"):
        return
    tensor.retains_grad = True
    reference = weakref.ref(tensor)

    def keep(grad):
        kept = reference()
        if kept is not None:
            kept.grad = grad if kept.grad is None else kept.grad + grad

    Handle(gradient_edge(tensor), keep)


Tensor.retains_grad = False


@method("register_hook")
def _register_hook(tensor, hook):
    """Call `hook(grad)` when the gradient of this tensor is computed; it may return another one."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    return Handle(gradient_edge(tensor), hook)
