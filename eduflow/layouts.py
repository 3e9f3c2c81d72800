# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% layout-class
"""How tensors may lie in memory: PyTorch's names for it, which creation functions accept."""

from .tensor_facts import attribute


class layout:
    """The way a tensor is stored: `strided`, the only one here. Mirrors torch.layout."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"{__package__}.{self.name}"


class memory_format(layout):
    """The order of a tensor's elements in memory. Mirrors torch.memory_format."""


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")


@attribute("layout")
def _layout(tensor):
    """How the tensor is stored: always strided."""
    return strided


# %% public names
__all__ = [
    "channels_last",
    "channels_last_3d",
    "contiguous_format",
    "layout",
    "memory_format",
    "preserve_format",
    "strided",
]
