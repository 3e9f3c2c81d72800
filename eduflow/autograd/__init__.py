"""Gradients by the chain rule, as torch.autograd has them."""

# These have no name to show: hooks, changes in place and second derivatives reach tensors here.
from . import double_backward as double_backward
from . import functional
from . import hooks as hooks
from . import inplace as inplace
from . import saved as saved
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from .engine import backward, grad
from .function import Function
from .grad_mode import enable_grad, inference_mode, no_grad, set_grad_enabled
from .gradcheck import gradcheck, gradgradcheck
from .variable import Variable

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "no_grad",
    "set_detect_anomaly",
    "set_grad_enabled",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of the files."""
    return __all__
