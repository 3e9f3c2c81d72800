"""How long lessons keep one waiting: python -m tests.bench.lessons [NUMBER ...]

For each lesson, in a fresh process, the seconds of CPU to begin it, and those of its slowest cell
that builds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from eduflow.course import lesson
from eduflow.course.notebook import EXPORT, read_notebook

LESSONS = Path(__file__).parents[2] / "lessons"


def measure(path: Path) -> None:
    """Begin a lesson in this process, run its cells that build, and print what they took."""
    os.environ["IPYTHONDIR"] = tempfile.mkdtemp()
    from IPython.core.interactiveshell import InteractiveShell

    shell, start = InteractiveShell.instance(), time.process_time()
    lesson(path.stem)
    begun, slowest = time.process_time() - start, (0.0, "none")
    for cell in read_notebook(path).cells:
        if cell.is_code and EXPORT.match(cell.source):
            start = time.process_time()
            shell.run_cell(cell.source, store_history=True).raise_error()
            slowest = max(slowest, (time.process_time() - start, cell.id))
    print(f"{path.stem:<32}{begun:6.2f} s to begin{slowest[0]:8.2f} s for {slowest[1]}")


def main() -> None:
    """Measure the lessons that are named by their numbers, or all but the tour."""
    if sys.argv[1:2] == ["--here"]:
        return measure(Path(sys.argv[2]))
    for path in sorted(LESSONS.glob("[0-9][0-9]_*.ipynb"))[1:]:
        if not sys.argv[1:] or path.stem[:2] in sys.argv[1:]:
            words = [sys.executable, "-m", "tests.bench.lessons", "--here", str(path)]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            print(done.stdout.splitlines()[-1], flush=True)


if __name__ == "__main__":
    main()
