"""Checks on what tensors are made of: memory and dtype."""

from __future__ import annotations

from typing import Any

from . import Case, Exercise, Misconception, late, register


def _looking_at(torch: Any, x: Any, shape: Any, strides: Any, offset: int) -> Any:
    """A tensor over the storage of `x` with the given window."""
    return torch.tensors.alias(x, torch.storage.window(x._array, shape, strides, offset))


def _two_windows(torch: Any, first: int, second: int) -> Any:
    x = torch.arange(6)
    return _looking_at(torch, x, (2,), (1,), first), _looking_at(torch, x, (2,), (1,), second)


def _x_and_itself(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0])
    return x, x


def _x_and_its_array(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0])
    return x, torch.from_numpy(x.numpy())


def _same_storage(x: Any, y: Any) -> bool:
    return bool(x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr())


def _same_first_element(x: Any, y: Any) -> bool:
    return bool(x.data_ptr() == y.data_ptr())


def _same_values(x: Any, y: Any) -> bool:
    return bool(x.tolist() == y.tolist())


def _fresh_objects(x: Any, y: Any) -> bool:
    return x.untyped_storage() is y.untyped_storage()


def _same_object(x: Any, y: Any) -> bool:
    return x is y


register(
    Exercise(
        name="same-storage",
        signature="same_storage(x, y) -> bool",
        reference=_same_storage,
        cases=[
            Case(args=_x_and_itself, show="same_storage(x, x)"),
            Case(
                args=lambda torch: (torch.tensor([1, 2]), torch.tensor([1, 2])),
                show="same_storage(torch.tensor([1, 2]), torch.tensor([1, 2]))",
                hint="Equal numbers, but made twice: two storages.",
            ),
            Case(
                args=_x_and_its_array,
                show="same_storage(x, torch.from_numpy(x.numpy()))",
                hint="`numpy()` and `from_numpy` copy nothing.",
            ),
            Case(
                args=lambda torch: _two_windows(torch, 0, 1),
                show="same_storage(places 0 and 1 of arange(6), places 1 and 2 of the same)",
                hint="The windows start at different elements; ask their storages, not them.",
            ),
            Case(
                args=lambda torch: _two_windows(torch, 0, 4),
                show="same_storage(places 0 and 1 of arange(6), places 4 and 5 of the same)",
                hint="They have no element in common, and yet they live in one storage.",
            ),
        ],
        misconceptions=[
            Misconception(
                "first elements compared",
                _same_first_element,
                "`x.data_ptr()` is where the window starts, and two windows over one storage may "
                "start at different places. Ask for the start of the storage itself.",
            ),
            Misconception(
                "values compared",
                _same_values,
                "You compare what stands in the boxes. Two storages may hold equal numbers, and "
                "two windows over one storage different ones.",
            ),
            Misconception(
                "objects compared",
                _same_object,
                "`is` asks whether it is the same Python object. Two tensors can be different "
                "objects and look at the same bytes.",
            ),
            Misconception(
                "fresh objects compared",
                _fresh_objects,
                "Your function never says True, not even for x and x. `untyped_storage()` makes a "
                "new Python object on every call; compare the numbers that `data_ptr()` gives (and "
                "call it, with its parentheses).",
            ),
        ],
        hint="`x.untyped_storage()` has a `data_ptr()`, too.",
    )
)


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


def _pair(first: str, second: str, hint: str = "") -> Case:
    return Case(
        args=lambda torch: (getattr(torch, first), getattr(torch, second)),
        show=f"promote_types(torch.{first}, torch.{second})",
        hint=hint,
    )


register(
    Exercise(
        name="promote-types",
        signature="promote_types(type1, type2) -> dtype",
        reference=late(_promote),
        cases=[
            _pair("int32", "int32"),
            _pair("bool", "uint8"),
            _pair("float32", "float64", "Same rung: the one that can hold both."),
            _pair("int64", "float16", "Different rungs: the higher rung wins, whatever the sizes."),
            _pair("float16", "int64", "The order of the two must not matter."),
            _pair("uint8", "int8", "Neither holds both: uint8 goes to 255, int8 below zero."),
            _pair("complex64", "float64", "A complex number is two floats; keep their precision."),
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
        ],
        hint="First the rung (bool, integer, floating point, complex), then the size.",
    )
)
