"""Whatever a learner's code does while it is checked, nothing of it gets out."""

from __future__ import annotations

import _thread
import builtins
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

import eduflow
from eduflow.course.checking import run
from eduflow.course.exercises import Case, Exercise, Misconception
from eduflow.course.guard import Refused, TooLong, guarded

TWICE = Exercise("twice", "twice(x)", lambda x: 2 * x, [Case((2,)), Case((5,))])


def endless_print() -> None:
    while True:
        print("again and again")


def stubborn() -> None:
    while True:
        with contextlib.suppress(BaseException):
            sum(range(50))


class Evil:
    """Raises whatever it is asked, as a value that comes back may do."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("never")

    def __repr__(self) -> str:
        raise RuntimeError("never")

    def __eq__(self, other: object) -> bool:
        sys.exit(3)

    __hash__ = None  # type: ignore[assignment]


class Tensor:
    """By its name it might be one."""


class Both(int):
    """Equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


class EqualList(list):  # type: ignore[type-arg]
    def __len__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return True


class BadText(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


def raising() -> None:
    raise BadText


def looking() -> Any:
    class Slow:
        def __repr__(self) -> str:
            while True:
                pass

    return Slow()


def write(path: Path) -> Callable[[], Any]:
    return lambda: path.write_text("x")


DEEDS: dict[str, tuple[Callable[[], Any], str]] = {
    "endless loop": (lambda: [0 for _ in iter(int, 1)], "stopped after 0.3 seconds"),
    "endless loop that catches all": (stubborn, "stopped after 0.3 seconds"),
    "endless print": (endless_print, "stopped after printing"),
    "exit": (lambda: sys.exit(5), "raised SystemExit: 5"),
    "the built-in exit": (lambda: exit(), "raised SystemExit"),
    "os._exit": (lambda: os._exit(3), "raised Refused"),
    "abort": (lambda: os.abort(), "raised Refused"),
    "KeyboardInterrupt": (lambda: (_ for _ in ()).throw(KeyboardInterrupt), "KeyboardInterrupt"),
    "a raising text": (raising, "(its text raised ValueError)"),
    "an evil value": (Evil, "what came back cannot be looked at"),
    "a tensor by name": (Tensor, "result is a Tensor"),
    "equals everything": (lambda: Both(7), "result is 7, expected 4"),
    "a list that lies": (lambda: EqualList([1, 2]), "result is a list"),
    "a repr without an end": (looking, "what came back cannot be looked at"),
    "input": (lambda: input("? "), "raised Refused"),
    "stdin": (lambda: 4 if sys.stdin.read() else 5, "result is 5"),
    "a fork": (lambda: os.fork(), "starts no programs"),
    "a program": (lambda: subprocess.run([sys.executable, "-c", ""]), "starts no programs"),
    "a shell": (lambda: os.system("true"), "starts no programs"),
    "a file": (write(Path("written-by-an-answer")), "writes no files outside"),
    "recursion": (lambda: DEEDS["recursion"][0](), "raised RecursionError"),
}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr("eduflow.course.checking.SECONDS", 0.3)
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_gets_out(deed: str, capsys: pytest.CaptureFixture[str]) -> None:
    if deed == "a fork" and not hasattr(os, "fork"):
        pytest.skip("no forks here")
    act, said = DEEDS[deed]
    before = signal.getsignal(signal.SIGINT), sys.stdin, os._exit, dict(vars(builtins))
    begun = time.monotonic()
    result = run(TWICE, lambda x: act())
    assert time.monotonic() - begun < 4
    assert not result
    assert said in result.text
    assert len(result.text) < 3000
    assert len(result.printed) < 3000
    assert (signal.getsignal(signal.SIGINT), sys.stdin, os._exit, dict(vars(builtins))) == before
    assert capsys.readouterr().out == ""
    assert run(TWICE, lambda x: x + x)


def test_switches_and_random_numbers_are_put_back() -> None:
    def restless(x: int) -> int:
        eduflow.set_grad_enabled(False)
        eduflow.set_default_dtype(eduflow.float64)
        eduflow.manual_seed(5)
        random.seed(3)
        numpy.random.seed(3)
        numpy.set_printoptions(precision=2)
        sys.setrecursionlimit(sys.getrecursionlimit() + 7)
        os.environ["LEFT_BEHIND"] = "1"
        os.chdir(os.path.dirname(os.getcwd()))
        builtins.print = len  # type: ignore[assignment]
        return 2 * x

    def state() -> list[Any]:
        switches = [eduflow.is_grad_enabled(), eduflow.get_default_dtype(), os.getcwd()]
        numbers = [eduflow.get_rng_state().tolist(), random.getstate()]
        rest = [sys.getrecursionlimit(), dict(os.environ), print, numpy.get_printoptions()]
        return [*switches, *numbers, str(numpy.random.get_state()), *rest]

    before = state()
    result = run(TWICE, restless)
    assert state() == before
    assert "it leaves grad mode and the default dtype changed behind" in result.text


def test_a_case_may_use_the_temporary_folder() -> None:
    import tempfile

    place: list[str] = []

    def writing() -> str:
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("kept?")
        place.append(file.name)
        return Path(file.name).read_text()

    assert guarded(writing, 5).value == "kept?"
    assert not Path(place[0]).parent.exists()
    assert tempfile.gettempdir() != str(Path(place[0]).parent)


@pytest.mark.parametrize("leaves", [False, True])
def test_every_call_finds_an_empty_folder(leaves: bool) -> None:
    import tempfile

    def look() -> list[str]:
        place = Path(tempfile.gettempdir())
        found = [path.name for path in place.iterdir()]
        if leaves:
            place.joinpath("left").mkdir()
        elif not found:
            place.joinpath("gone").write_text("")
            place.joinpath("gone").unlink()
        return found

    assert [guarded(look, 5).value for _ in range(3)] == [[], [], []]


def test_within_a_guarded_call_another_has_a_folder_of_its_own() -> None:
    import tempfile

    def place() -> str:
        return tempfile.gettempdir()

    outer, inner = guarded(lambda: (place(), guarded(place, 5).value), 5).value
    assert outer != inner


def test_what_is_printed_is_shown_once_and_cut() -> None:
    def chatty(x: int) -> None:
        print("x" * 1500, 2 * x)

    result = run(TWICE, chatty)
    assert "it printed, and returned nothing" in result.text
    assert "not written yet" not in result.text
    assert result.printed.startswith("xxx")
    assert "more characters were printed)" in result.printed


def test_a_person_may_interrupt() -> None:
    before = signal.getsignal(signal.SIGINT)  # a process in the background may ignore it
    threading.Timer(0.1, _thread.interrupt_main).start()

    def waits() -> None:
        while True:
            pass

    with pytest.raises(KeyboardInterrupt):
        guarded(lambda: waits(), 20)
    assert signal.getsignal(signal.SIGINT) is before


def test_without_a_main_thread_there_is_no_limit() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(guarded(lambda: 5, 1).value))
    thread.start()
    thread.join()
    assert found == [5]


def test_other_threads_may_write_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "log"

    def wait_for_it() -> str:
        thread = threading.Thread(target=path.write_text, args=("log",))
        thread.start()
        thread.join()
        return path.read_text()

    assert guarded(wait_for_it, 5).value == "log"
    path.unlink()


def test_recognising_a_mistake_survives_mistakes_that_raise() -> None:
    def leaves(x: int) -> None:
        sys.exit(1)

    known = [Misconception("leaves", leaves, "Do not leave.")]
    exercise = Exercise("twice", "twice(x)", lambda x: 2 * x, [Case((2,))], known)
    assert run(exercise, lambda x: sys.exit(1)).misconception == "leaves"
    assert run(exercise, lambda x: 3).misconception == ""


def test_a_late_stop_is_dropped() -> None:
    for _ in range(200):
        try:
            ran = guarded(lambda: time.sleep(0.001), 0.001)
        except BaseException as error:
            pytest.fail(f"{type(error).__name__} got out")
        assert isinstance(ran.error, (TooLong, type(None)))
    assert issubclass(Refused, PermissionError)


def spin() -> None:
    while True:
        pass


def climb() -> None:
    while True:
        sum(range(50))


@pytest.mark.parametrize("endless", [spin, climb, lambda: [n for n in iter(int, 1) if n]])
def test_where_no_thread_can_start_the_clock_is_looked_at(
    endless: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the browser, whose Python has no threads and is never interrupted."""

    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    before = sys.gettrace()
    ran = guarded(endless, 0.2)
    assert isinstance(ran.error, TooLong)
    assert "does it ever end?" in str(ran.error)
    assert sys.gettrace() is before
    assert guarded(lambda: 5, 0.2).value == 5
