"""`show.read`: a drawn digit, read by a LeNet that was trained with this library.

Its weights lie in `static/lenet.npz`; tools/train_reader.py makes them again from a seed.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .explorer import Explorer

WEIGHTS = Path(__file__).parent / "static" / "lenet.npz"
INK = {".": 0.0, "+": 0.5, "#": 1.0}
SIDE = 32  # pixels of the picture that the network sees
FULL = 0.24  # the share of ink from which strokes count as thick enough


def read(drawing: Any) -> Any:
    """How likely a drawing is each of the ten digits: a tensor of ten chances, which add up to 1.

    `drawing` is text, with `#` for ink, `+` for a little ink and `.` for paper, and rows of one
    length; or an array of ink from 0 to 1, (height, width); or a `show.pad` that was drawn on. It
    may have any size, and the digit may stand anywhere in it. Raises ValueError for other signs or
    sizes, and without any ink.
    """
    torch: Any = importlib.import_module(__name__.split(".")[0])
    picture = torch.from_numpy(as_seen(drawing))[None, None]
    net = _network()
    with torch.no_grad():
        return torch.softmax(net(picture), 1)[0]


def as_seen(drawing: Any) -> np.ndarray:
    """A drawing as the network sees it, (32, 32): cut out, scaled to full size, in the middle.

    Then it is coarsened to 8 by 8 and smoothed, as the digits that the network has learned from.
    """
    ink = ink_of(drawing)
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    large = _thick(_scaled(ink))
    coarse = large.reshape(8, 4, 8, 4).mean((1, 3), dtype=np.float32)
    return _smooth(_smooth(coarse).T).T.copy()


def ink_of(drawing: Any) -> np.ndarray:
    """A drawing's ink from 0 to 1, (height, width), float32. Raises ValueError as `read` does."""
    if isinstance(drawing, Explorer):
        drawing = drawing.state["ink"]
    if isinstance(drawing, str):
        lines = drawing.split()
        strange = sorted({sign for line in lines for sign in line} - set(INK))
        if strange or len({len(line) for line in lines}) > 1:
            raise ValueError(
                f"A drawing has rows of one length, with the signs {' '.join(INK)}; this one has "
                f"rows of {', '.join(str(len(line)) for line in lines)}"
                + (f" and the signs {' '.join(strange)}." if strange else ".")
            )
        drawing = [[INK[sign] for sign in line] for line in lines]
    ink = np.asarray(drawing, dtype=np.float32)
    if ink.ndim != 2:
        raise ValueError(f"A drawing has two dims, (height, width), and not the size {ink.shape}.")
    if not (ink > 0).any():
        raise ValueError("There is no ink in this drawing. Draw a digit with `#`.")
    return ink


def _scaled(ink: np.ndarray) -> np.ndarray:
    """Scaled so that its longer edge fills the picture, and put in the middle."""
    longest = max(ink.shape)
    height, width = (max(round(n * SIDE / longest), 1) for n in ink.shape)
    scaled = _stretched(_stretched(ink, height).T, width).T
    large = np.zeros((SIDE, SIDE), np.float32)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    large[top : top + height, left : left + width] = scaled
    return large


def _stretched(ink: np.ndarray, count: int) -> np.ndarray:
    """Rows stretched or pressed to `count`: each new row is the mean of what it covers."""
    fine = np.repeat(ink, count, axis=0)  # each old row is `count` thin ones
    return fine.reshape(count, len(ink), -1).mean(1, dtype=np.float32)


def _thick(large: np.ndarray) -> np.ndarray:
    """Thin strokes made as thick as those that the network has learned from."""
    for _ in range(5):
        if large.mean() >= FULL:
            break
        around = np.pad(large, 1)
        large = np.maximum.reduce(
            [large, around[2:, 1:-1], around[:-2, 1:-1], around[1:-1, 2:], around[1:-1, :-2]]
        )
    return large


def _smooth(coarse: np.ndarray) -> np.ndarray:
    """Rows between rows, each a mean of its two neighbours: bilinear, from 8 rows to 32."""
    places = ((np.arange(SIDE) + 0.5) * 8 / SIDE - 0.5).clip(0, 7)
    before = places.astype(np.intp)
    after, share = np.minimum(before + 1, 7), (places - before).astype(np.float32)[:, None]
    return coarse[before] * (1 - share) + coarse[after] * share


@cache
def _network() -> Any:
    """The stored network, ready to read."""
    package = __name__.split(".")[0]
    torch: Any = importlib.import_module(package)
    net = importlib.import_module(f"{package}.course.lenet").network(torch)
    with np.load(WEIGHTS) as file:
        state = {name: torch.from_numpy(file[name].astype(np.float32)) for name in file.files}
    net.load_state_dict(state)
    return net.eval()
