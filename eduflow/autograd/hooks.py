"""Hooks: functions that see gradients pass, and may change them."""

import itertools
import weakref

import numpy as np

from .._core.dispatch import gradient_edge
from .._core.tensor import Tensor, method, wrap
from .graph import Node, is_leaf

_ids = itertools.count()


class Handle:
    """What register_hook returns: `remove()` takes the hook off again."""

    def __init__(self, node, hook, room="hooks", last=False):
        if getattr(node, room) is None:
            setattr(node, room, {})
        self.id = float("inf") if last else next(_ids)
        self.node, self.room = weakref.ref(node), room
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


@method("run_hooks", of=Node)
def _run_hooks(node, grad):
    """Show a gradient to the hooks of its tensor; a hook may hand back another one."""
    tensor = grad if isinstance(grad, Tensor) else wrap(np.asarray(grad))
    for number in sorted(node.hooks):
        changed = node.hooks[number](tensor) if number in node.hooks else None
        if changed is not None and not isinstance(changed, Tensor):
            raise TypeError(f"expected Variable, but hook returned '{type(changed).__name__}'")
        tensor = tensor if changed is None else changed
    return tensor if isinstance(grad, Tensor) else tensor._array


@method("register_hook", of=Node)
def _register_node_hook(node, hook):
    """Call `hook(grad)` with the gradient that arrives at this node; it may return another one."""
    return Handle(node, hook)


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

    Handle(gradient_edge(tensor), keep, last=True)


@method("register_hook")
def _register_hook(tensor, hook):
    """Call `hook(grad)` when the gradient of this tensor is computed; it may return another one."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    return Handle(gradient_edge(tensor), hook)


@method("register_post_accumulate_grad_hook")
def _register_post_accumulate_grad_hook(tensor, hook):
    """Call `hook(tensor)` each time backward has added to the `.grad` of this leaf."""
    if not tensor.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    if not is_leaf(tensor):
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    return Handle(gradient_edge(tensor), hook, "after")
