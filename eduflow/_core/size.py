"""torch.Size, a shape that counts its elements."""

from __future__ import annotations

import math
from typing import Any

from .package import PACKAGE


class Size(tuple):
    """The shape of a tensor: a tuple of ints that knows how many elements it spans."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements: the product of all sizes."""
        return math.prod(self)

    def __getitem__(self, index: Any) -> Any:
        return (
            Size(tuple.__getitem__(self, index))
            if isinstance(index, slice)
            else tuple.__getitem__(self, index)
        )

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __repr__(self) -> str:
        return f"{PACKAGE}.Size({list(self)})"

    __str__ = __repr__
