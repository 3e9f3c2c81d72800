"""Each value once: unique and unique_consecutive."""

import math

import numpy as np

from .._core.arguments import check_dim
from .._core.dispatch import Kind, finish, must_be_tensor
from .._core.tensor import Tensor, method, wrap
from .._words.operands import refuse_kinds


def _existing(dim, array):
    if not array.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if 0 in array.shape and array.shape[dim]:
        raise RuntimeError(
            "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied"
        )
    return check_dim(dim, array.ndim)


_KINDS = {
    "_unique2": Kind("Unique2Backward0", ["input"]),
    "unique_dim": Kind("UniqueDimBackward0", ["input"]),
    "unique_consecutive": Kind("UniqueConsecutiveBackward0", ["input"]),
}


def _finished(name, values, inverse, counts, input, wanted):
    """The values alone, or a tuple of what was asked for; they have no derivative."""

    def refuse(grad):
        raise NotImplementedError(f"the derivative for '{name}' is not implemented.")

    first = finish(_KINDS[name], (np.asarray(values), refuse), (input,))
    pairs = zip((inverse, counts), wanted, strict=True)
    found = [wrap(np.asarray(x).astype(np.int64)) for x, asked in pairs if asked]
    return (first, *found) if found else first


@method("unique")
def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """Each value once, in order; with `dim`, each slice along it.

    `return_inverse` adds, for each element, where its value stands, `return_counts` how often it
    came. Every nan is a value of its own. Mirrors torch.unique.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("unique", ["input"], (input,))
    array, wanted = input._array, (return_inverse, return_counts)
    refuse_kinds("unique" if dim is None else "unique_dim", array)
    if dim is None and not any(wanted) and array.dtype.kind in "iub":  # 0 and -0 would be equal
        return _finished("_unique2", np.unique(array, equal_nan=False), None, None, input, wanted)
    if dim is None:
        values, inverse, counts = np.unique(
            array, return_inverse=True, return_counts=True, equal_nan=False
        )
        inverse = inverse.reshape(array.shape)
        return _finished("_unique2", values, inverse, counts, input, wanted)
    found = np.unique(
        array, return_inverse=True, return_counts=True, axis=_existing(dim, array), equal_nan=False
    )
    return _finished("unique_dim", found[0], found[1].reshape(-1), found[2], input, wanted)


@method("unique_consecutive")
def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """Each run of equal neighbours once: of all elements, or of slices along `dim`.

    Mirrors torch.unique_consecutive; see unique.
    """
    if not isinstance(input, Tensor):
        must_be_tensor("unique_consecutive", ["input"], (input,))
    array = input._array
    refuse_kinds("unique" if dim is None else "unique_dim", array)
    rows = array.reshape(-1) if dim is None else np.moveaxis(array, _existing(dim, array), 0)
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    starts = np.ones(len(flat), bool)
    starts[1:] = (flat[1:] != flat[:-1]).any(1)
    values = rows[starts] if dim is None else np.moveaxis(rows[starts], 0, dim)
    inverse = np.cumsum(starts) - 1
    counts = np.diff(np.append(np.flatnonzero(starts), len(flat)))
    inverse = inverse.reshape(array.shape) if dim is None else inverse
    name, wanted = "unique_consecutive", (return_inverse, return_counts)
    return _finished(name, values, inverse, counts, input, wanted)
