"""What derivatives hold on to, found in one pass: kernels for `autograd.record`."""

import numpy as np
from numpy import ndarray

_NO_ARRAYS = frozenset([int, float, bool, str, type(None), np.dtype])
_ARRAYS = (np.ndarray, np.generic)
NEVER = [0]  # the version counter of a Python number: it never changes


def held_by(thing, depth=3):
    """See autograd.record.held_by."""
    found = []
    _add_held(found, thing, depth)
    return found


def _add_held(found, thing, depth):
    if isinstance(thing, _ARRAYS):
        found.append(thing)
    elif depth and isinstance(thing, (list, tuple)):
        for part in thing:
            if type(part) is not int:  # most tuples are shapes and strides
                _add_held(found, part, depth - 1)
    elif depth:
        for cell in getattr(thing, "__closure__", None) or ():
            if type(cell.cell_contents) not in _NO_ARRAYS:
                _add_held(found, cell.cell_contents, depth - 1)


def record(kind, out, returned, inputs, edges, fits=None, arrays=None):
    """See autograd.record.record."""
    if arrays is None:
        arrays = [getattr(x, "_array", x) for x in inputs]
    wanted, saved, i = [], (), 0
    for edge in edges:
        i += 1
        if edge is None:
            wanted.append(None)
            continue
        derivative = returned[i]
        wanted.append(derivative)
        for cell in derivative.__closure__ or ():
            held = cell.cell_contents
            if type(held) is ndarray:
                saved += _entry(held, arrays, returned[0], inputs, out)
            elif type(held) not in _NO_ARRAYS and not _is_shape(held):
                for array in held_by(held, 2):
                    saved += _entry(array, arrays, returned[0], inputs, out)
    out._node = (kind.node or kind.node_type())(wanted, edges, saved, fits)


def _is_shape(thing):
    """Whether a thing is a tuple of ints, as most tuples are."""
    if type(thing) is not tuple:
        return False
    for part in thing:  # noqa: SIM110 (three times as fast as a generator)
        if type(part) is not int:
            return False
    return True


def _entry(held, arrays, result, inputs, out):
    """What to note of an array that a derivative holds: nothing, or one entry for Node.saved."""
    if held is result:
        return ((result, -1, out._counter, out._counter[0]),)
    place = 0
    for array in arrays:
        if held is array:
            counter = getattr(inputs[place], "_counter", NEVER)
            return ((held, place, counter, counter[0]),)
        place += 1  # noqa: SIM113 (two times as fast as enumerate)
    if held.base is None and result.base is None and not any(map(_is_view, arrays)):
        return ()  # the usual case: all of them own their memory
    for place, array in enumerate((*arrays, result)):
        if np.may_share_memory(held, array):
            owner, place = (inputs[place], place) if place < len(arrays) else (out, -1)
            counter = getattr(owner, "_counter", NEVER)
            return ((array, place, counter, counter[0]),)
    return ()


def _is_view(array):
    return getattr(array, "base", None) is not None
