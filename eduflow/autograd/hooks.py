"""Hooks: functions that see gradients pass, and may change them."""

import weakref

from .._core.dispatch import gradient_edge
from .._core.tensor import method
from .graph import Handle, is_leaf, on_gradient


@method("retain_grad")
def _retain_grad(tensor):
    """Keep the gradient of a tensor that is not a leaf in `.grad`, too, after backward.

    What is kept is the gradient as other hooks have left it.
    """
    if not tensor.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if is_leaf(tensor) or tensor.__dict__.get("retains_grad"):
        return
    tensor.retains_grad = True
    reference = weakref.ref(tensor)

    def keep(grad):
        kept = reference()
        if kept is not None:
            kept._grad = grad if kept._grad is None else kept._grad + grad

    on_gradient(gradient_edge(tensor), keep, last=True)


@method("register_hook")
def _register_hook(tensor, hook):
    """Call `hook(grad)` when the gradient of this tensor is computed; it may return another one."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    return on_gradient(gradient_edge(tensor), hook)


@method("register_post_accumulate_grad_hook")
def _register_post_accumulate_grad_hook(tensor, hook):
    """Call `hook(tensor)` each time backward has added to the `.grad` of this leaf."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not is_leaf(tensor):
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    return Handle(gradient_edge(tensor), hook, "after")
