from ..operations import *
from ..operations import mode, gradient_edge
from ..operations import parameters_of as _parameters
from .record import NEVER as _NEVER
from ..operations import Holomorphic
