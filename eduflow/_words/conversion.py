"""What conversions are handed, read and refused in PyTorch's words."""

from .._core.device import device as device_class
from .._core.device import require_cpu
from .._core.dtype import dtype as dtype_class
from .._core.tensor import Tensor


def dtype_to_convert_to(tensor, given, dtype, device):
    """The dtype that `to` is asked for, the tensor's own where it is asked for none.

    `given` are the arguments without a name. TypeError for one that means nothing, RuntimeError
    for another device than the CPU.
    """
    for argument in given[:2]:
        if isinstance(argument, Tensor):
            dtype = argument.dtype
        elif isinstance(argument, dtype_class):
            dtype = argument
        elif isinstance(argument, (str, device_class)):
            device = argument
        elif argument is not None and not isinstance(argument, bool):
            raise TypeError(_NOT_UNDERSTOOD.format(type(argument).__name__))
    require_cpu(device)
    return tensor.dtype if dtype is None else dtype


_NOT_UNDERSTOOD = (
    "to() received an invalid combination of arguments - got ({}), but expected one of:\n"
    " * (torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, "
    "bool copy = False, *, torch.memory_format memory_format = None)\n"
    " * (torch.dtype dtype, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
    " * (Tensor tensor, bool non_blocking = False, bool copy = False, *, "
    "torch.memory_format memory_format = None)\n"
)
