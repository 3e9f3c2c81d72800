"""Windows along one dim: where pooling looks, and in which order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .tensor import method


# %% lesson 22 for-each-dim
def for_each_dim(value, dims):
    """A tuple with a number for each of `dims` dims: 2, (2,) and [2, 2] all mean (2, 2)."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    return values * dims if len(values) == 1 else values


def borders(padding, kernel, dilation):
    """A pair (before, after) for each dim, from numbers or from a word.

    "valid" is no border. "same" is one with which steps of 1 keep the size: of an odd number the
    larger part comes after.
    """
    if padding == "same":
        totals = [d * (k - 1) for k, d in zip(kernel, dilation)]
        return tuple([(n // 2, n - n // 2) for n in totals])
    numbers = for_each_dim(0 if padding == "valid" else padding, len(kernel))
    return tuple([(n, n) for n in numbers])


# %% end


# %% lesson 22 window-count
def window_count(size, kernel, stride, padding, dilation, ceil_mode):
    """How many windows of `kernel` places fit along `size` places, `stride` apart.

    With `ceil_mode` the last one may reach over the end, if it begins before the border behind.
    (5, 2, 2, 0, 1, False) gives 2, and with True it is 3.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil_mode:
        return room // stride + 1
    count = -(-room // stride) + 1
    begins_behind = (count - 1) * stride >= size + padding
    return count - begins_behind


# %% end


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

    steps: ClassVar[Callable[[Windows], Iterator[tuple[int, slice, slice]]]]

    @functools.cached_property
    def count(self) -> int:
        """How many windows there are."""
        return window_count(
            self.size, self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode
        )

    @functools.cached_property
    def tiles(self) -> bool:
        """Whether each place is in exactly one window."""
        side_by_side = self.kernel == self.stride and self.dilation == 1 and not self.padding
        return side_by_side and self.size == self.count * self.kernel

    def begins(self) -> np.ndarray:
        """Where each window begins."""
        return np.arange(self.count) * self.stride - self.padding

    def lengths(self, padded: bool) -> np.ndarray:
        """How many places each window counts; those in the padding, too, if `padded`."""
        begins, margin = self.begins(), self.padding if padded else 0
        return np.minimum(begins + self.kernel, self.size + margin) - np.maximum(begins, -margin)


# %% lesson 22 window-steps
@method("steps", of=Windows)
def window_steps(windows):
    """For each j: the windows that have a place number j inside, and these places, as slices."""
    for j in range(windows.kernel):
        places = range(j * windows.dilation - windows.padding, windows.size, windows.stride)
        first = max(0, -(places.start // windows.stride))
        if inside := places[first : windows.count]:
            ins = slice(inside[0], inside[-1] + 1, windows.stride)
            yield j, slice(first, first + len(inside)), ins


def sizes(windows, count=True):
    """The sizes of the dims that the windows give, or of those that they look at."""
    return tuple([w.count if count else w.size for w in windows])


# %% end


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
