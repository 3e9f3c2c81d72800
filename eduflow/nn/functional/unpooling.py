# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% unpool
"""Max unpooling: largest elements put back to where they stood."""

import numpy as np

from ...operations import Kind, finish
from ...refusals import refuse_kinds, type_name
from ...two_way import raw, two_way
from .pooling_arguments import pooled_array


@two_way
def _placed(values, *, index, shape):
    """Zeros of `shape` with the values at the places `index`, counted over all dims of an image."""
    result = np.zeros((len(index), int(np.prod(shape))), values.dtype)
    np.put_along_axis(result, index, values.reshape(index.shape), 1)
    return result, lambda grad: _read(grad, index=index, shape=values.shape)


@two_way
def _read(grad, *, index, shape):
    """The way back: what stands at the places `index`."""
    new = tuple(grad.shape[1:])
    result = np.take_along_axis(grad, index, 1).reshape(shape)
    return result, lambda outer: _placed(outer, index=index, shape=new)


# %% unpool-checks
def _check_unpool(name, input, indices, size):
    """RuntimeError, in PyTorch's words, for what does not fit together."""
    dims, shape = len(size), input.shape
    long = f"max_unpooling{dims}d"
    if indices.dtype != np.int64:
        got = "" if dims == 3 else f" but got: {type_name(indices.dtype)}"
        raise RuntimeError(f"elements in indices should be type int64{got}")
    if len(shape) not in (dims + 1, dims + 2):
        raise RuntimeError(
            f"Input to {long} should be a {dims + 1}d or {dims + 2}d Tensor, but got a tensor "
            f"with {len(shape)} dimensions."
        )
    if indices.shape != shape:
        raise RuntimeError(
            "Expected shape of indices to be same as that of the input tensor "
            f"({list(shape)}) but got indices tensor with shape: {list(indices.shape)}"
        )
    first = len(shape) - dims - 1
    empty = [dim for dim in range(max(first, 1), len(shape)) if not shape[dim]]
    if empty:
        raise RuntimeError(
            f"{long}_forward_out_cpu(): Expected input to have non-zero size for non-batch "
            f"dimensions, but got {list(shape)} with dimension {empty[0]} being empty."
        )
    refuse_kinds(name, input, "iubc")
    wrong = indices[(indices < 0) | (indices >= np.prod(size))]
    if wrong.size:
        raise RuntimeError(
            f"Found an invalid max index: {wrong[-1]} "
            f"(output volumes are of size {'x'.join(map(str, size))})"
        )


# %% unpool-op
_UNPOOL = {
    2: Kind("MaxUnpool2DBackward0", ["input", "indices"], operation="max_unpool2d"),
    3: Kind("MaxUnpool3DBackward0", ["input", "indices"], operation="max_unpool3d"),
}


def _put_back(input, indices, size):
    """The values at their places in images of this size, and the derivative; of arrays."""
    before = input.shape[: input.ndim - len(size)]
    rows, shape = int(np.prod(before)), indices.shape
    result = _placed(input, index=indices.reshape(rows, -1), shape=size)

    def derivative(grad):
        index = raw(indices).reshape(rows, -1)
        return _read(grad.reshape((rows, -1)), index=index, shape=shape)

    return result.reshape(*before, *size), derivative


def _unpool(input, indices, size):
    """Unpooling to a size that is known; records the node."""
    name = f"max_unpool{len(size)}d"
    arrays = pooled_array(name, input), pooled_array(name, indices)
    _check_unpool(name, *arrays, size)
    result, derivative = _put_back(*arrays, size)
    return finish(_UNPOOL[len(size)], (result, derivative, None), (input, indices))


# %% unpool-sizes
def _sizes(dims, value):
    """A number for each dim: an int stands for all of them."""
    return (value,) * dims if isinstance(value, int) else tuple(value)


def _unpooled_size(input, kernel, stride, padding, wanted):
    """The size to unpool to: the smallest that fits, unless another one is wanted and fits, too."""
    dims = len(kernel)
    given = input.shape[-dims:]
    usual = [(given[d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(dims)]
    if wanted is None:
        return usual
    if len(wanted) == dims + 2:
        wanted = wanted[2:]
    if len(wanted) != dims:
        raise ValueError(
            f"output_size should be a sequence containing {dims} or {dims + 2} elements, "
            f"but it has a length of '{len(wanted)}'"
        )
    for d in range(dims):
        low, high = usual[d] - stride[d], usual[d] + stride[d]
        if not low < wanted[d] < high:
            raise ValueError(
                f'invalid output_size "{wanted}" (dim {d} must be between {low} and {high})'
            )
    return wanted


# %% unpool-functions
def _max_unpool(dims, input, indices, kernel_size, stride, padding, output_size):
    kernel, padding = _sizes(dims, kernel_size), _sizes(dims, padding)
    stride = kernel if stride is None else _sizes(dims, stride)
    size = _unpooled_size(input, kernel, stride, padding, output_size)
    if dims == 1:
        return _unpool(input.unsqueeze(-1), indices.unsqueeze(-1), [*size, 1]).squeeze(-1)
    return _unpool(input, indices, list(size))


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The values of a max pooling of (N, C, L) or (C, L) back at their places, zeros elsewhere.

    `indices` are those that max_pool1d returned; `output_size` may name the size that was pooled.
    Mirrors F.max_unpool1d.
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for pictures (N, C, H, W) or (C, H, W). Mirrors F.max_unpool2d."""
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """The same for volumes (N, C, D, H, W) or (C, D, H, W). Mirrors F.max_unpool3d."""
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


# %% public names
__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]
