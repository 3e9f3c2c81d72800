# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% typename
"""What error texts call the type of a thing."""

from .tensors import Tensor


def typename(obj):
    """`eduflow.FloatTensor` for a tensor; a class's module and name for anything else.

    Python's own types have their bare name. Mirrors torch.typename.
    """
    if isinstance(obj, Tensor):
        return obj.type()
    kind = obj if isinstance(obj, type) else type(obj)
    return ".".join([kind.__module__, kind.__qualname__]).removeprefix("builtins.")


# %% public names
__all__ = ["typename"]
