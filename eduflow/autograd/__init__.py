"""torch.autograd, as the lessons built it."""

from .variable import Variable
from .graph import Part, Parts
from .hooks import Handle
from .record import JointNode, joint_op, record_joint
from . import double as double
from .engine import backward, grad
from .function import DelayedError, Function, FunctionCtx, FunctionNode, once_differentiable
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .anomaly_mode import detect_anomaly, set_detect_anomaly
from . import views as views

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
]
