# Built by lessons/05_nn_vs_functional.ipynb. Edit it there, or here and `make scatter`.
# %% parameter
"""Parameters: tensors that a module counts as its own, and that training moves."""

import numpy as np

from ..dtypes import get_default_dtype
from ..tensors import Tensor, wrap


class Parameter(Tensor):
    """A tensor that registers itself when it becomes an attribute of a module.

    It shares the memory of `data` (an empty tensor by default), is a leaf, and requires grad
    unless told otherwise; RuntimeError for a dtype that cannot. What is computed from it is an
    ordinary tensor. Mirrors torch.nn.Parameter.
    """

    __slots__ = ()

    def __init__(self, data=None, requires_grad=True):
        if data is None:
            data = wrap(np.empty(0, get_default_dtype().numpy))
        data = data.detach()
        self._array, self._counter, self._node = data._array, data._counter, None
        if requires_grad:
            if not (self.is_floating_point() or self.is_complex()):
                raise RuntimeError(
                    "Only Tensors of floating point and complex dtype can require gradients"
                )
            self.requires_grad_()

    def __repr__(self):
        return f"Parameter containing:\n{super().__repr__()}"

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]


# %% public names
__all__ = ["Parameter"]
