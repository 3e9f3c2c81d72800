"""What derivatives hold on to, found in one pass: a kernel for `autograd.record.record`."""

import numpy as np

NEVER = [0]  # the version counter of a Python number: it never changes


def held_by(thing, depth=3):
    """The arrays that something holds on to: itself, in a list, in the closure of a function."""
    if isinstance(thing, np.ndarray | np.generic):
        return [thing]
    cells = getattr(thing, "__closure__", None)
    if cells and depth:
        thing = [cell.cell_contents for cell in cells]
    if isinstance(thing, list | tuple) and depth:
        return [array for part in thing for array in held_by(part, depth - 1)]
    return []


def record(kind, out, returned, inputs, edges, fits=None, arrays=None):
    """See autograd.record.record."""
    if arrays is None:
        arrays = [getattr(x, "_array", x) for x in inputs]
    wanted, saved, result, i = [], (), returned[0], 0
    for edge in edges:
        i += 1
        if edge is None:
            wanted.append(None)
            continue
        derivative = returned[i]
        wanted.append(derivative)
        for cell in derivative.__closure__ or ():
            held = cell.cell_contents
            for array in (held,) if type(held) is np.ndarray else held_by(held, 2):
                place = _place_of(array, arrays, result)
                if place is not None:
                    owner = out if place < 0 else inputs[place]
                    known = result if place < 0 else arrays[place]
                    counter = getattr(owner, "_counter", NEVER)
                    saved += ((known, place, counter, counter[0]),)
    out._node = (kind.node or kind.node_type())(wanted, edges, saved, fits)


def _place_of(held, arrays, result):
    """Which input `held` is, -1 for the result; else, which it shares memory with. Or None."""
    if held is result:
        return -1
    place = 0
    for array in arrays:
        if held is array:
            return place
        place += 1
    if held.base is None and result.base is None and not any(_is_view(array) for array in arrays):
        return None  # the usual case: all of them own their memory
    for place, array in enumerate((*arrays, result)):
        if np.may_share_memory(held, array):
            return place if place < len(arrays) else -1
    return None


def _is_view(array):
    return getattr(array, "base", None) is not None
