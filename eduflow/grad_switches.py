# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% set-grad-enabled
"""More switches for recording: by a variable, and for inference."""

import functools

from .grad_mode import _Switch
from .operations import recording


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


# %% inference-mode
class inference_mode(_Switch):
    """Record nothing inside. Here the same as no_grad: there is no further bookkeeping to save."""

    wanted = False


# %% public names
__all__ = ["inference_mode", "set_grad_enabled"]
