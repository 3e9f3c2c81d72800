# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% hardtanh
"""Activations made of straight lines: cheap, and flat at the ends."""

import numpy as np

from ...choosing import _choose
from ...inplace import modify
from ...operations import must_be_tensor, pointwise
from ...refusals import refuse_kinds
from ...tensors import method
from .rectifiers import _flat


@pointwise(node="HardtanhBackward0")
def _hardtanh(input, *, min_val, max_val):
    if input.dtype.kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if input.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")
    if input.dtype.kind == "u" and min_val < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    low, high = np.array(min_val).astype(input.dtype), np.array(max_val).astype(input.dtype)
    return (
        np.minimum(np.maximum(input, low), high),
        lambda grad: _choose((input <= min_val) | (input >= max_val), 0.0, _flat(grad, input)),
    )


# %% hardtanh-functions
def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """Cut to the range from `min_val` to `max_val`; the slope is 1 inside, 0 elsewhere.

    Mirrors torch.nn.functional.hardtanh.
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    if inplace:
        return hardtanh_(input, min_val, max_val)
    return _hardtanh(input, min_val=min_val, max_val=max_val)


def hardtanh_(input, min_val=-1.0, max_val=1.0):
    """`hardtanh`, in place."""
    must_be_tensor("hardtanh_", ("input",), (input,))
    return modify(input, _hardtanh, min_val=min_val, max_val=max_val)


def relu6(input, inplace=False):
    """ReLU that stops at 6. Mirrors torch.nn.functional.relu6."""
    must_be_tensor("relu6_" if inplace else "relu6", ("input",), (input,))
    return (hardtanh_ if inplace else hardtanh)(input, 0.0, 6.0)


# %% hardsigmoid
@pointwise(node="HardsigmoidBackward0")
def _hardsigmoid(input):
    refuse_kinds("hardsigmoid_cpu", input, "biuc")
    return (
        np.minimum(np.maximum(input + 3, 0), 6) / 6,
        lambda grad: _choose((input > -3) & (input < 3), grad / 6, 0.0),
    )


def hardsigmoid(input, inplace=False):
    """A sigmoid of three straight lines: 0 up to -3, 1 from 3 on.

    Mirrors torch.nn.functional.hardsigmoid.
    """
    if inplace:
        must_be_tensor("hardsigmoid_", ("input",), (input,))
        return modify(input, _hardsigmoid)
    return _hardsigmoid(input)


# %% hardswish
@pointwise(node="HardswishBackward0")
def _hardswish(input):
    refuse_kinds("hardswish_cpu", input, "biuc")

    def derivative(grad):
        bent = _choose(input < 3, grad * (input / 3 + 0.5), grad)
        return _choose(input <= -3, 0.0, bent)

    return input * np.minimum(np.maximum(input + 3, 0), 6) / 6, derivative


def hardswish(input, inplace=False):
    """`input` times its hardsigmoid, a cheap `silu` (Howard et al., 2019).

    Mirrors torch.nn.functional.hardswish.
    """
    if inplace:
        must_be_tensor("hardswish_", ("input",), (input,))
        return modify(input, _hardswish)
    return _hardswish(input)


# %% threshold
def _cut(input, threshold, value):
    refuse_kinds("threshold_cpu", input, "bc")
    return (
        np.where(input <= threshold, np.array(value).astype(input.dtype), input),
        lambda grad: _choose(input <= threshold, 0.0, _flat(grad, input)),
    )


@pointwise(node="ThresholdBackward0")
def _threshold(input, *, threshold, value):
    return _cut(input, threshold, value)


@pointwise(node="ThresholdBackward1")
def _threshold_in_place(input, *, threshold, value):
    return _cut(input, threshold, value)


# %% threshold-functions
def threshold(input, threshold, value, inplace=False):
    """`input` where it is above `threshold`, else `value`. Mirrors torch.nn.functional.threshold.

    `threshold(x, 0, 0)` is ReLU.
    """
    if inplace:
        return threshold_(input, threshold, value)
    return _threshold(input, threshold=threshold, value=value)


def threshold_(input, threshold, value):
    """`threshold`, in place. Mirrors torch.threshold_."""
    must_be_tensor("threshold_", ("input",), (input,))
    return modify(input, _threshold_in_place, threshold=threshold, value=value)


# %% hardshrink
@method("hardshrink")
def hardshrink(input, lambd=0.5):
    """0 from `-lambd` to `lambd`, `input` itself outside. Mirrors torch.hardshrink."""
    return _hardshrink(input, lambd=lambd)


@pointwise(node="HardshrinkBackward0")
def _hardshrink(input, *, lambd):
    refuse_kinds("hardshrink_cpu", input, "biuc")
    return (
        np.where((input >= -lambd) & (input <= lambd), 0, input).astype(input.dtype, copy=False),
        lambda grad: _choose((input >= -lambd) & (input <= lambd), 0.0, _flat(grad, input)),
    )


# %% softshrink
def softshrink(input, lambd=0.5):
    """Moved towards zero by `lambd`, and 0 where that would go past it: no jump.

    RuntimeError if `lambd` is negative. Mirrors torch.nn.functional.softshrink.
    """
    must_be_tensor("softshrink", ("input",), (input,))
    refuse_kinds("softshrink_check", input._array, "biuc")
    if lambd < 0:
        limit = np.finfo(input._array.dtype).max
        name = input.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(
            f"lambda must be in range [0, {float(limit):g}] for input dtype {name}, "
            f"but found {lambd:g}"
        )
    return _softshrink(input, lambd=lambd)


@pointwise(node="SoftshrinkBackward0")
def _softshrink(input, *, lambd):
    moved = np.where(
        input > lambd, input - lambd, np.where(input < -lambd, input + lambd, input * 0)
    )
    return moved, lambda grad: _choose(
        (input >= -lambd) & (input <= lambd), 0.0, _flat(grad, input)
    )


# %% public names
__all__ = [
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "relu6",
    "softshrink",
    "threshold",
    "threshold_",
]
