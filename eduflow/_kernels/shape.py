"""The view rule, worked out once for each question."""

import functools


def view_strides(shape, strides, new_shape):
    """ops.shape.view_strides, with its answers kept."""
    try:
        return _view_strides(shape, strides, new_shape)
    except TypeError:  # a list, which cannot be looked up
        return _view_strides(tuple(shape), tuple(strides), tuple(new_shape))


@functools.lru_cache(4096)
def _view_strides(shape, strides, new_shape):
    """The rule in one walk over the old dims; `reach` is how far the current block goes."""
    if 0 in shape:
        return strides if shape == new_shape else _of_fresh_memory(new_shape)
    new_strides, left = [], list(new_shape)
    dims = list(zip(shape, strides))
    elements, step = 1, dims[-1][1] if dims else 1
    while True:
        size, _ = dims.pop() if dims else (1, 1)
        elements *= size
        if dims and (dims[-1][0] == 1 or dims[-1][1] == elements * step):
            continue
        filled = 1
        while left and (filled < elements or left[-1] == 1):
            new_strides.append(filled * step)
            filled *= left.pop()
        if filled != elements:
            return None
        if not dims:
            return tuple(reversed(new_strides))
        elements, step = 1, dims[-1][1]


def _of_fresh_memory(shape):
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))
