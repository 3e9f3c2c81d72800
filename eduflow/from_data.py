# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% as-tensor
"""Tensors made from what is there already, without a copy where that can be."""

import numpy as np

from .arguments import dtype_argument
from .creation import array_of, from_numpy
from .devices import require_cpu
from .dtypes import dtype as dtype_class
from .tensors import Tensor, created, method


def as_tensor(data, dtype=None, device=None):
    """`data` as a tensor, without a copy if it is a tensor or an array and has the dtype.

    Mirrors torch.as_tensor.
    """
    require_cpu(device)
    target = None if dtype is None else dtype_argument("as_tensor", dtype, None)
    if isinstance(data, Tensor):
        return data if target is None else data.to(dtype_class.by_numpy[target])
    if isinstance(data, np.ndarray) and target in (None, data.dtype):
        return from_numpy(data)
    return created(array_of(data, target))


# %% asarray
def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """`obj` as a tensor. `copy=True` always copies, `copy=False` raises where it would have to.

    Mirrors torch.asarray.
    """
    held = isinstance(obj, (Tensor, np.ndarray))
    if copy is False and not held:
        raise ValueError("can't alias arbitrary sequence into a tensor.")
    if copy:
        target = None if dtype is None else dtype_argument("asarray", dtype, None)
        result = created(array_of(obj, target), device)
    else:
        result = as_tensor(obj, dtype, device)
        if copy is False and result.data_ptr() != as_tensor(obj).data_ptr():
            raise ValueError("can't alias tensor with dtype different from the one it has")
    if requires_grad:
        result.requires_grad_(True)
    elif held and isinstance(obj, Tensor) and obj._node is not None:
        return result.detach()
    return result


# %% new-tensor-method
@method("new_tensor")
def _new_tensor(tensor, data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A new tensor with a copy of `data`, by default in the dtype of this one."""
    target = dtype_argument("new_tensor", dtype, tensor.dtype)
    return created(array_of(data, target), device, requires_grad)


# %% public names
__all__ = ["as_tensor", "asarray"]
