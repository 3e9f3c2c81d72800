"""Exercises: the right answer passes, and every wrong one is told why it is wrong."""

from __future__ import annotations

import importlib
import signal
from typing import Any

import numpy
import pytest

from eduflow._core.dispatch import two_way
from eduflow.course import check
from eduflow.course.checking import perform, run, table
from eduflow.course.checks.planes import with_gradients
from eduflow.course.compare import compare
from eduflow.course.errors import CourseError, UsedBeforeBuilt
from eduflow.course.exercises import Case, Exercise, Late, Misconception, all_exercises
from eduflow.course.probing import inside, shipped
from eduflow.course.room import Room

from .yardsticks import yardstick

EXERCISES = all_exercises()
MISTAKES = [(name, item.label) for name, ex in EXERCISES.items() for item in ex.misconceptions]


def made(thing: Any) -> Any:
    """The implementation itself, also where it needs the framework."""
    return thing.make(importlib.import_module("eduflow")) if isinstance(thing, Late) else thing


def ones(size: int) -> Any:
    return importlib.import_module("eduflow").ones(size)


def table_of(name: str) -> Any:
    return {name: 1}


def empty(*args: Any, **kwargs: Any) -> None:
    """A stub that was never written."""


def not_implemented(*args: Any, **kwargs: Any) -> None:
    raise NotImplementedError


@pytest.mark.parametrize("name", EXERCISES)
def test_reference_passes(name: str) -> None:
    result = run(EXERCISES[name], made(EXERCISES[name].reference), yardstick(name))
    total = len(EXERCISES[name].cases)
    passed = f"all {total} checks passed." if total > 1 else "the one check passed."
    assert result.text == f"{name}: {passed}"
    assert result


@pytest.mark.parametrize("stub", [empty, not_implemented])
@pytest.mark.parametrize("name", EXERCISES)
def test_stub_fails(name: str, stub: Any) -> None:
    result = run(EXERCISES[name], stub, yardstick(name))
    assert not result
    if all(case.use is None for case in EXERCISES[name].cases):
        assert "not written yet" in result.text


def test_who_forgets_to_return_is_told() -> None:
    missing = "If you have written it, a `return` is missing: every call gave None."
    assert run(an_exercise(ARRAY), empty).text.endswith(missing)
    assert missing not in run(an_exercise(ARRAY), not_implemented).text


def refusing(x: Any, by: float = 2.0) -> None:
    raise NotImplementedError("\"scale\" not implemented for 'Long'")


def test_an_operation_that_refuses_is_no_stub() -> None:
    result = run(an_exercise(ARRAY), refusing)  # from a file, like a learner's package
    assert "it raised NotImplementedError: \"scale\" not implemented for 'Long'" in result.text
    written_in_a_cell: dict[str, Any] = {}
    exec("def later(x):\n    raise NotImplementedError('later')", written_in_a_cell)
    assert "not written yet" in run(an_exercise(ARRAY), written_in_a_cell["later"]).text


@pytest.mark.parametrize(("name", "label"), MISTAKES)
def test_misconception_is_recognised(name: str, label: str) -> None:
    item = next(item for item in EXERCISES[name].misconceptions if item.label == label)
    result = run(EXERCISES[name], made(item.wrong), yardstick(name))
    assert not result
    assert result.misconception == label
    assert item.message in result.text


def scale(x: Any, by: float = 2.0) -> Any:
    return x * by


def an_exercise(*cases: Case, reference: Any = scale, **more: Any) -> Exercise:
    return Exercise("scale", "scale(x, by=2.0) -> array", reference, cases, **more)


ARRAY = Case(args=lambda torch: (numpy.arange(6.0).reshape(2, 3),), show="scale(x)")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda x: numpy.float64(2.0), "result is a float"),
        (lambda x: (x * 2)[:1], "shape (1, 3), expected (2, 3)"),
        (lambda x: (x * 2).astype("float32"), "dtype float32, expected float64"),
        (lambda x: (x * 2).tolist(), "result is a list"),
        (lambda x: x * 2 + 1e-9, "(6 of 6 values differ)"),
        (lambda x: numpy.full((2, 3), numpy.nan), "result[0, 0] is nan, expected 0.0"),
        (lambda x: x / (1 // 0), "raised ZeroDivisionError"),
        (lambda x, y: x, "raised TypeError"),
        (lambda x: x.__imul__(2), "argument 1 after the call[0, 1] is 2.0, expected 1.0"),
    ],
)
def test_what_differs(wrong: Any, text: str) -> None:
    result = run(an_exercise(ARRAY), wrong)
    assert not result
    assert text in result.text
    assert "scale: 0 of 1 checks passed." in result.text


def test_tolerance_and_table() -> None:
    near = Case(args=ARRAY.args, show="scale(x)", tolerance=1e-6)
    assert run(an_exercise(near), lambda x: x * 2 + 1e-9)
    text = run(an_exercise(near), lambda x: x * 2 + 1e-3).text
    assert "name   | exact | approximate | maxdiff" in text
    assert "result | no    | no          | 0.001" in text


@pytest.mark.parametrize(
    ("got", "expected", "same"),
    [
        (1, 1, True),
        (1, 1.0, False),
        (True, 1, False),
        (numpy.int64(3), 3, True),
        ((1, 2), [1, 2], False),
        ((1, (2, 3)), (1, (2, 3)), True),
        ((1, (2, 3)), (1, (2, 4)), False),
        ([1], [1, 1], False),
        (float("nan"), float("nan"), True),
        (float("inf"), float("inf"), True),
        (float("inf"), float("-inf"), False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        (None, 0, False),
        (None, None, True),
        ("a", "a", True),
        (numpy.zeros((1, 3)), numpy.zeros((2, 3)), False),
        (numpy.zeros(0), numpy.zeros(0), True),
        (0.0, numpy.zeros(()), False),
        (numpy.array([1, 2]), numpy.array([1.0, 2.0]), False),
    ],
)
def test_compare(got: Any, expected: Any, same: bool) -> None:
    assert bool(compare(got, expected)) is same


def test_raises() -> None:
    def strict(x: int) -> int:
        if x < 0:
            raise ValueError("negative")
        return x

    exercise = an_exercise(Case(args=(1,)), Case(args=(-1,), raises=ValueError), reference=strict)
    assert run(exercise, strict)
    assert "returned an int -1, expected it to raise ValueError" in run(exercise, lambda x: x).text


class Tensor:
    """As much of a tensor as comparing gradients needs."""

    def __init__(self, data: Any) -> None:
        self.data = numpy.asarray(data, dtype=float)
        self.shape, self.dtype = self.data.shape, self.data.dtype
        self.grad: Tensor | None = None
        self.back: Any = None

    def numpy(self) -> Any:
        return self.data

    def backward(self, grad: Tensor) -> None:
        self.back(grad.data)


def square(x: Tensor, factor: float = 2.0) -> Tensor:
    out = Tensor(x.data**2)

    def back(grad: Any) -> None:
        x.grad = Tensor(grad * factor * x.data)

    out.back = back
    return out


def test_gradients_with_an_uneven_start() -> None:
    class Framework:
        @staticmethod
        def tensor(data: Any, dtype: Any) -> Tensor:
            return Tensor(data)

    case = Case(args=lambda torch: (Tensor([1.0, 2.0]),), show="square(x)", gradient=True)
    right = perform(square, case, Framework)
    wrong = perform(lambda x: square(x, 3.0), case, Framework)
    assert len(set(right.grads[0].data / numpy.array([1.0, 2.0]))) == 2
    from eduflow.course.checking import judge

    assert judge(case, right, right)
    assert "gradient of argument 1[0]" in judge(case, wrong, right).difference


def test_gradients_are_shown_where_they_differ() -> None:
    corner = Case(
        args=lambda torch: (torch.tensor([-2.0, 0.0, 3.0], requires_grad=True),),
        show="relu(x)",
        gradient=True,
    )
    exercise = an_exercise(corner, reference=lambda x: x * (x > 0))
    text = run(exercise, lambda x: x * (x >= 0)).text
    assert "came back: [0.0, 0.87" in text
    assert "these are slope times that" in text
    text = run(exercise, lambda x: -x).text
    assert "came back: [2.0, " in text
    assert "these are slope times that" not in text


@pytest.mark.parametrize("parts", [True, False])
def test_gradients_are_asked_for_where_the_result_is_right(parts: bool) -> None:
    """And where these cannot be computed, it is said what went wrong first, and where."""

    def use(thing: Any, torch: Any) -> Any:
        x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        return with_gradients(thing(x), [x], torch)

    case = Case(args=lambda torch: (torch.ones(3, requires_grad=True),), show="f(x)", gradient=True)
    case = Case(use=use, show="f(x)") if parts else case
    exercise = an_exercise(case, reference=lambda x: x * 2)

    def broken(factor: float) -> Any:
        def back(grad: Any) -> Any:
            return numpy.ones(2).reshape(3)

        return lambda x: two_way(lambda x: (x * factor, back))(x)

    text = run(exercise, broken(2.0)).text
    said = "the result is right, but on the way back it raised ValueError: cannot reshape array"
    assert said in text
    assert "It happened in: return numpy.ones(2).reshape(3)" in text
    text = run(exercise, broken(3.0)).text
    assert "result[0] is 3.0, expected 2.0" in text
    assert "way back" not in text


MORE_AT_THE_END = """
def conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation):
    numbers = stride, padding, output_padding, dilation
    size = transposed_size(input.shape[2:], weight.shape[2:], *numbers)
    ends = tuple([(p, p + more) for p, more in zip(padding, output_padding)])
    how = Geometry(stride, ends, dilation, groups)
    return transposed_convolution(input, weight, bias, size=size, how=how)
"""


def test_what_went_wrong_first_on_the_way_back_is_said() -> None:
    """Also where none of the learner's lines was there."""
    module = importlib.import_module("eduflow.nn._functional.conv")
    space = vars(module) | {"another": module.transposed_convolution}
    exec(MORE_AT_THE_END.replace("transposed_convolution", "another"), space)
    text = run(EXERCISES["conv_transpose"], space["conv_transpose"]).text
    said = "the result is right, but on the way back it raised ValueError: cannot reshape array"
    assert said in text


def test_what_is_handed_on_is_looked_at_in_a_room_too() -> None:
    room = Room(importlib.import_module("eduflow.nn._functional.conv"))
    exec(MORE_AT_THE_END, room)
    text = run(EXERCISES["conv_transpose"], room["conv_transpose"]).text
    assert "all of it: ((1, 2), (1, 1)), expected ((1, 0), (1, 1))." in text
    assert "transposed_convolution" not in list(room)


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN])
def test_an_endless_answer_is_stopped(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    """Also in a process that ignores interrupts, as one started in the background does."""
    monkeypatch.setattr("eduflow.course.checking.SECONDS", 0.2)
    before = signal.signal(signal.SIGINT, handler)
    calls = []

    def endless(x: Any) -> None:
        calls.append(x)
        while True:
            pass

    try:
        text = run(an_exercise(ARRAY, ARRAY), endless).text
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert "stopped after 0.2 seconds" in text
    assert len(calls) == 1


def test_a_probe_leaves_the_framework_as_it_was() -> None:
    rectifier = importlib.import_module("eduflow.nn._functional.rectifier")
    before = rectifier.rectified

    def probe(torch: Any) -> Any:
        return torch.relu(torch.tensor([-1.0, 2.0])).tolist()

    use = inside("nn._functional.rectifier", "rectified", probe)
    assert use(numpy.abs, importlib.import_module("eduflow")) == [1.0, 2.0]
    with pytest.raises(ZeroDivisionError):
        use(lambda x: 1 // 0, importlib.import_module("eduflow"))
    assert rectifier.rectified is before
    assert probe(importlib.import_module("eduflow")) == [0.0, 2.0]


def test_what_is_right_does_not_hang_on_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong answer that the framework runs on is not compared with itself."""
    tree = importlib.import_module("eduflow.nn.modules.tree")

    def walk(module: Any, path: str, seen: Any, once: bool) -> Any:
        return [(path, module)]

    monkeypatch.setattr(tree, "walk", walk)
    assert not run(EXERCISES["walk"], walk)
    assert run(EXERCISES["walk"], shipped("nn.modules.tree", "walk"))


def test_the_hint_of_a_case_is_for_answers_only() -> None:
    exercise = an_exercise(Case(args=(2,), hint="Look at two."), reference=lambda x: 2 * x)
    crashed = run(exercise, lambda x: x.nothing).text
    assert "Look at two." not in crashed
    assert 'where the exercise has a "Help", it may stand there' in crashed
    assert "Look at two." in run(exercise, lambda x: 5 * x).text

    def strict(x: int) -> int:
        raise ValueError("negative")

    said = run(exercise, strict).text
    assert "What this case asks for: Look at two." in said

    case = Case(args=(-1,), raises=ValueError, hint="A ValueError is asked for.")
    text = run(an_exercise(case, reference=strict), lambda x: x.nothing).text
    assert "A ValueError is asked for." in text


@pytest.mark.parametrize("goes_on", [lambda x: x.data, lambda x: x[0], lambda x: x + 1, list])
def test_what_breaks_on_none_asks_for_a_return(goes_on: Any) -> None:
    """A check that goes on with what came back meets None where a `return` was forgotten."""

    def use(thing: Any, torch: Any) -> Any:
        back = thing(1)
        return goes_on(back) if back is None else back

    exercise = an_exercise(Case(use=use, show="scale(1)"), reference=lambda x: x)
    assert "that ends without `return`" in run(exercise, lambda x: None).text

    def fails(x: Any) -> Any:
        return x.nothing

    said = run(exercise, fails).text
    assert "`return`" not in said
    assert "It happened in: return x.nothing\n  called from: back = thing(1)" in said


@pytest.mark.parametrize(
    ("slip", "meaning"),
    [
        (lambda x: [name for name, _ in table_of("one")], "pairs come from `.items()`"),
        (lambda x: [name for name, _ in table_of("a")], "pairs come from `.items()`"),
        (lambda x: 1 if ones(x) == ones(x) else 2, "gives one for each number"),
        (lambda x: ones(x) in [ones(x)], "gives one for each number"),
    ],
    ids=["many", "few", "equal", "in"],
)
def test_what_an_error_means_is_said_and_no_hint_for_another_mistake(
    slip: Any, meaning: str
) -> None:
    exercise = an_exercise(Case(args=(2,), hint="Look at two."), reference=lambda x: 2 * x)
    said = run(exercise, slip).text
    assert meaning in said
    assert "Look at two." not in said


@pytest.mark.parametrize(
    ("known", "other"),
    [(lambda x: x.name, lambda x: x.title), (lambda x: {}["name"], lambda x: {}["title"])],
    ids=["attribute", "key"],
)
def test_another_slip_is_not_taken_for_a_known_one(known: Any, other: Any) -> None:
    exercise = an_exercise(
        Case(args=(1,)), misconceptions=[Misconception("no name", known, "There is no name.")]
    )
    assert run(exercise, known).misconception == "no name"
    assert run(exercise, other).misconception == ""


def test_where_none_is_an_answer_nobody_asks_for_a_return() -> None:
    cases = Case(args=(4,)), Case(args=(3,)), Case(args=(2,))
    now_and_then = an_exercise(*cases, reference={4: 2, 2: 1}.get)
    assert run(now_and_then, {4: 2}.get).text.endswith("it returned None, expected an int 1.")
    never = an_exercise(*cases, reference=lambda x: x)
    assert "returned None, expected an int 2 (no `return`?)" in run(never, {4: 4, 3: 3}.get).text


def test_misconception_needs_every_case() -> None:
    def triple(x: int) -> int:
        return 3 * x

    exercise = an_exercise(
        Case(args=(1,)),
        Case(args=(2,), hint="Look at two."),
        misconceptions=[Misconception("three times", triple, "You take it three times.")],
        reference=lambda x: 2 * x,
    )
    assert "You take it three times." in run(exercise, triple).text
    assert "You take" not in run(exercise, lambda x: 3 * x if x > 1 else 2).text
    assert "Look at two." in run(exercise, lambda x: 5 * x if x > 1 else 2).text


def test_where_a_case_that_is_alone_fails_nothing_is_said_of_the_others() -> None:
    first = Case(args=(1,), hint="Mend it first.", alone=True)
    exercise = an_exercise(first, Case(args=(2,)), reference=lambda x: 2 * x)
    below_is_wrong, wrong = run(exercise, lambda x: 3 * x), run(exercise, lambda x: 2)
    assert below_is_wrong.text.count("differs  ") == 1
    assert below_is_wrong.text.endswith("Hint: Mend it first.")
    assert "ok       scale(1)" in wrong.text
    assert "differs  scale(2)" in wrong.text


def test_check_prints_and_shows_nothing_more(capsys: pytest.CaptureFixture[str]) -> None:
    result = check("element_place", lambda index, strides, offset: 0)
    printed = capsys.readouterr().out
    assert printed.strip() == result.text
    assert not result
    assert repr(result) == "<check element_place: 0 of 6 passed>"
    result._ipython_display_()
    assert capsys.readouterr().out == ""


def test_the_thing_itself_is_asked_for() -> None:
    result = run(EXERCISES["element_place"], 7)
    assert "needs the function itself, and got an int 7" in result.text
    assert "check('element_place', element_place)" in result.text


def test_unknown_exercise() -> None:
    with pytest.raises(CourseError, match="Did you mean element_place"):
        check("element_plase", len)


def test_a_list_in_lists_is_shown_once() -> None:
    found = compare([[1, 2], [3, 4]], [[1, 2], [3, 5]]).difference
    assert found == (
        "result[1][1] is 4, expected 5; all of it: [[1, 2], [3, 4]], expected [[1, 2], [3, 5]]"
    )
    long = compare([[0] * 99, [3, 4]], [[0] * 99, [3, 5]]).difference
    assert long == "result[1][1] is 4, expected 5; all of it: [3, 4], expected [3, 5]"


def test_no_table_where_all_numbers_agree() -> None:
    assert table([("a", True, True, 0.0), ("b", True, True, 0.0)]) == []
    assert len(table([("a", True, True, 0.0), ("b", False, True, 1e-9)])) == 4


def test_a_check_before_its_lesson_is_built_says_which_cell_to_run() -> None:
    def too_early(x: int) -> int:
        raise UsedBeforeBuilt("`halve` is not built yet: run the cell with `def halve`.")

    exercise = Exercise("half", "half(x) -> number", too_early, [Case((4,))])
    result = run(exercise, lambda x: x / 2)
    assert not result
    assert not result.written
    assert result.text.endswith("`halve` is not built yet: run the cell with `def halve`.")


def test_an_error_is_shown_without_the_notes_of_the_check() -> None:
    def noted(thing: Any, torch: Any) -> Any:
        return {"value": thing()}

    def five() -> int:
        return 5

    def fails() -> None:
        raise ValueError("no")

    with_notes = Exercise("five", "five()", five, [Case(use=noted, show="five()")])
    plain = Exercise("five", "five()", five, [Case(args=())])
    assert "it raised ValueError: no\n  It happened in: " in run(with_notes, fails).text
    assert "it raised ValueError: no\n  Expected: an int 5\n  It" in run(plain, fails).text
    assert 'ValueError("no").' not in run(plain, fails).text


def test_the_line_that_failed_is_the_learner_s() -> None:
    from eduflow.autograd.graph import recorded_sum

    @recorded_sum
    def wrong(grad: Any, shape: Any) -> Any:
        return grad.sum(axis=range(1))

    said = run(EXERCISES["unbroadcast"], wrong).text
    assert "It happened in: return grad.sum(axis=range(1))" in said


def test_what_went_wrong_in_the_learner_s_lines_is_said_in_its_own_words() -> None:
    from eduflow._core.calls import answering

    def third(numbers: Any) -> Any:
        return numbers[2]

    cases = [Case(args=([1, 2],))]
    exercise = Exercise("third", "third(numbers)", lambda numbers: 3, cases)
    said = run(exercise, answering(third)).text
    assert "it raised IndexError: list index out of range\n" in said
    assert said.split("It happened in: ")[1].startswith("return numbers[2]")


def test_where_only_the_library_s_lines_failed_none_is_shown() -> None:
    from eduflow._core.calls import answering
    from eduflow._core.dispatch import place_into

    exercise = Exercise("f", "f(out)", lambda *args: 3, [Case(args=(1, 2, "f"))])
    said = run(exercise, answering(place_into)).text
    assert "it raised TypeError" in said
    assert "It happened in" not in said
