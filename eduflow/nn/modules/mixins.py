"""All that a module can do besides being one: the base that lesson 05's classes stand on.

To give modules something more, write a base class in a file of its own and name it here.
"""

from .base import Base
from .converting import Converting
from .hooks import Hooks
from .paths import Paths
from .state_dict import StateDict, StateDictHooks
from .tree import Tree


class Mixins(Tree, StateDict, StateDictHooks, Hooks, Paths, Converting, Base):
    """Names and paths, saving and loading, hooks, conversion."""
