"""Adamax: Adam with the largest gradient in place of the averaged square."""

from ..ops.choose import maximum
from .optimizer import Adaptive


class Adamax(Adaptive):
    """Step along the averaged gradient, divided by the largest one, which fades with time.

    Mirrors torch.optim.Adamax.
    """

    accepted = ("foreach", "maximize", "differentiable", "capturable")

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, **others
    ):
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, options, others | {"foreach": foreach})

    def _averages(self, group):
        return ["exp_avg", "exp_inf"]

    def _update(self, parameter, grad, state, group):
        (beta1, beta2), largest = group["betas"], state["exp_inf"]
        state["exp_avg"].lerp_(grad, 1 - beta1)
        largest.copy_(maximum(largest.mul_(beta2), grad.abs().add_(group["eps"])))
        rate = group["lr"] / (1 - beta1 ** state["step"].item())
        parameter.addcdiv_(state["exp_avg"], largest, value=-rate)
