"""All parameters of a network as one vector, and back."""

from ..._core.tensor import Tensor
from ...ops.join import cat


def parameters_to_vector(parameters):
    """All numbers of the parameters in one row. Mirrors torch.nn.utils.parameters_to_vector."""
    return cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec, parameters):
    """Let the parameters look at parts of `vec`, one after the other.

    Mirrors torch.nn.utils.vector_to_parameters.
    """
    if not isinstance(vec, Tensor):
        home = __name__.split(".")[0]
        raise TypeError(f"expected {home}.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        stop = start + parameter.numel()
        parameter.data = vec[start:stop].view_as(parameter).data
        start = stop
