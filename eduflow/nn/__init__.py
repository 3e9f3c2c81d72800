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
from .modules.container import ModuleList, Sequential
from .modules.container_more import ModuleDict, ParameterDict, ParameterList
from .modules.upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from .modules.pixelshuffle import PixelShuffle, PixelUnshuffle
from .modules.channelshuffle import ChannelShuffle
from . import modules
from . import functional
from . import utils

__all__ = [
    "ChannelShuffle",
    "CrossEntropyLoss",
    "Dropout",
    "Flatten",
    "GLOBAL_HOOKS",
    "Identity",
    "Linear",
    "LogSoftmax",
    "MSELoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PixelShuffle",
    "PixelUnshuffle",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Unflatten",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "functional",
    "grows",
    "init",
    "modules",
    "utils",
]
