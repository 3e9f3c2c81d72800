"""torch.Size, a shape that counts its elements, and which dims a shape has."""

from __future__ import annotations

import math
from typing import Any

from .explain import noted
from .package import PACKAGE


class Size(tuple):
    """The shape of a tensor: a tuple of ints that knows how many elements it spans."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements: the product of all sizes."""
        return math.prod(self)

    def __getitem__(self, index: Any) -> Any:
        part = tuple.__getitem__(self, index)
        return Size(part) if isinstance(index, slice) else part

    def __add__(self, other: Any) -> Size:
        return Size(tuple(self) + tuple(other))

    def __repr__(self) -> str:
        return f"{PACKAGE}.Size({list(self)})"

    __str__ = __repr__


def check_dim(dim: int, ndim: int) -> int:
    """`dim` counted from the front; IndexError, in PyTorch's words, where there is no such dim.

    A tensor without dims accepts 0 and -1, as in PyTorch.
    """
    limit = ndim or 1
    if not -limit <= dim < limit:
        raise noted(
            IndexError(
                "Dimension out of range "
                f"(expected to be in range of [{-limit}, {limit - 1}], but got {dim})"
            ),
            "dimension",
            dim,
            ndim,
        )
    return dim + limit if dim < 0 else dim
