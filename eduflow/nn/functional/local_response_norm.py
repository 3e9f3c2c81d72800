# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% local-response-norm
"""Local response norm: each number divided by what its neighbour channels have there."""

from ...creation_like import zeros_like
from ...joining import cat
from .average_pooling import avg_pool2d


def local_response_norm(input, size, alpha=0.0001, beta=0.75, k=1.0):
    """`input` / (k + alpha * mean of the squares of `size` neighbour channels) ** beta.

    Channels are dim 1 of at least three; beyond the first and the last there are zeros.
    Mirrors F.local_response_norm.
    """
    if input.dim() < 3:
        raise ValueError(
            "Expected 3D or higher dimensionality"
            f"                          input (got {input.dim()} dimensions)"
        )
    if input.numel() == 0:
        return input
    squares = input.mul(input).flatten(2).unsqueeze(1)
    edge = zeros_like(squares[:, :, :1])
    rows = [edge] * (size // 2) + [squares] + [edge] * ((size - 1) // 2)
    means = avg_pool2d(cat(rows, 2), (size, 1), stride=1)
    return input / means.view(input.shape).mul(alpha).add(k).pow(beta)


# %% public names
__all__ = ["local_response_norm"]
