"""Adadelta: RMSprop that also measures its own steps, and so needs no learning rate."""

from .optimizer import Adaptive


class Adadelta(Adaptive):
    """Steps in the proportion of past steps to past gradients. Mirrors torch.optim.Adadelta."""

    accepted = ("maximize", "capturable", "foreach", "differentiable")

    def __init__(self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, **others):
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        options = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, options, others)

    def _averages(self, group):
        return ["square_avg", "acc_delta"]

    def _update(self, parameter, grad, state, group):
        square, steps = state["square_avg"], state["acc_delta"]
        rho, eps = group["rho"], group["eps"]
        square.mul_(rho).addcmul_(grad, grad, value=1 - rho)
        delta = steps.add(eps).sqrt_().div_(square.add(eps).sqrt_()).mul_(grad)
        steps.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        parameter.add_(delta, alpha=-group["lr"])
