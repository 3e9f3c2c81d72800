"""ASGD: gradient steps that become shorter, and the average of the places they led to."""

from .optimizer import Adaptive, number


class ASGD(Adaptive):
    """Step against the gradient, ever less far; `state["ax"]` averages the parameter.

    `lambd` and `alpha` say how fast steps become shorter, and `t0` from which step on the places
    are averaged. Mirrors torch.optim.ASGD.
    """

    accepted = ("foreach", "maximize", "differentiable", "capturable")
    unchecked = ("lambd", "alpha", "t0")

    def __init__(
        self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None,
        maximize=False, differentiable=False, capturable=False,
    ):  # fmt: skip
        options = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}
        others = {"foreach": foreach, "maximize": maximize, "differentiable": differentiable}
        super().__init__(params, options, others | {"capturable": capturable})

    def _averages(self, group):
        return ["ax"]

    def _start(self, parameter, group):
        zeros = super()._start(parameter, group)
        return {"step": zeros["step"], "eta": number(group["lr"]), "mu": number(1)} | zeros

    def _update(self, parameter, grad, state, group):
        step, eta, lambd, lr = state["step"].item(), state["eta"], group["lambd"], group["lr"]
        parameter.mul_(1 - lambd * eta.item()).add_(grad, alpha=-eta.item())
        if state["mu"].item() == 1:
            state["ax"].copy_(parameter)
        else:
            state["ax"].add_(parameter.sub(state["ax"]).mul_(state["mu"]))
        eta.copy_(number(lr / (1 + lambd * lr * step) ** group["alpha"]))
        state["mu"].copy_(number(1 / max(1, step - group["t0"])))
