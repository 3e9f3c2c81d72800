"""A check runs the learner's code in here: whatever it does, nothing of it is left behind.

`guarded(action)` stops what would not end, catches what is raised, an exit among it, collects what
is printed, gives a temporary folder and refuses all other files, forks, programs and the network,
and puts back the switches and the random numbers that were changed.
"""

from __future__ import annotations

import _thread
import atexit
import builtins
import contextlib
import importlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from .shown import running_shell

ROOT = __name__.split(".")[0]
PACKAGE = str(Path(__file__).parents[1])
AGAIN = 0.05  # seconds after which code that caught the stop is stopped once more
PRINTED = 100_000  # characters that a call may print
CHANGES = {"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod", "os.utime"}
CHANGES |= {"os.link", "os.symlink", "os.chown", "shutil.rmtree", "shutil.move", "shutil.copyfile"}
LEAVES = {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.kill"}
LEAVES |= {"os.startfile", "os.killpg", "subprocess.Popen", "socket.connect", "socket.bind"}
LEAVES |= {"socket.getaddrinfo", "socket.sendto"}


class TooLong(BaseException):
    """A call that was stopped, since it would not end."""


class TooMuch(Exception):
    """A call that was stopped, since it printed without an end."""


class Refused(PermissionError):
    """What a check lets nobody do: write files, start programs, leave."""


@dataclass
class Ran:
    """What an action did: its value or what it raised, what it printed, switches left changed."""

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    warned: str = ""
    left: list[str] = field(default_factory=list)


def guarded(action: Callable[[], Any], seconds: float) -> Ran:
    """Run `action`, and leave everything else as it was. Only a person's interrupt gets out."""
    ran = Ran()
    out, beside = _Sheet(), _Sheet()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_as_before(ran.left))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(beside))
        stack.enter_context(_nobody_leaves())
        limit = stack.enter_context(_Limit(seconds))
        try:
            ran.value = limit.inside(action)
        except BaseException as error:
            if limit.asked:
                raise KeyboardInterrupt from None
            ran.error = error
    ran.printed, ran.warned = out.getvalue(), beside.getvalue()
    return ran


class _Sheet(io.StringIO):
    """What is printed, up to a limit."""

    def write(self, text: str) -> int:
        if self.tell() + len(text) > PRINTED:
            super().write(text[: max(0, PRINTED - self.tell())])
            raise TooMuch(f"it was stopped after printing {PRINTED} characters: does it ever end?")
        return super().write(text)


class _Limit:
    """Stops what runs `inside` when the time is up.

    The stop is an interrupt of the main thread that raises only while `inside` is on the stack:
    one that comes late is dropped. Code that catches it is stopped again. Where no thread can
    start, as in the browser, the clock is looked at on every line outside of the framework and on
    every call; code that catches that stop is not stopped again.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked = False  # whether a person interrupted
        self.due = False
        self.traced = False  # whether there is no thread to stop it
        self.end = 0.0
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.before: Any = None

    def inside(self, action: Callable[[], Any]) -> Any:
        """Call the action, where it may be stopped."""
        if not self.traced:
            return action()
        before = sys.gettrace()
        self.end = time.monotonic() + self.seconds
        sys.settrace(self._look)
        try:
            return action()
        finally:
            sys.settrace(before)

    def _look(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Look at the clock; lines of the framework, which are many and end, go without."""
        if time.monotonic() > self.end:
            raise self._too_long()
        return None if frame.f_code.co_filename.startswith(PACKAGE) else self._look

    def _too_long(self) -> TooLong:
        return TooLong(f"it was stopped after {self.seconds:g} seconds: does it ever end?")

    def __enter__(self) -> _Limit:
        if threading.current_thread() is not threading.main_thread():
            return self
        self.before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, self._interrupted)
        try:
            _thread.start_new_thread(self._stop, ())  # a Thread would make us wait for its start
        except RuntimeError:  # the browser's Python has no threads
            self.traced = True
        return self

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.over.set()  # no stop is sent any more; setting a handler takes those on the way
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)

    def _stop(self) -> None:
        wait = self.seconds
        while not self.over.wait(wait):
            with self.lock:
                if not self.over.is_set():
                    self.due, wait = True, AGAIN
                    _thread.interrupt_main()

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if not self.due:
            self.asked = True
            raise KeyboardInterrupt
        while frame is not None and frame.f_code is not _Limit.inside.__code__:
            frame = frame.f_back
        if frame is not None:
            raise self._too_long()


@contextlib.contextmanager
def _as_before(left: list[str]) -> Iterator[None]:
    """Switches of the framework, of NumPy and of Python, and all random numbers, are put back.

    `left` takes the names of the framework's switches that were changed.
    """
    numpy = importlib.import_module("numpy")
    own = [_Switch(*item) for item in SWITCHES]
    python = random.getstate()
    place, environment = os.getcwd(), dict(os.environ)
    names, deep = dict(vars(builtins)), sys.getrecursionlimit()
    printing = numpy.get_printoptions()
    theirs = numpy.random.get_state()
    try:
        with warnings.catch_warnings(), numpy.errstate(all="ignore"):
            yield
    finally:
        _refill(vars(builtins), names)
        left += [name for switch in own if (name := switch.put_back())]
        random.setstate(python)
        numpy.random.set_state(theirs)
        numpy.set_printoptions(**printing)
        sys.setrecursionlimit(deep)
        os.chdir(place)
        if dict(os.environ) != environment:
            _refill(os.environ, environment)


def _refill(names: Any, before: dict[str, Any]) -> None:
    """Make a mapping what it was; at no moment is anything missing."""
    names.update(before)
    for name in [name for name in names if name not in before]:
        del names[name]


SWITCHES = [
    ("grad mode", "is_grad_enabled", "set_grad_enabled"),
    ("the default dtype", "get_default_dtype", "set_default_dtype"),
    ("", "get_rng_state", "set_rng_state"),  # random numbers may be drawn
]


class _Switch:
    """A switch of the framework, as far as it is built yet."""

    def __init__(self, name: str, read: str, write: str) -> None:
        self.name, self.read, self.write = name, read, write
        self.known, self.value = self._now()

    def _now(self) -> tuple[bool, Any]:
        try:
            return True, getattr(sys.modules[ROOT], self.read)()
        except Exception:  # a lesson builds it later
            return False, None

    def put_back(self) -> str:
        """Switch back what was changed; its name if it was."""
        known, now = self._now()
        if not (self.known and known):
            return ""
        if self.name and now == self.value:
            return ""
        getattr(sys.modules[ROOT], self.write)(self.value)
        return self.name


_watched: dict[int, str] = {}  # the threads in which a check runs now, with the folder of each
_hooked: list[bool] = []


@contextlib.contextmanager
def _nobody_leaves() -> Iterator[None]:
    """Within, this thread cannot leave, ask a person, start programs or change files."""
    _hook()
    shell = running_shell()
    me = threading.get_ident()
    outer = _watched.pop(me, None)
    place = _folder()
    before = os._exit, os.abort, sys.stdin, tempfile.tempdir
    os._exit = os.abort = builtins.input = _leave  # type: ignore[assignment]
    sys.stdin = io.StringIO()
    if shell:
        shell.ask_exit = _leave
    tempfile.tempdir = _watched[me] = place
    try:
        yield
    finally:
        del _watched[me]
        os._exit, os.abort, sys.stdin, tempfile.tempdir = before
        _put_by(place)
        if outer:
            _watched[me] = outer
        if shell:
            vars(shell).pop("ask_exit", None)


_spare: list[str] = []  # folders in which a call left nothing: to make one takes most of its time


def _folder() -> str:
    """An empty temporary folder."""
    return _spare.pop() if _spare else os.path.realpath(tempfile.mkdtemp())


def _put_by(folder: str) -> None:
    """Keep a folder for the next call if it is as it was; else it goes, with all that is in it."""
    try:
        untouched = not os.listdir(folder) and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        untouched = False
    if untouched:
        _spare.append(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)


@atexit.register
def _remove_spare() -> None:
    while _spare:
        shutil.rmtree(_spare.pop(), ignore_errors=True)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_spare.clear)  # they are the parent's


def _hook() -> None:
    """Let Python report to `_watch`, from the first time on and for good."""
    if not _hooked:
        sys.addaudithook(_watch)
        _hooked.append(True)


def _leave(*args: Any, **kwargs: Any) -> None:
    raise Refused("a check runs on its own: it neither leaves nor asks anybody")


_confined: list[str] = []


def confine(folder: str) -> None:
    """From now on, for good and in all threads: files are written in `folder` only, no program is
    started, no library loaded and no connection made. For processes that run strangers' code.
    """
    _remove_spare()
    tempfile.tempdir = folder
    _confined.append(os.path.realpath(folder))
    _hook()


def _watch(event: str, args: tuple[Any, ...]) -> None:
    """Python's own report of what is about to happen; raising prevents it."""
    place = _watched.get(threading.get_ident()) or next(iter(_confined), "")
    if not place:
        return
    if event in LEAVES or (_confined and event == "ctypes.dlopen"):
        raise Refused(f"a check starts no programs, processes or connections ({event})")
    if event == "open":
        path, mode, flags = args
        writes = any(c in mode for c in "wax+") if isinstance(mode, str) else _writes(flags)
        if writes:
            _only_temporary(path, place)
    elif event in CHANGES:
        for path in args:
            _only_temporary(path, place)


def _writes(flags: Any) -> bool:
    changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return isinstance(flags, int) and bool(flags & changing)


def _only_temporary(path: Any, allowed: str) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)):
        return  # a file that is open already, a mode
    place = os.path.realpath(os.fsdecode(path))
    if not (place + os.sep).startswith(allowed + os.sep) and place != os.path.realpath(os.devnull):
        raise Refused(f"a check writes no files outside of the temporary folder: {place}")
