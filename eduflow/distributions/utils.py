"""What distributions have in common: parameters of one shape, probabilities and their logs."""

from .._core.dtype import get_default_dtype
from .._core.tensor import Tensor
from .._core.type_info import finfo
from ..ops.broadcast import broadcast_tensors
from ..ops.factories import tensor
from ..ops.softmax import logsumexp


def broadcast_all(*values):
    """Numbers and tensors as tensors of one shape. ValueError for anything else."""
    if not all(isinstance(v, (Tensor, int, float)) for v in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing "
            "__torch_function__."
        )
    known = [v for v in values if isinstance(v, Tensor)]
    dtype = known[0].dtype if known else get_default_dtype()
    return broadcast_tensors(
        *[v if isinstance(v, Tensor) else tensor(v, dtype=dtype) for v in values]
    )


def clamp_probs(probs):
    """Probabilities kept a little away from 0 and 1."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def logits_to_probs(logits, is_binary=False):
    """Probabilities from their logits, or from their logs up to a constant."""
    return logits.sigmoid() if is_binary else logits.softmax(-1)


def probs_to_logits(probs, is_binary=False):
    """Logs of probabilities, or log(p / (1 - p)), kept finite."""
    safe = clamp_probs(probs)
    return safe.log() - (-safe).log1p() if is_binary else safe.log()


def normalized(logits):
    """Logits less a constant, so that they are logs of probabilities."""
    return logits - logsumexp(logits, -1, keepdim=True)
