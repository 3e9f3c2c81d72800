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
from .versions import short_name
from .rewrite import (
    CopySlices,
    adopt,
    check_origin,
    check_write,
    constant,
    overwritten,
    positions,
    stand_in,
)

__all__ = [
    "CopySlices",
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
    "adopt",
    "backward",
    "backward_into",
    "calls",
    "check_origin",
    "check_write",
    "constant",
    "detect_anomaly",
    "engine",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "joint_op",
    "leaf",
    "node",
    "once_differentiable",
    "overwritten",
    "positions",
    "record",
    "record_joint",
    "set_detect_anomaly",
    "short_name",
    "stand_in",
    "tensor_derivative",
]
