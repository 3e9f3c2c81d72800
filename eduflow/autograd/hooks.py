"""Hooks: functions that see gradients pass, and may change them."""

import functools
import itertools
import weakref

import numpy as np

from .._core.dispatch import gradient_edge
from .._core.extend_class import grows
from .._core.tensor import Tensor, method, wrap
from .._words.operands import check_hooked
from .graph import AccumulateGrad, Node, Parts, is_leaf

_ids = itertools.count()


class Handle:
    """What register_hook returns: `remove()` takes the hook off again."""

    def __init__(self, node, hook, room="hooks", last=False):
        self.id = float("inf") if last else next(_ids)
        self.node, self.room = weakref.ref(node), room
        leaf = node.leaf() if isinstance(node, AccumulateGrad) else None
        if leaf is not None:
            leaf._collector = node  # its hooks stay, though it may not ask for gradients for a time
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
        tensor = given = as_tensor(grad)
        changed = hook(given)
        if changed is not None:
            if not isinstance(changed, Tensor):
                raise TypeError(f"expected Variable, but hook returned '{type(changed).__name__}'")
            check_hooked(hook, given, changed)
            tensor = changed
        return tensor if isinstance(grad, Tensor) else tensor._array

    handle = Handle(node, see, last=last)
    node.hooks = dict(sorted(node.hooks.items()))  # in this order they run
    return handle


def node_of(handle):
    """The node that a hook hangs on."""
    return handle.node()


@method("retain_grad")
def _retain_grad(tensor):
    """Keep the gradient of a tensor that is not a leaf in `.grad`, too, after backward.

    What is kept is the gradient as other hooks have left it. If the tensor is changed in place,
    it is the gradient of the new values.
    """
    if not tensor.requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    if not is_leaf(tensor) and not tensor.retains_grad:
        _keep_gradient(tensor)
        tensor.retains_grad = True


def _keep_gradient(tensor):
    reference = weakref.ref(tensor)

    def keep(grad):
        kept = reference()
        if kept is not None:
            kept._grad = grad.clone() if kept._grad is None else kept._grad + grad

    tensor._keeper = on_gradient(gradient_edge(tensor), keep, last=True)


def follow(tensor):
    """After a change in place: what retains the gradient of `tensor` goes to its new node."""
    if tensor.retains_grad:
        tensor._keeper.remove()
        _keep_gradient(tensor)


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
    if not tensor.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
    return Handle(gradient_edge(tensor), hook, "after")


@grows(Node)
class _Node:
    def register_hook(self, hook):
        """Call `hook(grad_inputs, grad_outputs)` when this node has run; it may return the first.

        Both are tuples with an entry for each input or output: a gradient, or None.
        """
        return Handle(_hooked(self), hook, "after_hooks")

    def register_prehook(self, hook):
        """Call `hook(grad_outputs)` before this node runs; it may return another tuple."""
        return Handle(_hooked(self), hook, "before_hooks")


class _Hooked(Node):
    """What a node becomes when a hook is hung on it: see `_hooked`."""

    before_hooks = after_hooks = None

    def take_over(self, grad):
        """No: the hooks must see it."""
        return False

    def gradients(self, grad, edges):
        """Pairs (edge, gradient that goes there), as the hooks leave them."""
        several = isinstance(grad, Parts)
        arrived = dict(grad) if several else {0: grad}
        outputs = tuple(as_tensor(arrived.get(i)) for i in range(max(arrived) + 1))
        for hook in list((self.before_hooks or {}).values()):
            outputs = _checked(hook, hook(outputs), outputs)
        recorded = any(isinstance(g, Tensor) for g in arrived.values())
        left = {i: _raw(g, recorded) for i, g in enumerate(outputs) if g is not None}
        pairs = super().gradients(Parts(left) if several else left[0], edges)
        if not self.after_hooks:
            return pairs
        inputs = self.shown(_by_edge(pairs, edges))
        for hook in list(self.after_hooks.values()):
            inputs = _checked(hook, hook(inputs, outputs), inputs)
        inputs = self.taken(inputs)
        return [
            (e, _raw(g, recorded)) for e, g in zip(edges, inputs) if not (e is None or g is None)
        ]


def _hooked(node):
    """The node, from now on of a type that asks hooks before and after it runs."""
    if not isinstance(node, _Hooked):
        node.__class__ = _hooked_type(type(node))
    return node


@functools.cache
def _hooked_type(kind):
    return type(kind.__name__, (_Hooked, kind), {})


def as_tensor(grad):
    """A gradient as a tensor; None if there is none."""
    return grad if grad is None or isinstance(grad, Tensor) else wrap(np.asarray(grad))


def _raw(grad, recorded):
    return grad if recorded else grad._array


def _by_edge(pairs, edges):
    """A tuple with an entry for each edge: the gradient that goes there as a tensor, or None."""
    pairs, found = list(pairs), []
    for edge in edges:
        taken = pairs and pairs[0][0] is edge
        found.append(as_tensor(pairs.pop(0)[1]) if taken else None)
    return tuple(found)


def _checked(hook, returned, given):
    """What a hook returned in place of the gradients it was given; these, if it returned None."""
    if returned is None:
        return given
    if not isinstance(returned, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(returned).__name__}'")
    if len(returned) != len(given):
        raise RuntimeError(
            f"hook '{getattr(hook, '__name__', hook)}' has returned an incorrect number of values "
            f"(got {len(returned)}, but expected {len(given)})"
        )
    for before, after in zip(given, returned):
        if after is not None and not isinstance(after, Tensor):
            raise TypeError(f"expected Variable, but hook returned '{type(after).__name__}'")
        check_hooked(hook, before, after)
    return returned
