"""What recurrent layers refuse."""

import warnings
from numbers import Number


def sizes(dropout, bias, batch_first, input_size, hidden_size, num_layers, proj_size):
    """Errors for what no recurrent layer can be made of; a warning for dropout without effect."""
    if not isinstance(dropout, Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element "
            "being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout "
            f"expects num_layers greater than 1, but got dropout={dropout} and "
            f"num_layers={num_layers}",
            stacklevel=3,
        )
    _must_be(bool, bias=bias, batch_first=batch_first)
    for name, value in {"input_size": input_size, "hidden_size": hidden_size}.items():
        _must_be(int, **{name: value})
        _above_zero(name, value)
    _above_zero("num_layers", num_layers)
    if proj_size < 0:
        raise ValueError(
            "proj_size should be a positive integer or zero to disable projections"
        )  # fmt: skip
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


def _must_be(kind, **given):
    for name, value in given.items():
        if not isinstance(value, kind):
            got = type(value).__name__
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {got}")


def _above_zero(name, value):
    if value <= 0:
        raise ValueError(f"{name} must be greater than zero")


def no_projection(others):
    """ValueError when a layer other than LSTM is to project its state."""
    if "proj_size" in others:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


def dims(name, input, states):
    """Errors unless input is (T, B, C) or (T, C), and each state given has as many dims."""
    if input.dim() not in (2, 3):
        kind = " tensor" if name == "RNN" else ""
        raise ValueError(
            f"{name}: Expected input to be 2D or 3D, got {input.dim()}D{kind} instead"
        )  # fmt: skip
    if all(state.dim() == input.dim() for state in states):
        return
    batched = "batched" if input.dim() == 3 else "unbatched"
    got = [f"{state.dim()}-D" for state in states]
    what = f"hx should also be {input.dim()}-D but got {got[0]} tensor"
    if name == "LSTM":
        what = f"hx and cx should also be {input.dim()}-D but got ({', '.join(got)}) tensors"
    raise RuntimeError(f"For {batched} {input.dim()}-D input, {what}")


def packed_dims(data):
    """RuntimeError unless packed data is (sum of lengths, C)."""
    if data.dim() != 2:
        raise RuntimeError(f"input must have 2 dimensions, got {data.dim()}")


def fits(input, dtype, input_size):
    """Errors unless input (T, B, C) has the dtype of the weights and the layer's input size."""
    if input.dtype != dtype:
        raise ValueError(
            f"RNN input dtype ({input.dtype}) does not match weight dtype ({dtype}). Convert "
            f"input: input.to({dtype}), or convert model: model.to({input.dtype})"
        )
    if input.size(-1) != input_size:
        raise RuntimeError(
            "input.size(-1) must be equal to input_size. "
            f"Expected {input_size}, got {input.size(-1)}"
        )


def not_empty(length):
    """RuntimeError for a sequence of no steps."""
    if not length:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")


def state_fits(name, state, expected):
    """RuntimeError unless a state has the size that the layer expects."""
    if tuple(state.shape) != expected:
        raise RuntimeError(f"Expected {name} size {expected}, got {list(state.shape)}")


def cell(name, input, states):
    """ValueError unless a cell's input and states are (B, C) or (C)."""
    if input.dim() not in (1, 2):
        raise ValueError(
            f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead"
        )  # fmt: skip
    for i, state in enumerate(states):
        if state.dim() not in (1, 2):
            what = f"hx[{i}]" if name == "LSTMCell" else "hidden"
            raise ValueError(
                f"{name}: Expected {what} to be 1D or 2D, got {state.dim()}D instead"
            )  # fmt: skip


def cell_fits(input, states, input_size, hidden_size):
    """RuntimeError unless a cell's input (B, C) and states (B, H) go together."""
    if input.size(1) != input_size:
        raise RuntimeError(
            f"input has inconsistent input_size: got {input.size(1)} expected {input_size}"
        )
    for i, state in enumerate(states):
        if state.size(0) != input.size(0):
            raise RuntimeError(
                f"Input batch size {input.size(0)} doesn't match hidden{i} batch size "
                f"{state.size(0)}"
            )
        if state.size(1) != hidden_size:
            raise RuntimeError(
                f"hidden{i} has inconsistent hidden_size: got {state.size(1)}, "
                f"expected {hidden_size}"
            )
