"""Vectors along one dim: normalize, cosine_similarity, pairwise_distance."""

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor
from ..._core.dtype import result_dtype, type_name
from ..._core.numpy_warnings import quiet
from ...autograd.grad_mode import no_grad
from ...ops.binary import divided
from ...ops.broadcast import broadcast_tensors
from ...ops.norm import norm, norm_body


@answering
def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """Vectors along `dim` divided by their length, which counts as `eps` at least.

    The length is the norm of order `p`. Mirrors torch.nn.functional.normalize.
    """
    must_be_tensor("linalg_vector_norm", ("self",), (input,))
    length = norm(input, p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return divided(input, length, out=out)


@answering
@quiet
def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """The cosine of the angle between vectors along `dim`; lengths count as `eps` at least.

    The shapes broadcast, and the result is without `dim`. RuntimeError for integers. Mirrors
    torch.nn.functional.cosine_similarity.
    """
    must_be_tensor("cosine_similarity", ("x1", "x2"), (x1, x2), numbers=False)
    target = result_dtype((x1, x2))
    if not target.is_floating_point:
        raise RuntimeError(
            "expected common dtype to be floating point, yet common dtype is "
            + type_name(target.numpy)
        )
    if eps < 0:
        raise RuntimeError(f"eps must be non-negative, got: {eps:g}")
    floats = [x if x.is_floating_point() else x.to(target) for x in (x1, x2)]
    units = [_unit(x, dim, eps) for x in broadcast_tensors(*floats)]
    return (units[0] * units[1]).sum(dim)


def _unit(x, dim, eps):
    """Vectors of length 1; the gradient does not know that short ones count as longer."""
    length = norm(x, 2, dim, keepdim=True).clone()
    with no_grad():
        length.clamp_min_(eps)
    return x / length


_NORM = Kind("NormBackward1", ["input"], holomorphic=False)


@answering
@quiet
def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """The distance between vectors along the last dim: the norm of order `p` of `x1 - x2 + eps`.

    Mirrors torch.nn.functional.pairwise_distance.
    """
    must_be_tensor("pairwise_distance", ("x1", "x2"), (x1, x2), numbers=False)
    away = x1 - x2 + eps
    axes = (away.ndim - 1,) if away.ndim else ()
    return finish(_NORM, norm_body(away._array, p, axes, keepdim), (away,))
