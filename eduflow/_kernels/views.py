"""The commonest views, found by NumPy: a window over an array and the way back for a gradient.

They return None where NumPy's answer may be another one, or an error: there the longer way is gone.
The way back has no closure: it holds no array, and recording need not look for one.
"""


def same_memory(array, shape):
    """The whole of `array`, which lies in reading order, with another shape, one size maybe -1."""
    if len(shape) == 1 and isinstance(shape[0], tuple):
        (shape,) = shape
    for size in shape:
        if type(size) is not int or size < -1:
            return None
    if not _in_order(array):
        return None
    try:
        window = array.reshape(shape)
    except ValueError:
        return None
    return window, lambda grad, shape=array.shape: grad.reshape(shape)


def _in_order(array):
    """Whether `array` has elements, side by side in reading order, and steps that say so."""
    return array.flags.c_contiguous and array.ndim and array.strides[-1] == array.itemsize


def flattened(array, dims):
    """All dims as one, which a tensor with one dim is already."""
    if dims or array.ndim < 2 or not _in_order(array):
        return None
    return array.reshape(-1), lambda grad, shape=array.shape: grad.reshape(shape)


def place(array, index):
    """What to ask NumPy for at an int or a slice of the first dim; None if there is no such place.

    Of no places there is no window, as NumPy would not move on to where they begin.
    """
    if not array.size or not array.ndim:
        return None
    count = len(array)
    if type(index) is int:
        return (index, ...) if -count <= index < count else None
    for part in (index.start, index.stop, index.step):
        if part is not None and type(part) is not int:
            return None
    if index.step is not None and index.step < 1:
        return None
    start, stop, _ = index.indices(count)
    return index if start < stop else None
