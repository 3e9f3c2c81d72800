"""What tables of vectors refuse, in PyTorch's words."""

import warnings

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import promote_types, type_name
from .._core.explain import noted


def class_count(numbers, num_classes):
    """How many classes there are, -1 for as many as needed; RuntimeError for numbers beyond."""
    if numbers.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if not numbers.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if numbers.size and numbers.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        return int(numbers.max()) + 1
    if numbers.size and numbers.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    return num_classes


def check_embedding(input, weight, sparse):
    """RuntimeError and its kin for a table, or numbers of rows, that cannot be looked up."""
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    _one_of("indices", input, (np.int64, np.int32), "Long, Int", "embedding")
    if ((input._array < 0) | (input._array >= weight.shape[0])).any():
        ends = int(input._array.max()), int(input._array.min())
        raise noted(
            IndexError("index out of range in self"),
            "table_row",
            *ends,
            weight.shape[0],
        )
    if sparse:
        raise NotImplementedError("embedding(sparse=True): sparse gradients are not built here")


def _one_of(name, tensor, kinds, named, function):
    """RuntimeError unless a tensor has one of the dtypes."""
    if tensor._array.dtype in kinds:
        return
    found = type_name(tensor._array.dtype)
    found = f"{_HOME}.{found}Tensor" if found in _OLD_TYPES else f"CPU{found}Type"
    raise noted(
        RuntimeError(
            f"Expected tensor for argument #1 '{name}' to have one of the following scalar types: "
            f"{named}; but got {found} instead (while checking arguments for {function})"
        ),
        "table_dtype",
        tensor._array.dtype,
    )


_HOME = __name__.split(".")[0]
_OLD_TYPES = ("Float", "Double", "Half", "Byte", "Char", "Short", "Long", "Int")


def turned(weight, input):
    """Table and numbers; the other way round, with a warning, if they were given so."""
    must_be_tensor("embedding_bag", ("weight", "indices"), (weight, input), numbers=False)
    if weight._array.dtype == np.int64 and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag("
            "weight, input, ...)` is deprecated, and should now be `embedding_bag(input, weight, "
            "...)`.",
            stacklevel=4,
        )
        return input, weight
    return weight, input


def bags(input, weight, offsets, scales, mode, by_frequency, sparse):
    """ValueError for dims or options that do not go together in embedding_bag."""
    if scales is not None and input.shape != scales.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({scales.shape}) is not None, then it must have "
            f"the same shape as the input ({input.shape})"
        )
    if weight.dim() != 2:
        raise ValueError(
            f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.dim()}"
        )
    if input.dim() not in (1, 2):
        raise ValueError(
            f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}"
        )
    if input.dim() == 2 and offsets is not None:
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of "
            f"fixed length sequences. However, found offsets of type {type(offsets)}"
        )
    if input.dim() == 1 and offsets is None:
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets is not None:
        must_be_tensor("embedding_bag", ("offsets",), (offsets,), numbers=False)
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
    _mode(mode, by_frequency, sparse)


def _mode(mode, by_frequency, sparse):
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and by_frequency:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if mode == "max" and sparse:
        raise ValueError("max mode does not support sparse weights")
    if sparse:
        raise NotImplementedError("embedding_bag(sparse=True): sparse gradients are not built here")


def bag_arguments(input, weight, offsets, scales, mode):
    """Errors for dtypes that embedding_bag does not take, and for numbers of rows beyond."""
    if scales is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported "
            f"for mode='sum' (got mode='{mode}'). Please open a feature request on GitHub."
        )
    kinds = {x.dtype for x in (input, offsets) if x is not None}
    both = input if len(kinds) == 1 else input.to(promote_types(*kinds))
    _one_of("indices", both, (np.int64, np.int32), "Long, Int", "embedding_bag")
    floats = (np.float16, np.float32, np.float64)
    _one_of("weight", weight, floats, "Half, BFloat16, Float, Double", "embedding_bag")
    rows(input, weight)
    if scales is not None and scales.dtype != weight.dtype:
        ours, theirs = (type_name(x._array.dtype) for x in (weight, scales))
        raise RuntimeError(
            "Expected tensor for argument #1 'weight' to have the same type as tensor for argument "
            f"#1 'per_sample_weights'; but type {_HOME}.{ours}Tensor does not equal "
            f"{_HOME}.{theirs}Tensor (while checking arguments for embedding_bag)"
        )


def rows(input, weight):
    """RuntimeError for numbers of rows that the table does not have."""
    numbers, count = input._array.ravel(), weight.shape[0]
    outside = np.flatnonzero((numbers < 0) | (numbers >= count))
    if outside.size:
        raise RuntimeError(
            f"Index {outside[0]} of input takes value {numbers[outside[0]]} which is not in the "
            f"valid range [0, {count})"
        )


def padding(padding_idx, count):
    """The row that counts for nothing, counted from the first, or -1 for none; RuntimeError."""
    if padding_idx is None:
        return -1
    if not -count <= padding_idx < count:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, -{count} through {count - 1}, "
            f"but got {padding_idx}"
        )
    return padding_idx % count


def starts(offsets, input, include_last_offset):
    """Where each bag begins, and the last one ends, as ints; RuntimeError for other offsets."""
    found, size = offsets._array.astype(np.int64).tolist(), input.numel()
    if include_last_offset and not found:
        raise RuntimeError("include_last_offset: number of offsets should be at least 1")
    if found and found[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {found[0]}"
        )
    if found and found[-1] > size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length {size} but got offsets[-1] of "
            f"{found[-1]}"
        )
    if found != sorted(found) or (size and not found):
        raise RuntimeError(f"Expected offsets that begin with 0 and do not fall, but got {found}")
    return found if include_last_offset else [*found, size]
