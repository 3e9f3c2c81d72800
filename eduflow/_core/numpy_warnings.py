"""NumPy's warnings are silenced while eduflow computes, and not a moment longer.

As in PyTorch, log(-1) is nan and 1/0 is inf without a word. What NumPy does of its own, outside, is
as the user set it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

try:  # what np.errstate sets, and all that it costs is this: a tenth of the time
    from numpy._core.umath import _extobj_contextvar, _make_extobj

    SILENT: Any = _make_extobj(all="ignore")
    silence, restore = _extobj_contextvar.set, _extobj_contextvar.reset
except ImportError:
    SILENT = {"all": "ignore"}

    def silence(how: Any) -> Any:
        """Let NumPy say nothing from now on; returns what `restore` needs."""
        state = np.errstate(**how)
        state.__enter__()
        return state

    def restore(state: Any) -> None:
        """Let NumPy say what it said before."""
        state.__exit__(None, None, None)


# %% lesson 21 quiet
def quiet(function):
    """Decorator: while the function runs, NumPy does not warn of nan, infinity or overflow."""

    @functools.wraps(function)
    def silent(*args, **options):
        before = silence(SILENT)
        try:
            return function(*args, **options)
        finally:
            restore(before)

    return silent


# %% end


def quietly(ufunc: Callable[..., Any], *arrays: Any) -> Any:
    """`ufunc(*arrays)`, the last of which may be there to be written into, without a warning."""
    before = silence(SILENT)
    try:
        return ufunc(*arrays)
    finally:
        restore(before)
