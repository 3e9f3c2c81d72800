# Built by lessons/07_convolution_annex.ipynb. Edit it there, or here and `make scatter`.
# %% saving
"""`save` and `load`, under the names people know."""

from . import serialization

save, load = serialization.save, serialization.load


# %% public names
__all__ = ["load", "save"]
