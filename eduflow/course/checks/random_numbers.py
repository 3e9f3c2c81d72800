"""Checks on random numbers made by hand from the words of the generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import Case, Exercise, Misconception, register

# The first words of MT19937 after the seeds 0 and 1.
SEED_0 = [2357136044, 2546248239, 3071714933, 3626093760, 2588848963]
SEED_1 = [1791095845, 4282876139, 3093770124, 4005303368, 491263]


def _floats(words: Sequence[int]) -> list[float]:
    return [word % 2**24 / 2**24 for word in words]


def _all_bits(words: Sequence[int]) -> list[float]:
    return [word / 2**32 for word in words]


def _upper_bits(words: Sequence[int]) -> list[float]:
    return [(word >> 8) / 2**24 for word in words]


def _up_to_one(words: Sequence[int]) -> list[float]:
    return [word % 2**24 / (2**24 - 1) for word in words]


register(
    Exercise(
        name="floats-from-words",
        signature="floats_from_words(words) -> list of float",
        reference=_floats,
        cases=[
            Case(args=(SEED_0,)),
            Case(args=(SEED_1,)),
            Case(args=([2**24 - 1],), hint="The largest result lies just below 1."),
            Case(args=([2**24, 5 * 2**24],), hint="Here all of the lower 24 bits are 0."),
            Case(args=([],), hint="No words, no numbers: an empty list."),
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
        ],
        hint="`word % 2**24` is what the lower 24 bits say.",
    )
)


def _shuffled(words: Sequence[int], other: Callable[[int, int, int], int]) -> list[int]:
    """Numbers 0 to len(words), swapped step by step: place i with place other(i, word, count)."""
    order = list(range(len(words) + 1))
    for i, word in enumerate(words):
        j = other(i, word, len(order))
        order[i], order[j] = order[j], order[i]
    return order


def _shuffle(words: Sequence[int]) -> list[int]:
    return _shuffled(words, lambda i, word, count: i + word % (count - i))


def _with_any_place(words: Sequence[int]) -> list[int]:
    return _shuffled(words, lambda i, word, count: word % count)


def _from_the_start(words: Sequence[int]) -> list[int]:
    return _shuffled(words, lambda i, word, count: word % (count - i))


def _never_itself(words: Sequence[int]) -> list[int]:
    return _shuffled(words, lambda i, word, count: i + 1 + word % (count - i - 1))


register(
    Exercise(
        name="shuffle-from-words",
        signature="shuffle_from_words(words) -> list of int",
        reference=_shuffle,
        cases=[
            Case(args=([7],), hint="Two numbers, one word: 7 % 2 is 1, so place 0 swaps with 1."),
            Case(args=([6],), hint="6 % 2 is 0: place 0 swaps with itself, and nothing moves."),
            Case(args=(SEED_0,)),
            Case(args=(SEED_1,)),
            Case(args=([],), hint="No words: there is one number, and nothing to swap."),
        ],
        misconceptions=[
            Misconception(
                "with any place",
                _with_any_place,
                "You swap place i with any place at all. Places before i are settled already; "
                "choose among the count - i that are left. (This one does not even make all "
                "orders equally likely.)",
            ),
            Misconception(
                "counted from the start",
                _from_the_start,
                "word % (count - i) is right, but it counts from place i on: swap with place "
                "i + word % (count - i).",
            ),
            Misconception(
                "never itself",
                _never_itself,
                "In your version a number never stays where it is. Place i may swap with itself: "
                "there are count - i choices.",
            ),
        ],
        hint="In step i, place i swaps with place i + word % (count - i).",
    )
)
