"""Dropout as a function."""

import math
import warnings

from ..._core.calls import answering
from ..._core.dispatch import must_be_tensor
from ..._words.module import probability
from ..._words.operands import refuse_kinds
from ...ops.factories import empty_like, zeros


@answering
def dropout(input, p=0.5, training=True, inplace=False):
    """Each element becomes 0 with probability `p`; the others grow by 1 / (1 - p).

    So the expected value stays the same. Unless `training`, the input itself is returned: the
    function cannot know whether your module is in eval mode, so pass `self.training`.
    Mirrors torch.nn.functional.dropout.
    """
    p = probability(p)
    must_be_tensor("dropout", ["input"], [input], numbers=False)
    if p == 0 or not training or not input.numel():
        return input
    refuse_kinds("bernoulli_scalar_cpu_", input._array)
    kept = 0 if p == 1 else empty_like(input).bernoulli_(1 - p).div_(1 - p)
    return input.mul_(kept) if inplace else input * kept


def _noise(input, p, channels):
    """Ones and, with probability `p`, zeros: one for each element, or for each of the channels."""
    refuse_kinds("bernoulli_scalar_cpu_", input._array)
    if not channels:
        return empty_like(input).bernoulli_(1 - p)
    if input.ndim < 2:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")
    shape = (*input.shape[:2], *[1] * (input.ndim - 2))
    return zeros(shape, dtype=input.dtype).bernoulli_(1 - p)


def _dropped(input, p, training, inplace, channels=False, alpha=False):
    """What all kinds of dropout do: multiply by noise, and make up for what is lost."""
    p = probability(p)
    if p == 0 or not training or not input.numel():
        return input
    times = input.mul_ if inplace else input.mul
    if p == 1:
        return times(zeros((), dtype=input.dtype))
    noise = _noise(input, p, channels)
    if not alpha:
        return times(noise.div_(1 - p))
    scale = 1 / math.sqrt((_LOW * _LOW * p + 1) * (1 - p))
    shift = (noise - 1).mul_(_LOW * scale).add_(_LOW * scale * p)
    result = times(noise.mul_(scale))
    return result.add_(shift) if inplace else result + shift


_LOW = 1.7580993408473766  # minus the value that selu approaches on the left


@answering
def dropout1d(input, p=0.5, training=True, inplace=False):
    """Whole channels of (N, C, L) or (C, L) set to 0, each with probability `p`.

    Mirrors torch.nn.functional.dropout1d.
    """
    p = probability(p)
    if input.ndim not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input. "
            + _NOTE.format(1, 1, "", "2D or 3D")
        )
    return _in_batch(input, p, training, inplace, 3)


def _in_batch(input, p, training, inplace, dims):
    """Dropout of channels; what has not so many dims counts as one sample of a batch."""
    if input.ndim == dims:
        return _dropped(input, p, training, inplace, channels=True)
    result = _dropped(input.unsqueeze(0), p, training, inplace, channels=True)
    return input if inplace else result.squeeze(0)


_NOTE = (
    "Note that dropout{}d exists to provide channel-wise dropout on inputs with {} spatial "
    "dimension{}, a channel dimension, and an optional batch dimension (i.e. {} inputs)."
)


@answering
def dropout2d(input, p=0.5, training=True, inplace=False):
    """Whole channels of (N, C, H, W) set to 0, each with probability `p`.

    Mirrors torch.nn.functional.dropout2d.
    """
    p = probability(p)
    _warn_of_dims(2, input.ndim, (3, 4))
    if input.ndim == 3:
        warnings.warn(_WARN_3D, stacklevel=2)
    return _dropped(input, p, training, inplace, channels=True)


@answering
def dropout3d(input, p=0.5, training=True, inplace=False):
    """Whole channels of (N, C, D, H, W) set to 0, each with probability `p`.

    Mirrors torch.nn.functional.dropout3d.
    """
    p = probability(p)
    _warn_of_dims(3, input.ndim, (4, 5))
    return _in_batch(input, p, training, inplace, 5)


@answering
def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """Dropout that goes with selu: what is dropped becomes selu's lowest value, and the rest is
    scaled and shifted so that mean and variance stay. Mirrors torch.nn.functional.alpha_dropout.
    """
    return _dropped(input, p, training, inplace, alpha=True)


@answering
def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """`alpha_dropout` of whole channels. Mirrors torch.nn.functional.feature_alpha_dropout."""
    return _dropped(input, p, training, inplace, channels=True, alpha=True)


def _warn_of_dims(spatial, ndim, wanted):
    """PyTorch's warning where the input has not the dims that dropout2d or dropout3d is for."""
    if ndim not in wanted:
        name, both = f"dropout{spatial}d", " or ".join(f"{dims}D" for dims in wanted)
        warnings.warn(
            f"{name}: Received a {ndim}-D input to {name}, which is deprecated and will result in "
            "an error in a future release. To retain the behavior and silence this warning, please "
            "use dropout instead. " + _NOTE.format(spatial, spatial, "s", both),
            stacklevel=3,
        )


_WARN_3D = (
    "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout "
    "behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. "
    "This behavior will change in a future release to interpret the input as one without a batch "
    "dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please "
    "switch to using dropout1d instead."
)
