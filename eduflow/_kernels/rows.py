"""Batches of rows, taken at once."""


def rows(arrays, indices):
    """The rows of all arrays with these indices, or None where they are to be taken one by one.

    That is where an index is no plain number from 0 on, or where the rows do not lie in order.
    """
    if type(indices) is not list or not indices or not all(type(i) is int for i in indices):
        return None
    if not all(array.flags.c_contiguous and max(indices) < len(array) for array in arrays):
        return None
    return None if min(indices) < 0 else [array.take(indices, axis=0) for array in arrays]
