"""Whether operations are recorded for backward: a switch for each thread. And detach."""

import functools

from .._core.dispatch import recording
from .._core.tensor import alias, method


def is_grad_enabled():
    """Whether operations are being recorded for backward."""
    return recording.enabled


class _Switch:
    """A `with` block or decorator that sets recording to `wanted`, and back on leaving."""

    wanted = True

    def __new__(cls, function=None):
        switch = object.__new__(cls)
        return switch if function is None else switch(function)

    def __enter__(self):
        self.before, recording.enabled = recording.enabled, self.wanted

    def __exit__(self, *error):
        recording.enabled = self.before

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with type(self)():
                return function(*args, **kwargs)

        return wrapper


class no_grad(_Switch):
    """Record nothing inside: `with no_grad():`, or `@no_grad()` on a function."""

    wanted = False


class enable_grad(_Switch):
    """Record inside, even where recording is off outside."""


@method("detach")
def _detach(tensor):
    """The same memory and version counter, without a history: gradients stop here."""
    return alias(tensor, tensor._array)


class set_grad_enabled:
    """Switch recording on or off: at once, for a `with` block, or for a decorated function."""

    def __init__(self, enabled):
        self.wanted, self.before = enabled, recording.enabled
        recording.enabled = enabled

    def __enter__(self):
        recording.enabled = self.wanted

    def __exit__(self, *error):
        recording.enabled = self.before

    def __call__(self, function):
        recording.enabled = self.before  # only inside the function, not from here on
        wanted = self.wanted

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with set_grad_enabled(wanted):
                return function(*args, **kwargs)

        return wrapper


class inference_mode(_Switch):
    """Record nothing inside. Here the same as no_grad: there is no further bookkeeping to save."""

    wanted = False
