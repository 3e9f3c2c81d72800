# Built by `make gather` from all lessons. Changes made here would be lost.
"""torch.nn.modules, as the lessons built it."""

from .module import GLOBAL_HOOKS, Module, grows
from .linear import Linear
from .activation import ReLU
from .dropout import Dropout
from .flatten import Flatten
from . import module_more as module_more
from . import converting as converting
from .identity import Identity
from .unflatten import Unflatten
from .squashing import LogSoftmax, Sigmoid, Softmax, Tanh
from .loss import CrossEntropyLoss, MSELoss, NLLLoss
from .container import ModuleDict, ModuleList, ParameterDict, ParameterList, Sequential
from . import tree as tree
from . import state_dict as state_dict
from . import editing as editing
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
