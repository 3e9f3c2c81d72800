"""In-place operations that change the window of a tensor, or its memory, and no number in it."""

import math
import sys

import numpy as np

from .._core.arguments import NOT_GIVEN
from .._core.dispatch import Kind, finish, gradient_edge, recording
from .._core.layout import (
    channels_last,
    contiguous_format,
    format_strides,
    is_channels_last,
    preserve_format,
)
from .._core.signature import signature_of, without
from .._core.storage import owner_of, window
from .._core.tensor import Tensor, contiguous_strides, method
from .._kernels.buffers import is_kept
from .._words.inference import must_be_changeable
from .._words.shape import sizes_of
from ..autograd.graph import Node, is_leaf, unbroadcast
from ..autograd.hooks import Handle
from ..autograd.inplace import check_write
from .as_strided import as_strided
from .shape import squeeze, swapaxes, swapdims, t, transpose, unsqueeze


def in_place_view(name, operation):
    """Make the Tensor method `name`: the tensor becomes the view that `operation` makes of it."""

    def function(tensor, *args, **options):
        must_be_changeable(tensor._counter)
        if recording.enabled and tensor.requires_grad:
            check_write(tensor)
        edge, shape = gradient_edge(tensor), tensor._array.shape
        try:
            view = operation(tensor, *args, **options)
        except RuntimeError as error:
            raise RuntimeError(str(error).replace(f"{operation.__name__}()", f"{name}()")) from None
        tensor._array = view._array
        tensor._counter[0] += 1
        if edge is not None and recording.enabled:
            _adopt(tensor, view._node)
        elif edge is not None and not is_leaf(tensor) and tensor._array.shape != shape:
            _remember(edge, shape)
        return tensor

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"`{operation.__name__}`, in place: the tensor itself looks at its memory that way."
    )
    function.__signature__ = without(signature_of(operation), "out")
    method(name)(function)


def _remember(node, shape):
    """Let a node take no gradients but those that go with the shape that its result once had.

    For a tensor that became another view while nothing was recorded.
    """

    def fitted(grad):
        new = grad.ndim - len(shape)
        if new < 0 or any(n not in (1, m) for n, m in zip(shape, grad.shape[new:])):
            raise RuntimeError(
                f"Function returned an invalid gradient at index 0 - got {list(grad.shape)} but "
                f"expected shape compatible with {list(shape)}"
            )
        return unbroadcast(grad, shape)

    Handle(node, fitted)


_in_place_nodes = {}  # the type of a view's node -> that of the same view made in place


def _adopt(tensor, node):
    """Give the tensor the history of the view that it has become; its base keeps its own."""
    kind = type(node)
    if kind not in _in_place_nodes:
        name, number = kind.__name__[:-1], int(kind.__name__[-1])
        name += str(number + (3 if name.startswith("Squeeze") else 1))
        _in_place_nodes[kind] = type(name, (kind,), {})
    if isinstance(node, Node) and node.edges:
        node.__class__ = _in_place_nodes[kind]
    tensor._node = node
    if tensor._view is not None:
        tensor._view.seen = tensor._counter[0]


in_place_view("t_", t)
in_place_view("transpose_", transpose)
in_place_view("swapaxes_", swapaxes)
in_place_view("swapdims_", swapdims)
in_place_view("squeeze_", squeeze)
in_place_view("unsqueeze_", unsqueeze)
in_place_view("as_strided_", as_strided)


@method("resize_")
def _resize_(tensor, *size, memory_format=None):
    """Any other sizes over the same memory, in reading order; new elements at its end are zeros.

    Raises RuntimeError for a tensor that requires grad, and where memory would have to grow that
    others look at as well. Mirrors torch.Tensor.resize_.
    """
    if not size:
        raise TypeError('resize_() missing 1 required positional arguments: "size"')
    must_be_changeable(tensor._counter)
    shape = sizes_of("resize_", size, "size")
    if tensor.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    if min(shape, default=0) < 0:
        raise RuntimeError("numel: integer multiplication overflow")
    if memory_format is preserve_format:
        raise RuntimeError("Unsupported memory formatPreserve")
    strides = None if memory_format is None else format_strides(shape, memory_format)
    if shape != tensor._array.shape or strides not in (None, tensor.stride()):
        resize(tensor, shape, strides)
        tensor._counter[0] += 1
    return tensor


def resize(tensor, shape, strides=None):
    """Let the tensor look at its memory in this shape; the memory may grow.

    In reading order, unless other strides, without gaps, are given.
    """
    offset = tensor.storage_offset()
    _grow(tensor, offset + math.prod(shape))
    strides = contiguous_strides(shape) if strides is None else strides
    tensor._array = window(tensor._array, shape, strides, offset)


@method("resize_as_")
def _resize_as_(tensor, the_template, *, memory_format=None):
    """The sizes of another tensor; see resize_."""
    if not isinstance(the_template, Tensor):
        found = type(the_template).__name__
        raise TypeError(
            f"resize_as_(): argument 'the_template' (position 1) must be Tensor, not {found}"
        )
    if memory_format is preserve_format:
        last = is_channels_last(the_template._array)
        memory_format = channels_last if last and the_template.ndim == 4 else contiguous_format
    return tensor.resize_(the_template._array.shape, memory_format=memory_format)


def _grow(tensor, elements):
    """Let the tensor's memory hold so many elements; RuntimeError if others look at it, too."""
    array, owner = tensor._array, owner_of(tensor._array)
    if elements <= owner.size:
        return
    del owner
    alone, memory = np.empty(0), array.base
    others = sys.getrefcount(array) - sys.getrefcount(alone) - 1  # the tensor itself is one
    if memory is not None:
        others += sys.getrefcount(memory) - sys.getrefcount(alone) - 1 - is_kept(memory)
    if others or not isinstance(memory, (np.ndarray, type(None))):
        raise RuntimeError("Trying to resize storage that is not resizable")
    before = owner_of(array)
    tensor._array = np.zeros(elements, before.dtype)
    tensor._array[: before.size] = before.reshape(-1)


_SET = Kind("NotImplemented", ("input",), operation="set_")


@method("set_")
def _set_(tensor, source=NOT_GIVEN):
    """Look at the memory of `source` from now on, or at none; no gradient can pass.

    Mirrors torch.Tensor.set_, for tensors.
    """
    must_be_changeable(tensor._counter)
    array = np.empty(0, tensor._array.dtype) if source is NOT_GIVEN else source._array
    if array.dtype != tensor._array.dtype:
        names = [x.dtype.name for x in (source, tensor)]
        names = [{"float32": "float", "float64": "double"}.get(name, name) for name in names]
        raise RuntimeError(
            f"Could not set tensor of type {names[0]} to a tensor of type {names[1]}"
        )
    if recording.enabled and gradient_edge(tensor) is not None:
        check_write(tensor)
        tensor._node = finish(_SET, array, (tensor,))._node
    tensor._array, tensor._view = array, None
    tensor._counter = [tensor._counter[0] + 1]  # the memory is another one, and its views are not
    return tensor
