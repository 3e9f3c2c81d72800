# Built by lessons/03_views_and_flatten.ipynb. Edit it there, or here and `make scatter`.
# %% spread
"""Windows onto part of a tensor, and how a gradient comes back through them."""

import functools

import numpy as np

from .tensors import Tensor
from .two_way import two_way
from .viewing import view_op


@two_way
def spread(grad, *, look, shape, overlaps=False):
    """The gradient of whatever `look` sees of a tensor of `shape`: `grad`, seen the same way.

    It is written into zeros, through the same window. With `overlaps`, an element may be seen
    several times: then `look` tells the numbers of the elements, and gradients are added up.
    """
    zeros = np.zeros(shape, grad.dtype)
    if overlaps:
        numbers = look(np.arange(zeros.size).reshape(shape))
        np.add.at(zeros.reshape(-1), numbers.reshape(-1), grad.reshape(-1))
    else:
        look(zeros)[...] = grad
    return zeros, lambda outer: look(outer)


def spread_by(look, shape, overlaps=False):
    """The derivative of `look` on a tensor of `shape`: `spread`, both ways."""
    return lambda grad: spread(grad, look=look, shape=shape, overlaps=overlaps)


def window_op(*names, node=None, overlaps=False):
    """Decorator like `view_op`, for a body that only looks; its derivative is `spread`.

    `overlaps` if the window may see an element several times.
    """

    def decorate(look):
        @functools.wraps(look)
        def body(input, *args):
            shape = input.shape

            def again(x):
                return operation(x, *args) if isinstance(x, Tensor) else look(x, *args)

            return look(input, *args), spread_by(again, shape, overlaps)

        operation = view_op(*names, node=node)(body)
        operation.__wrapped__ = look  # the bare window onto an array
        return operation

    return decorate


# %% public names
__all__ = ["spread", "spread_by", "window_op"]
