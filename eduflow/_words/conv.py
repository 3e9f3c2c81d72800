"""What convolutions are handed, checked in PyTorch's words."""

import numpy as np

from .._core.arguments import counts
from .._core.dtype import dtype, type_name
from .._core.explain import noted
from .._core.tensor import Tensor
from .._core.windows import borders, for_each_dim
from .operands import refuse_kinds


def per_dim(name, value, dims, wanted=None):
    """`value` for each of the dims: a number stands for all of them.

    RuntimeError unless there are as many as `wanted`, the dims of the kernel, or one.
    """
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims
    wanted = dims if wanted is None else wanted
    if len(values) not in (1, wanted):
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {wanted} values to match "
            f"the convolution dimensions, but got {name}={list(values)}"
        )
    return for_each_dim(values, wanted)


def _check_word(padding, dims, **steps):
    """RuntimeError for a word that is none, and for "same" with lists of another length."""
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'")
    for key, value in steps.items():
        if padding == "same" and isinstance(value, (tuple, list)) and len(value) not in (1, dims):
            raise RuntimeError(f"{key} cannot broadcast to {dims} dimensions")


def _check_same(stride):
    """RuntimeError for padding "same" where the window takes longer steps."""
    if set(stride) != {1}:
        raise RuntimeError("padding='same' is not supported for strided convolutions")


def _check_dims(name, input, dims):
    """RuntimeError unless the input has `dims` behind its channels, with a batch or without."""
    if input.ndim not in (dims + 1, dims + 2):
        raise noted(
            RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but "
                f"got input of size: {list(input.shape)}"
            ),
            "conv_dims",
            tuple(input.shape),
            dims,
        )


def _must_be_convolution(name, tensors, **options):
    """TypeError, in PyTorch's words, unless tensors are tensors and options ints, or lists of them.

    A bias may be None, padding a word.
    """
    tensors = tensors[:2] if tensors[2:] == (None,) else tensors
    fits = all(isinstance(x, Tensor) for x in tensors)
    for key, value in options.items():
        word = key == "padding" and type(value) is str
        fits = fits and (word or starts_with_int(value, key != "groups"))
    if not fits:
        raise _no_convolution(name, tensors, options)
    check_rest(name, options)


def starts_with_int(value, listed):
    """Whether this is an int or, where it may be `listed`, a list that starts with one."""
    if listed and isinstance(value, (tuple, list)):
        value = value[0] if value else 0
    return type(value) is int or (counts(value) and type(value) is not bool)


def check_rest(name, options):
    """TypeError unless a list has ints only; in the first place it has one."""
    for key, value in options.items():
        for position, item in enumerate(value if isinstance(value, (tuple, list)) else (), 1):
            if not counts(item):
                error = f"type must be tuple of ints,but got {type(item).__name__}"
                raise TypeError(
                    f"{name}(): argument '{key}' failed to unpack the object at pos {position} "
                    f'with error "{error}"'
                )


_USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


def _no_convolution(name, tensors, options):
    """The TypeError that lists what was given, and what convolutions take."""
    got = [_kind(x) for x in tensors]
    got += [
        f"{key}={_kind(x)}"
        for key, x in options.items()
        if type(x) is not type(_USUAL[key]) or x != _USUAL[key]
    ]
    takes = " * (Tensor input, Tensor weight, Tensor bias = None, tuple of ints stride = 1, {}, "
    takes += "tuple of ints dilation = 1, int groups = 1)\n"
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({', '.join(got)}), but "
        "expected one of:\n"
        + takes.format("tuple of ints padding = 0")
        + takes.format('str padding = "valid"')
    )


def _kind(x):
    kind = type(x)
    if isinstance(x, Tensor) or kind.__module__ == "builtins":
        return kind.__name__
    return f"{kind.__module__}.{kind.__name__}"


def _check_groups(groups, weight):
    """RuntimeError unless the weight has a kernel, and there is a group."""
    if weight.ndim < 3:
        raise RuntimeError("weight should have at least three dimensions")
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")


def check_steps(padding, stride, dilation, output_padding=(0,)):
    """RuntimeError for negative numbers, and for a stride of 0."""
    if min(padding) < 0:
        raise RuntimeError("negative padding is not supported")
    if min(output_padding) < 0:
        raise RuntimeError("negative output_padding is not supported")
    if min(stride) <= 0:
        raise RuntimeError("non-positive stride is not supported")
    if min(dilation) < 0:
        raise RuntimeError("dilation should be greater than zero")


def check_bias_dtype(input, bias):
    if bias is not None and bias._array.dtype != input._array.dtype:
        kinds = [dtype.by_numpy[x._array.dtype].ctype_name for x in (input, bias)]
        kinds = [{"int64_t": "long int"}.get(kind, kind) for kind in kinds]
        raise noted(
            RuntimeError("Input type ({}) and bias type ({}) should be the same".format(*kinds)),
            "dtypes",
            ("x", input._array.dtype),
            ("bias", bias._array.dtype),
        )


def check_bias_shape(weight, bias, channels):
    if bias is not None and bias.shape != (channels,):
        raise RuntimeError(
            f"Given weight of size {list(weight.shape)}, expected bias to be 1-dimensional with "
            f"{channels} elements, but got bias of size {list(bias.shape)} instead"
        )


def check_channels(shape, weight, groups):
    """RuntimeError unless an input of this shape has the channels that the weight expects."""
    sizes, channels = list(weight.shape), weight.shape[1] * groups
    if sizes[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be at least {groups} at dimension 0, but "
            f"got weight of size {sizes} instead"
        )
    if sizes[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size [{sizes}] instead"
        )
    if len(shape) != len(sizes):
        raise RuntimeError(
            f"Expected {len(sizes)}-dimensional input for {len(sizes)}-dimensional weight "
            f"{sizes}, but got {len(shape)}-dimensional input of size {list(shape)} instead"
        )
    if shape[1] != channels:
        raise noted(
            RuntimeError(
                f"Given groups={groups}, weight of size {sizes}, expected input{list(shape)} to "
                f"have {channels} channels, but got {shape[1]} channels instead"
            ),
            "conv_channels",
            shape,
            channels,
        )


def check_size(shape, kernel, padding, dilation):
    """RuntimeError where the kernel is larger than the padded input."""
    padded = [n + sum(ends) for n, ends in zip(shape[2:], padding)]
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
    if any(n < r for n, r in zip(padded, reach)):
        raise noted(
            RuntimeError(
                f"Calculated padded input size per channel: ({_by(padded)}). Kernel size: "
                f"({_by(reach)}). Kernel size can't be greater than actual input size"
            ),
            "too_small",
            padded,
            reach,
        )


def _by(sizes):
    return " x ".join(map(str, sizes))


def check_not_empty(shape):
    """RuntimeError for an input without places, unless it has no images or no channels either."""
    if 0 in shape[2:] and 0 not in shape[:2]:
        raise RuntimeError(
            "Only zero batch or zero channel inputs are supported, but got input shape: "
            f"{[*shape[:2], *([1] if len(shape) == 3 else []), *shape[2:]]}"
        )


def check_kernel(kernel, dilation, fast=False):
    """RuntimeError for a kernel or dilation of 0.

    PyTorch has a text for each way to compute; `fast` is oneDNN's.
    """
    if len(kernel) == 1:  # PyTorch computes one dim as two, the first of size 1
        kernel, dilation = (1, *kernel), (1, *dilation)
    if min(kernel) <= 0:
        got = f" {listed('kernel', kernel)}"
        if max(dilation) > 1:
            got = f" {list(kernel)}"
        elif len(kernel) == 3:
            got = f": {_by(kernel)} (TxHxW)"
        raise RuntimeError(f"kernel size should be greater than zero, but got{got}")
    if min(dilation) <= 0 and fast:
        raise RuntimeError("non-positive dilation is not supported")
    if min(dilation) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(dilation)}")


def by_onednn(array, groups):
    """Whether PyTorch leaves the convolution of such a batch to oneDNN: that shows in small things.

    Its texts are others, and it keeps the channels of volumes last in memory.
    """
    return array.dtype == np.float32 and (len(array) > 1 or groups > 1)


_DIMS = ("depth", "height", "width")


def listed(word, values, joint=" "):
    """stride_height: 2 stride_width: 2, as PyTorch's texts list one number for each dim."""
    names = _DIMS[-len(values) :]
    return joint.join(f"{word}_{name}: {value}" for name, value in zip(names, values))


def check_dtypes(input, weight, kernels=("slow_conv2d_cpu", "compute_columns3d")):
    """RuntimeError unless input and weight are of one dtype; NotImplementedError for bool.

    PyTorch has one of these `kernels` for up to two dims, and one for three.
    """
    a, b = input._array.dtype, weight._array.dtype
    if a.kind == "b":
        refuse_kinds(kernels[input.ndim == 5], input._array, "b")
    if a == b:
        return
    names = [f"torch.{dtype.by_numpy[x].legacy_name}" for x in (a, b)]
    text = f"expected scalar type {type_name(a)} but found {type_name(b)}"
    if a == "f4":
        text = (
            "Input type ({}) and weight type ({}) should be the same or input should be a MKLDNN "
            "tensor and weight is a dense tensor".format(*names)
        )
    raise noted(RuntimeError(text), "dtypes", ("x", a), ("weight", b))


def _ends(padding, kernel, dilation, dims):
    """Padding as a pair (before, after) for each dim, from numbers or a word."""
    if not isinstance(padding, str):
        padding = per_dim("padding", padding, dims, len(kernel))
    return borders(padding, [max(k, 1) for k in kernel], dilation)


def convolution_options(name, dims, tensors, stride, padding, dilation, groups):
    """stride, padding and dilation with an entry for each dim of the kernel, and groups.

    Padding is a pair (before, after) for each. Checked is all that needs no batch.
    """
    input, weight, bias = tensors
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    _must_be_convolution(name, tensors, **options)
    _check_dims(name, input, dims)
    _check_word(padding, dims, stride=stride, dilation=dilation)
    check_bias_dtype(input, bias)
    _check_groups(groups, weight)
    kernel = weight._array.shape[2:]
    stride = per_dim("stride", stride, dims, len(kernel))
    dilation = per_dim("dilation", dilation, dims, len(kernel))
    if padding == "same":
        _check_same(stride)
    return stride, _ends(padding, kernel, dilation, dims), dilation, groups


def check_convolution(input, weight, bias, stride, padding, dilation, groups):
    """All that must fit before a convolution can be computed; RuntimeError for the first misfit."""
    shape, kernel = input._array.shape, weight._array.shape[2:]
    check_steps([min(ends) for ends in padding], stride, dilation)
    check_channels(shape, weight, groups)
    check_bias_shape(weight, bias, weight.shape[0])
    check_size(shape, kernel, padding, dilation)
    check_not_empty(shape)
    if input._array.size or 0 in kernel:
        check_kernel(kernel, dilation, by_onednn(input._array, groups))
    if input._array.size:
        check_dtypes(input, weight)


def _check_kinds(name, tensors, **options):
    """TypeError unless tensors are tensors, and options ints or lists of them; bias may be None."""
    for position, argument in enumerate(("input", "weight", "bias")):
        x = tensors[position]
        if not (isinstance(x, Tensor) or (x is None and argument == "bias")):
            where = f"'{argument}' (position {position + 1})"
            raise TypeError(f"{name}(): argument {where} must be Tensor, not {type(x).__name__}")
    for argument, value in options.items():
        if not starts_with_int(value, argument != "groups"):
            wanted = "int" if argument == "groups" else "tuple of ints"
            found = type(value).__name__
            raise TypeError(f"{name}(): argument '{argument}' must be {wanted}, not {found}")
    check_rest(name, options)


def transposed_options(name, dims, tensors, stride, padding, output_padding, groups, dilation):
    """The numbers, in this order, each with an entry for each dim of the kernel, and groups."""
    input, weight, _ = tensors
    numbers = {"stride": stride, "padding": padding, "dilation": dilation}
    numbers["output_padding"] = output_padding
    _check_kinds(name, tensors, groups=groups, **numbers)
    _check_dims(name, input, dims)
    _check_groups(groups, weight)
    wanted = weight.ndim - 2
    each = {key: per_dim(key, number, dims, wanted) for key, number in numbers.items()}
    return each["stride"], each["padding"], each["output_padding"], groups, each["dilation"]


def _check_output_padding(stride, output_padding, dilation):
    """RuntimeError for a dilation of 0, and for more output_padding than there is a choice."""
    if len(stride) == 1:  # PyTorch computes one dim as two, the first of size 1
        stride, dilation = (1, *stride), (1, *dilation)
        output_padding = (0, *output_padding)
    if 0 in dilation:
        got = listed("dilation", dilation, ", ")
        raise RuntimeError(f"dilation should be greater than zero, but got {got}")
    if any(more >= max(s, d) for more, s, d in zip(output_padding, stride, dilation)):
        got = f"{listed('output_padding', output_padding)} {listed('stride', stride)} "
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got "
            f"{got}{listed('dilation', dilation)}"
        )


def _check_channels(shape, weight, bias, groups):
    """RuntimeError unless input, weight, bias and groups go together."""
    sizes = list(weight.shape)
    if sizes[0] < groups or sizes[0] % groups:
        check_channels(shape, weight, groups)
    start = f"Given transposed=1, weight of size {sizes}, expected "
    if shape[1] != sizes[0]:
        raise noted(
            RuntimeError(
                f"{start}input{list(shape)} to have {sizes[0]} channels, "
                f"but got {shape[1]} channels instead"
            ),
            "conv_channels",
            shape,
            sizes[0],
        )
    channels = sizes[1] * groups
    if bias is not None and bias.shape != (channels,):
        raise RuntimeError(
            f"{start}bias to be 1-dimensional with {channels} elements, "
            f"but got bias of size {list(bias.shape)} instead"
        )


def _check_weight(weight):
    """RuntimeError for a weight without elements."""
    sizes = list(weight.shape)
    if len(sizes) == 5 and 0 in sizes:
        planes = "n_output_plane x n_input_plane x kernel_depth x kernel_height x kernel_width"
        raise RuntimeError(f"non-empty 5D ({planes}) tensor expected for weight, but got: {sizes}")
    check_kernel(sizes[2:], [1] * len(sizes[2:]))
    if 0 in sizes:
        raise RuntimeError(
            f"a weight without elements cannot stamp anything: got one of size {sizes}"
        )


def _check_size(shape, size):
    """RuntimeError unless something is left of the result."""
    one = [1] * (4 - len(shape))  # one dim is computed as two
    if min(size) < 1:
        before, after = (" x ".join(map(str, [*one, *sizes])) for sizes in (shape[2:], size))
        raise RuntimeError(
            f"Given input size per channel: ({before}). "
            f"Calculated output size per channel: ({after}). Output size is too small"
        )


def check_transposed(
    result_size, input, weight, bias, stride, padding, output_padding, groups, dilation
):
    """All that must fit before a transposed convolution can be computed.

    `result_size` is the rule for the size of its result.
    """
    shape, moves = input._array.shape, (stride, padding, output_padding, dilation)
    size = result_size(shape[2:], weight._array.shape[2:], *moves)
    check_steps(padding, stride, dilation, output_padding)
    _check_channels(shape, weight, bias, groups)
    check_not_empty(shape)
    if 0 in shape:
        return _check_empty(shape, weight, size, groups)
    _check_weight(weight)
    _check_output_padding(stride, output_padding, dilation)
    _check_size(shape, size)
    kernels = [f"slow_conv_transpose{dims}d_out_cpu" for dims in (2, 3)]
    check_dtypes(input, weight, kernels)
    check_bias_dtype(input, bias)


def _check_empty(shape, weight, size, groups):
    """RuntimeError where no images would become images of a size that cannot be."""
    check_kernel(weight.shape[2:], [1] * len(size))
    one = [1] * (4 - len(shape))  # one dim is computed as two
    result = [shape[0], weight.shape[1] * groups, *one, *size]
    wrong = next((i for i, n in enumerate(result) if n < 0), None)
    if wrong is not None:
        raise RuntimeError(
            f"invalid shape dimension {result[wrong]} at index {wrong} of shape {result}"
        )


def check_only_zeros(name, padding_mode):
    """ValueError for the padding modes that transposed convolutions do not have."""
    if padding_mode != "zeros":
        raise ValueError(f'Only "zeros" padding mode is supported for {name}')


def size_of_images(output_size, shape, dims):
    """The last dims of the size asked for; ValueError where it has another number of dims."""
    front = len(shape) - dims
    if len(output_size) == len(shape):
        output_size = output_size[front:]
    if len(output_size) != dims:
        raise ValueError(
            f"ConvTranspose{dims}D: for {len(shape)}D input, output_size must have {dims} "
            f"or {len(shape)} elements (got {len(output_size)})"
        )
    return output_size


def check_reach(more, wanted, shape, stride):
    """ValueError unless output_padding makes this size of images of this shape: `more` of it."""
    if any(not 0 <= extra < s for extra, s in zip(more, stride)):
        smallest = [n - extra for n, extra in zip(wanted, more)]
        largest = [n + s - 1 for n, s in zip(smallest, stride)]
        raise ValueError(
            f"requested an output size of {wanted}, but valid sizes range "
            f"from {smallest} to {largest} (for an input of {shape[2:]})"
        )
