"""LSTM and GRU along a whole sequence as one operation: what `rnn.walk_by_step` does in many."""

import numpy as np

from ..._core.dispatch import Kind
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor, wrap
from ..._kernels import kernel
from ...autograd.engine import grad as gradients
from ...autograd.graph import Part
from ...autograd.record import JointNode, node_type, record_joint

KINDS = {
    "LSTM": Kind("LstmBackward0", ("given", "hidden", "memory", "weight", "bias")),
    "GRU": Kind("GruBackward0", ("given", "hidden", "weight", "bias")),
}
for _kind in KINDS.values():
    node_type(_kind, JointNode)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


@kernel
def lstm(given, hidden, memory, weight, bias):
    """The states after each step (T, B, H), the last memory, and what the way back needs.

    `given` (T, B, 4 H) is the input's part of the gates, `hidden` and `memory` (B, H) are the
    states before, `weight` (4 H, H) and `bias` (4 H) or None make the states' part.
    """
    gates, states, memories = [], [hidden], [memory]
    for part in given:
        part = part + states[-1] @ weight.T
        take, keep, new, show = np.split(part if bias is None else part + bias, 4, axis=1)
        take, keep, new, show = _sigmoid(take), _sigmoid(keep), np.tanh(new), _sigmoid(show)
        gates.append(np.concatenate([take, keep, new, show], axis=1))
        memories.append(keep * memories[-1] + take * new)
        states.append(show * np.tanh(memories[-1]))
    kept = tuple(np.stack(x) for x in (gates, states, memories))
    return kept[1][1:].copy(), memories[-1].copy(), (*kept, np.tanh(kept[2][1:]))


@kernel
def lstm_back(grads, last, weight, kept):
    """The gradients of `given`, `hidden`, `memory`, `weight` and `bias`.

    `grads` (T, B, H) are those of the states, `last` (B, H) that of the last memory; None is zeros.
    """
    gates, states, memories, shown = kept
    later, slopes = np.zeros_like(states[0]), []
    behind = later if last is None else last
    for step in reversed(range(len(gates))):
        take, keep, new, show = np.split(gates[step], 4, axis=1)
        later = later if grads is None else later + grads[step]
        behind = behind + later * show * (1 - shown[step] ** 2)
        slope = [
            behind * new * take * (1 - take),
            behind * memories[step] * keep * (1 - keep),
            behind * take * (1 - new**2),
            later * shown[step] * show * (1 - show),
        ]
        slopes.append(np.concatenate(slope, axis=1))
        behind, later = behind * keep, slopes[-1] @ weight
    slopes = np.stack(slopes[::-1])
    return slopes, later, behind, _by_weight(slopes, states), slopes.sum((0, 1))


def _by_weight(slopes, states):
    """The gradient of the states' weight: at each step a state came in."""
    return np.tensordot(slopes, states[:-1], ((0, 1), (0, 1)))


@kernel
def gru(given, hidden, weight, bias):
    """The states after each step, and what the way back needs; see `lstm`, with 3 H for 4 H."""
    gates, states, past = [], [hidden], []
    for part in given:
        own = states[-1] @ weight.T
        own = np.split(own if bias is None else own + bias, 3, axis=1)
        reset, mix, new = np.split(part, 3, axis=1)
        reset, mix = _sigmoid(reset + own[0]), _sigmoid(mix + own[1])
        new = np.tanh(new + reset * own[2])
        gates.append(np.concatenate([reset, mix, new], axis=1))
        past.append(own[2])
        states.append(new + mix * (states[-1] - new))
    kept = tuple(np.stack(x) for x in (gates, states, past))
    return kept[1][1:].copy(), kept


@kernel
def gru_back(grads, weight, kept):
    """The gradients of `given`, `hidden`, `weight` and `bias`; `grads` are those of the states."""
    gates, states, past = kept
    later, slopes, owns = np.zeros_like(states[0]), [], []
    for step in reversed(range(len(gates))):
        reset, mix, new = np.split(gates[step], 3, axis=1)
        later = later + grads[step]
        by_new = later * (1 - mix) * (1 - new**2)
        by_mix = later * (states[step] - new) * mix * (1 - mix)
        by_reset = by_new * past[step] * reset * (1 - reset)
        slopes.append(np.concatenate([by_reset, by_mix, by_new], axis=1))
        owns.append(np.concatenate([by_reset, by_mix, by_new * reset], axis=1))
        later = later * mix + owns[-1] @ weight
    slopes, owns = np.stack(slopes[::-1]), np.stack(owns[::-1])
    return slopes, later, _by_weight(owns, states), owns.sum((0, 1))


@quiet
def walk_at_once(mode, by_step, given, states, weight, bias, backward):
    """What `by_step` returns of the same arguments: all states (T, B, H), and the last ones.

    Recorded as one operation. A derivative that is to be differentiated again goes by steps.
    """
    tensors = (given, *states, weight, *([] if bias is None else [bias]))
    arrays = tuple(x._array for x in tensors)
    results, fixed_kept = _forward(mode, arrays, bias is not None, backward)

    def derivative(grads, needs):
        if isinstance(arrays[0], Tensor):
            return _by_step(mode, by_step, arrays, grads, needs, bias is not None, backward)
        return _backward(mode, arrays, grads, fixed_kept, backward)

    outputs = [wrap(x) for x in results]
    record_joint(KINDS[mode], outputs[0], derivative, tensors)
    node = outputs[0]._node
    if node is not None:
        for place, output in enumerate(outputs):
            output._node = Part(node, place)
    last = outputs[0][0 if backward else -1]
    return outputs[0], (last, *outputs[1:])


def _turned(array, backward):
    """The steps in the order in which the walk meets them."""
    return array[::-1] if backward else array


def _forward(mode, arrays, with_bias, backward):
    """The results, all states and of an LSTM the last memory; and what the way back needs."""
    given, *rest = arrays
    rest = rest if with_bias else [*rest, None]
    given = np.ascontiguousarray(_turned(given, backward))
    *results, kept = (lstm if mode == "LSTM" else gru)(given, *rest)
    results[0] = np.ascontiguousarray(_turned(results[0], backward))
    return results, kept


def _backward(mode, arrays, grads, kept, backward):
    """The gradients of all arrays; `grads` holds those of the results by their place."""
    if mode == "LSTM":
        weight, states = arrays[3], grads.get(0)
        states = None if states is None else _turned(states, backward)
        found = lstm_back(states, grads.get(1), weight, kept)
    else:
        found = gru_back(_turned(grads[0], backward), arrays[2], kept)
    by_given, *others = found
    found = [np.ascontiguousarray(_turned(by_given, backward)), *others]
    return found[: len(arrays)]


def _by_step(mode, by_step, tensors, grads, needs, with_bias, backward):
    """The gradients as tensors that are recorded: of the same walk, made again step by step."""
    twins = [x.view_as(x) for x in tensors]
    given, *states, weight = twins[: len(twins) - with_bias]
    bias = twins[-1] if with_bias else None
    output, lasts = by_step(mode, given, tuple(states), weight, bias, backward)
    results = [output, *lasts[1:]]
    wanted = [twin for twin, need in zip(twins, needs) if need]
    found = gradients(
        [results[place] for place in grads], wanted, list(grads.values()), create_graph=True,
        allow_unused=True,
    )  # fmt: skip
    found = iter(found)
    return [next(found) if need else None for need in needs]
