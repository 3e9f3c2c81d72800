"""Compare an answer with the expected one: kind, shape, dtype and values, and nothing broadcast."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

WHOLE = "; all of it: "
WORDS = 2000  # characters of an error's text
WHOLE_LIMIT = 200  # characters; a longer list is left to the part of it that differs


@dataclass
class Comparison:
    """What differs, in words (empty if nothing does), and rows of numbers where there are any.

    A row is (what was compared, exactly equal, approximately equal, largest difference). `raised`
    is the error, where one is what differs.
    """

    difference: str = ""
    rows: list[tuple[str, bool, bool, float]] = field(default_factory=list)
    raised: BaseException | None = None

    def __bool__(self) -> bool:
        return not self.difference


class Parts(dict[str, Any]):
    """An answer in parts, first things first: messages call each part by its name alone."""


def compare(got: Any, expected: Any, tolerance: float = 0.0, name: str = "result") -> Comparison:
    """Compare two values. Numbers may differ by `tolerance`, absolute or relative."""
    if _is_tensor(expected) or _is_array(expected):
        return _compare_arrays(got, expected, tolerance, name)
    got = plain(got)
    if isinstance(expected, (tuple, list)):
        return _compare_sequences(got, expected, tolerance, name)
    if isinstance(expected, dict):
        return _compare_dicts(got, expected, tolerance, name)
    if _is_tensor(got) or _is_array(got):
        return Comparison(f"{name} is {describe(got)}, expected {describe(expected)}")
    if kind(got) != kind(expected):
        return Comparison(f"{name} is {describe(got)}, expected {describe(expected)}")
    if isinstance(expected, (float, complex)) or kind(expected) == "a float":
        return _compare_numbers(got, expected, tolerance, name)
    if got is expected or _equal(expected, got):
        return Comparison()
    return Comparison(f"{name} is {shorten(got)}, expected {shorten(expected)}")


def _equal(expected: Any, got: Any) -> bool:
    """Whether the expected value says so; what came back is not asked."""
    equal: Any = type(expected).__eq__
    answer = equal(expected, got)
    return answer is not NotImplemented and bool(answer)


def plain(value: Any) -> Any:
    """A number, text or collection as Python's own kind has it, whatever a subclass says of it."""
    if type(value).__module__ == "numpy" and not _is_array(value) and hasattr(value, "item"):
        return value.item()
    for cls, bare in PLAIN.items():
        if isinstance(value, cls) and type(value) is not cls and type(value) not in NAMED:
            return bare(value)
    return value


NAMED = (bool, OrderedDict)
PLAIN: dict[type, Any] = {
    int: int.__pos__,
    float: float.__pos__,
    complex: complex.__pos__,
    str: lambda text: "".join(str.__iter__(text)),
    tuple: lambda items: tuple(tuple.__iter__(items)),
    list: lambda items: list(list.__iter__(items)),
    dict: lambda items: dict(dict.items(items)),
}


def describe(value: Any) -> str:
    """A value with its kind, in words: `a tuple (2, 3)`, `a tensor of shape (2, 3)`."""
    if _is_tensor(value) or _is_array(value):
        shape, dtype = tuple(value.shape), str(value.dtype)
        return f"{kind(value)} of shape {shape} and dtype {dtype}"
    if isinstance(value, dict) and any(_is_tensor(x) or _is_array(x) for x in value.values()):
        return f"a dict of {', '.join(map(str, value))}"
    return "None" if value is None else f"{kind(value)} {shorten(value)}"


def shorten(value: Any, limit: int = 200) -> str:
    """The repr of a value, cut in the middle if it is long."""
    try:
        text = repr(value)
    except Exception as error:
        return f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"
    return text if len(text) <= limit else f"{text[: limit // 2]} ... {text[-limit // 4 :]}"


def words_of(error: BaseException) -> str:
    """The text of an error, cut if it is long."""
    try:
        text = str(error)
    except Exception as another:
        return f"(its text raised {type(another).__name__})"
    return text if len(text) <= WORDS else f"{text[:WORDS]} ..."


def kind(value: Any) -> str:
    """What sort of thing a value is, in words; NumPy's own numbers count as numbers."""
    if _is_tensor(value):
        return "a tensor"
    if _is_array(value):
        return "an array"
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "a bool"
    if isinstance(value, int) or _numpy_number(value, "int"):
        return "an int"
    if isinstance(value, float) or _numpy_number(value, "float"):
        return "a float"
    if isinstance(value, (tuple, list)):
        return f"a {'tuple' if isinstance(value, tuple) else 'list'}"
    if isinstance(value, type):
        return "the class"
    word = type(value).__name__
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _numpy_number(value: Any, word: str) -> bool:
    return type(value).__module__ == "numpy" and word in type(value).__name__


def _is_array(value: Any) -> bool:
    return type(value).__module__ == "numpy" and type(value).__name__ == "ndarray"


def _is_tensor(value: Any) -> bool:
    """A tensor of whichever framework: has a shape and a dtype, and can be detached or listed."""
    if isinstance(value, type) or type(value).__module__ == "numpy":
        return False
    names = [cls.__name__ for cls in type(value).__mro__]
    return "Tensor" in names and all(hasattr(value, name) for name in ("shape", "dtype"))


def as_array(value: Any) -> Any:
    """The numbers of a tensor or array, as a NumPy array."""
    import numpy

    if _is_array(value):
        return value
    if getattr(value, "requires_grad", False):
        value = value.detach()
    try:
        return numpy.asarray(value.numpy())
    except (AttributeError, TypeError):
        return numpy.asarray(value.tolist())


def _compare_arrays(got: Any, expected: Any, tolerance: float, name: str) -> Comparison:
    if kind(got) != kind(expected):
        return Comparison(f"{name} is {describe(got)}, expected {describe(expected)}")
    if tuple(got.shape) != tuple(expected.shape):
        return Comparison(f"{name} has shape {tuple(got.shape)}, expected {tuple(expected.shape)}")
    if str(got.dtype) != str(expected.dtype):
        return Comparison(f"{name} has dtype {got.dtype}, expected {expected.dtype}")
    return _compare_values(as_array(got), as_array(expected), tolerance, name)


def _compare_values(mine: Any, theirs: Any, tolerance: float, name: str) -> Comparison:
    """The heart of it, on two arrays of one shape."""
    import numpy

    if mine.dtype.kind not in "fciub" or theirs.dtype.kind not in "fciub":
        same = bool((mine == theirs).all())
        return Comparison("" if same else f"{name} is {shorten(mine)}, expected {shorten(theirs)}")
    wide = numpy.complex128 if "c" in (mine.dtype.kind, theirs.dtype.kind) else numpy.float64
    left, right = mine.astype(wide), theirs.astype(wide)
    with numpy.errstate(all="ignore"):
        same = (mine == theirs) | (numpy.isnan(left) & numpy.isnan(right))
        gap = numpy.where(same, 0.0, numpy.abs(left - right))
        near = gap <= tolerance * numpy.maximum(1.0, numpy.abs(right))
        close = same | (numpy.isfinite(gap) & near)  # inf lies near nothing but inf
    exact, alike = bool(same.all()), bool(close.all())
    row = (name, exact, alike, float(gap.max()) if gap.size else 0.0)
    if alike:
        return Comparison("", [row])
    place = tuple(int(i) for i in numpy.argwhere(~close)[0])
    at = f"{name}[{', '.join(map(str, place))}]" if place else name
    count = int((~close).sum())
    more = f" ({count} of {close.size} values differ)" if close.size > 1 else ""
    found, wanted = mine[place].item(), theirs[place].item()
    return Comparison(f"{at} is {found!r}, expected {wanted!r}{more}", [row])


def _compare_numbers(got: Any, expected: Any, tolerance: float, name: str) -> Comparison:
    import numpy

    return _compare_values(numpy.asarray(got), numpy.asarray(expected), tolerance, name)


def _compare_sequences(got: Any, expected: Any, tolerance: float, name: str) -> Comparison:
    if kind(got) != kind(expected):
        return Comparison(f"{name} is {describe(got)}, expected {describe(expected)}")
    if len(got) != len(expected):
        return Comparison(
            f"{name} is {shorten(got)} with {len(got)} items, "
            f"expected {shorten(expected)} with {len(expected)}"
        )
    rows = []
    for number, (mine, theirs) in enumerate(zip(got, expected, strict=True)):
        inner = compare(mine, theirs, tolerance, f"{name}[{number}]")
        rows += inner.rows
        if not inner:
            plain = not (_is_tensor(theirs) or _is_array(theirs))
            said = inner.difference
            if plain and (WHOLE not in said or len(repr((got, expected))) <= WHOLE_LIMIT):
                said = f"{said.split(WHOLE)[0]}{WHOLE}{shorten(got)}, expected {shorten(expected)}"
            return Comparison(said, rows)
    return Comparison("", rows)


def _compare_dicts(got: Any, expected: Any, tolerance: float, name: str) -> Comparison:
    if not isinstance(got, dict):
        return Comparison(f"{name} is {describe(got)}, expected {describe(expected)}")
    named = isinstance(expected, Parts)
    if not named and list(got) != list(expected):
        return Comparison(f"{name} has the keys {list(got)}, expected {list(expected)}")
    rows = []
    for key, theirs in expected.items():
        inner = compare(got.get(key), theirs, tolerance, key if named else f"{name}[{key!r}]")
        rows += inner.rows
        if not inner:
            return Comparison(inner.difference, rows)
    return Comparison("", rows)
