"""What normalizations refuse, in PyTorch's words."""

import math

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name
from .._core.explain import noted
from .._core.tensor import Tensor
from .operands import refuse_kinds
from .pooling import ints


def check_batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps):
    """RuntimeError and its kin for what does not fit together."""
    if training:
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
        must_have_several(input.size())
    if not isinstance(input, Tensor):
        must_be_tensor("batch_norm", ["input"], (input,))
    if not isinstance(momentum, (int, float)):
        kind = type(momentum).__name__
        raise TypeError(f"batch_norm(): argument 'momentum' (position 7) must be float, not {kind}")
    _check_statistics(input, running_mean, running_var, weight, bias, training)


def _check_statistics(input, running_mean, running_var, weight, bias, training):
    if training and (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    channels = input._array.shape[1] if input._array.ndim > 1 else 0
    given = {"running_mean": running_mean, "running_var": running_var}
    for name, running in given.items():
        if running is None and not training:
            raise RuntimeError(f"{name} must be defined in evaluation mode")
    for name, values in (given | {"weight": weight, "bias": bias}).items():
        if values is not None and values._array.size != channels:
            raise noted(
                RuntimeError(f"{name} should contain {channels} elements not {values._array.size}"),
                "features",
                input._array.shape,
                values._array.size,
            )
    if not input._array.size:
        return  # nothing is computed, and no dtype is wrong
    refuse_kinds("batch_norm", input._array, "iubc")
    for name, running in given.items():
        if running is not None and running.requires_grad:
            raise RuntimeError(
                "The function 'native_batch_norm' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )
    check_dtypes(input._array, running_mean, running_var, weight, bias)


def check_dtypes(array, *others):
    """RuntimeError where parameters have another dtype: only float16 goes with float32."""
    dtypes = [other._array.dtype for other in others if other is not None]
    low = array.dtype == np.float16
    alien = [d for d in dtypes if d != array.dtype and not (low and d == np.float32)]
    if alien:
        text = "mixed dtype (CPU): all inputs must share same datatype."
        if alien[0] != np.float32:
            text = "mixed dtype (CPU): expect parameter to have scalar type of Float"
        raise noted(
            RuntimeError(text),
            "dtypes",
            ("x", array.dtype),
            ("weight", dtypes[0]),
        )
    if len(set(dtypes)) > 1:
        raise RuntimeError(
            f"mixed dtype (CPU): expect parameter to have scalar type of {type_name(dtypes[0])}"
        )


def must_have_several(size):
    """ValueError for a single number in each channel: it has no variance."""
    count = size[0]
    for length in size[2:]:
        count *= length
    if count == 1:
        raise noted(
            ValueError(
                f"Expected more than 1 value per channel when training, got input size {size}"
            ),
            "single_sample",
            size,
        )


def normalized_dims(name, input, normalized_shape, star, weight=None, bias=None):
    """`normalized_shape` as a tuple of ints, which the input's last dims must have."""
    if not isinstance(input, Tensor):
        must_be_tensor(name, ["input"], (input,))
    if not isinstance(normalized_shape, (tuple, list)):
        kind = type(normalized_shape).__name__
        raise TypeError(
            f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not {kind}"
        )
    shape = ints(name, "normalized_shape", 2, normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one "
            "element, but got normalized_shape = []"
        )
    _check_same_shape(shape, weight, bias)
    own = input._array.shape
    if len(own) < len(shape) and name == "rms_norm":
        raise ValueError(
            f"Input tensor must have at least {len(shape)} dimensions, but got {len(own)}"
        )
    if own[max(len(own) - len(shape), 0) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*{star}{sizes}], "
            f"but got input of size{list(own)}"
        )
    return shape


def _check_same_shape(shape, weight, bias):
    """RuntimeError unless weight and bias, if given, have this shape."""
    for word, values in (("weight", weight), ("bias", bias)):
        if values is not None and values._array.shape != shape:
            raise RuntimeError(
                f"Expected {word} to be of same shape as normalized_shape, but got {word} of shape "
                f"{list(values._array.shape)} and normalized_shape = {list(shape)}"
            )


def check_channels(shape, weight, bias):
    """RuntimeError unless there is one number for each channel."""
    for word, values in (("weight", weight), ("bias", bias)):
        if values is not None and values._array.shape != (shape[1],):
            found = [0] if weight is None else list(weight._array.shape)
            raise RuntimeError(
                f"Expected {word} to be a vector of size equal to the number of channels in input, "
                f"but got {word} of shape {found} and input of shape {shape}"
            )


def check_group_norm(input, num_groups, weight, bias):
    """RuntimeError and its kin where channels and groups do not fit together."""
    shape = list(input.shape)
    if len(shape) < 2:
        raise RuntimeError(
            f"Expected at least 2 dimensions for input tensor but received {len(shape)}"
        )
    must_have_several([shape[0] * shape[1] // num_groups, num_groups, *shape[2:]])
    if shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {shape} and num_groups={num_groups}"
        )
    check_channels(shape, weight, bias)
    check_dtypes(input._array, weight, bias)
    refuse_kinds("GroupNormKernelImpl", input._array, "iubc")


def check_instance_norm(size, running_mean, running_var, use_input_stats):
    """ValueError for a single number in each channel, RuntimeError for missing statistics."""
    if use_input_stats and math.prod(size[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 spatial element when training, got input size {size}"
        )
    if not use_input_stats and (running_mean is None or running_var is None):
        raise RuntimeError(
            "Expected running_mean and running_var to be defined when use_input_stats is false"
        )


def check_has_channels(input):
    """ValueError for less than three dims."""
    if input.dim() < 3:
        raise ValueError(
            "Expected 3D or higher dimensionality"
            f"                          input (got {input.dim()} dimensions)"
        )
