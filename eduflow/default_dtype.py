# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% set-default-dtype
"""Another default dtype."""

from .dtypes import dtype


def set_default_dtype(d):
    """Make `d`, a floating-point dtype, the dtype of new tensors made from Python floats.

    Raises TypeError for any other kind of dtype. Mirrors torch.set_default_dtype.
    """
    wrong = "only floating-point types are supported as the default type"
    if not isinstance(d, dtype):
        raise TypeError(f"invalid dtype object: {wrong}")
    if not d.is_floating_point:
        raise TypeError(wrong)
    dtype._default = d


# %% public names
__all__ = ["set_default_dtype"]
