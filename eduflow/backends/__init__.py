"""Switches of libraries that PyTorch may compute with; none of them is here.

They can be set and read, so that programs run; nothing looks at them. Mirrors torch.backends.
"""

from . import cuda, cudnn, mkldnn, mps

__all__ = ["cuda", "cudnn", "mkldnn", "mps"]
