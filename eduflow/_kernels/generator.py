"""Random numbers, a few at a time, so that they stay in the processor's cache."""

import numpy as np

_AT_A_TIME = 1 << 14  # numbers, a multiple of 16


def unit_floats(words):
    """See _core.generator.unit_floats; in float32, which holds these numbers exactly."""
    result, mask = np.empty(words.shape, np.float32), np.uint32(2**24 - 1)
    for start in range(0, len(words), _AT_A_TIME):
        part = result[start : start + _AT_A_TIME]
        np.copyto(part, words[start : start + _AT_A_TIME] & mask, casting="unsafe")
        part *= np.float32(2**-24)
    return result


def block_normals(uniform):
    result = np.empty(uniform.size, uniform.dtype)
    turn = uniform.dtype.type(2 * np.pi)
    for start in range(0, uniform.size, _AT_A_TIME):
        blocks = uniform[start : start + _AT_A_TIME].reshape(-1, 2, 8)
        out = result[start : start + _AT_A_TIME].reshape(-1, 2, 8)
        radius, angle = 1 - blocks[:, 0], blocks[:, 1] * turn
        np.log(radius, out=radius)
        radius *= -2
        np.sqrt(radius, out=radius)
        np.multiply(np.cos(angle), radius, out=out[:, 0])
        np.multiply(np.sin(angle), radius, out=out[:, 1])
    return result
