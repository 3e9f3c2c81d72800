# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.autograd, as the lessons built it."""

from . import node
from . import record
from . import leaf
from . import engine
from . import calls
from .search import backward, backward_into, grad
from . import facts as facts
from .hooks import Handle
from .variable import Variable
from .joint import JointNode, joint_op, record_joint
from .part import Part, Parts
from .double import tensor_derivative
from .function import DelayedError, Function, FunctionCtx, FunctionNode, once_differentiable
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .anomaly import detect_anomaly, set_detect_anomaly
from . import rewrite
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
