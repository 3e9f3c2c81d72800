"""What tables of vectors refuse, in PyTorch's words."""

import numpy as np

from .._core.dtype import type_name
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
    if input._array.dtype not in (np.int64, np.int32):
        name = type_name(input._array.dtype)
        name = f"{_HOME}.{name}Tensor" if name in _OLD_TYPES else f"CPU{name}Type"
        raise noted(
            RuntimeError(
                "Expected tensor for argument #1 'indices' to have one of the following scalar "
                f"types: Long, Int; but got {name} instead (while checking arguments for embedding)"
            ),
            "table_dtype",
            input._array.dtype,
        )
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


_HOME = __name__.split(".")[0]
_OLD_TYPES = ("Float", "Double", "Half", "Byte", "Char", "Short", "Long", "Int")
