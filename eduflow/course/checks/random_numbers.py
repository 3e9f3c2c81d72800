"""Checks on random numbers made from the words of the generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import Case, Exercise, Misconception, register

# The first words of MT19937 after the seeds 0 and 1.
SEED_0 = [2357136044, 2546248239, 3071714933, 3626093760, 2588848963]
SEED_1 = [1791095845, 4282876139, 3093770124, 4005303368, 491263]


def _floats(words: Any) -> Any:
    return words % 2**24 / 2**24


def _all_bits(words: Any) -> Any:
    return words / 2**32


def _upper_bits(words: Any) -> Any:
    return (words >> 8) / 2**24


def _not_divided(words: Any) -> Any:
    return (words % 2**24) * 1.0


def _divided_first(words: Any) -> Any:
    return words / 2**24 % 2**24


def _up_to_one(words: Any) -> Any:
    return words % 2**24 / (2**24 - 1)


def _from(words: Sequence[int], hint: str = "", show: str = "") -> Case:
    """A case on words as the generator hands them out: an array of uint32 that is read only."""

    def use(unit_floats: Callable[[Any], Any], torch: Any) -> Any:
        import numpy

        memory = numpy.array(words, numpy.uint32).tobytes()
        found = unit_floats(numpy.frombuffer(memory, numpy.uint32))
        floats = isinstance(found, numpy.ndarray) and found.dtype.name in ("float32", "float64")
        return found.astype(numpy.float64) if floats else found

    return Case(use=use, show=f"unit_floats(np.array({show or list(words)}, np.uint32))", hint=hint)


register(
    Exercise(
        name="unit_floats",
        signature="unit_floats(words) -> array",
        reference=_floats,
        cases=[
            _from(SEED_0),
            _from(SEED_1),
            _from([2**24 - 1], "The largest result lies just below 1."),
            _from([2**24, 5 * 2**24], "Here all of the lower 24 bits are 0."),
            _from([], "No words, no numbers: an empty array."),
        ],
        misconceptions=[
            Misconception(
                "all 32 bits",
                _all_bits,
                "You use all 32 bits. A float32 has room for 24 of them, so PyTorch keeps the "
                "lower 24 bits of the word and throws the others away.",
            ),
            Misconception(
                "the upper bits",
                _upper_bits,
                "You keep the upper 24 bits of each word. PyTorch keeps the lower ones.",
            ),
            Misconception(
                "1 included",
                _up_to_one,
                "Nearly: you divide by 2**24 - 1, so that the largest word gives 1.0. `rand` never "
                "gives 1: divide by 2**24.",
            ),
            Misconception(
                "not divided",
                _not_divided,
                "These are the lower 24 bits, as whole numbers up to 2**24 - 1. Divide them, so "
                "that they lie between 0 and 1.",
            ),
            Misconception(
                "divided first",
                _divided_first,
                "You divide first, and then there is little left to take a remainder of. First "
                "the remainder, then divide.",
            ),
        ],
        hint="Which part of each word do you keep? And which number can the result never reach?",
    )
)


def _swapped(other: Callable[[int, int, int], int]) -> Callable[[int, Sequence[int]], list[int]]:
    """`shuffled` where place after place swaps with `other(place, word, n)`."""

    def shuffled(n: int, words: Sequence[int]) -> list[int]:
        items = list(range(n))
        for place, word in enumerate(words):
            far = other(place, word, n)
            items[place], items[far] = items[far], items[place]
        return items

    return shuffled


def _drawn(n: int, words: Sequence[int]) -> list[int]:
    left, items = list(range(n)), []
    for word in words:
        items.append(left.pop(word % len(left)))
    return items + left


def _not_swapped(n: int, words: Sequence[int]) -> list[int]:
    items = list(range(n))
    for place, word in enumerate(words):
        items[place] = items[place + word % (n - place)]
    return items


_SHRINKS = (
    "The number of places left shrinks: at `place` it is n - place, itself included. Take the "
    "remainder by that."
)


def _of(n: int, words: Sequence[int], hint: str = "") -> Case:
    def use(shuffled: Callable[[int, Sequence[int]], Any], torch: Any) -> Any:
        found = shuffled(n, list(words))
        return found.tolist() if hasattr(found, "tolist") else found

    return Case(use=use, show=f"shuffled({n}, {list(words)})", hint=hint)


register(
    Exercise(
        name="shuffled",
        signature="shuffled(n, words) -> list of int",
        reference=_swapped(lambda place, word, n: place + word % (n - place)),
        cases=[
            _of(3, [1, 0], "Place 0 swaps with place 1; place 1 stays, its remainder is 0."),
            _of(3, [3, 2], "Both remainders are 0: nothing moves."),
            _of(6, SEED_0),
            _of(6, SEED_1),
            _of(1, [], "One item, nothing to swap."),
            _of(0, [], "No item: an empty list."),
        ],
        misconceptions=[
            Misconception(
                "remainder by n",
                _swapped(lambda place, word, n: word % n),
                "You swap with any of the n places. Only those from `place` on are left: the "
                "remainder by n - place says how far ahead.",
            ),
            Misconception(
                "counted from the front",
                _swapped(lambda place, word, n: word % (n - place)),
                "The remainder says how far *ahead* the other place lies: add `place`.",
            ),
            Misconception(
                "drawn one by one",
                _drawn,
                "A fair shuffle, but another one: you take items out, so those behind move up. "
                "PyTorch swaps two items, and all others stay where they are.",
            ),
            Misconception(
                "written over",
                _not_swapped,
                "One item is written over another, and is then there twice. Swap the two: "
                "a, b = b, a.",
            ),
            Misconception(
                "never itself",
                _swapped(lambda place, word, n: place + 1 + word % (n - place - 1)),
                "Every place swaps with a later one, never with itself. It must be able to stay: "
                "there are n - place places left, its own included.",
            ),
            Misconception(
                "n places ahead", _swapped(lambda place, word, n: place + word % n), _SHRINKS
            ),
            Misconception(
                "one place too few",
                _swapped(lambda place, word, n: place + word % (n - place - 1)),
                _SHRINKS,
            ),
        ],
        hint="At each place: the word's remainder by n - place says how far ahead the other is.",
    )
)
