"""What may not be done to a tensor that was made in inference mode, in PyTorch's words."""

from .._core.inference import inference

_CHANGED = (
    "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone "
    "to get a normal tensor before doing inplace update.See "
    "https://github.com/pytorch/rfcs/pull/17 for more details."
)
_REQUIRES_GRAD = (
    "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed."
)


def must_be_changeable(counter):
    """RuntimeError where the tensor of this version counter may not be changed in place now."""
    if type(counter) is not list and not inference.on:
        raise RuntimeError(_CHANGED)


def may_require_grad(counter):
    """RuntimeError where the tensor of this version counter may not ask for gradients now."""
    if type(counter) is not list and not inference.on:
        raise RuntimeError(_REQUIRES_GRAD)
