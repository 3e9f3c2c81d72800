from .search import backward, grad
from . import leaf, joint, record, double, hooks, part, versions, facts, calls
from .function import Function, FunctionCtx, once_differentiable
from .gradcheck import GradcheckError, gradcheck, gradgradcheck
from .variable import Variable
from .anomaly import detect_anomaly, set_detect_anomaly
from ..grad_mode import enable_grad, no_grad
from ..grad_switches import inference_mode, set_grad_enabled
