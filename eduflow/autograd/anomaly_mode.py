"""Anomaly detection: which operation made the nan, and where in your code it was called."""

import traceback
import warnings
import weakref

import numpy as np

from .watchers import Watcher, watchers


class _Detective(Watcher):
    """Remembers where each node was made, looks for nan, and explains errors."""

    def __init__(self, check_nan):
        self.check_nan, self.node = check_nan, None

    def made(self, node):
        """Remember the calls that led to the node."""
        _made[node] = "".join(traceback.format_stack()[:-4])

    def before(self, node, grad):
        """Remember where the walk is."""
        self.node = node

    def after(self, node, pairs):
        """RuntimeError if a gradient holds a nan."""
        for edge, grad in pairs if self.check_nan else ():
            array = getattr(grad, "_array", grad)
            if isinstance(array, np.ndarray | np.generic) and np.isnan(array).any():
                index = next(i for i, other in enumerate(node.edges) if other is edge)
                raise RuntimeError(
                    f"Function '{node.name()}' returned nan values in its {index}th output."
                )

    def failed(self, error):
        """Say in a warning where the operation was called that the walk ended at."""
        if self.node is not None:
            warnings.warn(
                f"Error detected in {self.node.name()}. Traceback of forward call that caused the "
                f"error:\n{_made.get(self.node) or _UNKNOWN}",
                stacklevel=6,
            )


_made = weakref.WeakKeyDictionary()  # the calls that led to each node
_UNKNOWN = "No forward pass information: enable it there, too.\n"
_now: list = []  # the detective at work, if there is one


def _switch(check_nan):
    """Put a detective to work, or (None) none; what was before."""
    before = _now[0].check_nan if _now else None
    for detective in _now:
        watchers.remove(detective)
    _now[:] = [] if check_nan is None else [_Detective(check_nan)]
    watchers.extend(_now)
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
