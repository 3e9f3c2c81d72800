"""Mixed precision, where it can do nothing: on the CPU of NumPy everything keeps its dtype."""

from __future__ import annotations

import warnings
from typing import Any

from ._core.device import device

NO_CUDA = "CUDA is not available or torch_xla is imported. Disabling autocast."
NOTHING = (
    "autocast changes no dtype here: eduflow has no bfloat16, and computes in the dtypes that "
    "it is given."
)


class autocast:
    """A `with` block, or decorator, that changes nothing: operations keep their dtypes.

    On "cpu", where PyTorch would compute in bfloat16, it warns and says so. RuntimeError for a
    device that PyTorch does not know. Mirrors torch.autocast.
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: Any = None
    ) -> None:
        self.device = device(device_type).type
        if enabled:
            warnings.warn(NOTHING if self.device == "cpu" else NO_CUDA, stacklevel=2)

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: Any) -> None:
        return None

    def __call__(self, function: Any) -> Any:
        return function


class GradScaler:
    """Scales no loss, as PyTorch's does without CUDA; `step` takes the optimizer's step.

    It warns where it is asked to. Mirrors torch.amp.GradScaler.
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled:
            warnings.warn(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.",
                stacklevel=2,
            )

    def scale(self, outputs: Any) -> Any:
        """`outputs` as they are."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing: no gradient was scaled."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's step."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing: there is no scale."""

    def get_scale(self) -> float:
        """The factor: 1.0."""
        return 1.0

    def is_enabled(self) -> bool:
        """Whether losses are scaled: no."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to take."""
