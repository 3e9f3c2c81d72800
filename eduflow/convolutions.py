# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% torch-names
"""The convolutions that PyTorch also offers as torch.conv1d, conv2d and conv3d."""

from .nn.functional import conv as _conv

conv1d, conv2d, conv3d = _conv.conv1d, _conv.conv2d, _conv.conv3d


# %% public names
__all__ = ["conv1d", "conv2d", "conv3d"]
