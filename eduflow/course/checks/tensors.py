"""Checks on what comes out when dtypes meet."""

from __future__ import annotations

import functools
from typing import Any

from . import Case, Exercise, Misconception, late, register

LADDER = [
    ["bool"],
    ["uint8", "int8", "int16", "int32", "int64"],
    ["float16", "float32", "float64"],
    ["complex64", "complex128"],
]


def _name(dtype: Any) -> str:
    return str(dtype).rsplit(".", 1)[-1]


def _rung(dtype: Any) -> int:
    return next(rung for rung, names in enumerate(LADDER) if _name(dtype) in names)


def _numpy_rule(torch: Any) -> Any:
    import numpy

    def promote_types(type1: Any, type2: Any) -> Any:
        return getattr(torch, numpy.promote_types(_name(type1), _name(type2)).name)

    return promote_types


def _promote(torch: Any) -> Any:
    within = _numpy_rule(torch)

    def promote_types(type1: Any, type2: Any) -> Any:
        low, high = sorted((type1, type2), key=_rung)
        if _rung(low) == _rung(high) or (_rung(low), _rung(high)) == (2, 3):
            return within(low, high)
        return high

    return promote_types


def _more_bytes(type1: Any, type2: Any) -> Any:
    return type2 if type2.itemsize > type1.itemsize else type1


def _of_numpy(type1: Any, type2: Any) -> Any:
    import numpy

    return numpy.promote_types(_name(type1), _name(type2))


def _rung_only(type1: Any, type2: Any) -> Any:
    return type2 if _rung(type2) > _rung(type1) else type1


def _complex_as_it_is(torch: Any) -> Any:
    within = _numpy_rule(torch)

    def promote_types(type1: Any, type2: Any) -> Any:
        low, high = sorted((type1, type2), key=_rung)
        return within(low, high) if _rung(low) == _rung(high) else high

    return promote_types


def _larger_of_one_rung(torch: Any) -> Any:
    def promote_types(type1: Any, type2: Any) -> Any:
        low, high = sorted((type1, type2), key=lambda d: (_rung(d), d.itemsize))
        return _promote(torch)(low, high) if _rung(low) != _rung(high) else high

    return promote_types


def _pair(first: str, second: str, hint: str = "") -> Case:
    return Case(
        args=lambda torch: (getattr(torch, first), getattr(torch, second)),
        show=f"promote_types(torch.{first}, torch.{second})",
        hint=hint,
    )


register(
    Exercise(
        name="promote_types",
        signature="promote_types(type1, type2) -> dtype",
        reference=late(_promote),
        cases=[
            _pair(
                *("int32", "int32"),
                "Same rung: ask NumPy. `dtype.by_numpy[...]` leads from its answer to our dtype.",
            ),
            _pair("bool", "uint8"),
            _pair("float32", "float64", "Same rung: the one that can hold both."),
            _pair("int64", "int16", "Same rung: the one that can hold both."),
            _pair("int64", "float16", "Different rungs: the higher rung wins, whatever the sizes."),
            _pair("float16", "int64", "The order of the two must not matter."),
            _pair("uint8", "int8", "Neither holds both: uint8 goes to 255, int8 below zero."),
            _pair("complex64", "int64", "Different rungs: the higher rung wins."),
            _pair("complex64", "float64", "A complex number is two floats; keep their precision."),
            _pair("float16", "complex64", "A complex number is two floats, of 32 bits at least."),
        ],
        misconceptions=[
            Misconception(
                "NumPy's rule",
                late(_numpy_rule),
                "That is what NumPy does: for an int of 64 bits it wants a float of 64 bits. "
                "PyTorch lets the higher rung win: a float16 stays a float16.",
            ),
            Misconception(
                "NumPy's own dtypes",
                _of_numpy,
                "You give back one of NumPy's dtypes. `dtype.by_numpy[...]` leads from them to "
                "ours. And ask NumPy only about two dtypes on one rung.",
            ),
            Misconception(
                "more bytes win",
                _more_bytes,
                "You take the one with more bytes. Look at the rung first: bool, integer, "
                "floating point, complex. Sizes count only on the same rung.",
            ),
            Misconception(
                "only the rung counts",
                _rung_only,
                "The rungs are right. Where both stand on one rung you give back the first; it "
                "must be the smallest dtype that holds both.",
            ),
            Misconception(
                "complex as it is",
                late(_complex_as_it_is),
                "Nearly all right. A complex64 is a pair of float32, and if it meets a float64 the "
                "pair becomes wider: complex128. NumPy knows that.",
            ),
            Misconception(
                "the larger of one rung",
                late(_larger_of_one_rung),
                "Nearly all right. On one rung the larger is not always enough: uint8 goes to 255 "
                "and int8 below zero, so only int16 holds both. Ask `np.promote_types`.",
            ),
        ],
        hint="First the rung (bool, integer, floating point, complex), then the size.",
    )
)


def _asked(torch: Any, operand: Any) -> tuple[int, Any]:
    """The rank of an operand, and the dtype that it asks for."""
    if hasattr(operand, "dtype"):
        return (0 if operand.ndim else 1), operand.dtype
    word = {bool: "bool", int: "int64", float: "float32", complex: "complex64"}[type(operand)]
    return 2, getattr(torch, word)


def _ranked(
    torch: Any, keep: bool = True, least: int = 1, ranks: tuple[int, ...] = (0, 1, 2)
) -> Any:
    """`result_dtype`. `keep`: the floats' precision; `least`: how many rungs a rank must bring."""
    promote = _promote(torch)

    def result_dtype(operands: Any) -> Any:
        result = None
        for rank in ranks:
            asked = [dtype for r, dtype in (_asked(torch, x) for x in operands) if r == rank]
            found = functools.reduce(promote, asked) if asked else None
            if result is None:
                result = found
            elif found is not None and _rung(found) - _rung(result) >= least:
                floats = keep and (_rung(result), _rung(found)) == (2, 3)
                result = promote(result, torch.complex64) if floats else found
        return result

    return result_dtype


def _all_alike(torch: Any) -> Any:
    def result_dtype(operands: Any) -> Any:
        return functools.reduce(_promote(torch), [_asked(torch, x)[1] for x in operands])

    return result_dtype


def _only_the_first_rank(torch: Any) -> Any:
    def result_dtype(operands: Any) -> Any:
        first = min(_asked(torch, x)[0] for x in operands)
        return _ranked(torch)([x for x in operands if _asked(torch, x)[0] == first])

    return result_dtype


def _as_the_first(torch: Any) -> Any:
    return lambda operands: _asked(torch, operands[0])[1]


def _operands(show: str, hint: str = "") -> Case:
    """A case; in `show`, `int8[3]` is a tensor of three, `float64[]` one without dims."""

    def made(torch: Any) -> tuple[list[Any]]:
        operands: list[Any] = []
        for word in show.split(", "):
            name, bracket, size = word.partition("[")
            if bracket:
                shape = (int(size[:-1]),) if size != "]" else ()
                operands.append(torch.zeros(shape, dtype=getattr(torch, name)))
            else:
                operands.append({"2.5": 2.5, "3": 3, "1j": 1j, "True": True}[word])
        return (operands,)

    return Case(args=made, show=f"result_dtype([{show}])", hint=hint)


WEAKER = "A weaker rank only counts if it brings a higher category."

register(
    Exercise(
        name="result_dtype",
        signature="result_dtype(operands) -> dtype",
        reference=late(_ranked),
        cases=[
            _operands("int8[3], int64[3]", "One rank only: `promote_types` decides."),
            _operands("float32[3], int8[3], float16[2]", "One rank only, whatever the order."),
            _operands("float16[3], 2.5", WEAKER),
            _operands("2.5, float16[3]", "The order of the operands must not matter."),
            _operands("int64[3], 2.5", "The float is of a higher category than the integers."),
            _operands("float16[3], float64[]", WEAKER),
            _operands("float64[3], float16[]", WEAKER),
            _operands("int64[3], float64[]", "A higher category counts, whatever its rank."),
            _operands("int8[], 3", WEAKER),
            _operands("bool[2], 3", "An integer is of a higher category than a bool."),
            _operands("float64[], int64[]", "Only one rank is there, and it is not the first."),
            _operands("2.5, 3", "Only numbers: they settle it among themselves."),
            _operands("int64[3], complex128[], 2.5", "A complex dtype comes as it is to integers."),
            _operands("float32[0], float64[1]", "A tensor with a dim of size 0 has dims."),
            _operands("float16[3], 1j", "Our smallest complex dtype is complex64."),
            _operands("float64[3], 1j", "The precision of the floats stays: complex128."),
        ],
        misconceptions=[
            Misconception(
                "all count alike",
                late(_all_alike),
                "You promote all operands alike, so a float64 without dims turns a whole float16 "
                "tensor into float64. Sort them by rank first.",
            ),
            Misconception(
                "only the first rank counts",
                late(_only_the_first_rank),
                "You listen to the strongest rank alone. A weaker one counts if it brings a higher "
                "category: int64 and 2.5 give a float.",
            ),
            Misconception(
                "as high is enough",
                late(lambda torch: _ranked(torch, least=0)),
                "A weaker rank must bring a *higher* category. With the same one it changes "
                "nothing: float16 and 2.5 stay float16.",
            ),
            Misconception(
                "precision lost",
                late(lambda torch: _ranked(torch, keep=False)),
                "All right but for complex numbers: float64 and 1j must not lose bits. "
                "`promote_types` of the floats and complex64 says what comes out.",
            ),
            Misconception(
                "numbers first",
                late(lambda torch: _ranked(torch, ranks=(2, 1, 0))),
                "You ask the Python numbers first. Tensors with dims settle it, then those "
                "without, and numbers come last.",
            ),
            Misconception(
                "as the first",
                late(_as_the_first),
                "You take the dtype of the first operand. The order must not matter.",
            ),
        ],
        hint="Collect what each rank asks for, then go through the ranks from the strongest on.",
    )
)
