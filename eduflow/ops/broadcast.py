"""Broadcasting by hand: expand, broadcast_to, broadcast_tensors, without a copy."""

from .._core.arguments import must_all_be_tensors, positional_or_named
from .._core.calls import answering
from .._core.dispatch import check_broadcast
from .._core.size import Size
from .._core.tensor import method
from .._words.shape import sizes_to_expand
from .shape import stretched


@method("expand")
def _expand_method(tensor, *sizes, size=None):
    """This tensor with dims of size 1 stretched, and new dims in front: a view, nothing is copied.

    Sizes come as numbers or as one tuple; -1 keeps a dim as it is. RuntimeError if a dim of another
    size than 1 would have to change. Mirrors torch.Tensor.expand.
    """
    return stretched(tensor, sizes_to_expand(positional_or_named("expand", sizes, size, "size")))


@method("expand_as")
def expand_as(input, other):
    """`input` expanded to the shape of `other`. Mirrors torch.Tensor.expand_as."""
    return stretched(input, other._array.shape)


@answering
def broadcast_to(input, size):
    """`input` expanded to the shape `size`: a view. Mirrors torch.broadcast_to."""
    return stretched(input, tuple(size))


@method("broadcast_to")
def _broadcast_to(input, *sizes, size=None):
    """The tensor expanded to this shape: a view. Mirrors torch.Tensor.broadcast_to."""
    sizes = positional_or_named("broadcast_to", sizes, size, "size")
    return broadcast_to(input, sizes_to_expand(sizes, "broadcast_to"))


@answering
def broadcast_tensors(*tensors):
    """All tensors expanded to their common shape, as a tuple of views.

    RuntimeError where the shapes do not go together. Mirrors torch.broadcast_tensors.
    """
    must_all_be_tensors(tensors)
    check_broadcast(*[tensor._array for tensor in tensors])
    shape = broadcast_shapes(*[tensor._array.shape for tensor in tensors])
    return tuple([x if x._array.shape == shape else stretched(x, shape) for x in tensors])


@answering
def broadcast_shapes(*shapes):
    """The shape that tensors of these shapes broadcast to; an int stands for one dim.

    Shapes are lined up at the last dim; of two sizes one must be 1, or both the same. RuntimeError
    where they are not. Mirrors torch.broadcast_shapes.
    """
    for shape in shapes:
        if not isinstance(shape, (int, tuple, list)):
            raise RuntimeError(
                "Input shapes should be of type ints, a tuple of ints, or a list of ints, got "
                f"{shape}"
            )
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    common = [1] * max(map(len, shapes), default=0)
    for index, shape in enumerate(shapes):
        for dim in range(-1, -1 - len(shape), -1):
            size = shape[dim]
            if not isinstance(size, int):
                kind = type(size).__name__
                raise TypeError(f"broadcast_shapes(): argument 'shapes' must be ints, not {kind}")
            if size < 0:
                raise ValueError("Attempting to broadcast a dimension with negative length!")
            if size not in (1, common[dim]):
                if common[dim] != 1:
                    raise RuntimeError(_DO_NOT_MATCH.format(size, dim, index, shape, common))
                common[dim] = size
    return Size(common)


_DO_NOT_MATCH = (
    "Attempting to broadcast a dimension of length {} at {}! Mismatching argument at index {} had "
    "{}; but expected shape should be broadcastable to {}"
)
