"""Broadcasting by hand: expand, broadcast_to, broadcast_tensors, without a copy."""

from .._core.dispatch import check_broadcast
from .._core.size import Size
from .._core.tensor import Tensor, method
from .._core.view import restride, view_op
from .._words.shape import expanded_sizes, sizes_to_expand
from ..autograd.graph import fit_to


@view_op(node="ExpandBackward0")
def _expand(input, sizes):
    """A window whose new and stretched dims move by 0: the same number again and again."""
    sizes = expanded_sizes(input, sizes)
    new = len(sizes) - input.ndim
    own = [
        0 if size == 1 != wanted else step // input.itemsize
        for size, wanted, step in zip(input.shape, sizes[new:], input.strides, strict=True)
    ]
    window = restride(input, sizes, (0,) * new + tuple(own))
    shape, kind = input.shape, input.dtype
    return window, lambda grad: fit_to(grad, shape, kind)


@method("expand")
def _expand_method(tensor, *size, **named):
    """This tensor with dims of size 1 stretched, and new dims in front: a view, nothing is copied.

    Sizes come as numbers or as one tuple; -1 keeps a dim as it is. RuntimeError if a dim of another
    size than 1 would have to change. Mirrors torch.Tensor.expand.
    """
    return _expand(tensor, sizes_to_expand(named.get("size", size)))


@method("expand_as")
def expand_as(input, other):
    """`input` expanded to the shape of `other`. Mirrors torch.Tensor.expand_as."""
    return _expand(input, other._array.shape)


@method("broadcast_to")
def broadcast_to(input, size):
    """`input` expanded to the shape `size`: a view. Mirrors torch.broadcast_to."""
    return _expand(input, tuple(size))


def broadcast_tensors(*tensors):
    """All tensors expanded to their common shape, as a tuple of views.

    RuntimeError where the shapes do not go together. Mirrors torch.broadcast_tensors.
    """
    if len(tensors) == 1 and not isinstance(tensors[0], Tensor):
        (tensors,) = tensors
    check_broadcast(*[tensor._array for tensor in tensors])
    shape = broadcast_shapes(*[tensor._array.shape for tensor in tensors])
    return tuple([x if x._array.shape == shape else _expand(x, shape) for x in tensors])


def broadcast_shapes(*shapes):
    """The shape that tensors of these shapes broadcast to; an int stands for one dim.

    Shapes are lined up at the last dim; of two sizes one must be 1, or both the same. RuntimeError
    where they are not. Mirrors torch.broadcast_shapes.
    """
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    common = [1] * max(map(len, shapes), default=0)
    for index, shape in enumerate(shapes):
        for dim in range(-1, -1 - len(shape), -1):
            size = shape[dim]
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
