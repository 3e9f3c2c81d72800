"""Batches of a TensorDataset, whose rows can be taken at once."""

from ..._core.tensor import Tensor, wrap
from ..._kernels import at_home, switch
from .collate import default_collate
from .dataset import TensorDataset
from .epoch import Epoch, fetch


class EpochOfRows(Epoch):
    """An epoch of a TensorDataset, collated as usual: rows are taken at once where they can be."""

    @staticmethod
    def fits(loader):
        """Whether that gives what `Epoch` would give, and nobody wrote a part of it anew."""
        if switch.plain or type(loader.dataset) is not TensorDataset:
            return False
        steps = (TensorDataset.__getitem__, default_collate, fetch, Epoch.__next__)
        return loader.collate_fn is default_collate and at_home(*steps)

    def __next__(self):
        indices, tensors = next(self.order), self.dataset.tensors
        found = None
        if all(type(x) is Tensor and not x.requires_grad for x in tensors):
            found = rows_at_once([x._array for x in tensors], indices)
        if found is None:
            return self.collate_fn(fetch(self.dataset, indices))
        return [wrap(array) for array in found]


def rows_at_once(arrays, indices):
    """The rows of all arrays with these indices, or None where they are to be taken one by one.

    That is where an index is no plain number from 0 on, or where the rows do not lie in order.
    """
    if type(indices) is not list or not indices or not all(type(i) is int for i in indices):
        return None
    if not all(array.flags.c_contiguous and max(indices) < len(array) for array in arrays):
        return None
    return None if min(indices) < 0 else [array.take(indices, axis=0) for array in arrays]
