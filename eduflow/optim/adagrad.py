"""Adagrad: the gradient divided by the root of the sum of all its squares so far."""

from ..ops.factories import full_like
from .optimizer import Adaptive, number


class Adagrad(Adaptive):
    """The more gradient a number has seen, the smaller its steps. Mirrors torch.optim.Adagrad."""

    accepted = ("foreach", "maximize", "differentiable", "fused")

    def __init__(
        self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10,
        **others,
    ):  # fmt: skip
        options = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay}
        options |= {"initial_accumulator_value": initial_accumulator_value}
        super().__init__(params, options, others)
        for group in self.param_groups:
            start = group["initial_accumulator_value"]
            for parameter in group["params"]:
                self.state[parameter] = {"step": number(0), "sum": full_like(parameter, start)}

    def _update(self, parameter, grad, state, group):
        rate = group["lr"] / (1 + (state["step"].item() - 1) * group["lr_decay"])
        spread = state["sum"].addcmul_(grad, grad).sqrt().add_(group["eps"])
        parameter.addcdiv_(grad, spread, value=-rate)
