from .calls import backward, grad
from . import leaf, joint
