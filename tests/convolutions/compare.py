"""Run random convolutions under eduflow and PyTorch: results, all gradients, second derivatives.

    python -m tests.convolutions.compare [--count 2000] [--seed 0] [--kind conv]

Needs PyTorch. float64 must agree to 1e-10 and float32 to 1e-4; small cases also face gradgradcheck.
"""

import argparse
import math
import random
import sys

import numpy as np

import eduflow
from tests.convolutions.cases import KINDS, function, inputs, random_case, run

TOLERANCE = {"float64": 1e-10, "float32": 1e-4}
SMALL = 400  # inputs times weights of cases whose second derivatives are checked
NAMES = ("result", "gradient of input", "gradient of weight", "gradient of bias")


def attempt(torch, case, dtype):
    """What `run` gives, or the type and text of the error."""
    try:
        return run(torch, case, dtype)
    except (RuntimeError, ValueError) as error:
        return f"{type(error).__name__}: {error}".strip()


def difference(torch, case, dtype):
    """How eduflow and PyTorch differ in a case, as a line of text; empty if they agree."""
    expected, found = attempt(torch, case, dtype), attempt(eduflow, case, dtype)
    if isinstance(expected, str) or isinstance(found, str):
        if isinstance(expected, str) and isinstance(found, str) and expected == found:
            return ""
        texts = [x if isinstance(x, str) else "no error" for x in (found, expected)]
        return "eduflow: {}, PyTorch: {}".format(*texts)
    for name, a, b in zip(NAMES, expected, found, strict=False):
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"{name}: {b.dtype} {b.shape}, expected {a.dtype} {a.shape}"
        worst = np.abs(a - b).max(initial=0)
        if not worst <= TOLERANCE[dtype]:
            return f"{name} in {dtype}: off by {worst:.1e}"
    return ""


def second_derivatives(case):
    """Whether gradgradcheck agrees; cases that are too large for it pass."""
    tensors = inputs(eduflow, case, "float64")
    if math.prod(x.numel() for x in tensors[:2]) > SMALL:
        return None
    return eduflow.autograd.gradgradcheck(function(eduflow, case), tensors)


def main():
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, help="only convolutions of this kind")
    parser.add_argument("--show", type=int, default=5, help="how many differences to show")
    arguments = parser.parse_args()
    numbers, wrong, twice = random.Random(arguments.seed), 0, 0
    for i in range(arguments.count):
        case = random_case(numbers, (arguments.kind,) if arguments.kind else KINDS)
        line = difference(torch, case, "float64") or difference(torch, case, "float32")
        checked = None if line else second_derivatives(case)
        twice += checked is not None
        line = line or ("" if checked in (None, True) else "gradgradcheck fails")
        if line:
            wrong += 1
            if wrong <= arguments.show:
                print(f"{i} {case.call()}\n    {line}", flush=True)
    print(f"{arguments.count - wrong} of {arguments.count} agree, {twice} of them twice derived")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
