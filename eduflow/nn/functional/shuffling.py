# Built by lessons/08_transposed_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% shuffling-functional
"""The shuffling functions under their names in nn.functional."""

from ...shuffling import channel_shuffle as _channel_shuffle
from ...shuffling import pixel_shuffle as _pixel_shuffle
from ...shuffling import pixel_unshuffle as _pixel_unshuffle

channel_shuffle = _channel_shuffle
pixel_shuffle, pixel_unshuffle = _pixel_shuffle, _pixel_unshuffle


# %% public names
__all__ = ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]
