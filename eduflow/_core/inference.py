"""Inference mode: what is made in it is not counted, never saved, and not changed outside of it."""

from __future__ import annotations

import threading
from typing import Any

_SAVED = (
    "Inference tensors cannot be saved for backward. Please do not use Tensors created in "
    "inference mode in computation tracked by autograd. To work around this, you can make a clone "
    "to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead of "
    "`torch.inference_mode()`."
)


class _InThread(threading.local):
    on = False  # whether this thread is in inference mode


class Inference(list):
    """The threads that are in inference mode: as good as always empty, which is quick to ask."""

    def __init__(self) -> None:
        super().__init__()
        self._here = _InThread()

    @property
    def on(self) -> bool:
        """Whether this thread is in inference mode."""
        return self._here.on

    @on.setter
    def on(self, wanted: bool) -> None:
        if wanted and not self._here.on:
            self.append(threading.get_ident())
        elif self._here.on and not wanted:
            self.remove(threading.get_ident())
        self._here.on = wanted

    def counter(self) -> list[int]:
        """The version counter of a new tensor."""
        return Uncounted((0,)) if self._here.on else [0]


inference = Inference()


class Uncounted(list):
    """The version counter of a tensor made in inference mode; outside nobody may ask for it.

    Who asks is about to save the tensor for backward, and that is refused.
    """

    def __getitem__(self, index: Any) -> Any:
        if not inference.on:
            raise RuntimeError(_SAVED)
        return super().__getitem__(index)
