# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% adaptive
"""What the optimizers that measure gradients have in common."""

import numpy as np

from ..creation_like import zeros_like
from ..tensors import method, wrap
from .optimizer import Optimizer

_RANGES = {"lr": "learning rate", "eps": "epsilon value"}


class _Adaptive(Optimizer):
    """An optimizer with a state for each parameter, made at its first step, and a step count.

    A subclass names its `averages`, the tensors of zeros that it keeps, in `_averages(group)`, and
    writes `_update(parameter, grad, state, group)`. `accepted` are options of PyTorch that decide
    how its code runs; they are taken, and change nothing here.
    """

    accepted: tuple = ("maximize", "foreach", "capturable", "differentiable", "fused")

    def __init__(self, params, options, others):
        for name in others:
            if name not in self.accepted:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got an unexpected keyword argument '{name}'"
                )
        for name, value in options.items():
            _check_option(name, value)
        rest = {name: None if name in ("foreach", "fused") else False for name in self.accepted}
        super().__init__(params, options | rest | others)

    def step(self, closure=None):
        """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""
        return self._walk(closure, self._move)


# %% adaptive-move
def _check_option(name, value):
    """ValueError, in PyTorch's words, for an option that makes no sense."""
    if name == "betas":
        for i, beta in enumerate(value):
            if not 0 <= beta < 1:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
    elif type(value) in (int, float) and value < 0:
        raise ValueError(f"Invalid {_RANGES.get(name, name + ' value')}: {value}")


@method("_move", of=_Adaptive)
def _move(optimizer, parameter, group):
    """Work in sign and weight decay, count the step, and leave the rest to the subclass."""
    grad, decay = parameter.grad, group["weight_decay"]
    if group["maximize"]:
        grad = -grad
    state = optimizer.state[parameter]
    if not state:
        state["step"] = wrap(np.zeros((), np.float32))
        for name in optimizer._averages(group):
            state[name] = zeros_like(parameter)
    state["step"].add_(1)
    if decay and group.get("decoupled_weight_decay"):
        parameter.mul_(1 - group["lr"] * decay)
    elif decay:
        grad = grad.add(parameter, alpha=decay)
    optimizer._update(parameter, grad, state, group)


# %% public names
__all__ = []
