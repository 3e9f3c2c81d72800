"""Rprop: the sign of the gradient, and a step size of its own for every number."""

from ..ops.factories import full_like
from .optimizer import Adaptive


class Rprop(Adaptive):
    """Steps grow while the gradient keeps its sign, and shrink when it turns.

    `etas` are the factors of shrinking and of growing, `step_sizes` the least and the largest
    step. Where the gradient turned, no step is made. Mirrors torch.optim.Rprop.
    """

    accepted = ("foreach", "maximize", "differentiable", "capturable")

    def __init__(self, params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), **others):
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes}, others)

    def _averages(self, group):
        return ["prev"]

    def _start(self, parameter, group):
        size = full_like(parameter.grad, group["lr"])
        return super()._start(parameter, group) | {"step_size": size}

    def _update(self, parameter, grad, state, group):
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        factor = grad.mul(state["prev"]).sign()
        turned = factor.lt(0)
        factor[factor.gt(0)] = grow
        factor[turned] = shrink
        factor[factor.eq(0)] = 1
        state["step_size"].mul_(factor).clamp_(least, most)
        state["prev"].copy_(grad)
        state["prev"][turned] = 0
        parameter.addcmul_(state["prev"].sign(), state["step_size"], value=-1)
