"""Run an operation and its backward: all there is to compare with PyTorch, as plain values."""

import numpy as np

from tests.oracle import raised


def numbers(*shape, dtype="float64", seed=0):
    """An array of random numbers, always the same ones for a shape and a seed."""
    return np.random.default_rng((seed, *shape)).standard_normal(shape).astype(dtype)


# What goes wrong most easily: no dims, no elements, ties, nan, infinities, zeros, other dtypes.
ARRAYS = {
    "no dims": numbers(),
    "vector": numbers(5),
    "three dims": numbers(3, 4, 2),
    "float32": numbers(2, 3, dtype="float32"),
    "float16": numbers(2, 3, dtype="float16"),
    "turned": numbers(3, 2).T,
    "empty": np.zeros(0),
    "empty rows": np.zeros((0, 3)),
    "empty columns": np.zeros((2, 0)),
    "ties": np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 2.0], [2.0, 1.0, 2.0]]),
    "nan": np.array([1.0, np.nan, 2.0, np.nan]),
    "infinite": np.array([np.inf, 1.0, 2.0]),
    "integers": np.arange(6, dtype="int64").reshape(2, 3),
    "int32": np.array(3, "int32"),
    "bytes": np.array([200, 100, 0], "uint8"),
    "bools": np.array([[True, False], [True, True]]),
}


def graded(torch, function, *arrays):
    """What `function(torch, *tensors)` returns, the nodes' names, and the gradients.

    The gradient that goes in differs from element to element. A call that raises gives its error.
    """
    inputs = [torch.from_numpy(array.copy(order="K")) for array in arrays]
    for x in inputs:
        if x.is_floating_point() or x.is_complex():
            x.requires_grad_()
    found = []
    error = raised(lambda: found.append(function(torch, *inputs)))
    if error:
        return error
    results = found[0] if isinstance(found[0], (tuple, list)) else [found[0]]
    roots = [y for y in results if isinstance(y, torch.Tensor) and y.grad_fn is not None]
    if roots:
        torch.autograd.backward(roots, [_uneven(torch, y) for y in roots])
    return {
        "results": list(results),
        "type": type(found[0]).__name__,
        "nodes": [y.grad_fn.name() for y in roots],
        "grads": [x.grad for x in inputs],
    }


def _uneven(torch, y):
    count = np.arange(1.0, y.numel() + 1).reshape(tuple(y.shape))
    return torch.from_numpy(np.asarray(np.cos(count))).to(y.dtype)


def gradients_are_slopes(eduflow, function, *arrays):
    """Compare first and second derivatives of `function(eduflow, *tensors)` with numerical ones."""
    inputs = [eduflow.from_numpy(array.copy()).requires_grad_() for array in arrays]
    assert eduflow.autograd.gradcheck(lambda *x: function(eduflow, *x), inputs)
    assert eduflow.autograd.gradgradcheck(lambda *x: function(eduflow, *x), inputs)
