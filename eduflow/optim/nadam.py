"""NAdam: Adam with Nesterov's momentum."""

from .optimizer import Adaptive, number


class NAdam(Adaptive):
    """Adam that looks one step ahead along its momentum, which grows from step to step.

    Mirrors torch.optim.NAdam.
    """

    accepted = ("decoupled_weight_decay", "maximize", "foreach", "capturable", "differentiable")

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
        decoupled_weight_decay=False, **others,
    ):  # fmt: skip
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        options |= {"momentum_decay": momentum_decay}
        others |= {"decoupled_weight_decay": decoupled_weight_decay}
        super().__init__(params, options, others)

    def _averages(self, group):
        return ["exp_avg", "exp_avg_sq"]

    def _start(self, parameter, group):
        zeros = super()._start(parameter, group)
        return {"step": zeros["step"], "mu_product": number(1)} | zeros

    def _update(self, parameter, grad, state, group):
        (beta1, beta2), step, decay = group["betas"], state["step"].item(), group["momentum_decay"]
        now, later = (beta1 * (1 - 0.5 * 0.96 ** (n * decay)) for n in (step, step + 1))
        product = state["mu_product"].mul_(now).item()
        state["exp_avg"].lerp_(grad, 1 - beta1)
        square = state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        spread = square.div(1 - beta2**step).sqrt().add_(group["eps"])
        rate = group["lr"]
        parameter.addcdiv_(grad, spread, value=-rate * (1 - now) / (1 - product))
        parameter.addcdiv_(state["exp_avg"], spread, value=-rate * later / (1 - product * later))
