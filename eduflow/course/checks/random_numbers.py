"""Checks on random numbers made by hand from the words of the generator."""

from __future__ import annotations

from collections.abc import Sequence

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


def _not_divided(words: Sequence[int]) -> list[int]:
    return [word % 2**24 for word in words]


def _divided_first(words: Sequence[int]) -> list[float]:
    return [word / 2**24 % 2**24 for word in words]


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
        hint="`word % 2**24` is what the lower 24 bits say; divided by 2**24 it lies between 0 "
        "and 1. The answer is a list.",
    )
)
