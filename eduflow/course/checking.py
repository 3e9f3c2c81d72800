"""`check`: hold a learner's function against its exercise, and say kindly what is missing."""

from __future__ import annotations

import copy
import difflib
import importlib
import os
import sysconfig
import traceback
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from . import keep, live, progress
from .compare import Comparison, Parts, as_array, compare, describe, shorten, words_of
from .errors import CourseError, ModuleNotBuiltYet, NotBuiltYet, UsedBeforeBuilt
from .exercises import Case, Exercise, Misconception, OnTheWayBack, all_exercises, made
from .guard import PACKAGE, TooLong, guarded
from .room import NotRun
from .stubs import TO_WRITE

ROOT = __name__.split(".")[0]
GRADIENT_TOLERANCE = 1e-6
SECONDS = 10.0  # that one call may take
PRINTED = 2000  # characters that are shown of what an answer prints
TOO_EARLY = (NotBuiltYet, ModuleNotBuiltYet, UsedBeforeBuilt)
SLIPS = (AttributeError, NameError, TypeError)  # what any slip of the pen raises
NONE = (
    "Something is None there: an empty place, what was left out, or what a function gives that "
    "ends without `return`."
)
SAID = {  # words of errors that come of the same slip in any exercise, and what they mean
    "values to unpack": "What is taken apart there has more or fewer parts than there are names "
    "for them. A loop over a dict gives its keys only; pairs come from `.items()`.",
    "Boolean value of Tensor": "A tensor of several numbers stands where one yes or no is needed. "
    "To compare tensors (`==`, `!=`, or `in` a list) gives one for each number.",
    "'list' object cannot be interpreted as an integer": "A list stands where NumPy wants a number "
    "or, for several axes, a tuple: `axis=tuple(axes)`.",
}


@dataclass
class Outcome:
    """What one call did: a value or an exception, the arguments afterwards, their gradients.

    `printed` is what it said meanwhile, and `left` names the switches that it left changed.
    """

    value: Any = None
    error: BaseException | None = None
    args: list[Any] = field(default_factory=list)
    grads: list[Any] = field(default_factory=list)
    printed: str = ""
    warned: str = ""
    left: list[str] = field(default_factory=list)


@dataclass
class CheckResult:
    """The result of a check: true if everything passed. `text` is what was printed."""

    name: str
    passed: int
    total: int
    text: str
    misconception: str = ""
    written: bool = True  # False for a stub
    printed: str = ""  # what the answer printed meanwhile

    def __bool__(self) -> bool:
        return self.passed == self.total

    def __repr__(self) -> str:
        return f"<check {self.name}: {self.passed} of {self.total} passed>"

    def _ipython_display_(self) -> None:
        """Nothing: `check` has printed its answer already."""


def check(name: str, thing: Any) -> CheckResult:
    """Run the checks of the exercise `name` on `thing`, a function or class of the learner's.

    Prints one line if all is well, and otherwise what was called, what came back, what was
    expected and a hint. Wrong answers raise nothing. Raises CourseError for an unknown name.
    """
    exercises = all_exercises()
    if name not in exercises:
        close = difflib.get_close_matches(name, exercises, n=3)
        meant = f"Did you mean {' or '.join(close)}?" if close else f"There are: {list(exercises)}."
        raise CourseError(f"There is no exercise {name!r}. {meant}")
    exercise = exercises[name]
    if type(thing) is NotRun:
        result = CheckResult(name, 0, len(exercise.cases), f"{name}: {thing.text}", written=False)
    else:
        result = _ours(exercise) if keep.is_ours(name, thing) else run(exercise, thing)
    if result.printed:
        print(result.printed)
    print(result.text)
    _record(result)
    kept = keep.judged(name, thing, bool(result), lambda other, built: run(exercises[other], built))
    if kept:
        print(kept)
    return result


def _ours(exercise: Exercise) -> CheckResult:
    """The answer where the framework's own stands in for what the learner has not written."""
    name, total = exercise.name, len(exercise.cases)
    text = (
        f"{name}: not written yet (0 of {total} checks), so ours stands in. "
        f"Yours goes into the cell that defines `{keep.defined_for(name)}`."
    )
    return CheckResult(name, 0, total, text, written=False)


def _record(result: CheckResult) -> None:
    def entry(known: dict[str, Any]) -> dict[str, Any]:
        tries = known.get("tries", 0) + result.written
        return {"passed": result.passed, "of": result.total, "tries": tries}

    progress.change("checks", result.name, entry)


class Yardstick:
    """What answers to an exercise are held against: what its reference and its misconceptions do.

    Each is found out when it is first needed. A check has a yardstick of its own, as cells may have
    changed what the reference stands on; who tries many answers keeps one.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise, self.torch = exercise, importlib.import_module(ROOT)
        self._wrong: dict[str, list[Outcome]] = {}

    @cached_property
    def expected(self) -> list[Outcome]:
        """What the reference does in each case."""
        return [perform(self.exercise.reference, case, self.torch) for case in self.exercise.cases]

    def wrong(self, item: Misconception) -> list[Outcome]:
        """What a misconception does in each case."""
        if item.label not in self._wrong:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of wrong ideas that are not the learner's
                done = [perform(item.wrong, case, self.torch) for case in self.exercise.cases]
            self._wrong[item.label] = done
        return self._wrong[item.label]


def run(exercise: Exercise, thing: Any, yardstick: Yardstick | None = None) -> CheckResult:
    """Run an exercise's checks without printing or recording; many runs may share a yardstick."""
    yardstick = yardstick or Yardstick(exercise)
    name, total = exercise.name, len(exercise.cases)
    if not callable(thing):
        text = (
            f"{name}: `check` needs the function itself, and got {describe(thing)}.\n"
            f"  Write check({name!r}, {_called(exercise)}) without calling it."
        )
        return CheckResult(name, 0, total, text)
    expected = yardstick.expected
    early = [item.error for item in expected if isinstance(item.error, TOO_EARLY)]
    if early:  # after a restart somebody runs the cells that interest them
        text = f"{name}: not checked. First run the cells above, too:\n  {early[0]}"
        return CheckResult(name, 0, total, text, written=False)
    got = attempts(exercise, thing, yardstick.torch)
    left_out = [item.error for item in got if _builds_here(item.error)]
    if left_out:
        text = (
            f"{name}: not checked. It stands on cells of this lesson that were not run since the "
            f"kernel started.\n  {left_out[0]}\n"
            "  In the menu, Run > Run All Above Selected Cell runs them all."
        )
        return CheckResult(name, 0, total, text, written=False)
    if _unwritten(got, expected):
        text = (
            f"{name}: not written yet (0 of {total} checks).\n"
            f"  {exercise.signature}\n  Write it in the cell above, run that cell, then this one."
        )
        if not any(_is_stub(item.error) for item in got):
            text += "\n  If you have written it, a `return` is missing: every call gave None."
        return CheckResult(name, 0, total, text, written=False)
    judged = _judged(exercise.cases, got, expected)
    passed, printed = sum(map(bool, judged)), _printed(got)
    if passed == total:
        text = "the one check passed." if total == 1 else f"all {total} checks passed."
        return CheckResult(name, total, total, f"{name}: {text}", printed=printed)
    known = recognise(yardstick, got)
    ran = guarded(lambda: _report(exercise, got, expected, judged, known), SECONDS)
    text = ran.value or f"{name}: {passed} of {total} checks passed.\n  {_raised(ran.error)}"
    return CheckResult(name, passed, total, text, known.label if known else "", printed=printed)


def holds(exercise: Exercise, thing: Any, seconds: float | None = None) -> bool:
    """Whether an answer passes all of its exercise's checks; nothing is said, and no more tried."""
    torch = importlib.import_module(ROOT)
    for case in exercise.cases:
        expected = [perform(exercise.reference, case, torch)]
        if not all(_judged([case], [perform(thing, case, torch, seconds)], expected)):
            return False
    return True


def _called(exercise: Exercise) -> str:
    return exercise.signature.split("(", 1)[0].split(" ")[-1]


def _builds_here(error: BaseException | None) -> bool:
    """Whether something was missing that a cell of the running lesson builds."""
    running, cause = live.current(), getattr(error, "cause", None)
    return bool(running and cause and cause.region.lesson == running.frame.number)


def _unwritten(got: list[Outcome], expected: list[Outcome]) -> bool:
    """Whether this is still the stub: nothing comes back, or it says it is not implemented."""
    if any(_is_stub(item.error) for item in got):
        return not any(type(item.error) is NotImplementedError for item in expected)
    if any(item.value is not None or item.error is not None or item.printed for item in got):
        return False
    changed = any(not judge_args(mine, theirs) for mine, theirs in zip(got, expected, strict=True))
    return changed or any(item.value is not None or item.error is not None for item in expected)


def _is_stub(error: BaseException | None) -> bool:
    """Whether a stub says that it is not written.

    An operation may refuse with the same type of error, and always says what: in a file of the
    framework's or of the learner's package, where no stub stands. Cells are no files.
    """
    if type(error) is not NotImplementedError:
        return False
    if not str(error) or TO_WRITE in str(error):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and not os.path.isfile(frames[-1].filename)


def _printed(got: list[Outcome]) -> str:
    """What the answer said while it was tried, cut where it says too much."""
    text = "".join(item.printed + item.warned for item in got).rstrip()
    if len(text) <= PRINTED:
        return text
    return f"{text[:PRINTED]}\n... ({len(text) - PRINTED} more characters were printed)"


def _judged(cases: Sequence[Case], got: list[Outcome], expected: list[Outcome]) -> list[Comparison]:
    """Each case compared; what cannot be compared, since it raises or never ends, differs."""
    found: list[Comparison] = []
    stopped, may_be_none = None, any(theirs.value is None for theirs in expected)
    for case, mine, theirs in zip(cases, got, expected, strict=True):
        if stopped is None:
            ran = guarded(partial(judge, case, mine, theirs, may_be_none), SECONDS)
            if isinstance(ran.error, CourseError):
                raise ran.error
            stopped = ran.error if isinstance(ran.error, TooLong) else None
        found.append(Comparison(_raised(ran.error)) if ran.value is None else ran.value)
    return found


def _raised(error: BaseException | None) -> str:
    return f"what came back cannot be looked at: that raised {type(error).__name__}"


def attempts(exercise: Exercise, thing: Any, torch: Any) -> list[Outcome]:
    """What the answer does in each case; after one that would not end, nothing more is tried."""
    done: list[Outcome] = []
    for case in exercise.cases:
        if done and isinstance(done[-1].error, TooLong):
            done.append(done[-1])
        else:
            done.append(perform(thing, case, torch))
    return done


def perform(thing: Any, case: Case, torch: Any, seconds: float | None = None) -> Outcome:
    """Do what the case says with `thing`, on arguments of its own."""
    outcome = Outcome()
    ran = guarded(lambda: _perform(thing, case, torch, outcome), seconds or SECONDS)
    outcome.error, outcome.left = ran.error, ran.left
    outcome.printed, outcome.warned = ran.printed, ran.warned
    return outcome


def _perform(thing: Any, case: Case, torch: Any, outcome: Outcome) -> None:
    thing = made(thing, torch)
    if case.use is not None:
        cause: BaseException | None = None
        try:
            outcome.value = case.use(thing, torch)
        except OnTheWayBack as stopped:
            outcome.value, cause = stopped.value, stopped.__cause__ or stopped
        if cause is not None:
            raise cause
        return
    args = case.args(torch) if callable(case.args) else copy.deepcopy(tuple(case.args))
    outcome.args = list(args)
    outcome.value = thing(*outcome.args, **copy.deepcopy(case.kwargs))
    if case.gradient and outcome.value is not None:
        outcome.value.backward(_uneven(outcome.value, torch))
        outcome.grads = [getattr(arg, "grad", None) for arg in outcome.args]


def _uneven(value: Any, torch: Any) -> Any:
    """A gradient from above that differs everywhere, so that no two mistakes cancel out."""
    import numpy

    size = int(numpy.prod(value.shape))
    numbers = 0.5 + (numpy.arange(size) * 0.37) % 1.7
    return torch.tensor(numbers.reshape(tuple(value.shape)).tolist(), dtype=value.dtype)


def judge(case: Case, got: Outcome, expected: Outcome, may_be_none: bool = False) -> Comparison:
    """Compare what the learner's call did with what the reference's call did.

    Where None is the right answer to some other call, `may_be_none`, it is not said that the
    `return` may have been forgotten.
    """
    if case.raises is not None:
        if isinstance(got.error, case.raises):
            return Comparison()
        wanted = f"expected it to raise {case.raises.__name__}"
        return Comparison(f"it {_did(got)}, {wanted}")
    if expected.error is not None:
        raise CourseError(
            f"The reference fails on {case.show or case.args!r}: {_did(expected)}."
        ) from expected.error
    if got.error is not None:
        before = _before_it_raised(got, expected, case.tolerance)
        if not before:  # gradients of a wrong result tell nothing
            return before
        own, right = _first_of(got.error), "the result is right, but on the way back "
        wanted = _wanted_instead(expected.value) if got.value is None else ""
        said = f"{right if got.value is not None else ''}it {_with_words(own)}{wanted}{_place(own)}"
        return Comparison(said, raised=own)
    if got.value is None and expected.value is not None:
        why = "it printed, and returned nothing" if got.printed else "no `return`?"
        why = "" if may_be_none and not got.printed else f" ({why})"
        return Comparison(f"it returned None, expected {describe(expected.value)}{why}")
    result = compare(got.value, expected.value, case.tolerance)
    if not result:
        return result
    untouched = judge_args(got, expected, case.tolerance)
    return _join(result, untouched, _judge_grads(case, got, expected), _judge_left(got, expected))


def _before_it_raised(got: Outcome, expected: Outcome, tolerance: float) -> Comparison:
    """Compare what came back before something was raised on the way back, if anything did."""
    wanted = expected.value
    if isinstance(got.value, Parts) and isinstance(wanted, dict):
        wanted = Parts((name, wanted[name]) for name in got.value if name in wanted)
    return Comparison() if got.value is None else compare(got.value, wanted, tolerance)


def _join(*parts: Comparison) -> Comparison:
    rows = [row for part in parts for row in part.rows]
    return Comparison(next((part.difference for part in parts if not part), ""), rows)


def judge_args(got: Outcome, expected: Outcome, tolerance: float = 0.0) -> Comparison:
    """Compare what the calls left in their arguments."""
    for number, (mine, theirs) in enumerate(zip(got.args, expected.args, strict=False), 1):
        if isinstance(theirs, (list, dict)) or hasattr(theirs, "shape"):
            inner = compare(mine, theirs, tolerance, f"argument {number} after the call")
            if not inner:
                return Comparison(inner.difference)
    return Comparison()


def _judge_grads(case: Case, got: Outcome, expected: Outcome) -> Comparison:
    parts = []
    for number, (mine, theirs) in enumerate(zip(got.grads, expected.grads, strict=False), 1):
        name = _gradient(number)
        if theirs is None or mine is None:
            if theirs is not mine:
                parts.append(Comparison(f"{name} is {describe(mine)}, expected {describe(theirs)}"))
        else:
            parts.append(compare(mine, theirs, max(case.tolerance, GRADIENT_TOLERANCE), name))
    return _join(Comparison(), *parts)


def _judge_left(got: Outcome, expected: Outcome) -> Comparison:
    left = [name for name in got.left if name not in expected.left]
    return Comparison(f"it leaves {' and '.join(left)} changed behind" if left else "")


def _gradient(number: int) -> str:
    return f"gradient of argument {number}"


def _did(outcome: Outcome) -> str:
    if outcome.error is None:
        return f"returned {describe(outcome.value)}"
    return _with_words(outcome.error)


def _with_words(error: BaseException) -> str:
    return f"raised {type(error).__name__}: {words_of(error)}"


def _wanted_instead(value: Any) -> str:
    """What should have come in place of an error; a check's own notes, a dict, would not help."""
    return "" if isinstance(value, dict) else f"\n  Expected: {describe(value)}"


# Where lines are that no learner wrote: this package and the functions that it makes of text,
# Python's own library, what pip installed.
OTHERS = PACKAGE, "<string>", *{sysconfig.get_path(n) for n in ("stdlib", "purelib")}


def _first_of(error: BaseException) -> BaseException:
    """What went wrong in the learner's lines, where the library has made another error of it.

    If none of them was there on the way back, it is what went wrong first: that `backward` cannot
    be computed would tell nothing.
    """
    first = error
    while not _own_frames(first):
        if first.__cause__ is None:
            frames = traceback.extract_tb(first.__traceback__)
            return first if any("backward" in frame.name for frame in frames) else error
        first = first.__cause__
    return first


def _own_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """The calls of the learner's code that an error came through, from the outside in.

    On the way back the library calls first, and the learner's lines are further in.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if not frame.filename.startswith(OTHERS)]


def _place(error: BaseException) -> str:
    """The line of the learner's code that raised and where it was called from, if known."""
    frames = [] if isinstance(error, TOO_EARLY) else _own_frames(error)
    lines = [frame.line for frame in frames if frame.line]
    called = f"\n  called from: {lines[0]}" if len({*lines}) > 1 else ""
    return f"\n  It happened in: {lines[-1]}{called}" if lines else ""


def recognise(yardstick: Yardstick, got: list[Outcome]) -> Misconception | None:
    """The named misconception that gives the same wrong answers in every case, if there is one."""
    for item in yardstick.exercise.misconceptions:
        cases = zip(yardstick.exercise.cases, got, yardstick.wrong(item), strict=True)
        if guarded(lambda: all(_alike(*item) for item in cases), SECONDS).value:  # noqa: B023
            return item
    return None


def _alike(case: Case, mine: Outcome, theirs: Outcome) -> bool:
    """Whether two calls, right or wrong, did the same."""
    if mine.error is not None or theirs.error is not None:
        same = type(mine.error) is type(theirs.error)
        if same and case.raises is None and _tells_the_name(mine.error):
            return str(mine.error) == str(theirs.error)
        return same
    if not compare(mine.value, theirs.value, case.tolerance):
        return False
    return bool(judge_args(mine, theirs, case.tolerance) and _judge_grads(case, mine, theirs))


def _tells_the_name(error: BaseException | None) -> bool:
    """Whether the words of an error tell one mistake from another; a key may be any object."""
    of_a_name = isinstance(error, KeyError) and all(isinstance(x, str) for x in error.args)
    return of_a_name or isinstance(error, SLIPS)


def _report(
    exercise: Exercise,
    got: list[Outcome],
    expected: list[Outcome],
    judged: list[Comparison],
    known: Misconception | None,
) -> str:
    """The whole explanation: all cases in short, then the first that fails in full."""
    passed = sum(map(bool, judged))
    lines = [f"{exercise.name}: {passed} of {len(judged)} checks passed."]
    shown = [_show(exercise, case) for case in exercise.cases]
    first = next(number for number, result in enumerate(judged) if not result)
    told = first + 1 if exercise.cases[first].alone else len(judged)
    lines += [
        f"  {'ok     ' if result else 'differs'}  {call}"
        for call, result in zip(shown[:told], judged[:told], strict=True)
    ]
    lines += ["", "The first that differs:", f"  {shown[first]}", f"  {_sentence(judged[first])}"]
    lines += _values(got[first], expected[first], judged[first].difference)
    lines += table(judged[first].rows)
    raised = judged[first].raised
    hint = known.message if known else _hint(exercise, exercise.cases[first], got[first], raised)
    if hint:
        lines += ["", f"Hint: {hint}"]
    return "\n".join(lines)


def _sentence(result: Comparison) -> str:
    """What differs, with a full stop, but for one that ends in a line of code."""
    return result.difference + ("" if "\n" in result.difference else ".")


def _hint(exercise: Exercise, case: Case, got: Outcome, raised: BaseException | None) -> str:
    """What to say of an unknown mistake; a slip of the pen has nothing to do with the case."""
    if got.value is None and got.printed and got.error is None:
        return "print shows a value to people, and only `return` gives it to who called."
    if got.error is None or raised is None or case.raises is not None:
        return case.hint or exercise.hint
    if isinstance(got.error, TOO_EARLY):
        return ""
    read = 'Read the message first; where the exercise has a "Help", it may stand there.'
    if isinstance(raised, SLIPS) and "NoneType" in words_of(raised):
        return f"{read} {NONE}"
    meant = next((what for words, what in SAID.items() if words in words_of(raised)), "")
    if meant:
        return f"{read} {meant}"
    if isinstance(raised, (*SLIPS, RecursionError)) or not case.hint:
        return read
    return f"{read} What this case asks for: {case.hint}"


def _show(exercise: Exercise, case: Case) -> str:
    if case.show:
        return case.show
    args = [shorten(arg, 60) for arg in case.args] if not callable(case.args) else []
    args += [f"{name}={shorten(value, 60)}" for name, value in case.kwargs.items()]
    return f"{_called(exercise)}({', '.join(args)})"


def _values(got: Outcome, expected: Outcome, difference: str) -> list[str]:
    """Small arrays and tensors in full, one above the other: gradients, if those differ."""
    pair, note = (got.value, expected.value), []
    for number, grads in enumerate(zip(got.grads, expected.grads, strict=False), 1):
        if difference.startswith(_gradient(number)):
            pair, note = grads, UNEVEN
    if got.error or expected.error or not all(hasattr(value, "shape") for value in pair):
        return []
    both = [as_array(value) for value in pair]
    if max(array.size for array in both) > 24:
        return []
    return [f"  came back: {both[0].tolist()}", f"  expected:  {both[1].tolist()}", *note]


UNEVEN = ["  (The gradient from above differs from place to place, so these are slope times that.)"]


def table(rows: list[tuple[str, bool, bool, float]]) -> list[str]:
    """Rows of numbers as `name | exact | approximate | maxdiff`; nothing if none differs."""
    if all(exact for _, exact, _, _ in rows):
        return []
    width = max(len("name"), *(len(row[0]) for row in rows))
    lines = ["", f"  {'name':<{width}} | exact | approximate | maxdiff"]
    for name, exact, near, gap in rows:
        cells = [f"{'yes' if exact else 'no':<5}", f"{'yes' if near else 'no':<11}", f"{gap:.3g}"]
        lines.append(f"  {name:<{width}} | {' | '.join(cells)}")
    return lines
