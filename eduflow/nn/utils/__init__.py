"""torch.nn.utils, as the lessons built it."""

from .convert_parameters import parameters_to_vector, vector_to_parameters
from .clip_grad import (
    clip_grad_norm,
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
)
from .summary import Row, Summary, summary

__all__ = [
    "Row",
    "Summary",
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
    "parameters_to_vector",
    "summary",
    "vector_to_parameters",
]
