"""LSTM and GRU along a whole sequence as one operation: the kernels' way of `rnn.walk_by_step`."""

import numpy as np

from ..._core.dispatch import Kind
from ..._core.numpy_warnings import quiet
from ..._core.tensor import Tensor, wrap
from ..._kernels import rnn as kernels
from ...autograd.engine import grad as gradients
from ...autograd.graph import Part
from ...autograd.record import JointNode, node_type, record_joint

KINDS = {
    "LSTM": Kind("LstmBackward0", ("given", "hidden", "memory", "weight", "bias")),
    "GRU": Kind("GruBackward0", ("given", "hidden", "weight", "bias")),
}
for _kind in KINDS.values():
    node_type(_kind, JointNode)


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
    *results, kept = (kernels.lstm if mode == "LSTM" else kernels.gru)(given, *rest)
    results[0] = np.ascontiguousarray(_turned(results[0], backward))
    return results, kept


def _backward(mode, arrays, grads, kept, backward):
    """The gradients of all arrays; `grads` holds those of the results by their place."""
    if mode == "LSTM":
        weight, states = arrays[3], grads.get(0)
        states = None if states is None else _turned(states, backward)
        found = kernels.lstm_back(states, grads.get(1), weight, kept)
    else:
        found = kernels.gru_back(_turned(grads[0], backward), arrays[2], kept)
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
