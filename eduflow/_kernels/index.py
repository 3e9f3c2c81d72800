"""Adding up where index arrays say: by numbers of elements, which NumPy is quickest at."""

import math

import numpy as np


def _add_at(zeros, key, grad):
    if len(key) == 1:
        inner = math.prod(zeros.shape[1:])
        rows = key[0].reshape(-1, 1) % max(len(zeros), 1)
        numbers = rows * inner + np.arange(inner)
    else:
        numbers = np.arange(zeros.size).reshape(zeros.shape)[key]
    np.add.at(zeros.reshape(-1), numbers.reshape(-1), grad.reshape(-1))
