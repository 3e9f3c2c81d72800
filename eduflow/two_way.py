# Built by lessons/01_tensors_and_storage_annex.ipynb. Edit it there, or here and `make scatter`.
# %% two-way
"""Steps inside derivatives that work on arrays, and on tensors for derivatives of derivatives."""

import functools

import numpy as np

from .operations import Kind, finish, node_name, parameters_of
from .tensors import Tensor, wrap


def two_way(body=None, *, once=False):
    """Decorator: on arrays the bare function, on tensors an operation that is recorded.

    The body is like that of `op`: arrays by position, options by keyword, and it returns its
    result and one derivative for each array that can have a gradient. `once` is that of Kind.
    """
    if body is None:
        return functools.partial(two_way, once=once)
    kind = Kind(node_name(body), parameters_of(body)[0], operation=body.__name__, once=once)

    @functools.wraps(body)
    def step(*inputs, **options):
        if not any(isinstance(x, Tensor) for x in inputs):
            return body(*inputs, **options)[0]
        return finish(kind, body(*[raw(x) for x in inputs], **options), inputs)

    return step


# %% raw
def raw(x):
    """The array in a tensor; anything else as it is."""
    return x._array if isinstance(x, Tensor) else x


def like(grad, array):
    """`array`, a constant, as a tensor if `grad` is one."""
    return wrap(np.asarray(array)) if isinstance(grad, Tensor) else array


# %% public names
__all__ = ["like", "raw", "two_way"]
