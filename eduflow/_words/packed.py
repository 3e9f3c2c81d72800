"""What packing sequences refuses."""

import itertools


def pair(data):
    """`data` as a pair of the packed steps and the batch sizes; AssertionError if it is none."""
    if not (isinstance(data, (list, tuple)) and len(data) == 2):
        raise AssertionError("Expected data to be a list or tuple of length 2")
    return data


def lengths(input, given):
    """RuntimeError unless each sequence in `input` (T, B, *) has a length, and lengths fall."""
    if input.numel() == 0:
        raise RuntimeError("Cannot pack empty tensors.")
    if given.dim() != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {given.dim()}D cpu "
            "Long tensor"
        )
    if given.size(0) != input.size(1):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {given.size(0)} "
            f"(batch_size={input.size(1)})"
        )
    found = given.tolist()
    if found[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if any(later > earlier for earlier, later in itertools.pairwise(found)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. "
            "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
            "sidestep this requirement if you do not need ONNX exportability."
        )
    if found[0] > input.size(0):
        raise RuntimeError(
            f"Expected lengths of at most {input.size(0)}, the number of steps in the input, but "
            f"got {found[0]}"
        )


def total_length(longest, wanted):
    """`wanted`, or `longest` if that is None; ValueError if it is less than `longest`."""
    if wanted is None:
        return longest
    if wanted < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, "
            f"but got total_length={wanted} and max sequence length being {longest}"
        )
    return wanted
