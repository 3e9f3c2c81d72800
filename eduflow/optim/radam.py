"""RAdam: Adam that trusts its averaged square only once enough gradients went into it."""

from .optimizer import Adaptive


class RAdam(Adaptive):
    """Momentum alone for the first steps, then Adam, with a factor for how sure its square is.

    Mirrors torch.optim.RAdam.
    """

    accepted = ("maximize", "foreach", "capturable", "decoupled_weight_decay", "differentiable")

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0,
        decoupled_weight_decay=False, **others,
    ):  # fmt: skip
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        others |= {"decoupled_weight_decay": decoupled_weight_decay}
        super().__init__(params, options, others)

    def _averages(self, group):
        return ["exp_avg", "exp_avg_sq"]

    def _update(self, parameter, grad, state, group):
        (beta1, beta2), step = group["betas"], state["step"].item()
        state["exp_avg"].lerp_(grad, 1 - beta1)
        square = state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        way = state["exp_avg"] / (1 - beta1**step) * group["lr"]
        most = 2 / (1 - beta2) - 1  # how many gradients the average holds in the end, and now
        held = most - 2 * step * beta2**step / (1 - beta2**step)
        if held > 5:
            sure = (held - 4) * (held - 2) * most / ((most - 4) * (most - 2) * held)
            spread = square.sqrt().add_(group["eps"])
            way = way * ((1 - beta2**step) ** 0.5 / spread) * sure**0.5
        parameter.add_(way, alpha=-1)
