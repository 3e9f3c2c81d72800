"""Where random numbers come from: the Mersenne Twister, seeded and read as PyTorch does."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from .._kernels import kernel
from .device import device as device_class
from .device import require_cpu
from .package import PACKAGE


class Generator:
    """A stream of random numbers: the same seed gives the same numbers, here and in PyTorch.

    `spare_normal` is a normal number left over, because small draws make them in pairs.
    Mirrors torch.Generator, on the CPU.
    """

    # Added below, a function each.
    words: Callable[[int], np.ndarray]
    long_words: Callable[[int], np.ndarray]
    uniform: Callable[..., np.ndarray]
    normal_pairs: Callable[[int], np.ndarray]
    normal_blocks: Callable[..., np.ndarray]

    def __init__(self, device: Any = "cpu") -> None:
        require_cpu(device)
        self.device = device_class("cpu")
        self.manual_seed(67280421310721)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to `seed`, an int of up to 64 bits; returns self."""
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        self._started: Any = None
        self.spare_normal: float | None = None
        return self

    @property
    def _twister(self) -> Any:
        """NumPy's engine, made at the first draw: `numpy.random` takes long to import."""
        if self._started is None:
            self._started = np.random.RandomState(self._seed % 2**32)
        return self._started

    def seed(self) -> int:
        """Start a stream that nobody can foresee; returns its seed."""
        self.manual_seed(int.from_bytes(os.urandom(8)) % 2**53)
        return self._seed

    def initial_seed(self) -> int:
        """The seed that the stream was started with."""
        return self._seed


def _of_generator(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator that makes a function a method of Generator, under its name."""
    setattr(Generator, function.__name__.strip("_"), function)
    return function


_AT_A_TIME = 1 << 17


@_of_generator
def _words(generator: Generator, count: int) -> np.ndarray:
    """The next `count` numbers of the stream: 32 random bits each, as uint32.

    Many are drawn some at a time, which stay in the processor's cache, and can be interrupted.
    """
    draw = generator._twister.randint
    if count <= _AT_A_TIME:
        return draw(0, 2**32, count, np.uint32).astype("<u4", copy=False)
    words = np.empty(count, "<u4")
    for start in range(0, count, _AT_A_TIME):
        part = words[start : start + _AT_A_TIME]
        part[...] = draw(0, 2**32, part.size, np.uint32)
    return words


@_of_generator
def _long_words(generator: Generator, count: int) -> np.ndarray:
    """`count` numbers of 64 random bits, each from two words; the first one is the upper half."""
    pairs = generator.words(2 * count).view("<u8")
    return (pairs << np.uint64(32)) | (pairs >> np.uint64(32))


# %% lesson 01 unit-floats
@kernel
def unit_floats(words):
    """The numbers in [0, 1) that words of 32 random bits, an array of uint32, stand for.

    Each takes the lower 24 bits of its word, which is as much as a float32 can hold.
    """
    bits = words % 2**24
    return bits / 2**24


# %% end


@_of_generator
def _uniform(generator: Generator, count: int, dtype: Any = np.float32) -> np.ndarray:
    """`count` numbers evenly spread over [0, 1), as many bits of a word as the dtype has room for.

    A float32 takes 24 bits of one word, a float64 53 bits of two; float16 is rounded from float32.
    """
    if dtype == np.float64:
        return (generator.long_words(count) & np.uint64(2**53 - 1)) * 2.0**-53
    values = unit_floats(generator.words(count)).astype(dtype, copy=False)
    if values.dtype == np.float16:
        values[values == 1] = 0  # what was rounded up to the end, which does not belong to them
    return values


@_of_generator
def _normal_pairs(generator: Generator, count: int) -> np.ndarray:
    """`count` normal numbers, one pair after the other: the way of small draws, in float64.

    Box and Muller: two uniform numbers give an angle and a radius, and the point there has two
    normal coordinates. If one is left over it is kept for the next call.
    """
    spare: list[float] = [] if generator.spare_normal is None else [generator.spare_normal]
    pairs = max(count - len(spare) + 1, 0) // 2
    angle, radius = generator.uniform(2 * pairs, np.float64).reshape(-1, 2).T
    radius, angle = np.sqrt(-2 * np.log1p(-radius)), 2 * np.pi * angle
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    normals = np.concatenate([spare, points.ravel()])
    generator.spare_normal = normals[count] if len(normals) > count else None
    return normals[:count]


@_of_generator
def _normal_blocks(
    generator: Generator, count: int, dtype: Any = np.float32, out: Any = None
) -> np.ndarray:
    """`count` normal numbers, at least 16, in blocks of 16: the way of large draws.

    A block's first eight uniform numbers give the radii, the other eight the angles. If the last
    block is not full, the last 16 numbers are drawn anew. `out` is a flat array to write into.
    """
    work = np.float64 if dtype == np.float64 else np.float32
    full, result = count // 16 * 16, np.empty(count, work) if out is None else out
    for start in range(0, full, _AT_A_TIME):
        part = result[start : min(start + _AT_A_TIME, full)]
        part[...] = block_normals(generator.uniform(part.size, work))
    if full < count:
        if dtype != np.float16:
            generator.uniform(count - full, work)  # drawn, and not used
        result[-16:] = block_normals(generator.uniform(16, work))
    return result


@kernel
def block_normals(uniform: np.ndarray) -> np.ndarray:
    """Normal numbers from uniform ones, in blocks of 16: points with a radius and an angle."""
    radius, angle = uniform.reshape(-1, 2, 8).swapaxes(0, 1)
    radius, angle = np.sqrt(np.log(1 - radius) * -2), angle * uniform.dtype.type(2 * np.pi)
    return np.stack([np.cos(angle) * radius, np.sin(angle) * radius], axis=1).reshape(-1)


default_generator = Generator()


def generator_argument(name: str, generator: Any) -> Generator:
    """The Generator to draw from: the default one unless another is given."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(
            f"{name}(): argument 'generator' must be {PACKAGE}.Generator, "
            f"not {type(generator).__name__}"
        )
    return generator
