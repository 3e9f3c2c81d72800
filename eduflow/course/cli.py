"""The command `eduflow`: for those who take the course first, for its authors after them."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import CourseError, Problems
from .version import version

NEW_HERE = """
Learn by building: a framework of your own, lesson by lesson.

New here?
  eduflow start       makes the folder `learn`: lessons to solve, and your framework
  eduflow lab         opens it in JupyterLab (and makes it first, if need be)
"""
Run = Callable[[argparse.Namespace], int]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with the reasons on stderr if not."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console may lack a letter of a folder's name
    options = _parser().parse_args(arguments)
    run: Run = options.run
    try:
        return run(options)
    except Problems as error:
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}:\n\n{error}", file=sys.stderr)
    except CourseError as error:
        print(error, file=sys.stderr)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="eduflow",
        description=NEW_HERE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"eduflow {version()}")
    parser.add_argument("--root", type=Path, default=Path(), help=argparse.SUPPRESS)
    commands = parser.add_subparsers(
        required=True, metavar="command", title="commands", description=None
    )
    _learners(commands)
    _authors(commands)
    return parser


def _learners(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands of those who take the course."""

    def add(name: str, run: Run, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")
        command.set_defaults(run=run)
        return command

    start = add("start", _start, "make your folder, or bring new lessons and corrections into it")
    start.add_argument("folder", nargs="?", type=Path, help="where (default: learn)")
    start.add_argument("--name", help="what your framework is called (default: myflow)")
    lab = add("lab", _lab, "open your folder in JupyterLab")
    lab.add_argument("folder", nargs="?", type=Path, help="which (default: learn)")
    lab.add_argument("more", nargs=argparse.REMAINDER, help="options for JupyterLab")
    progress = add("progress", _progress, "show what is done and what comes next")
    progress.add_argument("folder", nargs="?", type=Path, help="which (default: here, or learn)")
    test = add("test", _test, "run the library's own tests on your framework")
    test.add_argument("--package", help="its name (default: that of your folder)")
    test.add_argument("more", nargs=argparse.REMAINDER, help="options for pytest")
    capstone = add("capstone", _capstone, "train LeNet with your framework, beside the reference")
    capstone.add_argument("--steps", type=int, default=150, help="how many (default: 150)")
    trace = add("trace", _trace, "run a script, and say whose lines of your framework ran")
    trace.add_argument("script", type=Path, help="a Python file that imports your framework")
    trace.add_argument("words", nargs=argparse.REMAINDER, help="what the script is given")


def _authors(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands of those who write it."""
    gather = commands.add_parser("gather", help="for authors: cells into the package")
    gather.add_argument("--check", action="store_true", help="write nothing; 1 if files differ")
    gather.set_defaults(run=_gather)

    scatter = commands.add_parser("scatter", help="for authors: edits of the package into cells")
    scatter.set_defaults(run=_scatter)
    for command in (gather, scatter):
        command.add_argument("--package", default="eduflow", help="the package's name and folder")
        command.add_argument("--force", action="store_true", help="overwrite changes on this side")

    lessons = commands.add_parser("lessons", help="for authors: run lessons, store their outputs")
    lessons.add_argument("names", nargs="*", help="slugs or files; all lessons if none is given")
    lessons.set_defaults(run=_lessons)

    explained = commands.add_parser("explained", help="for authors: the share that lessons show")
    explained.add_argument("--files", type=int, default=0, help="list so many files as well")
    explained.add_argument("--check", action="store_true", help="1 if it is less than we want")
    explained.set_defaults(run=_explained)

    grade = commands.add_parser("grade", help="for teachers: check the folders of a class")
    grade.add_argument("folders", nargs="+", type=Path, help="learners' folders")
    grade.add_argument("--to", type=Path, default=Path("grades"), help="where (default: grades)")
    grade.add_argument("--lessons", nargs="*", default=[], help="numbers or slugs (default: all)")
    grade.set_defaults(run=_grade)

    release = commands.add_parser("release", help="for teachers: an edition for a class")
    release.add_argument("folder", type=Path, help="where; it must not be there yet")
    release.add_argument("--lessons", nargs="*", default=[], help="numbers or slugs (default: all)")
    release.add_argument("--no-hints", action="store_true", help="leave the hints out")
    release.set_defaults(run=_release)

    mutants = commands.add_parser("mutants", help="for authors: how well the checks check")
    mutants.add_argument("names", nargs="*", help="exercises or their cells; all if none is given")
    mutants.add_argument("--jobs", type=int, default=2, help="processes at a time (default: 2)")
    mutants.add_argument("--page", type=Path, help="write the table of all into this file, too")
    mutants.set_defaults(run=_mutants)


def _start(options: argparse.Namespace) -> int:
    from .start import started

    return started(options.folder, options.name)


def _lab(options: argparse.Namespace) -> int:
    from .lab import lab

    return lab(options.folder, options.more)


def _progress(options: argparse.Namespace) -> int:
    from .report import report
    from .start import learners_folder

    print(report(learners_folder(options.folder)))
    return 0


def _test(options: argparse.Namespace) -> int:
    from .owntests import run_tests
    from .start import learners_folder

    return run_tests(learners_folder(None, options.package), options.more)


def _capstone(options: argparse.Namespace) -> int:
    from .capstone import capstone
    from .start import learners_folder

    return capstone(learners_folder(None), options.steps)


def _trace(options: argparse.Namespace) -> int:
    from .start import learners_folder
    from .traced import trace_script

    return trace_script(learners_folder(None), options.script, options.words)


def _gather(options: argparse.Namespace) -> int:
    from .gather import gather

    result = gather(
        options.root / "lessons",
        options.root / options.package,
        check=options.check,
        force=options.force,
    )
    verb = "differs" if options.check else "written"
    for cell in result.cells if options.check else ():
        print(f"differs: {cell}")
    for path in result.written:
        print(f"{verb}: {options.package}/{path}")
    if options.check and result.written:
        print("Cells and package differ. Run `make gather` or `make scatter`.")
        return 1
    print(f"{len(result.unchanged)} files as they should be.")
    return 0


def _scatter(options: argparse.Namespace) -> int:
    from .scatter import scatter

    result = scatter(
        options.root / "lessons",
        options.root / options.package,
        force=options.force,
    )
    for cell in result.cells:
        print(f"changed: {cell}")
    for note in result.notes:
        print(note)
    if result.notebooks:
        print("Their outputs are still the old ones. Run `make lessons` for:")
        print("\n".join(f"  {name}" for name in result.notebooks))
    elif not result.notes:
        print("Nothing to carry over: files and lessons agree.")
    return 0


def _lessons(options: argparse.Namespace) -> int:
    from .lessons import run_lessons

    return run_lessons(options.root / "lessons", options.names)


def _explained(options: argparse.Namespace) -> int:
    from .explained import explained

    enough = explained(options.root / "lessons", options.files)
    return int(options.check and not enough)


def _mutants(options: argparse.Namespace) -> int:
    from .measured import measured

    if options.names and options.page:
        raise CourseError("The page holds all exercises: name none, or leave out `--page`.")
    return measured(options.names, max(1, options.jobs), options.page)


def _grade(options: argparse.Namespace) -> int:
    from .grading import grade

    return grade(options.folders, options.to, options.lessons)


def _release(options: argparse.Namespace) -> int:
    from .release import release

    return release(options.folder, options.lessons, hints=not options.no_hints)
