# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% loss-modules
"""Losses as modules: they keep the options."""

from ...loss_refusals import reduction_of
from ..functional.loss import cross_entropy, nll_loss
from ..functional.squares import mse_loss
from .module import Module


class _Loss(Module):
    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.reduction = reduction_of(reduction, size_average, reduce)


class _WeightedLoss(_Loss):
    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(_Loss):
    """The mean of the squared differences. Mirrors torch.nn.MSELoss."""

    __constants__ = ["reduction"]

    def forward(self, input, target):
        return mse_loss(input, target, reduction=self.reduction)


# %% nll-module
class NLLLoss(_WeightedLoss):
    """Minus the log-probability of the right class. Mirrors torch.nn.NLLLoss."""

    __constants__ = ["ignore_index", "reduction"]

    def __init__(
        self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input, target):
        return nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


# %% cross-entropy-module
class CrossEntropyLoss(_WeightedLoss):
    """The cross entropy of raw scores: log_softmax and NLLLoss in one. Mirrors torch's.

    Put no softmax before it. `torch.nn.functional.cross_entropy` says what goes in.
    """

    __constants__ = ["ignore_index", "reduction", "label_smoothing"]

    def __init__(
        self,
        weight=None,
        size_average=None,
        ignore_index=-100,
        reduce=None,
        reduction="mean",
        label_smoothing=0.0,
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input, target):
        return cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


# %% public names
__all__ = ["CrossEntropyLoss", "MSELoss", "NLLLoss"]
