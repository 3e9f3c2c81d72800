"""Start the course's commands, even while the framework itself cannot be imported.

    python eduflow/course/__main__.py gather        (what the Makefile uses)
    python -m eduflow.course gather                 (if the framework is whole)

Started by its path, Python has not imported `eduflow` yet. An empty stand-in takes its place, so
that `eduflow.course` is found without running `eduflow/__init__.py`: someone whose cell is broken
can still gather, and is told which cell it is.
"""

from __future__ import annotations

import sys
import types
from pathlib import Path


def _stand_in() -> None:
    here = Path(__file__).resolve().parent
    # Python put this folder first; its modules must not hide others of the same name.
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != here]
    package = types.ModuleType("eduflow")
    package.__path__ = [str(here.parent)]
    sys.modules["eduflow"] = package


if __name__ == "__main__":
    if not __package__:
        _stand_in()
    from eduflow.course.cli import main

    sys.exit(main())
