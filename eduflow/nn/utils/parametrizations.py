"""Weights that keep to a rule while they are learned: weight_norm, spectral_norm, orthogonal."""

from ..._core.tensor import Tensor
from ..._core.type_info import finfo
from ...autograd.grad_mode import no_grad
from ...ops.compare import allclose
from ...ops.decomposition import qr
from ...ops.distributions import randn
from ...ops.factories import eye, zeros_like
from ...ops.inverse import linalg_solve
from ...ops.join import cat
from ...ops.linalg import dot, mv
from ...ops.matrix_power import matrix_exp
from .._functional.distance import normalize
from ..modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..modules.module import Module
from .parametrize import register_parametrization
from .weight_norm import lengths

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of helpers."""
    return __all__


def _own_tensor(module, name):
    """The tensor of this name; ValueError where there is none."""
    tensor = getattr(module, name, None)
    if not isinstance(tensor, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return tensor


def _put(matrix, from_dim):
    """A weight as a matrix: dim `from_dim` in rows, all others in columns."""
    if from_dim:
        others = [d for d in range(matrix.dim()) if d != from_dim]
        matrix = matrix.permute(from_dim, *others)
    return matrix.flatten(1)


class _WeightNorm(Module):
    """Length times direction."""

    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return weight_v * (weight_g / lengths(weight_v, self.dim))

    def right_inverse(self, weight):
        return lengths(weight, self.dim), weight


def weight_norm(module, name="weight", dim=0):
    """Let `module` learn its tensor `name` as lengths, `original0`, and directions, `original1`.

    There is a length for each place along `dim`, or with None a single one. What the older
    function of this name has saved can be loaded. Mirrors
    torch.nn.utils.parametrizations.weight_norm.
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_older_names(state_dict, prefix, *_):
        old = [f"{prefix}{name}_{letter}" for letter in "gv"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(take_older_names)
    return module


class _SpectralNorm(Module):
    """A weight divided by its largest singular value, which power iteration follows."""

    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        ndim = weight.ndim
        if not -ndim <= dim < ndim:
            raise IndexError(
                "Dimension out of range (expected to be in range of "
                f"[-{ndim}, {ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but "
                f"got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps = dim % ndim, eps
        if ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = _put(weight, self.dim)
            for buffer, size in zip(("_u", "_v"), matrix.shape):
                start = matrix.new_empty(size).normal_(0, 1)
                self.register_buffer(buffer, normalize(start, dim=0, eps=eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix, count):
        """Turn the two vectors towards the direction that the matrix stretches most."""
        for _ in range(count):
            normalize(mv(matrix, self._v), dim=0, eps=self.eps, out=self._u)
            normalize(mv(matrix.mH, self._u), dim=0, eps=self.eps, out=self._v)

    def forward(self, weight):
        if weight.ndim == 1:
            return normalize(weight, dim=0, eps=self.eps)
        matrix = _put(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # the next step changes the buffers
        return weight / dot(u, mv(matrix, v))

    def right_inverse(self, value):
        return value


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Let the tensor `name` of `module` be divided by its largest singular value.

    That is followed by `n_power_iterations` of the power method in each forward pass in training.
    `dim` is the weight's dim of outputs. Mirrors torch.nn.utils.parametrizations.spectral_norm.
    """
    weight = _own_tensor(module, name)
    if dim is None:
        dim = outputs_dim(module)
    return register_parametrization(
        module, name, _SpectralNorm(weight, n_power_iterations, dim, eps)
    )


def outputs_dim(module):
    """The dim of a layer's weight that counts its outputs."""
    return int(isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)))


def _is_orthogonal(matrix):
    """Whether the columns are at right angles and of length 1, but for rounding."""
    n, k = matrix.shape[-2:]
    unit = eye(k, dtype=matrix.dtype)
    return allclose(matrix.mH @ matrix, unit, atol=10 * n * finfo(matrix.dtype).eps)


def _made_orthogonal(matrix):
    """The Q of matrix = Q R where the diagonal of R is positive."""
    q, r = qr(matrix)
    return q * r.diagonal(dim1=-2, dim2=-1).sgn().unsqueeze(-2)


def _reflected(below, factors):
    """The first columns of a product of reflections: I - factor v v^T, v with a 1 on top.

    `below` (n, k) holds the rest of each v under its diagonal.
    """
    n, k = below.shape[-2:]
    columns = below + eye(n, k, dtype=below.dtype)
    product = eye(n, k, dtype=below.dtype).expand(below.shape)
    for i in reversed(range(k)):
        v = columns[..., i : i + 1]
        product = product - factors[..., i, None, None] * (v @ (v.mT @ product))
    return product


class _Orthogonal(Module):
    """An orthogonal matrix, from one without a rule."""

    def __init__(self, weight, orthogonal_map, use_trivialization=True):
        super().__init__()
        if weight.is_complex() and orthogonal_map == "householder":
            raise ValueError("The householder parametrization does not support complex tensors.")
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X):
        transposed = X.size(-2) < X.size(-1)
        X = X.mT if transposed else X
        Q = self._reflections(X) if self.orthogonal_map == "householder" else self._rotation(X)
        if hasattr(self, "base"):
            Q = self.base @ Q
        return Q.mT if transposed else Q

    def _rotation(self, X):
        """The exponential, or Cayley's image, of a matrix that is minus its transpose."""
        n, k = X.shape[-2:]
        X = X.tril()
        if n != k:
            X = cat([X, X.new_zeros(n, n - k).expand(*X.shape[:-2], -1, -1)], dim=-1)
        A = X - X.mH
        if self.orthogonal_map == "matrix_exp":
            return matrix_exp(A)[..., :k]
        unit = eye(n, dtype=A.dtype)
        return linalg_solve(unit.add(A, alpha=-0.5), unit.add(A, alpha=0.5))[..., :k]

    def _reflections(self, X):
        A = X.tril(diagonal=-1)
        factors = 2.0 / (1.0 + (A * A).sum(dim=-2))
        return _reflected(A, factors) * X.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)

    @no_grad()
    def right_inverse(self, Q):
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. "
                f"Got a tensor of shape {Q.shape}."
            )
        if not hasattr(self, "base"):
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley "
                "parametrizations when use_trivialization=False."
            )
        start = zeros_like(Q)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        Q = Q.mT if Q.size(-2) < Q.size(-1) else Q
        n, k = Q.shape[-2:]
        if n != k:
            Q = cat([Q, randn((*Q.shape[:-2], n, n - k), dtype=Q.dtype)], dim=-1)
        self.base = Q.clone() if n == k and _is_orthogonal(Q) else _made_orthogonal(Q)
        return start


_MAPS = ("matrix_exp", "cayley", "householder")


def orthogonal(module, name="weight", orthogonal_map=None, *, use_trivialization=True):
    """Let the matrix `name` of `module` stay orthogonal while it is learned.

    The map from a free matrix is "matrix_exp", "cayley" or "householder"; with
    `use_trivialization` it starts from what the matrix is. Mirrors
    torch.nn.utils.parametrizations.orthogonal. NotImplementedError for "householder" without it.
    """
    weight = _own_tensor(module, name)
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    if orthogonal_map is None:
        square = weight.size(-2) == weight.size(-1) or weight.is_complex()
        orthogonal_map = "matrix_exp" if square else "householder"
    if orthogonal_map not in _MAPS:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
            f"Got: {orthogonal_map}"
        )
    if orthogonal_map == "householder" and not use_trivialization:
        raise NotImplementedError(
            "orthogonal: householder without use_trivialization is not built here; "
            "leave use_trivialization on, or take another map"
        )
    made = _Orthogonal(weight, orthogonal_map, use_trivialization)
    return register_parametrization(module, name, made, unsafe=True)
