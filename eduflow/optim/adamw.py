"""AdamW: Adam, with weight decay that does not pass through the averages."""

from .adam import Adam


class AdamW(Adam):
    """Adam whose weight decay shrinks each parameter directly. Mirrors torch.optim.AdamW."""

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False,
        **others,
    ):  # fmt: skip
        others["decoupled_weight_decay"] = True
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, **others)
