# Built by lessons/04_in_place.ipynb. Change it there, or here and run `make scatter`.
# %% sgd
"""Stochastic gradient descent."""

from ..grad_mode import enable_grad, no_grad
from .optimizer import Optimizer


class SGD(Optimizer):
    """Step against the gradient, `lr` times as far; with `momentum`, on along the way so far.

    `weight_decay` pulls towards zero, `dampening` and `nesterov` refine the momentum, `maximize`
    climbs instead. The other options of PyTorch are taken and do not matter here.
    Mirrors torch.optim.SGD.
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *,
        maximize=False, foreach=None, differentiable=False, fused=None,
    ):  # fmt: skip
        for name, value in {
            "learning rate": lr, "momentum value": momentum, "weight_decay value": weight_decay
        }.items():  # fmt: skip
            if value < 0.0:
                raise ValueError(f"Invalid {name}: {value}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay,
            "nesterov": nesterov, "maximize": maximize, "foreach": foreach,
            "differentiable": differentiable, "fused": fused,
        })  # fmt: skip

    @no_grad()
    def step(self, closure=None):
        """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.add_(self._direction(parameter, group), alpha=-group["lr"])
        return loss

    def _direction(self, parameter, group):
        """The gradient with weight decay and momentum worked in."""
        grad = -parameter.grad if group["maximize"] else parameter.grad
        if group["weight_decay"]:
            grad = grad.add(parameter, alpha=group["weight_decay"])
        if not group["momentum"]:
            return grad
        state = self.state.setdefault(parameter, {})
        buffer = state.get("momentum_buffer")
        if buffer is None:
            buffer = state["momentum_buffer"] = grad.clone().detach()
        else:
            buffer.mul_(group["momentum"]).add_(grad, alpha=1 - group["dampening"])
        return grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer
