"""RMSprop: the gradient divided by the root of its averaged square."""

from .optimizer import Adaptive


class RMSprop(Adaptive):
    """Divide each gradient by the root of the running average of its square.

    `centered` takes the variance in place of the square. Mirrors torch.optim.RMSprop.
    """

    accepted = ("capturable", "foreach", "maximize", "differentiable")

    def __init__(
        self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False,
        **others,
    ):  # fmt: skip
        options = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps}
        options |= {"centered": centered, "weight_decay": weight_decay}
        super().__init__(params, options, others)

    def _averages(self, group):
        wanted = {"square_avg": True, "momentum_buffer": group["momentum"] > 0}
        return [name for name, kept in (wanted | {"grad_avg": group["centered"]}).items() if kept]

    def _update(self, parameter, grad, state, group):
        square, alpha = state["square_avg"], group["alpha"]
        square.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"].lerp_(grad, 1 - alpha)
            square = square.addcmul(mean, mean, value=-1)
        spread = square.sqrt().add_(group["eps"])
        if group["momentum"] > 0:
            buffer = state["momentum_buffer"].mul_(group["momentum"]).addcdiv_(grad, spread)
            parameter.add_(buffer, alpha=-group["lr"])
        else:
            parameter.addcdiv_(grad, spread, value=-group["lr"])
