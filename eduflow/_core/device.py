"""Where a tensor lives. eduflow computes with NumPy, so that is always the CPU."""

from __future__ import annotations

from typing import Any

from .explain import noted
from .package import PACKAGE


class device:
    """The place of a tensor's memory: `device("cpu")`, or `device("cpu", 0)`.

    Other PyTorch device names are understood, so that code that asks for them fails with a clear
    error only when it really moves something there. Mirrors torch.device.
    """

    _TYPES = (
        *("cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga"),
        *("maia", "xla", "lazy", "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone"),
    )

    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index if index is None else index
        if not isinstance(type, str):
            raise TypeError(f"device(): argument 'type' must be str, not {type.__class__.__name__}")
        name, _, number = type.partition(":")
        if name not in self._TYPES:
            raise RuntimeError(
                f"Expected one of {', '.join(self._TYPES)} device type "
                f"at start of device string: {name}"
            )
        if number and not number.isdigit():
            raise RuntimeError(f"Invalid device string: '{type}'")
        self.type, self.index = name, int(number) if number else index

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{index})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device("cpu")


def require_cpu(where: Any) -> device:
    """Check that `where` (a device, its name, or None) is the CPU; else say what is missing."""
    if where is None or where is CPU:
        return CPU
    wanted = device(where)
    if wanted.type == "cuda":
        raise noted(AssertionError("Torch not compiled with CUDA enabled"), "no_device")
    if wanted.type != "cpu":
        raise RuntimeError(
            f"{PACKAGE} computes on the CPU only, and {str(wanted)!r} was asked for: "
            "use device='cpu'"
        )
    return CPU
