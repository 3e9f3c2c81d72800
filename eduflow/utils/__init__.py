"""What goes around training: datasets, samplers and the loader, and DLPack, as torch.utils has."""

from . import data, dlpack

__all__ = ["data", "dlpack"]
