"""Recurrence: one step of each kind of cell, and a walk along a sequence."""

from ..._core import dtype as dtypes
from ...ops.join import cat, stack
from .activation import relu, sigmoid, tanh
from .linear import linear
from .rnn_walk import KINDS, walk_at_once


def plain_step(squash):
    """The step of a plain recurrent cell: the new state is squashed input plus old state."""

    def step(given, states, weight, bias):
        return (squash(given + linear(states[0], weight, bias)),)

    return step


def lstm_step(given, states, weight, bias):
    """The step of an LSTM: gates say what the memory forgets, takes in, and shows."""
    hidden, memory = states
    take, keep, new, show = (given + linear(hidden, weight, bias)).chunk(4, -1)
    memory = sigmoid(keep) * memory + sigmoid(take) * tanh(new)
    return sigmoid(show) * tanh(memory), memory


def gru_step(given, states, weight, bias):
    """The step of a GRU: one gate resets what the new state sees, one mixes it with the old."""
    (hidden,) = states
    parts = zip(given.chunk(3, -1), linear(hidden, weight, bias).chunk(3, -1))
    (reset, reset_too), (mix, mix_too), (new, past) = parts
    new = tanh(new + sigmoid(reset + reset_too) * past)
    return (new + sigmoid(mix + mix_too) * (hidden - new),)


STEPS = {
    "RNN_TANH": plain_step(tanh),
    "RNN_RELU": plain_step(relu),
    "LSTM": lstm_step,
    "GRU": gru_step,
}


def walk(mode, input, states, weights, backward=False, batch_sizes=None):
    """One layer along `input` (T, B, C), from the first step or the last.

    `weights` is (weight_ih, weight_hh, bias_ih, bias_hh, weight_hr), the last three may be None.
    Returns the hidden states (T, B, H), and the states (B, H) after the walk. With `batch_sizes`,
    falling ints, `input` is packed (sum of them, C), and so are the hidden states.
    """
    weight_ih, weight_hh, bias_ih, bias_hh, weight_hr = weights
    given = linear(input, weight_ih, bias_ih)
    if (
        mode in KINDS
        and batch_sizes is None
        and weight_hr is None
        and _is_usual(given, weight_hh, *states)
    ):
        return walk_at_once(mode, walk_by_step, given, states, weight_hh, bias_hh, backward)
    return walk_by_step(mode, given, states, weight_hh, bias_hh, backward, weight_hr, batch_sizes)


def _is_usual(given, *others):
    """Whether the walk may be one operation: there are steps, all of the same usual dtype."""
    kinds = {x.dtype for x in (given, *others)}
    return kinds in ({dtypes.float32}, {dtypes.float64}) and given.numel() > 0


def walk_by_step(
    mode, given, states, weight, bias, backward=False, projection=None, batch_sizes=None
):
    """The walk, one step after the other; `given` is the input times its weight."""
    given = given.unbind(0) if batch_sizes is None else given.split(batch_sizes)
    first, outputs, ended = states, [], []
    states = [state[: len(given[-1])] for state in states] if backward else states
    for step_input in reversed(given) if backward else given:
        states = _as_many(states, len(step_input), first, ended)
        states = STEPS[mode](step_input, states, weight, bias)
        if projection is not None:
            states = (linear(states[0], projection), *states[1:])
        outputs.append(states[0])
    if ended:
        states = tuple(cat(parts[::-1]) for parts in zip(*ended, states))
    join = stack if batch_sizes is None else cat
    return join(outputs[::-1] if backward else outputs), states


def _as_many(states, count, first, ended):
    """States (count, H): those that are new are as in `first`; those that end go into `ended`."""
    now = len(states[0])
    if count > now:
        return [cat([state, new[now:count]]) for state, new in zip(states, first)]
    if count < now:
        ended.append([state[count:] for state in states])
        return [state[:count] for state in states]
    return states


def layer(mode, input, states, weights, batch_sizes=None):
    """A layer of one or two directions, whose outputs stand side by side; see `walk`.

    `states` and `weights` hold a tuple for each direction; so does the second value returned.
    """
    ways = enumerate(zip(states, weights))
    found = [walk(mode, input, s, w, i == 1, batch_sizes) for i, (s, w) in ways]
    outputs = [output for output, _ in found]
    return outputs[0] if len(outputs) == 1 else cat(outputs, -1), [last for _, last in found]
