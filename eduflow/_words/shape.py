"""What functions on shapes are handed: sizes and dims, checked in PyTorch's words."""

import math
import operator

from .._core.arguments import check_dim
from .._core.dispatch import must_be_tensor
from .._core.dtype import dtype
from .._core.explain import noted
from .._core.layout import preserve_format
from .._core.tensor import Tensor


def not_a_view(tensor, shape):
    """The error for a shape that this tensor can have as a copy only."""
    error = RuntimeError(
        "view size is not compatible with input tensor's size and stride (at least one dimension "
        "spans across two contiguous subspaces). Use .reshape(...) instead."
    )
    return noted(error, "scattered", tuple(tensor.shape), tensor.stride(), shape)


def infer_shape(shape, elements):
    """`shape` with its one -1, if there is one, replaced by what is left over for it.

    Raises RuntimeError where `elements` do not fill the shape.
    """
    if -1 not in shape:
        if math.prod(shape) == elements and min(shape, default=0) >= 0:
            return shape
    elif shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    rest = math.prod([size for size in shape if size != -1])
    _check_sizes(shape, elements, rest)
    return tuple([elements // rest if size == -1 else size for size in shape])


def _check_sizes(shape, elements, rest):
    for i, size in enumerate(shape):
        if size < -1:
            raise RuntimeError(
                f"invalid shape dimension {size} at index {i} of shape {list(shape)}"
            )
    if -1 in shape and not rest and not elements:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
            "dimension size -1 can be any value and is ambiguous"
        )
    if not rest or elements % rest or -1 not in shape:
        raise noted(
            RuntimeError(f"shape '{list(shape)}' is invalid for input of size {elements}"),
            "view",
            shape,
            elements,
        )


def _fills(shape, elements):
    """Whether `shape` is what it is nearly always: a tuple of ints that hold so many elements."""
    for size in shape:
        if type(size) is not int or size < 0:
            return False
    return len(shape) > 0 and math.prod(shape) == elements


def sizes_of(name, given, parameter="shape"):
    """The sizes given to a method, one by one or as a sequence, as a tuple of ints.

    Raises TypeError, in PyTorch's words, where they are none.
    """
    sizes = given[0] if len(given) == 1 and isinstance(given[0], (tuple, list)) else given
    if not given:
        raise TypeError(f'{name}() missing 1 required positional arguments: "{parameter}"')
    if bool not in map(type, sizes):
        try:
            return tuple(map(operator.index, sizes))
        except TypeError:
            pass
    wrong = [(i, x) for i, x in enumerate(sizes) if type(x) is bool or not hasattr(x, "__index__")]
    found = f"tuple of ints, not {type(given[0]).__name__}"
    if sizes is not given:
        i, x = wrong[0]
        found = f"tuple of ints, but found element of type {type(x).__name__} at pos {i}"
    raise TypeError(f"{name}(): argument '{parameter}' (position 1) must be {found}")


def tuple_of_ints(name, sizes, parameter="shape"):
    """The sizes given to a function, which takes them as one sequence only."""
    if isinstance(sizes, (tuple, list)):
        return sizes_of(name, (sizes,), parameter)
    raise TypeError(
        f"{name}(): argument '{parameter}' (position 2) must be tuple of ints, "
        f"not {type(sizes).__name__}"
    )


def shape_for(input, shape):
    """The shape that `reshape` is asked for, its -1 filled in; errors where it does not fit."""
    if not isinstance(input, Tensor):
        must_be_tensor("reshape", ("input",), (input,))
    elements = input._array.size
    if type(shape) is tuple and _fills(shape, elements):
        return shape
    return infer_shape(tuple_of_ints("reshape", shape), elements)


def dims_to_flatten(input, start_dim, end_dim):
    """The first and the last dim that `flatten` is asked for, counted from the front.

    A tensor without dims counts as one with one.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("flatten", ("input",), (input,))
    start, end = dims_of("flatten", input, start_dim=start_dim, end_dim=end_dim)
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return start, end


def shape_to_view(input, given):
    """The sizes given to `view`, whose TypeError is one of its own, the -1 filled in."""
    if _fills(given, input._array.size):
        return given
    try:
        sizes = sizes_of("view", given)
    except TypeError:
        found = ", ".join(type(x).__name__ for x in given)
        raise TypeError(
            f"view() received an invalid combination of arguments - got ({found}), but expected "
            "one of:\n * (torch.dtype dtype)\n * (tuple of ints size)\n"
        ) from None
    return infer_shape(sizes, input._array.size)


def dims_of(name, input, **dims):
    """Dims given by name, counted from the front."""
    for position, (parameter, dim) in enumerate(dims.items()):
        if not hasattr(dim, "__index__"):
            raise TypeError(
                f"{name}(): argument '{parameter}' (position {position + 2}) must be int, "
                f"not {type(dim).__name__}"
            )
    return [check_dim(operator.index(dim), input._array.ndim) for dim in dims.values()]


def distinct_dims(dims, ndim):
    """Several dims, counted from the front; RuntimeError where one of them comes twice."""
    found = [check_dim(dim, ndim) for dim in dims]
    for dim in found:
        if found.count(dim) > 1:
            raise RuntimeError(f"dim {dim} appears multiple times in the list of dims")
    return found


def dims_to_squeeze(input, dim):
    """Which form of `squeeze` is asked for, 0 to 2, and the dims of size 1 that it takes away.

    0 is all of them, 1 is one dim, 2 is several.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("squeeze", ("input",), (input,))
    shape = input._array.shape
    if dim is ...:
        return 0, tuple([d for d, size in enumerate(shape) if size == 1])
    form = 2 if isinstance(dim, (tuple, list)) else 1
    dims = distinct_dims(dim if form == 2 else (dim,), len(shape))
    return form, tuple([d for d in dims if shape and shape[d] == 1])


def place_of_new_dim(dim, ndim):
    """The place, counted from the front, at which `unsqueeze` puts a dim."""
    if dim is ...:
        raise TypeError('unsqueeze() missing 1 required positional arguments: "dim"')
    if not hasattr(dim, "__index__"):
        found = type(dim).__name__
        raise TypeError(f"unsqueeze(): argument 'dim' (position 2) must be int, not {found}")
    return check_dim(dim, ndim + 1)


def dims_to_swap(array, dim0, dim1):
    """The two dims given to `transpose`, counted from the front."""
    return check_dim(dim0, array.ndim), check_dim(dim1, array.ndim)


def must_be_at_most_a_matrix(array):
    """RuntimeError for more than two dims, which `t` would not know how to swap."""
    if array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {array.ndim}D")


def order_to_permute(input, dims):
    """The dims given to `permute`, counted from the front; RuntimeError unless each comes once."""
    must_be_tensor("permute", ("input",), (input,))
    dims, ndim = tuple_of_ints("permute", dims, "dims"), input._array.ndim
    if len(dims) != ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the "
            f"length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal "
            f"to len(dims) = {len(dims)}"
        )
    order = tuple([check_dim(dim, ndim) for dim in dims])
    if len(set(order)) < ndim:
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return order


def format_to_copy_to(memory_format):
    """The format given to `contiguous`; RuntimeError for the one that asks for none."""
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator")
    return memory_format


def sizes_to_expand(size, name="expand"):
    """The sizes given to function `name`, one by one or as a sequence, as a tuple of ints."""
    if size == ():
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"')
    if len(size) == 1 and isinstance(size[0], (tuple, list)):
        (size,) = size
    return tuple([operator.index(n) for n in size])


def expanded_sizes(array, sizes):
    """The shape that `expand` is asked for, each -1 filled in; RuntimeError if it does not fit."""
    new = len(sizes) - array.ndim
    if new < 0:
        raise RuntimeError(
            f"expand({_name(array)}{{{list(array.shape)}}}, size={list(sizes)}): the number of "
            f"sizes provided ({len(sizes)}) must be greater or equal to the number of dimensions "
            f"in the tensor ({array.ndim})"
        )
    filled = list(sizes)
    for dim in reversed(range(len(sizes))):
        if sizes[dim] == -1 and dim < new:
            raise RuntimeError(
                f"The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                f"dimension {dim}"
            )
        if dim >= new:
            filled[dim] = _filled(array.shape, sizes, dim, new)
    return tuple(filled)


def _filled(shape, sizes, dim, new):
    own, wanted = shape[dim - new], sizes[dim]
    if wanted == -1 or wanted == own:
        return own
    if own != 1:
        raise RuntimeError(
            f"The expanded size of the tensor ({wanted}) must match the existing size ({own}) at "
            f"non-singleton dimension {dim}.  Target sizes: {list(sizes)}.  Tensor sizes: "
            f"{list(shape)}"
        )
    return wanted


def _name(array):
    return "torch." + dtype.by_numpy[array.dtype].legacy_name


def check_unflatten(input, dim, sizes):
    """The pair (dim from 0 on, sizes as ints) of an `unflatten` whose sizes fit the dim."""
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
    return dim, sizes
