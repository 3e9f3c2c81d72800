"""Recurrent layers and cells: RNN, LSTM, GRU."""

import math

from ..._words import rnn as words
from ...ops.factories import empty, zeros
from ...ops.join import stack
from .._functional.dropout import dropout as drop
from .._functional.linear import linear
from .._functional.packed import PackedSequence, in_order, steps_of
from .._functional.rnn import STEPS, layer
from ..init import uniform_
from ..parameter import Parameter
from .module import Module

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _draw(module):
    """New first values for all parameters, within 1 / sqrt(hidden_size)."""
    bound = 1 / math.sqrt(module.hidden_size) if module.hidden_size > 0 else 0
    for weight in module.parameters():
        uniform_(weight, -bound, bound)


class RNNBase(Module):
    """What RNN, LSTM and GRU share: weights for each layer and direction, and the way through.

    Input is (T, B, C), with `batch_first` (B, T, C), or (T, C) for one sequence. The output holds
    the last layer's state at every step, both directions side by side; beside it stand the last
    states of all layers and directions, (layers * directions, B, H). Between layers there is
    `dropout` in training. A PackedSequence is taken as well, and given back. Mirrors
    torch.nn.RNNBase.
    """

    __constants__ = ["mode", "input_size", "hidden_size", "num_layers", "bias", "batch_first",
                     "dropout", "bidirectional", "proj_size"]  # fmt: skip

    def __init__(
        self, mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False,
        dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        self.mode, self.input_size, self.hidden_size = mode, input_size, hidden_size
        self.num_layers, self.bias, self.batch_first = num_layers, bias, batch_first
        self.dropout, self.bidirectional = float(dropout), bidirectional
        self.proj_size = proj_size
        words.sizes(dropout, bias, batch_first, input_size, hidden_size, num_layers, proj_size)
        if mode not in _GATES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        for number in range(num_layers):
            for suffix in self._suffixes():
                for name, size in self._sizes(number).items():
                    weight = Parameter(empty(size, device=device, dtype=dtype))
                    setattr(self, f"{name}_l{number}{suffix}", weight)
        self.reset_parameters()

    def _suffixes(self):
        return ("", "_reverse") if self.bidirectional else ("",)

    def _sizes(self, number):
        """The sizes of the weights of layer `number` in one direction, by name."""
        rows, out = _GATES[self.mode] * self.hidden_size, self.proj_size or self.hidden_size
        columns = self.input_size if number == 0 else out * len(self._suffixes())
        sizes = {"weight_ih": (rows, columns), "weight_hh": (rows, out)}
        if self.bias:
            sizes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        return sizes | ({"weight_hr": (out, self.hidden_size)} if self.proj_size else {})

    def reset_parameters(self):
        """Draw new first values."""
        _draw(self)

    def flatten_parameters(self):
        """For PyTorch's GPU; here the weights stay as they are."""

    @property
    def all_weights(self):
        """For each layer and direction a list of its weights."""
        return [[w for w in weights if w is not None] for weights in self._weights()]

    def extra_repr(self):
        usual = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False,
                 "dropout": 0, "bidirectional": False}  # fmt: skip
        rest = [f"{k}={getattr(self, k)}" for k, v in usual.items() if getattr(self, k) != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *rest])

    def _run(self, input, states):
        """The output, and the last states in a tuple; `states` is empty for zeros."""
        if isinstance(input, PackedSequence):
            return self._run_packed(input, states)
        words.dims(self.mode.partition("_")[0], input, states)
        alone, time = input.dim() == 2, 1 if self.batch_first else 0
        if alone:
            input = input.unsqueeze(1 - time)
            states = [state.unsqueeze(1) for state in states]
        states = self._checked(input, states, input.size(1 - time))
        words.not_empty(input.size(time))
        input = input.transpose(0, 1) if self.batch_first else input
        output, lasts = self._through(input, states)
        output = output.transpose(0, 1) if self.batch_first else output
        if alone:
            return output.squeeze(1 - time), tuple(last.squeeze(1) for last in lasts)
        return output, lasts

    def _run_packed(self, sequence, states):
        """As `_run`; states are in the order in which the sequences were given."""
        data, batch_sizes, order, back = sequence
        words.packed_dims(data)
        sizes = steps_of(sequence)
        states = self._checked(data, in_order(states, order), sizes[0])
        output, lasts = self._through(data, states, sizes)
        output = PackedSequence(output, batch_sizes, order, back)
        return output, tuple(in_order(lasts, back))

    def permute_hidden(self, hx, permutation):
        """States (layers * directions, B, H), or a pair of them, the sequences in another order."""
        if isinstance(hx, tuple):
            return tuple(in_order(hx, permutation))
        return in_order([hx], permutation)[0]

    def _checked(self, input, states, batch):
        """The states, or zeros; errors for what does not fit."""
        weight, count = self.weight_ih_l0, self.num_layers * len(self._suffixes())
        widths = [self.proj_size or self.hidden_size, self.hidden_size]
        sizes = [(count, batch, width) for width in widths[: 2 if self.mode == "LSTM" else 1]]
        words.fits(input, weight.dtype, self.input_size)
        for i, (state, size) in enumerate(zip(states, sizes)):
            words.state_fits(f"hidden[{i}]" if self.mode == "LSTM" else "hidden", state, size)
        return states or [zeros(size, dtype=input.dtype, device=input.device) for size in sizes]

    def _through(self, input, states, batch_sizes=None):
        """All layers, one after the other, with dropout between them."""
        lasts, ways, each = [], len(self._suffixes()), self._weights()
        for number in range(self.num_layers):
            which = range(number * ways, (number + 1) * ways)
            begin = [tuple(state[i] for state in states) for i in which]
            input, ends = layer(self.mode, input, begin, [each[i] for i in which], batch_sizes)
            lasts += ends
            if number < self.num_layers - 1:
                input = drop(input, self.dropout, self.training)
        return input, tuple(stack(parts) for parts in zip(*lasts))

    def _weights(self):
        """For each layer and direction its five weights, None for those that it lacks."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return [
            tuple(getattr(self, f"{name}_l{number}{suffix}", None) for name in names)
            for number in range(self.num_layers)
            for suffix in self._suffixes()
        ]


class RNN(RNNBase):
    """At each step state = tanh(input + old state), each times a matrix. Mirrors torch.nn.RNN."""

    def __init__(
        self, input_size, hidden_size, num_layers=1, nonlinearity="tanh", bias=True,
        batch_first=False, dropout=0.0, bidirectional=False, device=None, dtype=None, **others,
    ):  # fmt: skip
        words.no_projection(others)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )  # fmt: skip
        super().__init__(
            f"RNN_{nonlinearity.upper()}", input_size, hidden_size, num_layers, bias, batch_first,
            dropout, bidirectional, device=device, dtype=dtype, **others,
        )  # fmt: skip
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        output, (last,) = self._run(input, [] if hx is None else [hx])
        return output, last


class LSTM(RNNBase):
    """A recurrent layer with a memory beside its state; both are given and returned as a pair.

    With `proj_size` the state is a product of that size. Mirrors torch.nn.LSTM.
    """

    def __init__(
        self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
        bidirectional=False, proj_size=0, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__(
            "LSTM", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            proj_size, device, dtype,
        )  # fmt: skip

    def forward(self, input, hx=None):
        return self._run(input, [] if hx is None else list(hx))


class GRU(RNNBase):
    """A recurrent layer whose gates mix old state and new. Mirrors torch.nn.GRU."""

    def __init__(
        self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0,
        bidirectional=False, device=None, dtype=None, **others,
    ):  # fmt: skip
        words.no_projection(others)
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            device=device, dtype=dtype, **others,
        )  # fmt: skip

    def forward(self, input, hx=None):
        output, (last,) = self._run(input, [] if hx is None else [hx])
        return output, last


class RNNCellBase(Module):
    """What the cells share: a step on (B, C), or (C), with a state (B, H), or (H).

    Mirrors torch.nn.RNNCellBase.
    """

    __constants__ = ["input_size", "hidden_size", "bias"]

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        sizes = {"weight_ih": (rows, input_size), "weight_hh": (rows, hidden_size)}
        for name, size in (sizes | {"bias_ih": (rows,), "bias_hh": (rows,)}).items():
            wanted = bias or name in sizes
            weight = Parameter(empty(size, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, weight)
        self.reset_parameters()

    def reset_parameters(self):
        """Draw new first values."""
        _draw(self)

    def extra_repr(self):
        usual = {"bias": True, "nonlinearity": "tanh"}
        rest = [f"{k}={vars(self)[k]}" for k, v in usual.items() if vars(self).get(k, v) != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *rest])

    def _step(self, mode, input, states, count=1):
        """The new states, as many as `count`; `states` is empty for zeros."""
        words.cell(mode.partition("_")[0] + "Cell", input, states)
        alone = input.dim() == 1
        if alone:
            input, states = input.unsqueeze(0), [state.unsqueeze(0) for state in states]
        size = (input.size(0), self.hidden_size)
        states = states or [zeros(size, dtype=input.dtype, device=input.device)] * count
        words.cell_fits(input, states, self.input_size, self.hidden_size)
        given = linear(input, self.weight_ih, self.bias_ih)
        states = STEPS[mode](given, states, self.weight_hh, self.bias_hh)
        return tuple(state.squeeze(0) for state in states) if alone else states


class RNNCell(RNNCellBase):
    """One step of an RNN. Mirrors torch.nn.RNNCell."""

    __constants__ = ["input_size", "hidden_size", "bias", "nonlinearity"]

    def __init__(
        self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None
    ):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        mode = f"RNN_{self.nonlinearity.upper()}"
        return self._step(mode, input, [] if hx is None else [hx])[0]


class LSTMCell(RNNCellBase):
    """One step of an LSTM; its state and memory are a pair. Mirrors torch.nn.LSTMCell."""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        return self._step("LSTM", input, [] if hx is None else list(hx), count=2)


class GRUCell(RNNCellBase):
    """One step of a GRU. Mirrors torch.nn.GRUCell."""

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        return self._step("GRU", input, [] if hx is None else [hx])[0]
