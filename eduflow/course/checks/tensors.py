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


def _ours_to_numpy(sort: bool, always: bool) -> Any:
    """NumPy is handed our dtypes, and refuses: always, or only where it is to be asked."""

    def make(torch: Any) -> Any:
        import numpy

        def promote_types(type1: Any, type2: Any) -> Any:
            low, high = sorted((type1, type2), key=_rung)
            if not always and _rung(low) != _rung(high) and (_rung(low), _rung(high)) != (2, 3):
                return high
            return numpy.promote_types(*((low, high) if sort else (type1, type2)))

        return promote_types

    return late(make)


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
            *[
                Misconception(
                    f"our dtypes to NumPy: {label}",
                    _ours_to_numpy(sort, always),
                    "NumPy does not know our dtypes. It is to be given its own: `low.numpy` and "
                    "`high.numpy`.",
                )
                for label, sort, always in [
                    ("low and high", True, False),
                    ("type1 and type2", False, False),
                    ("low and high, always", True, True),
                    ("type1 and type2, always", False, True),
                ]
            ],
            Misconception(
                "more bytes win",
                _more_bytes,
                "You take the one with more bytes. Look at the rung first: bool, integer, "
                "floating point, complex. Sizes count only on the same rung.",
            ),
            Misconception(
                "always the higher",
                lambda type1, type2: max(type2, type1, key=_rung),
                "The rungs are right. Where both stand on one rung, the second is not always "
                "enough: ask NumPy for the smallest dtype that holds both.",
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


def _made(show: str, torch: Any) -> list[Any]:
    """The operands that `show` lists: `int8[3]` is a tensor of three, `float64[]` has no dims."""
    operands: list[Any] = []
    for word in show.split(", "):
        name, bracket, size = word.partition("[")
        if bracket:
            shape = (int(size[:-1]),) if size != "]" else ()
            operands.append(torch.zeros(shape, dtype=getattr(torch, name)))
        else:
            operands.append({"2.5": 2.5, "3": 3, "1j": 1j, "True": True, "-1": -1}[word])
    return operands


def _operands(show: str, hint: str = "") -> Case:
    return Case(args=lambda torch: (_made(show, torch),), show=f"result_dtype([{show}])", hint=hint)


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


def _array_in(copy: bool = False, wraps: bool = True, cast: bool = True, number: Any = None) -> Any:
    """`array_in`, or with copies, errors in place of wrapping, another dtype or shape."""

    def array_in(operand: Any, target: Any) -> Any:
        import numpy

        if hasattr(operand, "_array"):
            return operand._array.astype(target, copy=copy) if cast else operand._array
        if number is not None:
            return number(operand, target)
        if wraps and target.kind in "iu":
            return numpy.array(operand).astype(target)
        return numpy.array(operand, target)

    return array_in


def _numpy_of_numpy(operand: Any, target: Any) -> Any:
    """Taken for one of ours, NumPy's dtype is asked for NumPy's."""
    return _array_in()(operand, target.numpy)


def _one_row(operand: Any, target: Any) -> Any:
    import numpy

    return numpy.array([operand]).astype(target)


def _own_dtype(operand: Any, target: Any) -> Any:
    import numpy

    return numpy.array(operand)


def _in(operand: str, target: str, hint: str) -> Case:
    def use(array_in: Any, torch: Any) -> Any:
        import numpy

        found = array_in(_made(operand, torch)[0], numpy.dtype(target))
        if not isinstance(found, numpy.ndarray):
            return found
        return {"dtype": str(found.dtype), "shape": found.shape, "numbers": found.tolist()}

    return Case(use=use, show=f'array_in({operand}, np.dtype("{target}"))', hint=hint)


def _its_own(array_in: Any, torch: Any) -> Any:
    import numpy

    tensor = torch.zeros(3)
    found = array_in(tensor, numpy.dtype("float32"))
    shared = isinstance(found, numpy.ndarray) and numpy.shares_memory(found, tensor.numpy())
    return "the tensor's memory" if shared else "a copy"


_WRAPS = "-1 in uint8 is 255: np.array(operand) first, then .astype(target)."
register(
    Exercise(
        name="array_in",
        signature="array_in(operand, target) -> array",
        reference=_array_in(),
        cases=[
            _in(
                "float32[3]", "float64", "A tensor's array is `operand._array`; `.astype(target)`."
            ),
            _in("int64[]", "float16", "A tensor without dims has an array, too."),
            Case(
                use=_its_own,
                show='array_in(x, np.dtype("float32")), where x is a float32 tensor',
                hint="`.astype(target, copy=False)` copies only where it must.",
            ),
            _in("2.5", "float32", "A number: np.array(operand, target), without dims."),
            _in("1j", "complex64", "A number: np.array(operand, target), without dims."),
            _in(
                "3", "int16", "A number, as an array without dims, in the dtype that is asked for."
            ),
            _in("-1", "uint8", _WRAPS),
        ],
        misconceptions=[
            Misconception(
                "copies",
                _array_in(copy=True),
                "A tensor that has the dtype already is copied for nothing: `copy=False`.",
            ),
            Misconception(
                "NumPy's dtype of NumPy's",
                _numpy_of_numpy,
                "`target` is one of NumPy's dtypes already: take it as it is, without `.numpy`.",
            ),
            Misconception(
                "never wraps",
                _array_in(wraps=False),
                "-1 does not fit into uint8, and NumPy refuses. PyTorch lets it wrap around to "
                "255: make the array first, then `.astype(target)`.",
            ),
            Misconception(
                "a tensor as it is",
                _array_in(cast=False),
                "You hand out the array of a tensor as it is, in its own dtype.",
            ),
            Misconception(
                "numbers as a row",
                _array_in(number=_one_row),
                "A number has become an array of one dim. It has none: np.array(operand, target).",
            ),
            Misconception(
                "numbers in NumPy's dtype",
                _array_in(number=_own_dtype),
                "Numbers keep the dtype that NumPy gives them. They are to have `target`.",
            ),
        ],
        hint="A tensor has an array already; of a number one is made.",
    )
)


def _promoted(
    torch: Any,
    dtype_of: Any = None,
    floats_count: Any = lambda rung, floats: floats and rung < 2,
    default: str = "",
    copy: bool = False,
) -> Any:
    """`promoted`, or with another dtype, another use of `floats`, or copies."""
    settle = dtype_of or _ranked(torch)

    def promoted(operands: Any, floats: bool = False) -> Any:
        import numpy

        found = settle(operands)
        if floats_count(_rung(found), floats):
            found = getattr(torch, default) if default else torch.get_default_dtype()
        name = _name(found)
        return [
            x.numpy().astype(name, copy=copy)
            if isinstance(x, torch.Tensor)
            else numpy.array(x).astype(name)
            for x in operands
        ]

    return promoted


def _each_its_own(torch: Any) -> Any:
    def promoted(operands: Any, floats: bool = False) -> Any:
        return [_promoted(torch)([operand], floats)[0] for operand in operands]

    return promoted


def _our_dtype(torch: Any) -> Any:
    """NumPy is handed our dtype, and refuses."""

    def promoted(operands: Any, floats: bool = False) -> Any:
        found = _ranked(torch)(operands)
        if floats and _rung(found) < 2:
            found = torch.get_default_dtype()
        return [x.numpy().astype(found) for x in operands]

    return promoted


def _numpy_too_early(floats_first: bool) -> Any:
    """One of NumPy's dtypes is asked for its category: with `floats`, or always."""

    def make(torch: Any) -> Any:
        import numpy

        def promoted(operands: Any, floats: bool = False) -> Any:
            found: Any = numpy.dtype(_name(_ranked(torch)(operands)))
            if floats or not floats_first:
                found = found.category
            return _promoted(torch)(operands, floats)

        return promoted

    return late(make)


_TOO_EARLY = (
    "Only our dtypes have a `category`, and what you ask is one of NumPy's. Take `.numpy` at the "
    "very end: `array_in(operand, target.numpy)`."
)


def _arrays(show: str, floats: bool, hint: str) -> Case:
    more = ", floats=True" if floats else ""
    return Case(
        args=lambda torch: (_made(show, torch), floats),
        show=f"promoted([{show}]{more})",
        hint=hint,
    )


def _kept(promoted: Any, torch: Any) -> Any:
    """Whether the first array is the tensor's own memory."""
    import numpy

    tensor = torch.zeros(3)
    found = promoted([tensor, 2.5])
    if not isinstance(found, (list, tuple)) or not isinstance(found[0], numpy.ndarray):
        return found
    return "the tensor's memory" if numpy.shares_memory(found[0], tensor.numpy()) else "a copy"


def _with_another_default(promoted: Any, torch: Any) -> Any:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        return promoted([torch.zeros(2, dtype=torch.int64), 3], True)
    finally:
        torch.set_default_dtype(before)


register(
    Exercise(
        name="promoted",
        signature="promoted(operands, floats=False) -> list of arrays",
        reference=late(_promoted),
        cases=[
            _arrays("float16[3], float16[2]", False, "Nothing to change: both arrays as they are."),
            _arrays("int64[3], 2.5", False, "`result_dtype` says float32, for both."),
            _arrays("float16[3], float64[], 3", False, "One dtype for all three: float16."),
            _arrays("uint8[2], -1", False, "-1 in uint8 is 255: `array_in` sees to that."),
            Case(
                use=_kept,
                show="the first array of promoted([x, 2.5]), where x is a float32 tensor",
                hint="A tensor of the right dtype is not copied: `array_in(operand, target)`.",
            ),
            _arrays("int64[3], 3", True, "With `floats` integers become the default dtype."),
            _arrays("bool[2], True", True, "With `floats` bools become the default dtype, too."),
            _arrays("float64[3], 3", True, "`floats` changes nothing where there are floats."),
            _arrays("float16[3], float16[]", True, "float16 is a float: it stays."),
            _arrays("complex64[2], 2.5", True, "`floats` changes nothing for complex numbers."),
            Case(
                use=_with_another_default,
                show="promoted([int64[2], 3], floats=True) after set_default_dtype(float64)",
                hint="The default dtype may be another one: ask `get_default_dtype()`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "our dtype",
                late(_our_dtype),
                "The dtype is right, but it is ours, and `array_in` hands it to NumPy, who does "
                "not know it: `array_in(operand, target.numpy)`.",
            ),
            Misconception("NumPy's too early, floats first", _numpy_too_early(True), _TOO_EARLY),
            Misconception("NumPy's too early", _numpy_too_early(False), _TOO_EARLY),
            Misconception(
                "floats ignored",
                late(lambda torch: _promoted(torch, floats_count=lambda rung, floats: False)),
                "You do not look at `floats`. A quotient of integers is no integer: with `floats` "
                "whatever is below rung 2 becomes the default dtype.",
            ),
            Misconception(
                "always floats",
                late(lambda torch: _promoted(torch, floats_count=lambda rung, floats: rung < 2)),
                "Integers become floats here even if nobody asked: only with `floats`.",
            ),
            Misconception(
                "floats for all",
                late(lambda torch: _promoted(torch, floats_count=lambda rung, floats: floats)),
                "With `floats` you take the default dtype for everything. float64 and complex64 "
                "are on rung 2 or above, and stay.",
            ),
            Misconception(
                "each its own",
                late(_each_its_own),
                "Each operand keeps a dtype of its own. Ask `result_dtype` once, with all of them.",
            ),
            Misconception(
                "copies",
                late(lambda torch: _promoted(torch, copy=True)),
                "The numbers are right, but a tensor that has the dtype already is copied for "
                "nothing. `array_in(operand, target)` hands out its own array.",
            ),
            Misconception(
                "always float32",
                late(lambda torch: _promoted(torch, default="float32")),
                "You take float32. The default dtype can be changed: `get_default_dtype()`.",
            ),
        ],
        hint="Two steps: one dtype for all, then each operand as an array of it.",
    )
)
