"""Where in a network an error happened: read from the calls that are under way as it is raised.

So a call of a module that goes well does nothing for it, and a learner's own `__call__` will do.
"""

import itertools
from inspect import CO_VARARGS, CO_VARKEYWORDS

from ..._core.explain import locates
from ..._core.tensor import Tensor
from ..._words.notes import Place
from .base import Base


@locates
def place_of(frame):
    """The Place of the innermost module that is being called in or around `frame`, or None."""
    calls = _calls(frame)
    if not calls:
        return None
    (module, given), (network, received) = calls[0], calls[-1]
    path, registered = _path(calls)
    return Place(
        path,
        _described(module),
        type(network).__name__,
        given,
        received,
        _channels_before(network, module),
        registered,
    )


def _calls(frame):
    """Pairs (module, shapes given to it or None), the innermost first: each module call once."""
    calls = []
    while frame is not None:
        name, code = frame.f_code.co_name, frame.f_code
        if name in ("forward", "__call__") and code.co_argcount:
            values = frame.f_locals
            module = values.get(code.co_varnames[0])
            if isinstance(module, Base):
                if not calls or calls[-1][0] is not module:
                    calls.append((module, None))
                if name == "__call__":
                    calls[-1] = (module, _shapes(code, values))
        frame = frame.f_back
    return calls


def _shapes(code, values):
    """The shapes of all tensors that `__call__(self, *args, **kwargs)` was given."""
    if not code.co_flags & CO_VARARGS:
        return None
    at = code.co_argcount + code.co_kwonlyargcount
    given = list(values.get(code.co_varnames[at], ()))
    if code.co_flags & CO_VARKEYWORDS:
        given += values.get(code.co_varnames[at + 1], {}).values()
    return [tuple(x.shape) for x in given if isinstance(x, Tensor)]


def _path(calls):
    """The path from the outermost module to the innermost, and whether all are registered.

    Where one is not, the path ends at the module that calls it.
    """
    parts, modules = [], [module for module, _ in reversed(calls)]
    for outer, inner in itertools.pairwise(modules):
        names = [name for name, module in outer.named_modules() if module is inner]
        if not names:
            return ".".join(parts), False
        parts.append(names[0])
    return ".".join(parts), True


def _described(module):
    """A layer as print shows it; of what has parts only the class."""
    return type(module).__name__ if module._modules else repr(module)


def _channels_before(network, module):
    """How many channels the last convolution before `module` gives, in order; None without one."""
    channels = None
    for other in network.modules():
        if other is module:
            return channels
        channels = getattr(other, "out_channels", channels)
    return None
