"""Run random programs under eduflow and PyTorch and report the first difference of each kind.

    python -m tests.programs.compare [--count 20000] [--seed 0] [--length 12]

Needs PyTorch. A failing program is shortened before it is shown.
"""

import argparse
import random
import sys

import eduflow
from tests.oracle import differences
from tests.programs.run import run
from tests.programs.steps import STEPS

RTOL, ATOL = 2e-4, 1e-5


def random_program(numbers, length):
    """A program of up to `length` steps, drawn from the random source `numbers`."""
    return [
        (numbers.randrange(len(STEPS)), *[numbers.randrange(60) for _ in range(4)])
        for _ in range(numbers.randint(1, length))
    ]


def disagreements(torch, program):
    """Where eduflow and PyTorch differ after `program`, as lines of text; usually none."""
    return differences(run(torch, program), run(eduflow, program), RTOL, ATOL)


def shortened(torch, program):
    """The program without the steps that the disagreement does not need."""
    i = 0
    while i < len(program):
        shorter = program[:i] + program[i + 1 :]
        if disagreements(torch, shorter):
            program = shorter
        else:
            i += 1
    return program


def written(program):
    """The program as lines to read."""
    return "\n".join(f"    {STEPS[n % len(STEPS)].__name__}{tuple(rest)}" for n, *rest in program)


def main():
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--length", type=int, default=12)
    parser.add_argument("--show", type=int, default=5, help="how many differences to show")
    arguments = parser.parse_args()
    numbers, wrong = random.Random(arguments.seed), 0
    for i in range(arguments.count):
        program = random_program(numbers, arguments.length)
        if disagreements(torch, program):
            wrong += 1
            if wrong <= arguments.show:
                program = shortened(torch, program)
                print(f"program {i}:\n{written(program)}")
                print("   ", *disagreements(torch, program)[:3], sep="\n    ", flush=True)
    print(f"{arguments.count - wrong} programs agree, {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
