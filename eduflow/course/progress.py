"""What a learner has done: predictions, quizzes, checks and help, in one small JSON file.

The file is `.eduflow/progress.json` beside the lessons folder, or where `EDUFLOW_PROGRESS` says;
`EDUFLOW_PROGRESS=off` records nothing. A lesson never fails because of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .files import atomic_write, read_bytes
from .folder import RECORD

PATIENCE = 3.0  # seconds to wait for another kernel, and after which its lock is a dead one's
KINDS = ("predictions", "quizzes", "checks", "help")
Entry = dict[str, Any]
_found: dict[Path, Path] = {}


def location() -> Path | None:
    """The progress file, or None if recording is off."""
    wanted = os.environ.get("EDUFLOW_PROGRESS", "").strip()
    if wanted.lower() == "off":
        return None
    if wanted:
        return Path(wanted).expanduser()
    here = Path.cwd()
    base = here.parent if here.name == "lessons" else here
    return (_learners(here) or base) / ".eduflow" / "progress.json"


def _learners(here: Path) -> Path | None:
    """The learner's folder that a place lies in. One that was found is not looked for again."""
    if here not in _found:
        places = (place for place in (here, *here.parents) if (place / RECORD).is_file())
        if (place := next(places, None)) is None:
            return None
        _found[here] = place
    return _found[here]


def load(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """Everything recorded, by kind and key, in `path` or else where we are.

    A damaged file is put aside, never overwritten.
    """
    empty: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
    path = path or location()
    if path is None:
        return empty
    try:
        data = json.loads(read_bytes(path))
        kinds = {kind: data.get(kind, {}) for kind in KINDS}
        if not all(isinstance(entries, dict) for entries in kinds.values()):
            raise ValueError("not a progress file")
    except (ValueError, AttributeError):
        _put_aside(path)
        return empty
    except OSError:
        return empty
    return kinds


def record(kind: str, key: str, entry: Entry) -> bool:
    """Set what is known about `key`; say whether it could be written down."""
    return change(kind, key, lambda _: entry)


def change(kind: str, key: str, entry: Callable[[Entry], Entry]) -> bool:
    """Set what is known about `key` to what `entry` makes of it; say whether it was written."""
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}, expected one of {', '.join(KINDS)}")
    path = location()
    if path is None:
        return False
    try:
        with _alone(path.with_name(f"{path.name}.lock")):
            data = load(path)
            data[kind][key] = entry(_known(data, kind, key))
            text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True)
            atomic_write(path, text + "\n")
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Within, no other kernel of the learner's writes. A lock of one that died is broken."""
    end = time.monotonic() + PATIENCE
    held = False
    while not held and time.monotonic() < end:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            held = True
        except FileNotFoundError:
            lock.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, PermissionError):  # Windows says so of one that is being removed
            with contextlib.suppress(OSError):
                if time.time() - lock.stat().st_mtime > PATIENCE:
                    lock.unlink()
            time.sleep(0.005)
    try:
        yield
    finally:
        if held:
            with contextlib.suppress(OSError):
                lock.unlink()


def lookup(kind: str, key: str) -> dict[str, Any]:
    """What is known about `key`; empty if nothing is."""
    return _known(load(), kind, key)


def _known(data: dict[str, dict[str, Any]], kind: str, key: str) -> Entry:
    entry = data[kind].get(key, {})
    return entry if isinstance(entry, dict) else {}


def _put_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    try:
        os.replace(path, aside)
    except OSError:
        return
    print(
        f"The record of your progress could not be read. It is kept as {aside.name}, "
        "and a new one is started."
    )
