"""What goes around training: `data` has datasets, samplers and the loader, as torch.utils has."""

from . import data

__all__ = ["data"]
