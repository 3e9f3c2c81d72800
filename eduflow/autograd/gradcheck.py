"""gradcheck: are the gradients that backward computes those that small steps show?

Every number counts as real here; a complex one is two of them, real and imaginary part.
"""

import warnings

import numpy as np

from .._core.tensor import Tensor, wrap
from .engine import grad


class GradcheckError(RuntimeError):
    """What gradcheck raises where a gradient is wrong."""


def _flat(array):
    """All the real numbers in an array, in a row."""
    array = np.ascontiguousarray(array).reshape(-1)
    return array.view(array.real.dtype) if array.dtype.kind == "c" else array


def _tensors(x):
    return tuple(x) if isinstance(x, tuple | list) else (x,)


def _outputs(func, inputs):
    """What a function returns, without the tensors that can have no gradient."""
    return [y for y in _tensors(func(*inputs)) if y.is_floating_point() or y.is_complex()]


def _numerical(func, inputs, x, eps):
    """For each output the slopes by central differences: one row for each number of `x`."""
    rows, flat = [], x._array.copy()
    for i in range(_flat(flat).size):
        sides = []
        for step in (eps, -eps):
            moved = _flat(flat).copy()
            moved[i] += step
            x._array[...] = moved.view(flat.dtype).reshape(flat.shape)
            sides.append(
                [_flat(y._array.astype(y._array.dtype)).copy() for y in _outputs(func, inputs)]
            )
        rows.append([(up - down) / (2 * eps) for up, down in zip(*sides)])
    x._array[...] = flat
    outputs = range(len(_outputs(func, inputs)))
    return [np.array([row[o] for row in rows]).reshape(len(rows), -1) for o in outputs]


def _analytical(y, x):
    """The same slopes as backward computes them: one backward for each number of the output."""
    columns, size = [], _flat(x._array).size
    for j in range(_flat(y._array).size):
        upstream = np.zeros(y._array.shape, y._array.dtype)
        _one_hot(upstream, j)
        (g,) = grad(y, x, wrap(upstream), retain_graph=True, allow_unused=True)
        columns.append(np.zeros(size) if g is None else _flat(g._array))
    return np.array(columns).reshape(-1, size).T


def _one_hot(array, j):
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat[j // 2] = 1j if j % 2 else 1
    else:
        flat[j] = 1


def _compare(o, i, numerical, analytical, atol, rtol):
    """GradcheckError that names the element where the two differ most."""
    excess = np.abs(numerical - analytical) - (atol + rtol * np.abs(numerical))
    excess[np.isnan(excess) & ~(np.isnan(numerical) & np.isnan(analytical))] = np.inf
    if excess.size and np.nanmax(excess) > 0:
        row, column = np.unravel_index(np.nanargmax(excess), excess.shape)
        raise GradcheckError(
            f"Jacobian mismatch for output {o} with respect to input {i},\n"
            f"numerical:{numerical}\nanalytical:{analytical}\n"
            f"The largest difference is at element {row} of the input and element {column} of the "
            f"output: numerical {numerical[row, column]:.9g}, "
            f"analytical {analytical[row, column]:.9g}."
        )


def _checked_inputs(inputs):
    """The inputs to look at; ValueError if none needs a gradient."""
    looked_at = [(i, x) for i, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not looked_at:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them "
            "have requires_grad=True."
        )
    for i, x in looked_at:
        if x._array.dtype not in (np.float64, np.complex128):
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or "
                "complex. This check will likely fail if all the inputs are not of double "
                "precision floating point or complex. ",
                stacklevel=3,
            )
    return looked_at


def gradcheck(
    func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True, fast_mode=False
):
    """Compare the gradients of `func(*inputs)` with slopes from small steps, number by number.

    Inputs that require grad should be float64 or complex128. Returns True; where they differ it
    raises GradcheckError, or returns False without `raise_exception`. `fast_mode` is taken, and
    changes nothing: all numbers are compared. Mirrors torch.autograd.gradcheck.
    """
    inputs = _tensors(inputs)
    try:
        for i, x in _checked_inputs(inputs):
            numerical = _numerical(func, inputs, x, eps)
            for o, y in enumerate(_outputs(func, inputs)):
                if y.requires_grad:
                    _compare(o, i, numerical[o], _analytical(y, x), atol, rtol)
                elif np.abs(numerical[o]).max(initial=0) > atol:
                    raise GradcheckError("Numerical gradient for function expected to be zero")
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func, inputs, grad_outputs=None, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True
):
    """gradcheck for the gradients themselves: are the derivatives of derivatives right?

    `grad_outputs` are the gradients to start from, random ones if not given. Mirrors
    torch.autograd.gradgradcheck.
    """
    inputs = _tensors(inputs)
    if grad_outputs is None:
        numbers = np.random.default_rng(0)
        shapes = [y._array for y in _outputs(func, inputs) if y.requires_grad]
        grad_outputs = [wrap((numbers.standard_normal(a.shape)).astype(a.dtype)) for a in shapes]
        grad_outputs = [g.requires_grad_() for g in grad_outputs]
    grad_outputs, count = _tensors(grad_outputs), len(inputs)

    def gradients(*args):
        outputs = [y for y in _outputs(func, args[:count]) if y.requires_grad]
        wanted = [x for x in args[:count] if isinstance(x, Tensor) and x.requires_grad]
        found = grad(outputs, wanted, args[count:], create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None and g.requires_grad)

    return gradcheck(
        gradients,
        (*inputs, *grad_outputs),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
    )
