"""The commands for authors: `gather`, `scatter`, `lessons` and `explained`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import CourseError, Problems


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with the reasons on stderr if not."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except Problems as error:
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''}:\n\n{error}", file=sys.stderr)
    except CourseError as error:
        print(error, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eduflow", description=__doc__)
    parser.add_argument("--version", action="version", version=f"eduflow {version()}")
    parser.add_argument("--root", type=Path, default=Path(), help="folder that holds lessons/")
    commands = parser.add_subparsers(required=True, metavar="command")

    gather = commands.add_parser("gather", help="carry the lessons' cells into the package")
    gather.add_argument("--check", action="store_true", help="write nothing; 1 if files differ")
    gather.set_defaults(run=_gather)

    scatter = commands.add_parser("scatter", help="carry edits of the package to the lessons")
    scatter.set_defaults(run=_scatter)
    for command in (gather, scatter):
        command.add_argument("--package", default="eduflow", help="the package's name and folder")
        command.add_argument("--force", action="store_true", help="overwrite changes on this side")

    lessons = commands.add_parser("lessons", help="run lessons and store their outputs")
    lessons.add_argument("names", nargs="*", help="slugs or files; all lessons if none is given")
    lessons.set_defaults(run=_lessons)

    explained = commands.add_parser("explained", help="which share of what runs the lessons show")
    explained.add_argument("--files", type=int, default=0, help="list so many files as well")
    explained.add_argument("--check", action="store_true", help="1 if it is less than we want")
    explained.set_defaults(run=_explained)
    return parser


def version() -> str:
    """The version of the installed package, or else the one beside the package in a checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(__name__.split(".")[0])
    except PackageNotFoundError:
        import tomllib

        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        try:
            return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
        except (OSError, KeyError, ValueError):
            return "of unknown version"


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
