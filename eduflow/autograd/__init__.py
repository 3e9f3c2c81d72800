"""torch.autograd, as the lessons built it."""

from .variable import Variable
from .graph import Part, Parts
from .engine import backward, backward_into_search as backward_into, grad
from .hooks import Handle
from .record import JointNode, joint_op, record_joint, tensor_derivative
from .function import DelayedError, Function, FunctionCtx, FunctionNode, once_differentiable
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from . import views as views
from . import versions as versions

__all__ = [
    "DelayedError",
    "Function",
    "FunctionCtx",
    "FunctionNode",
    "GradcheckError",
    "Handle",
    "JointNode",
    "Part",
    "Parts",
    "Variable",
    "backward",
    "backward_into",
    "calls",
    "detect_anomaly",
    "engine",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "joint_op",
    "leaf",
    "node",
    "once_differentiable",
    "record",
    "record_joint",
    "rewrite",
    "set_detect_anomaly",
    "tensor_derivative",
]
