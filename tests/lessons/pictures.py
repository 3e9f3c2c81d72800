"""Compare the pictures among a cell's stored and new outputs.

They may differ a little, as other BLAS kernels and fonts draw other last bits; on the machine that
EDUFLOW_SAME_BYTES=1 names as one like that which stored them (.ci/run does) in no bit.
"""

from __future__ import annotations

import base64
import io
import os

import matplotlib.image
import numpy as np

SAME_BYTES = os.environ.get("EDUFLOW_SAME_BYTES") == "1"
RMS_LIMIT = 2 / 255
LIMIT = 0.0 if SAME_BYTES else RMS_LIMIT
MEDIA = ("image/png", "image/jpeg")


def pictures_of(outputs) -> list[np.ndarray]:
    """Decode every picture among the outputs into an array of (height, width, 4) floats in 0..1."""
    data = [output.get("data", {}) for output in outputs]
    return [_decode(entry[kind], kind) for entry in data for kind in MEDIA if kind in entry]


def compare_pictures(stored, new, limit: float = LIMIT) -> str:
    """Say how the new outputs' pictures differ from the stored ones, or return an empty string."""
    before, after = pictures_of(stored), pictures_of(new)
    if len(before) != len(after):
        return f"stored pictures: {len(before)}, new pictures: {len(after)}"
    for number, (old, fresh) in enumerate(zip(before, after, strict=True), start=1):
        if old.shape != fresh.shape:
            return f"picture {number} was {_size(old)} and is now {_size(fresh)}"
        rms = float(np.sqrt(np.mean((old - fresh) ** 2)))
        if rms > limit:
            return f"picture {number} differs: RMS {255 * rms:.1f}/255, limit {255 * limit:.0f}"
    return ""


def _decode(text: str | list[str], kind: str) -> np.ndarray:
    raw = base64.b64decode(text if isinstance(text, str) else "".join(text))
    picture = matplotlib.image.imread(io.BytesIO(raw), format=kind.removeprefix("image/"))
    if picture.dtype == np.uint8:
        picture = picture / 255
    if picture.ndim == 2:
        picture = np.repeat(picture[..., None], 3, axis=2)
    if picture.shape[2] == 3:
        picture = np.concatenate([picture, np.ones_like(picture[..., :1])], axis=2)
    return picture


def _size(picture: np.ndarray) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
