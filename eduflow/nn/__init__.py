# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn, as the lessons built it."""

from .parameter import Parameter
from .modules.module import GLOBAL_HOOKS, Module, grows
from . import init
from .modules.linear import Identity, Linear
from .modules.activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from .modules.dropout import Dropout
from .modules.flatten import Flatten, Unflatten
from .modules.loss import CrossEntropyLoss, MSELoss, NLLLoss
from . import modules
from . import functional

__all__ = [
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "GLOBAL_HOOKS",
    "Identity",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "NLLLoss",
    "Parameter",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unflatten",
    "functional",
    "grows",
    "init",
    "modules",
]
