"""Optimizers, as torch.optim has them."""

from .._words.absent import absent as _absent
from . import lr_scheduler
from .adadelta import Adadelta
from .adafactor import Adafactor
from .adagrad import Adagrad
from .adam import Adam
from .adamax import Adamax
from .adamw import AdamW
from .asgd import ASGD
from .lbfgs import LBFGS
from .nadam import NAdam
from .optimizer import Optimizer
from .radam import RAdam
from .rmsprop import RMSprop
from .rprop import Rprop
from .sgd import SGD

__all__ = [
    "ASGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "LBFGS",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "SGD",
    "lr_scheduler",
]


# What PyTorch has here and this package has not, and why.
_NOT_BUILT = {
    "Muon": "it computes in bfloat16, which NumPy does not have; take AdamW",
    "SparseAdam": "it is for sparse gradients, which are not built here; take Adam",
    "swa_utils": "averaging of weights is not built here; `copy.deepcopy` and `lerp_` do it",
    "swap_in_optimizer_params_and_state": "it is for code that PyTorch compiles",
}


def __getattr__(name: str) -> object:
    raise _absent(__name__, name, _NOT_BUILT)


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of the files."""
    return __all__
