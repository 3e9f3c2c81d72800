"""Padding: more numbers around a tensor, or fewer."""

import numpy as np

from ..._core.arguments import NUMBERS, fitted
from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, two_way
from ..._core.keeping import keeping
from ..._core.layout import like_images
from ..._core.tensor import Tensor
from ..._words.operands import refuse_kinds


@two_way
def _bordered(input, *, ends, value=0):
    """`input` with `value` before and after it along each dim; negative ends cut places off."""
    shape = [n + lo + hi for n, (lo, hi) in zip(input.shape, ends)]
    result = np.full(shape, value, input.dtype)
    target = tuple([slice(max(lo, 0), n - max(hi, 0)) for n, (lo, hi) in zip(shape, ends)])
    source = tuple([slice(max(-lo, 0), n + min(hi, 0)) for n, (lo, hi) in zip(input.shape, ends)])
    result[target] = input[source]
    back = [(-lo, -hi) for lo, hi in ends]
    return like_images(result, input, volumes=True), lambda grad: _bordered(grad, ends=back)


@two_way
def _looked_up(input, *, places):
    """`input`, and around it copies of its own numbers: `places` says for each dim which."""
    shape, result = input.shape, input
    for dim, at in places.items():
        result = np.take(result, at, dim)
    return result, lambda grad: _brought_back(grad, places=places, shape=shape)


@two_way
def _brought_back(grad, *, places, shape):
    """The derivative of `_looked_up`: every number collects from all of its copies."""
    result = grad
    for dim, at in places.items():
        copies = np.moveaxis(result, dim, 0)
        total = np.zeros((shape[dim], *copies.shape[1:]), grad.dtype)
        first = np.unique(at, return_index=True)[1]
        total[at[first]] = copies[first]
        for i in np.setdiff1d(np.arange(len(at)), first):
            total[at[i]] += copies[i]
        result = np.moveaxis(total, 0, dim)
    return np.ascontiguousarray(result), lambda outer: _looked_up(outer, places=places)


def _places(mode, size, lo, hi):
    """Which places of a dim the padded dim shows."""
    if mode == "circular":
        start, end = max(-lo, 0), size + min(hi, 0)  # negative padding comes first
        turns = np.arange(-max(lo, 0), end - start + max(hi, 0))
        return start + turns % max(end - start, 1)
    at = np.arange(-lo, size + hi)
    if mode == "replicate":
        return at.clip(0, size - 1)
    return size - 1 - abs(size - 1 - abs(at))


_KINDS = {
    (mode, dims): Kind(node.format(dims), ["input"], once=True)
    for mode, node in (
        ("reflect", "ReflectionPad{}DBackward0"),
        ("replicate", "ReplicationPad{}DBackward0"),
        ("circular", "CopySlices"),
    )
    for dims in (1, 2, 3)
}
_CONSTANT = Kind("ConstantPadNdBackward0", ["input"])


def _check_pad(input, pad, mode, value):
    """The ends of all dims as pairs, after all checks, in PyTorch's words."""
    if not isinstance(input, Tensor):
        must_be_tensor("pad", ["input"], (input,))
    if not isinstance(pad, (tuple, list)):
        raise TypeError(
            f"pad(): argument 'pad' (position 2) must be tuple of ints, not {type(pad).__name__}"
        )
    for number in pad:
        if not hasattr(number, "__index__"):
            raise TypeError(
                "pad(): argument 'pad' (position 2) must be tuple of ints, but found element of "
                f"type {type(number).__name__} at pos 0"
            )
    if value is not None and not isinstance(value, NUMBERS):
        raise TypeError(
            f"pad(): argument 'value' (position 4) must be float, not {type(value).__name__}"
        )
    if mode != "constant" and (mode, 1) not in _KINDS:
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if len(pad) % 2:
        raise RuntimeError("Padding length must be divisible by 2")
    if len(pad) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but got "
            f"padding length {len(pad)} and input of dimension {input.ndim}"
        )
    pairs = list(zip(pad[::2], pad[1::2]))
    ends = [(0, 0)] * (input.ndim - len(pairs)) + pairs[::-1]
    if mode == "constant":
        if any(n + lo + hi < 0 or -lo > n or -hi > n for n, (lo, hi) in zip(input.shape, ends)):
            raise RuntimeError("narrow(): length must be non-negative.")
    else:
        _check_mode(input, pairs, ends, mode, value)
    return ends


_COMBINATIONS = """Padding size {} is not supported for {}D input tensor.
Supported combinations for non-constant padding:
  - 2D or 3D input: padding size = 2 (pads last dimension)
  - 3D or 4D input: padding size = 4 (pads last 2 dimensions)
  - 4D or 5D input: padding size = 6 (pads last 3 dimensions)"""


def _check_mode(input, pairs, ends, mode, value):
    """What the modes that repeat an input's own numbers cannot do."""
    dims, sizes = len(pairs), list(input.shape)
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    if not (1 <= dims <= 3 and input.ndim in (dims + 1, dims + 2)):
        raise NotImplementedError(_COMBINATIONS.format(2 * dims, input.ndim))
    if mode == "circular":
        for n, (lo, hi) in zip(sizes, ends):
            if lo > n or hi > n:
                raise RuntimeError("Padding value causes wrapping around more than once.")
            if n + lo + hi < 0:
                raise RuntimeError("Negative padding value is resulting in an empty dimension")
        return
    if 0 in sizes[1 if input.ndim == dims + 2 else 0 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size "
            f"and other non-zero dimensions for input, but got: {sizes}"
        )
    padded = [n + lo + hi for n, (lo, hi) in zip(sizes, ends)]
    if min(padded) < 0:
        negative = min(padded)
        raise RuntimeError(f"Trying to create tensor with negative dimension {negative}: {padded}")
    for dim, (n, (lo, hi)) in reversed(list(enumerate(zip(sizes, ends)))):
        if mode == "reflect" and max(lo, hi) >= n and (lo or hi):
            number = 4 + 2 * (input.ndim - 1 - dim)
            raise RuntimeError(
                f"Argument #{number}: Padding size should be less than the corresponding input "
                f"dimension, but got: padding ({lo}, {hi}) at dimension {dim} of input {sizes}"
            )


@answering
def pad(input, pad, mode="constant", value=None):
    """`input` with more places at its ends: `pad` is (before, after) for the last dim, then for the
    one before it, and so on. Negative numbers take places away.

    They hold `value` (0), or with mode "reflect", "replicate" or "circular" the mirrored, the last,
    or the opposite numbers. Mirrors torch.nn.functional.pad.
    """
    ends = _check_pad(input, pad, mode, value)
    array = input._array
    if mode == "constant":
        number = fitted(0 if value is None else value * 1.0, array.dtype)
        body = _bordered.__wrapped__(array, ends=ends, value=number)
        return finish(_CONSTANT, body, (input,))
    dims = len(pad) // 2
    if mode != "circular":
        kernel = {"reflect": "reflection", "replicate": "replication"}[mode]
        refuse_kinds(f"{kernel}_pad{dims}d", array, "b")
    places = {
        dim: _places(mode, array.shape[dim], *ends[dim])
        for dim in range(array.ndim - dims, array.ndim)
    }
    result, derivative = _looked_up.__wrapped__(array, places=places)
    if mode != "circular":
        result = like_images(result, array, volumes=True)
        derivative = keeping(derivative, array, flat=True)
    return finish(_KINDS[mode, dims], (result, derivative), (input,))
