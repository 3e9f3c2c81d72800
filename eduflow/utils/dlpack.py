"""PyTorch's old place for DLPack: `torch.utils.dlpack`."""

from ..ops.dlpack import from_dlpack, to_dlpack

__all__ = ["from_dlpack", "to_dlpack"]
