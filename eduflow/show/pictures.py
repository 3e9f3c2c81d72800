"""`show.images`, `show.kernels` and `show.confusion`: pictures of tensors, with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def images(tensor: Any, titles: Sequence[Any] | Any = (), columns: int = 10) -> Any:
    """Draw one or more images in a grid; returns the array of matplotlib's axes.

    `tensor` is (height, width), (count, height, width) or (count, channels, height, width) with 1
    or 3 channels, or (channels, height, width) for one image in colour. Grey images are drawn as
    ink on paper, from the lowest to the highest number in `tensor`; numbers of colours go from 0
    to 1. `titles` go above them. Raises ValueError for other sizes.
    """
    array = _array(tensor)
    if array.ndim == 2 or (array.ndim == 3 and array.shape[0] == 3 and not len(titles)):
        array = array[None]
    if array.ndim == 3:
        array = array[:, None]
    if array.ndim != 4 or array.shape[1] not in (1, 3) or not array.size:
        raise ValueError(f"show.images cannot draw a tensor of size {_array(tensor).shape}.")
    columns = min(columns, len(array))
    axes = _grid(-(-len(array) // columns), columns, 0.75)
    ends = {"vmin": array.min(), "vmax": array.max()}
    for number, axis in enumerate(axes.flat):
        axis.set_axis_off()
        if number < len(array):
            picture = np.moveaxis(array[number], 0, -1)
            axis.imshow(
                picture.squeeze(-1) if picture.shape[-1] == 1 else picture.clip(0, 1),
                cmap="gray_r",
                **ends,
            )
        if number < len(titles):
            title = titles[number]
            axis.set_title(title.item() if hasattr(title, "item") else title, fontsize=9)
    return axes


def kernels(weight: Any) -> Any:
    """Draw the kernels of a convolution: one row for each first index, one column for each second.

    `weight` is (a, b, height, width), or (a, height, width). Orange is below zero, purple above,
    white is zero, with the same scale everywhere. Returns the array of matplotlib's axes. Raises
    ValueError for other sizes.
    """
    array = _array(weight)
    array = array[:, None] if array.ndim == 3 else array
    if array.ndim != 4 or not array.size:
        raise ValueError(f"show.kernels cannot draw a weight of size {_array(weight).shape}.")
    most = np.abs(array).max() or 1.0
    axes = _grid(array.shape[0], array.shape[1], 0.75)
    for place in np.ndindex(axes.shape):
        axes[place].imshow(array[place], cmap="PuOr", vmin=-most, vmax=most)
        axes[place].set(xticks=[], yticks=[])
    return axes


def confusion(guesses: Any, labels: Any, classes: Sequence[Any] = ()) -> Any:
    """Draw how often each class (row) was taken for each class (column); returns the axes.

    `guesses` and `labels` are whole numbers from 0, of one size. The diagonal holds what was
    right. `classes` are the names. Raises ValueError if the two do not fit together.
    """
    guessed, right = _array(guesses).ravel(), _array(labels).ravel()
    if guessed.shape != right.shape or not right.size:
        raise ValueError(f"{guessed.size} guesses do not fit {right.size} labels.")
    count = max(len(classes), int(max(guessed.max(), right.max())) + 1)
    table = np.zeros((count, count), int)
    np.add.at(table, (right, guessed), 1)
    [[axis]] = _grid(1, 1, 0.9 + 0.32 * count)
    axis.imshow(table, cmap="Blues", vmax=max(table.max(), 1))
    for (row, column), number in np.ndenumerate(table):
        if number:
            ink = "white" if number > table.max() / 2 else "black"
            axis.text(column, row, number, ha="center", va="center", fontsize=8, color=ink)
    names = list(classes) or list(range(count))
    axis.set(xlabel="guessed", ylabel="right answer")
    axis.set_xticks(range(count), names)
    axis.set_yticks(range(count), names)
    return axis


def _array(tensor: Any) -> Any:
    """The numbers of a tensor, whether or not it requires grad."""
    return tensor._array if hasattr(tensor, "_array") else np.asarray(tensor)


def _grid(rows: int, columns: int, inches: float) -> Any:
    """Axes on white, in a table."""
    import matplotlib.pyplot as plt

    size = inches * columns, (inches + 0.15) * rows
    _, axes = plt.subplots(
        rows, columns, figsize=size, facecolor="white", squeeze=False, layout="constrained"
    )
    return axes
