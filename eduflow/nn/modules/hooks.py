"""Hooks: functions that look on while a module works, and may change what goes in and out."""

import functools
import warnings

from ..._core.dispatch import recording
from ..._core.tensor import Tensor
from ...autograd.function import Function
from ...autograd.hooks import Handle
from .base import part_of

GLOBAL_HOOKS: dict = {}  # hooks on all modules at once, by number: (room, hook)


def _register(module, room, hook, prepend=False, **flags):
    """Put `hook` into a room of the module; the handle that comes back takes it out again."""
    handle = Handle(module, hook, room)
    if prepend:
        hooks = getattr(module, room)
        others = {number: hooks.pop(number) for number in list(hooks) if number != handle.id}
        hooks.update(others)
    for flag, on in flags.items():
        if on:
            module.__dict__.setdefault(f"{room}_{flag}", set()).add(handle.id)
    return handle


def _room(name):
    """A property: the hooks of one kind, a dict by number. Lesson 05 asks only for `_hooks`."""

    def hooks(module):
        return module._hooks.setdefault(name, {})

    def replace(module, hooks):
        module._hooks[name] = hooks

    return property(hooks, replace)


@part_of("Module")
class Hooks:
    """Hooks on a module; `module._hooks` is not empty as soon as there is one."""

    _forward_pre_hooks, _forward_hooks = _room("_forward_pre_hooks"), _room("_forward_hooks")
    _backward_pre_hooks, _backward_hooks = _room("_backward_pre_hooks"), _room("_backward_hooks")

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """Call `hook(module, args)` before `forward`; what it returns takes the place of `args`.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns both or None.
        """
        return _register(self, "_forward_pre_hooks", hook, prepend, with_kwargs=with_kwargs)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """Call `hook(module, args, output)` after `forward`; it may return another output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`. With `always_call` it is
        called after an error, too.
        """
        flags = {"with_kwargs": with_kwargs, "always_called": always_call}
        return _register(self, "_forward_hooks", hook, prepend, **flags)

    def register_full_backward_hook(self, hook, prepend=False):
        """Call `hook(module, grad_input, grad_output)` once gradients have come through.

        Both are tuples, with None where there is no gradient. It may return another `grad_input`.
        """
        return _register(self, "_backward_hooks", hook, prepend)

    def register_backward_hook(self, hook):
        """The old form of register_full_backward_hook: hung on the last operation of `forward`.

        What it sees as `grad_input` are the gradients of that operation's inputs.
        """
        if self._backward_hooks:
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single "
                "Module. Please use only one of them."
            )
        return self.register_forward_hook(functools.partial(_hang_on_last, hook))

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """Call `hook(module, grad_output)` when gradients arrive; it may return other ones."""
        return _register(self, "_backward_pre_hooks", hook, prepend)

    def _call_with_hooks(self, args, kwargs):
        """What a call does as soon as there are hooks."""
        if not (GLOBAL_HOOKS or any(self._hooks.values())):
            self._hooks.clear()  # all have been taken out again
            return self.forward(*args, **kwargs)
        called, results = set(), [None]
        try:
            return _call(self, args, kwargs, called, results)
        except Exception:
            _call_the_rest(self, args, kwargs, called, results[-1])
            raise


def _hang_on_last(hook, module, args, result):
    """After `forward`: hang a hook of the old form on the operation that made the result."""
    while not isinstance(result, Tensor):
        result = next(iter(result.values() if isinstance(result, dict) else result))
    if result.grad_fn is not None:
        result.grad_fn.register_hook(functools.partial(hook, module))


def _hooks_of(module, room):
    """Pairs (number, hook): those on all modules first, then the module's own."""
    yield from [(n, hook) for n, (where, hook) in GLOBAL_HOOKS.items() if where == room]
    yield from list(getattr(module, room).items())


def _flagged(module, room, flag, number):
    """Whether a hook was registered with this flag."""
    flags = _GLOBAL_FLAGS if number in GLOBAL_HOOKS else module.__dict__
    return number in flags.get(f"{room}_{flag}", ())


_GLOBAL_FLAGS: dict = {}


def _call(module, args, kwargs, called, results):
    for number, hook in _hooks_of(module, "_forward_pre_hooks"):
        args, kwargs = _before(module, hook, number, args, kwargs)
    watch = _Watch(module)
    results.append(module.forward(*watch.inputs(args), **kwargs))
    for number, hook in _hooks_of(module, "_forward_hooks"):
        called.add(number)
        changed = _after(module, hook, number, args, kwargs, results[-1])
        if changed is not None:
            results.append(changed)
    return watch.outputs(results[-1])


def _before(module, hook, number, args, kwargs):
    """The arguments as a forward pre-hook leaves them."""
    if not _flagged(module, "_forward_pre_hooks", "with_kwargs", number):
        changed = hook(module, args)
        if changed is None:
            return args, kwargs
        return (changed if isinstance(changed, tuple) else (changed,)), kwargs
    changed = hook(module, args, kwargs)
    if changed is None:
        return args, kwargs
    if not (isinstance(changed, tuple) and len(changed) == 2):
        raise RuntimeError(
            "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
            f"but got {changed}."
        )
    return changed


def _after(module, hook, number, args, kwargs, result):
    """What a forward hook returns."""
    if _flagged(module, "_forward_hooks", "with_kwargs", number):
        return hook(module, args, kwargs, result)
    return hook(module, args, result)


def _call_the_rest(module, args, kwargs, called, result):
    """After an error: call the hooks that want to be called always, and were not yet."""
    for number, hook in _hooks_of(module, "_forward_hooks"):
        if number in called or not _flagged(module, "_forward_hooks", "always_called", number):
            continue
        try:
            _after(module, hook, number, args, kwargs, result)
        except Exception as error:
            which = "global module" if number in GLOBAL_HOOKS else "module"
            warnings.warn(
                f"{which} forward hook with ``always_call=True`` raised an exception that was "
                f"silenced as another error was raised in forward: {error}",
                stacklevel=2,
            )


class BackwardHookFunction(Function):
    """Tensors as they are; on the way back, `seen(gradients)` says what they become."""

    @staticmethod
    def forward(ctx, seen, *tensors):
        """Hand the tensors on."""
        ctx.seen = seen
        ctx.set_materialize_grads(False)
        return tensors

    @staticmethod
    def backward(ctx, *grads):
        """Let the hooks see the gradients."""
        return None, *ctx.seen(grads)


def _watched(values, seen):
    """`values` with BackwardHookFunction behind all tensors that need gradients, or None."""
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]
    if not (recording.enabled and places):
        return None

    def seen_in_place(grads):
        spread = [None] * len(values)
        for place, grad in zip(places, grads):
            spread[place] = grad
        changed = seen(tuple(spread))
        return tuple(changed[place] for place in places)

    watched = list(values)
    tensors = BackwardHookFunction.apply(seen_in_place, *[values[i] for i in places])
    for place, tensor in zip(places, tensors):
        watched[place] = tensor
    return tuple(watched)


class _Watch:
    """One call of a module with backward hooks: it stands before its inputs and its outputs."""

    def __init__(self, module):
        self.module, self.grad_output = module, None
        self.hooks = [hook for _, hook in _hooks_of(module, "_backward_hooks")]
        self.before = [hook for _, hook in _hooks_of(module, "_backward_pre_hooks")]
        self.count, self.inputs_watched = 0, False

    def inputs(self, args):
        """The arguments, watched if there are hooks for their gradients."""
        self.count = len(args)
        watched = _watched(args, self._at_inputs) if self.hooks else None
        self.inputs_watched = watched is not None
        return args if watched is None else watched

    def outputs(self, result):
        """The outputs, watched if there are backward hooks at all."""
        if not (self.hooks or self.before):
            return result
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of "
                f"Tensors but received {type(result)}",
                stacklevel=5,
            )
            return result
        several = isinstance(result, tuple)
        watched = _watched(result if several else (result,), self._at_outputs)
        return result if watched is None else watched if several else watched[0]

    def _at_inputs(self, grads):
        for hook in self.hooks:
            grads = _changed(hook(self.module, grads, self.grad_output), grads, "input")
        self.grad_output = None
        return grads

    def _at_outputs(self, grads):
        for hook in self.before:
            grads = _changed(hook(self.module, grads), grads, "output")
        self.grad_output = grads
        if self.hooks and not self.inputs_watched:
            warnings.warn(_NO_INPUTS, stacklevel=2)
            self._at_inputs((None,) * self.count)
        return grads


def _changed(returned, grads, side):
    """The gradients after a hook: those it returned, or as they were."""
    if returned is None:
        return grads
    returned = returned if isinstance(returned, tuple) else (returned,)
    if len(returned) != len(grads):
        kind = "Backward hook" if side == "input" else "Backward pre hook"
        raise RuntimeError(
            f"{kind} returned an invalid number of grad_{side}, got {len(returned)}, but expected "
            f"{len(grads)}"
        )
    return returned


_NO_INPUTS = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since "
    "no inputs require gradients. See https://docs.pytorch.org/docs/main/generated/"
    "torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."
)


class _Everywhere:
    """Stands for all modules: where handles of global hooks find the rooms to take them from."""

    rooms = GLOBAL_HOOKS


def _register_globally(room, hook, **flags):
    handle = Handle(_EVERYWHERE, (room, hook), "rooms")
    for flag, on in flags.items():
        if on:
            _GLOBAL_FLAGS.setdefault(f"{room}_{flag}", set()).add(handle.id)
    return handle


def register_module_forward_pre_hook(hook):
    """Call `hook(module, args)` before every module's `forward`."""
    return _register_globally("_forward_pre_hooks", hook)


def register_module_forward_hook(hook, *, with_kwargs=False, always_call=False):
    """Call `hook(module, args, output)` after every module's `forward`."""
    flags = {"with_kwargs": with_kwargs, "always_called": always_call}
    return _register_globally("_forward_hooks", hook, **flags)


def register_module_full_backward_hook(hook):
    """Call `hook(module, grad_input, grad_output)` for every module."""
    return _register_globally("_backward_hooks", hook)


def register_module_full_backward_pre_hook(hook):
    """Call `hook(module, grad_output)` for every module."""
    return _register_globally("_backward_pre_hooks", hook)


_EVERYWHERE = _Everywhere()
