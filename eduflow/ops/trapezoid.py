"""Integrals by trapezoids: trapezoid and cumulative_trapezoid."""

from .._core.arguments import check_dim
from .._core.calls import answering
from .._core.dispatch import must_be_tensor
from .._core.tensor import Tensor
from .cumulative import cumsum, diff


@answering
def trapezoid(y, x=None, *, dx=None, dim=-1):
    """The integral along `dim` of values at places `x`, or `dx` (1 unless given) apart.

    Mirrors torch.trapezoid.
    """
    areas = _areas("trapezoid", y, x, dx, dim)
    return y.sum(dim) * 0 if areas is None else areas.sum(dim)


@answering
def cumulative_trapezoid(y, x=None, *, dx=None, dim=-1):
    """The integrals along `dim` up to each place but the first.

    Mirrors torch.cumulative_trapezoid.
    """
    areas = _areas("cumulative_trapezoid", y, x, dx, dim)
    return y if areas is None else cumsum(areas, dim)


@answering
def trapz(y, x=None, *, dx=None, dim=-1):
    """The older name of trapezoid. Mirrors torch.trapz."""
    given = {} if x is None else {"x": x}
    return trapezoid(y, **given, dx=dx, dim=dim)


def _areas(name, y, x, dx, dim):
    """The trapezoids between neighbours along `dim`; None where there is no place at all."""
    must_be_tensor(name, ("y",), (y,))
    check_dim(dim, y.ndim)
    if not y.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    size = y.shape[dim]
    _refuse(name, y, x, dx, size)
    if not size:
        return None
    both = y.narrow(dim, 1, size - 1) + y.narrow(dim, 0, size - 1)
    if x is None:
        return both * ((1 if dx is None else dx) / 2)
    place = check_dim(dim, y.ndim) - max(y.ndim - x.ndim, 0)  # x has no more dims in front
    steps = diff(x, dim=-1 if x.ndim == 1 else place)
    if x.ndim == 1:
        steps = steps.reshape([-1] + [1] * (y.ndim - 1 - check_dim(dim, y.ndim)))
    return both * steps / 2


def _refuse(name, y, x, dx, size):
    bools = [str(v.dtype).endswith("bool") if isinstance(v, Tensor) else False for v in (y, x)]
    if x is None and bools[0]:
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    if any(bools):
        raise RuntimeError(
            f"{name}: received a bool input for `x` or `y`, but bool is not supported"
        )
    if x is None and isinstance(dx, (bool, complex)):
        raise RuntimeError(f"{name}: Currently, we only support dx as a real number.")
    if x is not None and dx is not None:
        raise TypeError(f"{name}() received an invalid combination of arguments: x and dx")
    if x is not None and x.ndim == 1 and x.shape[0] != size:
        raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
