"""A kernel computes what its plain form does: numbers, shape, dtype."""

import numpy as np
import pytest

from tests.library.kernel_pairs_conv import CONV

PAIRS = CONV
TOLERANCE = {"e": 2e-2, "f": 1e-5, "d": 1e-12, "D": 1e-12, "l": 0, "q": 0}


@pytest.mark.parametrize("name", PAIRS)
def test_a_kernel_computes_what_its_plain_form_does(name):
    function, arguments = PAIRS[name]
    plain = function.__wrapped__
    for number, given in enumerate(arguments()):
        expected, found = plain(*given), function.fast(*given)
        assert found.shape == expected.shape, number
        assert found.dtype == expected.dtype, number
        scale = TOLERANCE[expected.dtype.char] * max(1, np.abs(expected).max(initial=0))
        np.testing.assert_allclose(found, expected, rtol=0, atol=scale, err_msg=f"case {number}")
