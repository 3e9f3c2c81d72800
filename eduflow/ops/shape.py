"""Other shapes: view, reshape, flatten, transpose, permute, squeeze; views where it can be."""

import functools
import math
import warnings

import numpy as np

from .._core.arguments import check_dim, must_all_be_tensors, positional_or_named
from .._core.calls import answering
from .._core.dispatch import Kind, gradient_edge, must_be_tensor, op, recording, two_way
from .._core.dtype import dtype as dtype_class
from .._core.inference import inference
from .._core.layout import contiguous_format, rearranged
from .._core.storage import restride
from .._core.tensor import Tensor, alias, contiguous_strides, element_strides, method, wrap
from .._core.view import are_ours, quickly, record_view, view_op, with_strides
from .._kernels import kernel, switch
from .._kernels import shape as short
from .._words import shape as given
from .._words.shape import check_unflatten, sizes_of
from ..autograd.graph import fit_to


# %% lesson 03 permute
@view_op(node="PermuteBackward0", two_way=True)
def permute_dims(input, order):
    """A view of the array `input` whose dim i is its dim order[i], and the way back.

    `order` is a tuple of ints from 0 on: with (2, 0, 1), shape (2, 3, 4) becomes (4, 2, 3).
    """
    back = [order.index(dim) for dim in range(input.ndim)]
    return input.transpose(order), lambda grad: permute_dims(grad, back)


# %% end


# %% lesson 03 new-dims
@method("unsqueeze")
@view_op()
def unsqueeze(input, dim=...):
    """A view with a new dim of size 1 at place `dim`, to be given. Mirrors torch.unsqueeze."""
    dim, old = given.place_of_new_dim(dim, input.ndim), input.shape
    shape, strides = list(old), list(element_strides(input))
    strides.insert(dim, shape[dim] * strides[dim] if dim < len(shape) else 1)
    shape.insert(dim, 1)
    return restride(input, shape, strides), lambda grad: grad.reshape(old)


@view_op(node="ExpandBackward0")
def stretched(input, sizes):
    """A window whose new and stretched dims move by 0: the same number again and again."""
    sizes = given.expanded_sizes(input, sizes)
    new = len(sizes) - input.ndim
    own = zip(input.shape, element_strides(input), sizes[new:])
    strides = [0] * new + [step if size == wanted else 0 for size, step, wanted in own]
    shape, kind = input.shape, input.dtype
    return restride(input, sizes, strides), lambda grad: fit_to(grad, shape, kind)


# %% end


# %% lesson 03 blocks
def blocks(shape, strides):
    """The dims that lie in memory like one, taken together, from the last to the first.

    A list of pairs [elements, stride]. A dim of size 1 joins any block. For shape (2, 3, 2) and
    strides (12, 2, 1) it is [[6, 1], [2, 12]]; without dims, [[1, 1]].
    """
    found = []
    for size, stride in zip(reversed(shape), reversed(strides)):
        if found and (size == 1 or stride == found[-1][0] * found[-1][1]):
            found[-1][0] *= size
        else:
            found.append([size, stride])
    return found or [[1, 1]]


# %% end


# %% lesson 03 view-strides
@kernel
def view_strides(shape, strides, new_shape):
    """The strides with which memory of `shape` and `strides` reads as `new_shape`, without a copy.

    `new_shape` has as many elements as `shape`. None where only a copy will do: new dims may
    split a block, but never span two. A new dim of size 1 gets its stride like all others.
    """
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)
    new_strides, left = [], list(new_shape)
    for elements, stride in blocks(shape, strides):
        filled = 1
        while left and (filled < elements or left[-1] == 1):
            new_strides.append(filled * stride)
            filled *= left.pop()
        if filled != elements:
            return None
    return tuple(reversed(new_strides))


# %% end


# %% lesson 03 reshape
def view_of_shape(tensor, shape):
    """The same memory with another shape. RuntimeError where only a copy would do."""
    strides = view_strides(tensor.shape, tensor.stride(), shape)
    if strides is None:
        raise given.not_a_view(tensor, shape)
    return window_of(tensor, shape, strides)


def reshape(input, shape):
    """`input` with another shape, one of whose sizes may be -1: a view if possible, else a copy.

    Raises RuntimeError if the elements do not fill the shape. Mirrors torch.reshape.
    """
    shape = given.shape_for(input, shape)
    strides = view_strides(input.shape, input.stride(), shape)
    if strides is None:
        return new_memory(input, shape)
    return same_memory(input, shape, strides)


@method("flatten")
def flatten(input, start_dim=0, end_dim=-1):
    """Dims `start_dim` to `end_dim`, both included, as one: a view if possible, else a copy.

    With nothing to do, `input` itself. A tensor without dims becomes one of shape (1,).
    Raises IndexError for a dim that does not exist. Mirrors torch.flatten.
    """
    start, end = given.dims_to_flatten(input, start_dim, end_dim)
    shape = input.shape
    if start == end and shape:
        return input
    middle = math.prod(shape[start : end + 1])
    return reshape(input, (*shape[:start], middle, *shape[end + 1 :]))


# %% end


@op(node="CloneBackward0")
def copied(input):
    return rearranged(input, contiguous_strides(input.shape)), lambda grad: grad


@op(node="UnsafeViewBackward0")
def _unsafe_view(input, shape):
    old = input.shape
    return input.reshape(shape), lambda grad: grad.reshape(old)


def same_memory(tensor, shape, strides):
    """A view of `tensor`, on the tape under the name that `reshape` gives it."""
    return (window_of if tensor._array.flags.c_contiguous else _reshape_alias)(
        tensor, shape, strides
    )


def new_memory(tensor, shape):
    """A copy of `tensor` in reading order, with this shape."""
    if switch.plain or inference or tensor._array.flags.c_contiguous:
        return _unsafe_view(copied(tensor), shape)
    array = tensor._array  # both steps at once: nobody sees what is between them
    result = wrap(array.copy().reshape(shape))
    edge = gradient_edge(tensor) if recording.enabled else None
    if edge is not None:
        back = lambda grad, shape=array.shape: grad.reshape(shape)  # noqa: E731
        made = result._array
        copied.kind.record(result, (made, _unchanged), (tensor,), (edge,), None, (array,))
        edges = (result._node,)
        _unsafe_view.kind.record(result, (made, back), (result,), edges, None, (made,))
    return result


def _unchanged(grad):
    return grad


# %% lesson 03 spread
@two_way
def spread(grad, *, look, shape):
    """The gradient of what `look` sees of an array of `shape`, if `grad` is that of the window.

    Zeros of this shape, with `grad` where `look` looks.
    """
    zeros = np.zeros(shape, grad.dtype)
    look(zeros)[...] = grad
    return zeros, lambda outer: look(outer)


# %% end


@two_way
def add_up(grad, *, look, shape):
    """As `spread`, where the window may see an element several times: gradients are added up."""
    zeros = np.zeros(shape, grad.dtype)
    numbers = look(np.arange(zeros.size).reshape(shape))
    np.add.at(zeros.reshape(-1), numbers.reshape(-1), grad.reshape(-1))
    return zeros, lambda outer: look(outer)


# %% lesson 22 views
@view_op(node="ViewBackward0")
def window_of(input, shape, strides):
    """The memory of `input` with another shape: a gradient stands in the order of its numbers."""
    old = input.shape
    return restride(input, shape, strides), lambda grad: grad.reshape(old)


class Again:
    """The same look: at an array by `look`, at a tensor by the operation `view`."""

    def __init__(self, look, view, args):
        self.look, self.view, self.args = look, view, args

    def __call__(self, x):
        return (self.view if isinstance(x, Tensor) else self.look)(x, *self.args)


def seen_by(look, view, input, args, overlaps):
    """What `look(input, *args)` sees of an array, and the way back from there.

    `view` is the operation on tensors that looks likewise: a recorded derivative looks by that.
    """
    again, shape = Again(look, view, args), input.shape
    if overlaps:
        return look(input, *args), lambda grad: add_up(grad, look=again, shape=shape)
    return look(input, *args), lambda grad: spread(grad, look=again, shape=shape)


# %% end


_reshape_alias = view_op(node="ReshapeAliasBackward0")(window_of.__wrapped__)


def window_op(*, node=None, overlaps=False):
    """Decorator like `view_op`, for a body that only looks; its derivative is `spread`.

    `overlaps` if the window may see an element several times.
    """

    def decorate(look):
        @functools.wraps(look)
        def body(input, *args):
            return seen_by(look, operation, input, args, overlaps)

        operation = view_op(node=node)(body)
        operation.__wrapped__ = look  # the bare window onto an array
        return operation

    return decorate


# %% lesson 18 fewer-dims
@method("squeeze")
def squeeze(input, dim=...):
    """A view without dims of size 1: all of them, or those in `dim`. Mirrors torch.squeeze."""
    kind, dims = given.dims_to_squeeze(input, dim)
    array = input._array
    shape, strides = array.shape, element_strides(array)
    kept = [dim for dim in range(array.ndim) if dim not in dims]
    window = restride(array, [shape[dim] for dim in kept], [strides[dim] for dim in kept])
    return record_view(SQUEEZES[kind], input, (window, lambda grad: grad.reshape(shape)))


@method("transpose", "swapdims")
@view_op()
def transpose(input, dim0, dim1):
    """A view with two dims swapped. Mirrors torch.transpose."""
    a, b = given.dims_to_swap(input, dim0, dim1)
    if not input.ndim:
        return input[...], lambda grad: grad
    return input.swapaxes(a, b), lambda grad: grad.swapaxes(a, b)


# %% end


method("unsqueeze")(quickly(unsqueeze, short.new_dim, unsqueeze)(unsqueeze))
method("transpose", "swapdims")(quickly(transpose, short.swapped, transpose)(transpose))


@method("contiguous")
def _contiguous(tensor, memory_format=contiguous_format):
    """The tensor itself if its elements lie in reading order, else a copy where they do."""
    return (
        tensor
        if tensor.is_contiguous(memory_format=memory_format)
        else tensor.clone(memory_format=given.format_to_copy_to(memory_format))
    )


swapdims = transpose


SQUEEZES = {n: Kind(f"SqueezeBackward{n}", ("input",), False) for n in range(3)}


@answering
def permute(input, dims):
    """A view with its dims in the order `dims`. Mirrors torch.permute."""
    return permute_dims(input, given.order_to_permute(input, dims))


@method("permute")
def _permute_method(tensor, *order, dims=None):
    """A view with the dims in another order; see eduflow.permute."""
    order = positional_or_named("permute", order, dims, "dims")
    return permute(tensor, given.sizes_of("permute", order, "dims"))


@method("view")
@quickly(window_of, short.in_shape, view_of_shape, view_strides, window_of)
def _view_method(tensor, *shape, size=None, dtype=None):
    """The same memory with another shape, one of whose sizes may be -1; or with another dtype.

    Raises RuntimeError where that is impossible without a copy; `reshape` would make one.
    """
    if dtype is not None or (shape and isinstance(shape[0], dtype_class)):
        if len(shape) + (size is not None) + (dtype is not None) > 1:
            raise TypeError("view() received an invalid combination of arguments: size and dtype")
        return as_dtype(tensor, dtype or shape[0])  # same bytes, other numbers
    shape = positional_or_named("view", shape, size, "size")
    return view_of_shape(tensor, given.shape_to_view(tensor, shape))


def _copied_at_once(function):
    """`reshape` by `new_memory` where no view has the shape, if all that stands for it is ours."""
    if not are_ours(reshape, view_strides):
        return function

    @functools.wraps(function)
    def quick(input, *sizes, **options):
        if not (options or switch.plain) and type(input._counter) is list:
            array = input._array
            shape = short.new_shape(array, sizes)
            in_order = shape is None or array.flags.c_contiguous
            if not in_order and view_strides(array.shape, array.strides, shape) is None:
                return new_memory(input, shape)
        return function(input, *sizes, **options)

    return quick


@method("reshape")
@quickly(window_of, short.in_shape, reshape, view_strides, window_of)
@_copied_at_once
def _reshape_method(tensor, *sizes, shape=None):
    """The tensor with another shape; see eduflow.reshape."""
    sizes = positional_or_named("reshape", sizes, shape, "shape")
    return reshape(tensor, given.sizes_of("reshape", sizes))


@method("t")
@view_op(node="TBackward0")
def t(input):
    """A matrix with its two dims swapped, as a view; with fewer dims, as it is. Mirrors torch.t."""
    given.must_be_at_most_a_matrix(input)
    return input.T, lambda grad: grad.swapaxes(0, -1) if grad.ndim == 2 else grad


@method("T")
@property
def _T(tensor):
    """A view with all dims in reverse order."""
    if tensor.ndim not in (0, 2):
        warnings.warn("x.T on a tensor that is no matrix is deprecated; use x.mT", stacklevel=2)
    return permute_dims(tensor, tuple(reversed(range(tensor.ndim))))


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


# %% lesson 13 unflatten
@method("unflatten")
def unflatten(input, dim, sizes):
    """Dim `dim` as several dims of the given sizes, one of which may be -1: undoes `flatten`.

    (5, 12) with dim 1 and sizes (3, -1) gives (5, 3, 4), a view. RuntimeError if the sizes do not
    multiply up to the dim's. Mirrors torch.unflatten.
    """
    dim, sizes = check_unflatten(input, dim, sizes)
    shape = input.shape
    known = math.prod([size for size in sizes if size != -1])
    sizes = [shape[dim] // known if size == -1 else size for size in sizes]
    return input.view(*shape[:dim], *sizes, *shape[dim + 1 :])


# %% end
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


@method("movedim", "moveaxis")
def movedim(input, source, destination):
    """A view with dims moved from `source` to `destination`, ints or tuples; the others close up.

    Raises RuntimeError for repeated dims. Mirrors torch.movedim.
    """
    if isinstance(source, bool) or isinstance(destination, bool):
        raise TypeError("movedim(): argument 'source' must be tuple of ints, not bool")
    if isinstance(source, (tuple, list)) != isinstance(destination, (tuple, list)):
        kinds = f"{type(source).__name__}, {type(destination).__name__}"
        raise TypeError(f"movedim() received an invalid combination of arguments - got ({kinds})")
    ends = [sizes_of("movedim", (dims,)) for dims in (source, destination)]
    if len(ends[0]) != len(ends[1]):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(ends[0])} dims) should "
            f"contain the same number of dims as destination ({list(ends[1])} dims)"
        )
    moved = [[check_dim(dim, input.ndim) for dim in dims] for dims in ends]
    for name, dims, asked in zip(("source", "destination"), moved, ends):
        if len(set(dims)) < len(dims):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({list(asked)})")
    if not input.ndim:
        return input[...]
    order = [dim for dim in range(input.ndim) if dim not in moved[0]]
    for to, dim in sorted(zip(moved[1], moved[0])):
        order.insert(to, dim)
    return permute(input, order)


moveaxis = movedim


@method("swapaxes")
def swapaxes(input, axis0, axis1):
    """`transpose` under the name that NumPy has for it. Mirrors torch.swapaxes."""
    return transpose(input, axis0, axis1)


def _at_least(tensors, places):
    """Each tensor with new dims of size 1 at the `places` for its number of dims; all are views.

    For a tensor without dims, `places` says how many.
    """
    one = len(tensors) == 1 and isinstance(tensors[0], Tensor)
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        (tensors,) = tensors
    must_all_be_tensors(tensors)
    results = []
    for x in tensors:
        for place in places.get(x.ndim, ()):
            x = x.unsqueeze(place) if x.ndim else x.reshape((1,) * place)
        results.append(x)
    return results[0] if one else tuple(results)


@answering
def atleast_1d(*tensors):
    """The tensor, or each of several, with at least one dim."""
    return _at_least(tensors, {0: (1,)})


@answering
def atleast_2d(*tensors):
    """The tensor, or each of several, with at least two dims; a vector becomes a row."""
    return _at_least(tensors, {0: (2,), 1: (0,)})


@answering
def atleast_3d(*tensors):
    """The tensor, or each of several, with at least three dims; a matrix gets a last dim of 1."""
    return _at_least(tensors, {0: (3,), 1: (0, 2), 2: (2,)})


def as_dtype(input, dtype):
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
