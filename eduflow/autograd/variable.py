"""Variable, PyTorch's old name for a tensor that knows of gradients: every tensor does today."""

from .._core.tensor import Tensor, alias


class _AnyTensor(type):
    def __instancecheck__(cls, x):
        return isinstance(x, Tensor)


class Variable(metaclass=_AnyTensor):
    """`Variable(x)` gives a tensor over the same memory. Kept for old code; use tensors themselves.

    Raises TypeError for anything but a tensor. Mirrors torch.autograd.Variable.
    """

    def __new__(cls, data, requires_grad=False, volatile=None):
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return alias(data, data._array).requires_grad_(requires_grad)
