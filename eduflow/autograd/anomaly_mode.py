"""Anomaly detection: which operation made the nan, and where in your code it was called."""

import sys
import traceback
import warnings
import weakref

import numpy as np

from .._core.tensor import method
from . import engine
from .engine import _arrive, _walk
from .graph import Node

_make_node = Node.__init__
_state = {"check_nan": None, "made": weakref.WeakKeyDictionary()}  # check_nan None: switched off


def _noted(node, *args):
    """What makes a node while we look for an error: it remembers the calls that led to it."""
    _make_node(node, *args)
    _state["made"][node] = "".join(traceback.format_stack()[:-2])


def _looked_at(heap, waiting, edge, grad, owned):
    """What receives a gradient meanwhile: RuntimeError if it holds a nan."""
    source = sys._getframe(1).f_locals["node"]
    array = getattr(grad, "_array", grad)
    if _state["check_nan"] and isinstance(array, np.ndarray | np.generic) and np.isnan(array).any():
        for index, other in enumerate(source.edges):
            if other is edge:
                raise RuntimeError(
                    f"Function '{source.name()}' returned nan values in its {index}th output."
                )
    _arrive(heap, waiting, edge, grad, owned)


def _watched(*args):
    """What walks the tape meanwhile: it explains an error before it lets it pass."""
    try:
        _walk(*args)
    except Exception as error:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            node = frame.f_locals.get("node") if frame.f_code is _walk.__code__ else None
            if node is not None:
                calls = _state["made"].get(node) or _UNKNOWN
                warnings.warn(
                    f"Error detected in {node.name()}. Traceback of forward call that caused the "
                    f"error:\n{calls}",
                    stacklevel=5,
                )
        raise


_UNKNOWN = "No forward pass information: enable it there, too.\n"


def _switch(check_nan):
    """Put the watchful functions in place of the plain ones, or (None) back; what was before."""
    before, _state["check_nan"] = _state["check_nan"], check_nan
    on = check_nan is not None
    engine._walk, engine._arrive = (_watched, _looked_at) if on else (_walk, _arrive)
    method("__init__", of=Node)(_noted if on else _make_node)
    return before


class set_detect_anomaly:
    """Switch anomaly detection on or off: at once, or for a `with` block.

    While it is on, backward raises RuntimeError at the first gradient that holds a nan (unless
    `check_nan` is False), and any error in it comes with a warning that shows the forward call.
    It costs time: use it to look for an error. Mirrors torch.autograd.set_detect_anomaly.
    """

    def __init__(self, mode, check_nan=True):
        self.before = _switch(check_nan if mode else None)

    def __enter__(self):
        return None

    def __exit__(self, *error):
        _switch(self.before)


class detect_anomaly(set_detect_anomaly):
    """`with detect_anomaly():` looks for nan gradients inside.

    Mirrors torch.autograd.detect_anomaly.
    """

    def __init__(self, check_nan=True):
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            stacklevel=2,
        )

    def __enter__(self):
        self.before = _switch(self.check_nan)
