"""Sequences of several lengths as one tensor, and back."""

from collections.abc import Iterable

from ..._core.tensor import Tensor
from ...ops.factories import as_tensor, full
from .._functional.packed import (
    PackedSequence,
    invert_permutation,
    pack_padded_sequence,
    pad_packed_sequence,
)

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of helpers."""
    return __all__


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Sequences (T_i, *) side by side as (longest T, B, *), with `batch_first` (B, longest T, *).

    Short ones are filled up with `padding_value`, behind or, with `padding_side="left"`, before
    them. The result has the dtype of the first. Mirrors torch.nn.utils.rnn.pad_sequence.
    """
    sequences = _checked(sequences, padding_side)
    longest, first = max(sequence.size(0) for sequence in sequences), sequences[0]
    sizes = (len(sequences), longest) if batch_first else (longest, len(sequences))
    padded = full((*sizes, *first.shape[1:]), padding_value, dtype=first.dtype)
    by_sequence = padded if batch_first else padded.transpose(0, 1)
    for i, sequence in enumerate(sequences):
        start = longest - sequence.size(0) if padding_side == "left" else 0
        by_sequence[i].narrow(0, start, sequence.size(0)).copy_(sequence)
    return padded


def _checked(sequences, padding_side):
    """The sequences as a list; errors for what are none, and for a side that there is not."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    sequences = list(sequences)
    for i, sequence in enumerate(sequences):
        if not isinstance(sequence, Tensor):
            kind = type(sequence).__name__
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {kind}")
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    if not all(sequence.dim() for sequence in sequences):
        raise RuntimeError("pad_sequence: a sequence needs at least one dim, but got a number")
    return sequences


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences (T_i, *) that `pad_sequence` filled up behind; `lengths` says how long each is.

    Mirrors torch.nn.utils.rnn.unpad_sequence, but leaves `padded_sequences` as it is.
    """
    padded = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: max(int(length), 0)].clone() for row, length in zip(padded, lengths, strict=True)]


def pack_sequence(sequences, enforce_sorted=True):
    """Sequences (T_i, *) packed; the longest comes first unless `enforce_sorted=False`.

    Mirrors torch.nn.utils.rnn.pack_sequence.
    """
    lengths = as_tensor([sequence.size(0) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    """The sequences (T_i, *) in the order in which they were given, as a list.

    Mirrors torch.nn.utils.rnn.unpack_sequence.
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
