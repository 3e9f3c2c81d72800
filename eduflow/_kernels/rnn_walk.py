"""LSTM and GRU along a sequence: one matrix product a step, all else in few passes."""

import numpy as np

from .blas import matmul
from .buffers import buffer


def _squash(x):
    """The sigmoid, in place."""
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    np.reciprocal(x, out=x)


def _gate_scale(width, dtype):
    """What turns tanh of half a gate into its sigmoid, times and plus, but leaves the third as is.

    NumPy's tanh is several times as fast as exp, a sum and a division.
    """
    times, plus = np.full((2, 4, width), 0.5, dtype)
    times[2], plus[2] = 1, 0
    return times.reshape(-1), plus.reshape(-1)


def lstm(given, hidden, memory, weight, bias):
    count, batch, width = len(given), *hidden.shape
    dtype, multiply = given.dtype, np.multiply
    times, plus = _gate_scale(width, dtype)
    gates = multiply(given, times, out=buffer(given.shape, dtype))
    if bias is not None:
        gates += bias * times
    states, memories = buffer((2, count + 1, batch, width), dtype)
    states[0], memories[0] = hidden, memory
    shown, turned = buffer((count, batch, width), dtype), weight.T * times
    product, part = np.empty((batch, 4 * width), dtype), np.empty_like(hidden)
    for step in range(count):
        gate, now = gates[step], memories[step + 1]
        gate += matmul(states[step], turned, out=product)
        np.tanh(gate, out=gate)
        gate *= times
        gate += plus
        multiply(gate[:, width : 2 * width], memories[step], out=now)
        now += multiply(gate[:, :width], gate[:, 2 * width : 3 * width], out=part)
        np.tanh(now, out=shown[step])
        multiply(gate[:, 3 * width :], shown[step], out=states[step + 1])
    return states[1:].copy(), memories[-1].copy(), (gates, states, memories, shown)


def lstm_back(grads, last, weight, kept):
    gates, states, memories, shown = kept
    count, batch, width = shown.shape
    parts = gates.reshape(count, batch, 4, width)
    take, keep, new, show = (parts[:, :, i] for i in range(4))
    slopes = np.subtract(1, parts, out=buffer(parts.shape, parts.dtype))
    slopes *= parts
    slopes[:, :, 0] *= new
    slopes[:, :, 1] *= memories[:-1]
    bend = slopes[:, :, 2]
    np.subtract(1, np.multiply(new, new, out=bend), out=bend)
    bend *= take
    slopes[:, :, 3] *= shown
    through = np.multiply(shown, shown, out=buffer(shown.shape, shown.dtype))
    np.subtract(1, through, out=through)
    through *= show
    later, part = np.zeros_like(shown[0]), np.empty_like(shown[0])
    behind = np.zeros_like(later) if last is None else last.copy()
    for step in reversed(range(count)):
        if grads is not None:
            later += grads[step]
        behind += np.multiply(later, through[step], out=part)
        slopes[step, :, :3] *= behind[:, None]
        slopes[step, :, 3] *= later
        behind *= keep[step]
        matmul(slopes[step].reshape(batch, -1), weight, out=later)
    flat = slopes.reshape(count * batch, -1)
    by_weight = flat.T @ states[:-1].reshape(count * batch, width)
    return slopes.reshape(gates.shape), later, behind, by_weight, flat.sum(0)


def gru(given, hidden, weight, bias):
    count, batch, width = len(given), *hidden.shape
    gates, past = given.copy(), np.empty((count, batch, width), given.dtype)
    states, turned = np.empty((count + 1, batch, width), given.dtype), weight.T.copy()
    states[0], own = hidden, np.empty((batch, 3 * width), given.dtype)
    for step in range(count):
        gate, now = gates[step], states[step + 1]
        matmul(states[step], turned, out=own)
        if bias is not None:
            own += bias
        gate[:, : 2 * width] += own[:, : 2 * width]
        _squash(gate[:, : 2 * width])
        past[step] = own[:, 2 * width :]
        new = gate[:, 2 * width :]
        new += gate[:, :width] * past[step]
        np.tanh(new, out=new)
        np.subtract(states[step], new, out=now)
        now *= gate[:, width : 2 * width]
        now += new
    return states[1:].copy(), (gates, states, past)


def gru_back(grads, weight, kept):
    gates, states, past = kept
    count, batch, width = past.shape
    reset, mix, new = (gates.reshape(count, batch, 3, width)[:, :, i] for i in range(3))
    slopes = np.empty((count, batch, 3, width), gates.dtype)
    np.multiply(past * reset, 1 - reset, out=slopes[:, :, 0])
    np.multiply((states[:-1] - new) * mix, 1 - mix, out=slopes[:, :, 1])
    np.multiply(1 - mix, 1 - new * new, out=slopes[:, :, 2])
    own, later = np.empty_like(slopes), np.zeros_like(past[0])
    for step in reversed(range(count)):
        later += grads[step]
        slopes[step, :, 1:] *= later[:, None]
        slopes[step, :, 0] *= slopes[step, :, 2]
        own[step] = slopes[step]
        own[step, :, 2] *= reset[step]
        later *= mix[step]
        later += own[step].reshape(batch, -1) @ weight
    flat = own.reshape(count * batch, -1)
    by_weight = flat.T @ states[:-1].reshape(count * batch, width)
    return slopes.reshape(gates.shape), later, by_weight, flat.sum(0)
