# Built by lessons/03_views_and_flatten_annex.ipynb. Edit it there, or here and `make scatter`.
# %% matrix-properties
"""More views: matrices turned, dims taken apart and moved, other numbers in the same bytes."""

import math
import warnings

import numpy as np

from .dtypes import dtype as dtype_class
from .operations import must_be_tensor
from .shape_arguments import sizes_of, tuple_of_ints
from .tensors import Tensor, alias, check_dim, element_strides, method
from .viewing import restride, view_op, with_strides
from .views import _permute, permute, transpose


@view_op(node="TBackward0")
def t(input):
    """A matrix with its two dims swapped, as a view; with fewer dims, as it is. Mirrors torch.t."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return input.T, lambda grad: grad.swapaxes(0, -1) if grad.ndim == 2 else grad


@method("T")
@property
def _T(tensor):
    """A view with all dims in reverse order."""
    if tensor.ndim not in (0, 2):
        warnings.warn("x.T on a tensor that is no matrix is deprecated; use x.mT", stacklevel=2)
    return _permute(tensor, tuple(reversed(range(tensor.ndim))))


def _turned(tensor, name):
    if tensor.ndim == 1:
        raise RuntimeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D tensor."
        )
    return transpose(tensor, -2, -1) if tensor.ndim else tensor


@method("mT")
@property
def _mT(tensor):
    """A view with the last two dims swapped."""
    return _turned(tensor, "mT")


# %% adjoint
def _conjugate(tensor):
    return tensor.conj() if tensor.is_complex() else tensor


@method("adjoint")
def adjoint(input):
    """The last two dims swapped, and complex numbers conjugated. Mirrors torch.adjoint."""
    return _conjugate(_turned(input, "adjoint()"))


@method("H")
@property
def _H(tensor):
    """A matrix transposed and conjugated."""
    if tensor.ndim not in (0, 2):
        more = " For batches of matrices, consider using tensor.mH" if tensor.ndim > 2 else ""
        raise RuntimeError(
            "tensor.H is only supported on matrices (2-D tensors). "
            f"Got {tensor.ndim}-D tensor.{more}"
        )
    return adjoint(tensor)


@method("mH")
@property
def _mH(tensor):
    """The last two dims swapped, and conjugated."""
    return _conjugate(_turned(tensor, "mH"))


# %% unflatten
@method("unflatten")
def unflatten(input, dim, sizes):
    """Dim `dim` as several dims of the given sizes, one of which may be -1: undoes `flatten`.

    Raises RuntimeError if the sizes do not multiply up to the dim's. Mirrors torch.unflatten.
    """
    must_be_tensor("unflatten", ("input",), (input,))
    sizes, shape = tuple_of_ints("unflatten", sizes, "sizes"), input._array.shape
    if not shape:
        raise RuntimeError("unflatten(): a tensor without dims has none to unflatten")
    dim = check_dim(dim, len(shape))
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    rest = math.prod([size for size in sizes if size != -1])
    fits = rest and shape[dim] % rest == 0 if -1 in sizes else rest == shape[dim]
    if not fits:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[dim]}) in the input tensor"
        )
    sizes = [shape[dim] // rest if size == -1 else size for size in sizes]
    return input.view(*shape[:dim], *sizes, *shape[dim + 1 :])


# %% like-another
@method("ravel")
def ravel(input):
    """All elements in one dim: a view if the tensor is contiguous, else a copy."""
    must_be_tensor("ravel", ("input",), (input,))
    return input.contiguous().view(-1)


@method("view_as")
def _view_as(tensor, other):
    """A view with the shape of `other`."""
    return tensor.view(other._array.shape)


@method("reshape_as")
def _reshape_as(tensor, other):
    """The tensor with the shape of `other`: a view if possible, else a copy."""
    return tensor.reshape(other._array.shape)


# %% movedim
@method("movedim", "moveaxis")
def movedim(input, source, destination):
    """A view with dims moved from `source` to `destination`, ints or tuples; the others close up.

    Raises RuntimeError for repeated dims. Mirrors torch.movedim.
    """
    ends = [sizes_of("movedim", (dims,)) for dims in (source, destination)]
    if len(ends[0]) != len(ends[1]):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(ends[0])} dims) should "
            f"contain the same number of dims as destination ({list(ends[1])} dims)"
        )
    moved = [[check_dim(dim, input.ndim) for dim in dims] for dims in ends]
    for name, dims, given in zip(("source", "destination"), moved, ends):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(given)})")
    if not input.ndim:
        return input[...]
    order = [dim for dim in range(input.ndim) if dim not in moved[0]]
    for to, dim in sorted(zip(moved[1], moved[0])):
        order.insert(to, dim)
    return permute(input, order)


moveaxis = movedim


# %% at-least
def _at_least(tensors, places):
    """Each tensor with new dims of size 1 at the `places` for its number of dims; all are views.

    For a tensor without dims, `places` says how many.
    """
    one = len(tensors) == 1 and isinstance(tensors[0], Tensor)
    tensors = tensors if one or isinstance(tensors[0], Tensor) else tensors[0]
    results = []
    for x in tensors:
        for place in places.get(x.ndim, ()):
            x = x.unsqueeze(place) if x.ndim else x.reshape((1,) * place)
        results.append(x)
    return results[0] if one else tuple(results)


def atleast_1d(*tensors):
    """The tensor, or each of several, with at least one dim."""
    return _at_least(tensors, {0: (1,)})


def atleast_2d(*tensors):
    """The tensor, or each of several, with at least two dims; a vector becomes a row."""
    return _at_least(tensors, {0: (2,), 1: (0,)})


def atleast_3d(*tensors):
    """The tensor, or each of several, with at least three dims; a matrix gets a last dim of 1."""
    return _at_least(tensors, {0: (3,), 1: (0, 2), 2: (2,)})


# %% view-as-dtype
@method("_as_dtype")
def _as_dtype(input, dtype):
    """The same bytes read as numbers of another dtype: `x.view(dtype)`. No gradient can pass.

    Where the new dtype is smaller or larger, the last dim grows or shrinks.
    """
    array, new = with_strides(input._array), dtype.numpy
    if new.itemsize == array.itemsize:
        return alias(input, array.view(new))
    _check_dtype_view(array, element_strides(array), input.storage_offset(), dtype)
    *sizes, last = array.shape
    shape = (*sizes, last * array.itemsize // new.itemsize)
    strides = tuple([s * array.itemsize // new.itemsize for s in element_strides(array)[:-1]])
    flat = np.ndarray(0, new, array) if not array.size else restride(array, (last,), (1,)).view(new)
    return alias(input, restride(flat, shape, (*strides, 1)))


def _check_dtype_view(array, strides, offset, dtype):
    """RuntimeError where the numbers of `array` cannot be read as larger or smaller ones."""
    names = [dtype_class.by_numpy[array.dtype], dtype]
    names = [d.legacy_name.removesuffix("Tensor") for d in names]
    end = f"to view {names[0]} as {names[1]} (different element sizes)"
    if not array.ndim:
        raise RuntimeError(f"self.dim() cannot be 0 {end}")
    ratio, last = dtype.itemsize // array.itemsize or 1, array.shape[-1]
    values = {f"stride({dim})": step for dim, step in enumerate(strides[:-1])}
    for what, value in ({"size(-1)": last, "storage_offset()": offset} | values).items():
        if what != "size(-1)" and strides[-1] != 1:
            raise RuntimeError(f"self.stride(-1) must be 1 {end}, but got {strides[-1]}")
        if value % ratio:
            raise RuntimeError(f"self.{what} must be divisible by {ratio} {end}, but got {value}")


# %% public names
__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "moveaxis",
    "movedim",
    "ravel",
    "t",
    "unflatten",
]
