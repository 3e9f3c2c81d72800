"""The same numbers in another dtype or on a device: `to`, `float()`, `type_as`, `cpu`."""

from .._core import dtype as dtypes
from .._core.arguments import cast
from .._core.device import device as device_class
from .._core.device import require_cpu
from .._core.dispatch import Kind, finish, recording
from .._core.layout import in_format, like_input, suggests
from .._core.legacy import tensortype
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, contiguous_strides, element_strides, method, wrap
from .._words.conversion import dtype_to_convert_to

_TO_COPY = Kind("ToCopyBackward0", ("input",))
CLONE = Kind("CloneBackward0", ("input",))


def apart(tensor, *others):
    """The tensor, or where it or `others` will be recorded a copy: changes of it are not noticed.

    For what PyTorch's derivatives do not save, because they read only results, or copies as well.
    """
    if not (recording.enabled and any(x.requires_grad for x in (tensor, *others))):
        return tensor
    return finish(CLONE, (tensor._array.copy(), lambda grad: grad), (tensor,))


def _cast(array, wanted):
    """`array` in another of NumPy's dtypes; as real ones, complex numbers lose a part."""
    if array.dtype.kind == "c" and wanted.kind not in "cb":
        array = array.real
    result = cast(array, wanted)
    plain = element_strides(array) == contiguous_strides(array.shape)
    return result if plain else like_input(result, array)


@quiet
def converted(tensor, wanted, memory_format=None):
    """A copy of `tensor` in the dtype `wanted`; its gradient comes back in the tensor's own."""
    before = tensor._array.dtype

    def back(grad):
        if isinstance(grad, Tensor):
            return grad.to(dtypes.dtype.by_numpy[before])
        return _cast(grad, before)

    returned = (in_format(_cast(tensor._array, wanted.numpy), memory_format), back)
    if not (wanted.is_floating_point or wanted.is_complex):
        return wrap(returned[0])  # whole numbers move in jumps: no gradient
    return finish(_TO_COPY, returned, (tensor,))


# %% lesson 20 to
@method("to")
def to(tensor, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None):
    """This tensor in another dtype: `x.to(float64)`, `x.to("cpu", int64)`, `x.to(other_tensor)`.

    Returns the tensor itself where nothing changes, unless `copy`. There is only the CPU: another
    device raises. Mirrors torch.Tensor.to.
    """
    wanted, copies = dtype_to_convert_to(tensor, args, dtype, device)
    copy = copy or copies or not suggests(tensor._array, memory_format)
    if wanted is tensor.dtype and not copy:
        return tensor
    return converted(tensor, wanted, memory_format)


# %% end


def _converter(wanted):
    def convert(tensor, *, memory_format=None):
        return tensor.to(wanted, memory_format=memory_format)

    convert.__doc__ = f"This tensor as {wanted.name}; itself, if it is that already."
    return convert


method("double")(_converter(dtypes.float64))
method("float")(_converter(dtypes.float32))
method("half")(_converter(dtypes.float16))
method("long")(_converter(dtypes.int64))
method("int")(_converter(dtypes.int32))
method("short")(_converter(dtypes.int16))
method("char")(_converter(dtypes.int8))
method("byte")(_converter(dtypes.uint8))
method("bool")(_converter(dtypes.bool))
method("cfloat")(_converter(dtypes.complex64))
method("cdouble")(_converter(dtypes.complex128))


@method("type")
def _type(tensor, dtype=None, non_blocking=False):
    """The name of this tensor's type, or the tensor in the type asked for (a dtype or a name)."""
    package = __name__.split(".")[0]
    if dtype is None:
        return f"{package}.{tensor.dtype.legacy_name}"
    if isinstance(dtype, str):
        name = dtype.split(".")[-1]
        found = [d for d in dtypes.dtype.by_numpy.values() if d.legacy_name == name]
        if not found:
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = found[0]
    if isinstance(dtype, Tensor):
        raise TypeError("dtype must be a type, str, or dtype object")
    return tensor.to(dtype.dtype if isinstance(dtype, tensortype) else dtype)


@method("type_as")
def _type_as(tensor, other):
    """This tensor in the dtype of `other`."""
    return tensor.to(other.dtype)


@method("cpu")
def _cpu(tensor, *, memory_format=None):
    """This tensor itself: it is on the CPU already. In another memory format it is a copy."""
    return tensor.to(memory_format=memory_format)


@method("cuda")
def _cuda(tensor, device=None, non_blocking=False, memory_format=None):
    """Raises AssertionError: there is no CUDA here. Mirrors a PyTorch built for the CPU."""
    if not (device is None or isinstance(device, (int, str, device_class))):
        raise TypeError(
            "cuda(): argument 'device' (position 1) must be torch.device, "
            f"not {type(device).__name__}"
        )
    require_cpu("cuda")
