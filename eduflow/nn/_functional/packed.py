"""Sequences of several lengths without padding: all first steps, then all second ones, ..."""

from collections import namedtuple

import numpy as np

from ..._core import dtype as dtypes
from ..._core.dispatch import Kind, finish, must_be_tensor, raw
from ..._core.tensor import Tensor, wrap
from ..._words import packed as words
from ...ops.factories import as_tensor, full
from ...ops.gather import index_select
from ...ops.index import write_back
from ...ops.sort import sort

_FIELDS = ("data", "batch_sizes", "sorted_indices", "unsorted_indices")


def invert_permutation(permutation):
    """The places at which 0, 1, 2, ... stand in `permutation`, int64; None for None."""
    return None if permutation is None else wrap(np.argsort(permutation._array).astype(np.int64))


class PackedSequence(namedtuple("PackedSequence_", _FIELDS)):
    """Sequences as `pack_padded_sequence` and `pack_sequence` lay them out.

    `data` (sum of lengths, *) holds the steps, `batch_sizes` how many sequences have a first step,
    a second, ...; the longest sequence comes first. `sorted_indices` says which of the sequences
    given stands where, `unsorted_indices` the way back; both are None if they were given in order.
    Mirrors torch.nn.utils.rnn.PackedSequence.
    """

    def __new__(cls, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None):
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            data, batch_sizes = words.pair(data)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args, **kwargs):
        """With `data` in another dtype; itself if that changes nothing."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def cpu(self):
        """Itself: there is no other device."""
        return self

    def cuda(self, device="cuda"):
        """An error: there is no such device."""
        return self.to(device)

    def pin_memory(self):
        """The same sequences; memory is not pinned here."""
        return type(self)(*self)

    def is_pinned(self):
        """False: memory is not pinned here."""
        return False

    @property
    def is_cuda(self):
        return False

    def double(self):
        """`data` as float64."""
        return self.to(dtypes.float64)

    def float(self):
        """`data` as float32."""
        return self.to(dtypes.float32)

    def half(self):
        """`data` as float16."""
        return self.to(dtypes.float16)

    def long(self):
        """`data` as int64."""
        return self.to(dtypes.int64)

    def int(self):
        """`data` as int32."""
        return self.to(dtypes.int32)

    def short(self):
        """`data` as int16."""
        return self.to(dtypes.int16)

    def char(self):
        """`data` as int8."""
        return self.to(dtypes.int8)

    def byte(self):
        """`data` as uint8."""
        return self.to(dtypes.uint8)


def _places(batch_sizes):
    """For each row of packed data its step and its sequence."""
    steps = np.repeat(np.arange(len(batch_sizes)), np.asarray(batch_sizes, np.intp))
    sequences = [np.arange(size) for size in batch_sizes]
    return steps, np.concatenate(sequences) if sequences else steps


_PACK = Kind("PackPaddedSequenceBackward0", ("input", "lengths"), once=True)


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """The sequences in `input` (T, B, *), with `batch_first` (B, T, *), without their padding.

    `lengths`, a list or a tensor, says how long each is: at least 1, and falling from one to the
    next unless `enforce_sorted=False`. RuntimeError for other lengths.
    Mirrors torch.nn.utils.rnn.pack_padded_sequence.
    """
    if isinstance(lengths, Tensor):
        lengths = lengths.long()
    else:
        lengths = as_tensor(lengths, dtype=dtypes.int64)
    must_be_tensor("_pack_padded_sequence", ("input",), (input,), numbers=False)
    order = None
    if not enforce_sorted:
        lengths, order = sort(lengths, descending=True)
        input = index_select(input, 0 if batch_first else 1, order)
    by_step = input.transpose(0, 1) if batch_first else input
    words.lengths(by_step, lengths)
    counts = lengths._array
    batch_sizes = (counts > np.arange(counts.max())[:, None]).sum(1, dtype=np.int64)
    places, array = _places(batch_sizes), by_step._array
    shape = array.shape

    def derivative(grad):
        return write_back(grad, key=places, shape=shape)

    data = finish(_PACK, (array[places], derivative), (by_step,))
    return PackedSequence(data, wrap(batch_sizes), order)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """The sequences (T, B, *), with `batch_first` (B, T, *), filled up behind; and their lengths.

    T is the longest sequence's length, or `total_length`: ValueError if that is less.
    Mirrors torch.nn.utils.rnn.pad_packed_sequence.
    """
    data, batch_sizes, _, back = sequence
    longest = words.total_length(batch_sizes.size(0), total_length)
    sizes = batch_sizes._array
    steps, sequences = _places(sizes)
    shape = (longest, int(sizes.max(initial=0)), *data.shape[1:])
    padded = full(shape, padding_value, dtype=data.dtype)
    padded[wrap(steps), wrap(sequences)] = data
    padded = padded.transpose(0, 1) if batch_first else padded
    lengths = wrap(np.bincount(sequences.astype(np.intp)).astype(np.int64))
    if back is None:
        return padded, lengths
    return index_select(padded, 0 if batch_first else 1, back), lengths[back]


def in_order(states, order):
    """States (layers, B, H), the sequences' in another order; as they are if `order` is None."""
    return states if order is None else [index_select(state, 1, order) for state in states]


def steps_of(sequence):
    """How many sequences have a first step, a second, ...: ints."""
    return raw(sequence.batch_sizes).tolist()
