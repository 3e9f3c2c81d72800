# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% dropout
"""Dropout as a function."""

from ...creation_like import empty_like
from ...layer_refusals import check_probability
from ...operations import must_be_tensor


def dropout(input, p=0.5, training=True, inplace=False):
    """Each element becomes 0 with probability `p`; the others grow by 1 / (1 - p).

    So the expected value stays the same. Unless `training`, the input itself is returned: the
    function cannot know whether your module is in eval mode, so pass `self.training`.
    Mirrors torch.nn.functional.dropout.
    """
    check_probability(p)
    must_be_tensor("dropout", ["input"], [input], numbers=False)
    if p == 0 or not training or not input.numel():
        return input
    kept = 0 if p == 1 else empty_like(input).bernoulli_(1 - p).div_(1 - p)
    return input.mul_(kept) if inplace else input * kept


# %% public names
__all__ = ["dropout"]
