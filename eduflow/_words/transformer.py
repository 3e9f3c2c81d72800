"""What transformers refuse."""

import warnings

from .._core import dtype as dtypes


def activation(name):
    """RuntimeError for the name of a function that they do not know."""
    if name not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {name}")


def masks(names, mask, padding):
    """AssertionError for masks of integers; a warning where one is of bools, the other is not."""
    for name, given in zip(names[::-1], (padding, mask)):
        if given is not None and given.dtype != dtypes.bool and not given.is_floating_point():
            raise AssertionError(f"only bool and floating types of {name} are supported")
        if given is padding and None not in (mask, padding) and mask.dtype != padding.dtype:
            warnings.warn(
                f"Support for mismatched {names[1]} and {names[0]} is deprecated. Use same type "
                "for both instead.",
                stacklevel=3,
            )


def sizes(src, tgt, width, batch_first):
    """RuntimeError unless `src` and `tgt` have the same batch, and both the model's width."""
    batch = 0 if batch_first else 1
    if src.dim() == 3 and src.size(batch) != tgt.size(batch):
        raise RuntimeError("the batch number of src and tgt must be equal")
    if src.size(-1) != width or tgt.size(-1) != width:
        raise RuntimeError("the feature number of src and tgt must be equal to d_model")
