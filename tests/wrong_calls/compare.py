"""Make wrong calls under eduflow and PyTorch: the same kind of refusal, and no internal word.

    python -m tests.wrong_calls.compare [--count 20000] [--seed 0] [--show 20]

Needs PyTorch.
"""

import argparse
import collections
import importlib
import random
import re
import sys
import warnings

from tests.wrong_calls.calls import callables, made, random_call, written

INTERNAL = re.compile(
    r"(?<![\w.'\[])_[a-z]\w*|<locals>|created\(\)|object has no attribute|numpy|ndarray|ufunc|"
    r"NoneType|unhashable|must be a string, a bytes-like|object is not|not supported between|"
    r"tuple index out of range|list index out of range|unpack|invalid literal|"
    r"unsupported operand|cannot be interpreted|could not be broadcast|array"
)


def outcome(library, call):
    """None for a call that went well, else the exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library.manual_seed(0)
        try:
            made(library, call)
        except Exception as error:
            return error
    return None


def internal_word(error):
    """A word of a refusal that says nothing to users, or None. Kinds of arguments may be named."""
    text = re.sub(
        r"(got|given) \(.*|element of type \w+|,? not [\w.]+$", "", str(error).split("\n")[0]
    )
    found = re.search(INTERNAL, text)
    return found and found[0]


def fault(expected, found):
    """What is wrong with how eduflow refused a call, as a word; None if nothing is.

    Where PyTorch itself stumbles, over a missing attribute or a truth value, any refusal will do.
    """
    if found is None:
        return "accepted"
    word = internal_word(found)
    if word and word not in str(expected):
        return "internal word"
    stumbles = internal_word(expected) or "is ambiguous" in str(expected)
    return (
        "another type" if type(found).__name__ != type(expected).__name__ and not stumbles else None
    )


def calls(torch, library, count, seed):
    """`count` random calls that PyTorch refuses, and what it says."""
    numbers, names, found = random.Random(seed), callables(library), 0
    while found < count:
        call = random_call(numbers, names)
        error = outcome(torch, call)
        if error is not None:
            found += 1
            yield call, error


def main():
    torch, library = (importlib.import_module(name) for name in ("torch", "eduflow"))
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=20, help="how many of each kind to show")
    arguments = parser.parse_args()
    kinds = collections.defaultdict(list)
    for call, expected in calls(torch, library, arguments.count, arguments.seed):
        found = outcome(library, call)
        word = fault(expected, found)
        if word:
            kinds[word].append((call, expected, found))
    for word, cases in kinds.items():
        print(f"{word}: {len(cases)}")
        for call, expected, found in cases[: arguments.show]:
            print(f"  {written(call)}")
            for error in (expected, found):
                text = str(error).split("\n")[0][:150]
                print(f"      {type(error).__name__}: {text}" if error else "      went well")
    print(f"{arguments.count - sum(map(len, kinds.values()))} refused alike")
    sys.exit(1 if kinds else 0)


if __name__ == "__main__":
    main()
