# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% instance-norm
"""Instance norm: each channel of each sample with mean 0 and variance 1."""

import math

from ...grad_mode import no_grad
from .batch_norm import batch_norm


def _repeated(values, count):
    return None if values is None else values.repeat(count)


def instance_norm(
    input,
    running_mean=None,
    running_var=None,
    weight=None,
    bias=None,
    use_input_stats=True,
    momentum=0.1,
    eps=1e-05,
):
    """Each channel (dim 1) of each sample with mean 0 and variance 1, times weight plus bias.

    It is batch norm of a single sample whose channels are all channels of all samples. Unless
    `use_input_stats`, the running statistics are used. Mirrors F.instance_norm.
    """
    size = input.size()
    if use_input_stats and math.prod(size[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {size}"
        )
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )
    count, channels = size[0], size[1]
    repeated = [_repeated(t, count) for t in (running_mean, running_var, weight, bias)]
    x = input.contiguous().view(1, count * channels, *size[2:])
    out = batch_norm(x, *repeated, training=use_input_stats, momentum=momentum, eps=eps)
    for running, found in zip((running_mean, running_var), repeated):
        if running is not None and use_input_stats:
            with no_grad():
                running.copy_(found.view(count, channels).mean(0))
    return out.view(size)


# %% public names
__all__ = ["instance_norm"]
