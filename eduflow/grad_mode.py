# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% switches
"""Whether operations are recorded for backward: a switch for each thread. And detach."""

import functools

from .operations import recording
from .tensors import alias, method


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


# %% public names
__all__ = ["enable_grad", "is_grad_enabled", "no_grad"]
