# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% typename
"""What error texts call the type of a thing."""

from .tensors import Tensor


def typename(obj):
    """`eduflow.FloatTensor` for a tensor; else the module and name of a class or a function.

    Of anything else those of its class. Python's own have bare names. Mirrors torch.typename.
    """
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if hasattr(obj, "__qualname__") else type(obj)
    return ".".join([kind.__module__ or "builtins", kind.__qualname__]).removeprefix("builtins.")


# %% public names
__all__ = ["typename"]
