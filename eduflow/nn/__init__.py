# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn, as the lessons built it."""

from . import init
from .parameter import Parameter
from .modules.module import GLOBAL_HOOKS, Module, grows
from .modules.linear import Linear
from .modules.activation import ReLU
from .modules.dropout import Dropout
from .modules.flatten import Flatten
from .modules.identity import Identity
from .modules.unflatten import Unflatten
from .modules.squashing import LogSoftmax, Sigmoid, Softmax, Tanh
from .modules.loss import CrossEntropyLoss, MSELoss, NLLLoss
from .modules.container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from .modules.upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from .modules.pixelshuffle import PixelShuffle, PixelUnshuffle
from .modules.channelshuffle import ChannelShuffle
from . import functional
from . import modules
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
