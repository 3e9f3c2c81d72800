# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.modules, as the lessons built it."""

from .module import GLOBAL_HOOKS, Module, grows
from . import converting as converting
from .linear import Identity, Linear
from .activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from .dropout import Dropout
from .flatten import Flatten, Unflatten
from .loss import CrossEntropyLoss, MSELoss, NLLLoss
from . import tree as tree
from .container import ModuleList, Sequential
from . import state_dict as state_dict
from . import editing as editing
from .container_more import ModuleDict, ParameterDict, ParameterList
from . import paths as paths
from . import state_dict_hooks as state_dict_hooks
from .upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d
from .pixelshuffle import PixelShuffle, PixelUnshuffle
from .channelshuffle import ChannelShuffle

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
    "grows",
]
