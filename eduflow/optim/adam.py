"""Adam: running averages of the gradients and of their squares."""

from ..ops.choose import maximum
from .optimizer import Adaptive


# %% lesson 10 adam
def remember(grad, average, square, betas):
    """Work `grad` into the running averages of gradients and of their squares, both in place.

    `betas` are the shares that the old `average` and the old `square` keep.
    """
    average.lerp_(grad, 1 - betas[0])
    square.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])


def adam_step(parameter, average, square, step, group):
    """Move `parameter`, in place, along the averages; `group` holds "lr", "betas" and "eps".

    `step` counts from 1. Both averages began at zero, so after n steps they hold only the share
    1 - beta**n of what they should; they themselves stay as they are.
    """
    beta1, beta2 = group["betas"]
    spread = square.sqrt() / (1 - beta2**step) ** 0.5 + group["eps"]
    parameter.addcdiv_(average, spread, value=-group["lr"] / (1 - beta1**step))


def adam_update(parameter, grad, state, group):
    """One step of one parameter: `state` holds its averages, and "step", how many there were.

    With `group["amsgrad"]` the largest average square so far counts, not the last one.
    """
    square = state["exp_avg_sq"]
    remember(grad, state["exp_avg"], square, group["betas"])
    if group["amsgrad"]:
        square = state["max_exp_avg_sq"].copy_(maximum(state["max_exp_avg_sq"], square))
    adam_step(parameter, state["exp_avg"], square, state["step"].item(), group)


# %% end


class Adam(Adaptive):
    """Step along the averaged gradient, divided by the root of the averaged square.

    `betas` are the shares of the old averages. Both begin at zero, and the first steps make up for
    that. With `amsgrad` the largest average square so far counts. `decoupled_weight_decay` shrinks
    the parameter itself, as AdamW does. Mirrors torch.optim.Adam.
    """

    accepted = (*Adaptive.accepted, "decoupled_weight_decay")

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False,
        **others,
    ):  # fmt: skip
        options = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, options | {"amsgrad": amsgrad}, others)

    def _averages(self, group):
        return ["exp_avg", "exp_avg_sq", *(["max_exp_avg_sq"] if group["amsgrad"] else [])]

    def _update(self, parameter, grad, state, group):
        adam_update(parameter, grad, state, group)
