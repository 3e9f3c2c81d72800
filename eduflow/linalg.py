"""Linear algebra, as torch.linalg has it."""

from ._words.absent import absent as _absent
from ._words.linalg import LinAlgError
from .ops.decomposition import (
    linalg_cholesky as cholesky,
)
from .ops.decomposition import (
    linalg_cholesky_ex as cholesky_ex,
)
from .ops.decomposition import (
    linalg_eig as eig,
)
from .ops.decomposition import (
    linalg_eigh as eigh,
)
from .ops.decomposition import (
    linalg_eigvals as eigvals,
)
from .ops.decomposition import (
    linalg_eigvalsh as eigvalsh,
)
from .ops.decomposition import (
    linalg_qr as qr,
)
from .ops.decomposition import (
    linalg_svd as svd,
)
from .ops.decomposition import (
    linalg_svdvals as svdvals,
)
from .ops.inverse import (
    linalg_det as det,
)
from .ops.inverse import (
    linalg_inv as inv,
)
from .ops.inverse import (
    linalg_inv_ex as inv_ex,
)
from .ops.inverse import (
    linalg_lstsq as lstsq,
)
from .ops.inverse import (
    linalg_pinv as pinv,
)
from .ops.inverse import (
    linalg_slogdet as slogdet,
)
from .ops.inverse import (
    linalg_solve as solve,
)
from .ops.inverse import (
    linalg_solve_ex as solve_ex,
)
from .ops.inverse import (
    linalg_solve_triangular as solve_triangular,
)
from .ops.lu import (
    linalg_lu as lu,
)
from .ops.lu import (
    linalg_lu_factor as lu_factor,
)
from .ops.lu import (
    linalg_lu_factor_ex as lu_factor_ex,
)
from .ops.lu import (
    linalg_lu_solve as lu_solve,
)
from .ops.matrix_norm import (
    linalg_cond as cond,
)
from .ops.matrix_norm import (
    linalg_matrix_norm as matrix_norm,
)
from .ops.matrix_norm import (
    linalg_matrix_rank as matrix_rank,
)
from .ops.matrix_norm import (
    linalg_norm as norm,
)
from .ops.matrix_norm import (
    linalg_vector_norm as vector_norm,
)
from .ops.matrix_power import (
    linalg_cross as cross,
)
from .ops.matrix_power import (
    linalg_diagonal as diagonal,
)
from .ops.matrix_power import (
    linalg_matmul as matmul,
)
from .ops.matrix_power import (
    linalg_matrix_power as matrix_power,
)
from .ops.matrix_power import (
    linalg_multi_dot as multi_dot,
)
from .ops.matrix_power import (
    linalg_tensorinv as tensorinv,
)
from .ops.matrix_power import (
    linalg_tensorsolve as tensorsolve,
)
from .ops.matrix_power import (
    linalg_vander as vander,
)
from .ops.matrix_power import (
    linalg_vecdot as vecdot,
)
from .ops.matrix_power import matrix_exp

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "inv",
    "inv_ex",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]


def __getattr__(name: str) -> object:
    raise _absent(__name__, name)


def __dir__() -> list[str]:
    return __all__
