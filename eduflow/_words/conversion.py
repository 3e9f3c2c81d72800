"""What conversions are handed, read and refused in PyTorch's words."""

from .._core.device import device as device_class
from .._core.device import require_cpu
from .._core.dtype import dtype as dtype_class
from .._core.tensor import Tensor


def dtype_to_convert_to(tensor, given, dtype, device):
    """The dtype that `to` asks for, the tensor's own where it asks for none, and whether to copy.

    `given` are the arguments without a name. TypeError for one that means nothing, RuntimeError
    for another device than the CPU.
    """
    rest = list(given)
    if rest and (rest[0] is None or isinstance(rest[0], (str, device_class))):
        _must_be_alone(rest[0], device)
        device = rest.pop(0)
        if rest:
            _must_be_alone(rest[0], dtype)
            if not (rest[0] is None or isinstance(rest[0], dtype_class)):
                raise TypeError(_NOT_UNDERSTOOD.format(type(rest[0]).__name__))
            dtype = rest.pop(0)
    elif rest and isinstance(rest[0], (Tensor, dtype_class)):
        _must_be_alone(rest[0], device)
        _must_be_alone(rest[0], dtype)
        first = rest.pop(0)
        dtype = first.dtype if isinstance(first, Tensor) else first
    for flag in rest:
        if not isinstance(flag, bool) or len(rest) == len(given):
            raise TypeError(_NOT_UNDERSTOOD.format(type(flag).__name__))
    require_cpu(device)
    return tensor.dtype if dtype is None else dtype, rest[1:2] == [True]


def _must_be_alone(given, named):
    """TypeError where `named` says again, by its name, what was `given` without one."""
    if named is not None:
        kinds = f"{type(given).__name__}, {type(named).__name__}"
        raise TypeError(_NOT_UNDERSTOOD.format(kinds))


_NOT_UNDERSTOOD = (
    "to() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, "
    "bool copy = False, *, torch.memory_format memory_format = None)\n"
    " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
    " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
)
