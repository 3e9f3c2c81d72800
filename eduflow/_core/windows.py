"""Windows along one dim: where pooling looks, and in which order."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(eq=False)
class Windows:
    """`count` windows along a dim of `size` places, each of `kernel` places, `stride` apart.

    Window o begins at place o * stride - padding and takes every `dilation`th place; those outside
    are skipped. `tiles` says whether each place is in exactly one window.
    """

    size: int
    kernel: int
    stride: int
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @functools.cached_property
    def count(self) -> int:
        """How many windows there are; with `ceil_mode` the last may reach over the end."""
        room = self.size + 2 * self.padding - self.dilation * (self.kernel - 1) - 1
        if not self.ceil_mode:
            return room // self.stride + 1
        count = -(-room // self.stride) + 1
        begins_behind = (count - 1) * self.stride >= self.size + self.padding
        return count - begins_behind  # it must begin inside, or in the padding on the left

    @functools.cached_property
    def tiles(self) -> bool:
        """Whether each place is in exactly one window."""
        side_by_side = self.kernel == self.stride and self.dilation == 1 and not self.padding
        return side_by_side and self.size == self.count * self.kernel

    def steps(self) -> Iterator[tuple[int, slice, slice]]:
        """For each j: the windows that have a place number j, and these places, as slices."""
        for j in range(self.kernel):
            places = range(j * self.dilation - self.padding, self.size, self.stride)
            first = max(0, -(places.start // self.stride))
            if inside := places[first : self.count]:
                ins = slice(inside[0], inside[-1] + 1, self.stride)
                yield j, slice(first, first + len(inside)), ins

    def begins(self) -> np.ndarray:
        """Where each window begins."""
        return np.arange(self.count) * self.stride - self.padding

    def lengths(self, padded: bool) -> np.ndarray:
        """How many places each window counts; those in the padding, too, if `padded`."""
        begins, margin = self.begins(), self.padding if padded else 0
        return np.minimum(begins + self.kernel, self.size + margin) - np.maximum(begins, -margin)


class AdaptiveWindows:
    """`count` windows that share out `size` places as evenly as can be; they may overlap."""

    dilation, tiles = 1, False

    def __init__(self, size: int, count: int) -> None:
        self.size, self.count = size, count
        self._begins = np.arange(count) * size // max(count, 1)
        self._ends = -(-np.arange(1, count + 1) * size // max(count, 1))
        self.kernel = max(self.lengths(False), default=1)

    def steps(self) -> Iterator[tuple[int, slice, slice]]:
        """As for Windows, one window after the other."""
        for o, (begin, end) in enumerate(zip(self._begins.tolist(), self._ends.tolist())):
            for j in range(end - begin):
                yield j, slice(o, o + 1), slice(begin + j, begin + j + 1)

    def begins(self) -> np.ndarray:
        """Where each window begins."""
        return self._begins

    def lengths(self, padded: bool) -> np.ndarray:
        """How many places each window has."""
        return self._ends - self._begins


def adaptive_windows(size: int, count: int) -> Windows | AdaptiveWindows:
    """Windows that share out `size` places among `count`: plain ones where that comes out even."""
    if count and size and size % count == 0:
        return Windows(size, size // count, size // count)
    return AdaptiveWindows(size, count)


def sizes(windows: Sequence[Windows | AdaptiveWindows], count: bool = True) -> tuple[int, ...]:
    """The sizes of the dims that the windows give, or of those that they look at."""
    return tuple([w.count if count else w.size for w in windows])
