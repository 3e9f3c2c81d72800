"""What programs ask of a tensor before they use it: where it is, what kind it is of."""

from __future__ import annotations

import numpy as np

from .tensor import Tensor, attribute, element_strides, method


@attribute("is_cpu")
def _is_cpu(tensor: Tensor) -> bool:
    """Whether the memory is the processor's own: always."""
    return True


@attribute("is_meta", "is_mps", "is_xla", "is_xpu", "is_mtia", "is_ipu", "is_maia", "is_vulkan")
def _is_elsewhere(tensor: Tensor) -> bool:
    """Whether the memory is that of another device: never."""
    return False


@attribute("is_sparse", "is_sparse_csr", "is_quantized", "is_nested", "is_mkldnn")
def _is_special(tensor: Tensor) -> bool:
    """Whether the numbers are kept in another way than one after the other: never."""
    return False


@method("get_device")
def get_device(input: Tensor) -> int:
    """The number of the device; -1 for the CPU. Mirrors torch.get_device."""
    return -1


@method("is_pinned", "is_shared", "is_neg", "is_distributed")
def _is_marked(tensor: Tensor) -> bool:
    """Whether the memory is marked in this way: never."""
    return False


@method("is_signed")
def is_signed(input: Tensor) -> bool:
    """Whether the dtype has numbers below zero. Mirrors torch.is_signed."""
    return input._array.dtype.kind in "ifc"


@method("is_same_size")
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have one shape. Mirrors torch.is_same_size."""
    return input._array.shape == other._array.shape


@method("is_set_to")
def _is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether both are the same window over the same memory."""
    return (
        self.data_ptr() == tensor.data_ptr()
        and self._array.shape == tensor._array.shape
        and element_strides(self._array) == element_strides(tensor._array)
    )


def is_nonzero(tensor: Tensor) -> bool:
    """Whether the only element is not 0; RuntimeError for more, or none."""
    return bool(tensor)


is_nonzero.__answers__ = True  # type: ignore[attr-defined]  # what it says is meant so
method("is_nonzero")(is_nonzero)


@method("dim_order")
def _dim_order(tensor: Tensor, *, ambiguity_check: bool = False) -> tuple[int, ...]:
    """The dims from the longest steps in memory to the shortest.

    RuntimeError with `ambiguity_check` where steps are equally long.
    """
    if not isinstance(ambiguity_check, bool):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    strides = element_strides(tensor._array)
    if ambiguity_check and len(set(strides)) < len(strides):
        raise RuntimeError("The tensor does not have unique dim order.")
    return tuple(int(dim) for dim in np.argsort([-s for s in strides], kind="stable"))


@attribute("name")
def _name(tensor: Tensor) -> None:
    """Tensors have no names."""
    return None


@method("share_memory_")
def _share_memory_(tensor: Tensor) -> Tensor:
    """The tensor as it is: processes that are forked read its memory anyway."""
    return tensor
