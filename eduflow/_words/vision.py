"""What affine_grid and grid_sample refuse, in PyTorch's words."""

import warnings

import numpy as np

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name


def aligned(align_corners):
    """Whether corners are aligned; a warning where that is not said."""
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since "
            "1.3.0. Please specify align_corners=True if the old behavior is desired. See the "
            "documentation of grid_sample for details.",
            stacklevel=4,
        )
        return False
    return align_corners


def affine(theta, size, align_corners):
    """Errors for matrices and a size that do not go together."""
    must_be_tensor("affine_grid_generator", ("theta",), (theta,), numbers=False)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, "
            f"respectively. Got size {size}."
        )
    dims = len(size) - 2
    if theta.dim() != 3 or theta.shape[1:] != (dims, dims + 1):
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size "
            f"{size}. Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when "
            "align_corners=True. This is not an intended use case of affine_grid. See the "
            "documentation of affine_grid for details.",
            stacklevel=4,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    if size[0] != theta.shape[0]:
        raise RuntimeError(
            f"Expected a matrix for each sample, but got {theta.shape[0]} for the size {size}"
        )


def modes(mode, padding_mode):
    """ValueError for words that there are none of."""
    start = "nn.functional.grid_sample(): expected"
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"{start} mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            f"{start} padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )


def sampler(input, grid, mode):
    """Errors for images and places that do not go together."""
    must_be_tensor("grid_sampler", ("input", "grid"), (input, grid), numbers=False)
    shapes = f"got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.size(0) != grid.size(0):
        raise RuntimeError(
            f"grid_sampler(): expected grid and input to have same batch size, but {shapes}"
        )
    if grid.size(-1) != input.dim() - 2:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {input.dim() - 2} in last dimension, but "
            f"got grid with sizes {list(grid.shape)}"
        )
    for dim in range(2, input.dim()):
        if input.size(dim) == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input "
                f"has sizes {list(input.shape)} with dimension {dim} being empty"
            )
    if input.dim() != grid.dim() or input.dim() not in (4, 5):
        raise RuntimeError(
            "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but "
            + shapes
        )
    if mode == "bicubic" and input.dim() != 4:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if input._array.dtype not in (np.float16, np.float32, np.float64):
        name = type_name(input._array.dtype)
        raise NotImplementedError(
            f"\"grid_sampler_{input.dim() - 2}d_cpu_kernel_impl\" not implemented for '{name}'"
        )
    if input.dtype != grid.dtype:
        ours, theirs = (type_name(x._array.dtype) for x in (input, grid))
        raise RuntimeError(f"expected scalar type {ours} but found {theirs}")
