"""Regions: the lines of an ordinary file that a lesson builds, and the cell that they stand in.

    # %% lesson 02 mul
    def mul(input, other): ...
    # %% end

Gathering, scattering and live growth all read files through this module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from . import names
from .errors import CourseError
from .files import conflict_line, read_text
from .notebook import NOT_LIBRARY, is_marker, trimmed

BEGIN = re.compile(r"# %% lesson (\d\d) ([A-Za-z0-9_-]{1,64})")
END = "# %% end"
HEAD = re.compile(r"(def|class) \w+")
NEARLY = re.compile(r"\s*#\s*%%\s*(lesson|end)\b", re.IGNORECASE)
HOW = "a region starts with `# %% lesson 02 cell-id` and ends with `# %% end`"


@dataclass(frozen=True)
class Region:
    """Lines of a file that a cell builds; `first` and `last` are the marker lines, from 1 on.

    `head` is how its first definition begins, `def add` or `class Tensor`: ids of cells are not to
    be seen in a notebook, but that is.
    """

    lesson: int
    cell: str
    first: int
    last: int
    head: str

    @property
    def key(self) -> tuple[int, str]:
        """What the region is called: its lesson and its cell."""
        return self.lesson, self.cell

    @property
    def mark(self) -> str:
        """The marker line that opens it."""
        return f"# %% lesson {self.lesson:02d} {self.cell}"


@dataclass(frozen=True)
class Statement:
    """A top-level statement of a file, and the region it lies in, if any."""

    node: ast.stmt
    region: Region | None


def parse_regions(text: str) -> tuple[list[Region], list[str]]:
    """The regions of a text, and what is wrong with its marker lines (each from `line N` on)."""
    found: list[Region] = []
    problems: list[str] = []
    opened: tuple[int, str, int] | None = None
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        begins = BEGIN.fullmatch(line.rstrip())
        if begins:
            if opened:
                problems.append(_unclosed(opened, f"another one starts in line {number}"))
            opened = (int(begins[1]), begins[2], number)
        elif line.rstrip() == END:
            if opened:
                found.append(Region(*opened, number, _head(lines[opened[2] : number - 1])))
            else:
                problems.append(
                    f"line {number}: `{END}`, but no region is open.\n"
                    "  Remove the line, or put the marker back where the region starts."
                )
            opened = None
        elif NEARLY.match(line):
            problems.append(f"line {number}: `{line.strip()}` is no marker; {HOW}.")
    if opened:
        problems.append(_unclosed(opened, "the file ends"))
    return found, problems


def _head(lines: list[str]) -> str:
    """How the first definition in these lines begins; if there is none, their first line."""
    found = next(filter(None, map(HEAD.match, lines)), None)
    return found[0] if found else next((line for line in lines if line.strip()), "")


def _unclosed(opened: tuple[int, str, int], instead: str) -> str:
    lesson, cell, line = opened
    return (
        f"line {line}: the region `# %% lesson {lesson:02d} {cell}` has no `{END}`; {instead}.\n"
        f"  Put a line `{END}` below the region's last line."
    )


class SourceFile:
    """A file of the package: its lines, regions and statements, and what is wrong with them."""

    def __init__(self, file: Path, path: str, text: str) -> None:
        self.file = file
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.regions, problems = parse_regions(text)
        self.problems = [f"{self.name}, {problem}" for problem in problems]
        conflict = conflict_line(text)
        if conflict:
            self.problems = [
                f"{self.name}, line {conflict}: an unfinished merge stands here.\n"
                "  Keep the lines that are right, and remove the lines with `<<<<<<<`, `=======` "
                "and `>>>>>>>`."
            ]

    @property
    def name(self) -> str:
        """How messages call the file, such as `eduflow/ops/shape.py`."""
        return f"{self.package}/{self.path}"

    @property
    def package(self) -> str:
        """The name of the package's folder."""
        return self.file.parents[self.path.count("/")].name

    @property
    def parts(self) -> tuple[str, ...]:
        """The module's name below the package, such as `("ops", "shape")`; `()` is the top."""
        parts = PurePosixPath(self.path).with_suffix("").parts
        return parts[:-1] if self.is_package else parts

    @property
    def is_package(self) -> bool:
        """Whether this is the file of a folder."""
        return PurePosixPath(self.path).name == "__init__.py"

    @cached_property
    def tree(self) -> ast.Module:
        """The file's syntax tree. Raises CourseError with the line that is not Python."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            region = next((r for r in self.regions if r.first <= line <= r.last), None)
            inside = f" (in the region `{region.mark}`)" if region else ""
            raise CourseError(
                f"{self.name}, line {line}{inside}: syntax error: "
                f"{getattr(error, 'msg', error)}.\n  Mend the line first."
            ) from None

    @cached_property
    def statements(self) -> list[Statement]:
        """The top-level statements with their regions. Raises CourseError as `tree` does."""
        return [Statement(node, self.region_at(first_line(node))) for node in self.tree.body]

    def source_of(self, node: ast.stmt) -> str:
        """A definition's text, every line at its place; nothing for other statements."""
        if not isinstance(node, (*names.Function, ast.ClassDef)):
            return ""  # several of them may share a line
        first = first_line(node)
        return "\n" * (first - 1) + "\n".join(self.lines[first - 1 : node.end_lineno])

    def region_at(self, line: int) -> Region | None:
        """The region that a line lies in."""
        return next((r for r in self.regions if r.first <= line <= r.last), None)

    def text_of(self, region: Region) -> str:
        """The region's lines, without blank ones at its ends."""
        return "\n".join(trimmed(self.lines[region.first : region.last - 1]))

    def with_regions(self, texts: dict[Region, str]) -> str:
        """The file's text with other lines in some of its regions."""
        lines = list(self.lines)
        for region in sorted(texts, key=lambda item: item.first, reverse=True):
            inside = texts[region].split("\n")
            gap = [""] * _gap_below(lines, region)
            lines[region.first : region.last - 1] = [*inside, *gap]
        return "\n".join(lines)

    def check(self) -> list[str]:
        """Everything that is wrong with the file by itself."""
        if self.problems:
            return self.problems
        try:
            statements = self.statements
        except CourseError as error:
            return [str(error)]
        return [*self._torn(statements), *self._solutions()]

    def _torn(self, statements: list[Statement]) -> Iterator[str]:
        """Marker lines inside of a statement."""
        for region in self.regions:
            for item in statements:
                first, last = first_line(item.node), item.node.end_lineno or item.node.lineno
                for mark in (region.first, region.last):
                    if first < mark <= last:
                        yield (
                            f"{self.name}, line {mark}: this marker stands inside the statement of "
                            f"the lines {first} to {last}.\n"
                            "  A region holds whole definitions: move the marker above or below."
                        )

    def _solutions(self) -> Iterator[str]:
        for number, line in enumerate(self.lines, start=1):
            if is_marker(line):
                yield (
                    f"{self.name}, line {number}: a solution marker; they stand in the notebook "
                    "only.\n  Remove the line from the file."
                )


def first_line(node: ast.stmt) -> int:
    """The line where a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _gap_below(lines: list[str], region: Region) -> int:
    """How many blank lines stand above the region's end, as the formatter wants them."""
    count = 0
    while count < region.last - region.first - 1 and not lines[region.last - 2 - count].strip():
        count += 1
    return count


class Package:
    """All files of the library part of a package, by path; files of the first folder win."""

    def __init__(self, *folders: Path) -> None:
        self.files: dict[str, SourceFile] = {}
        self.problems: list[str] = []
        for folder in folders:
            for file in sorted(folder.rglob("*.py")):
                path = file.relative_to(folder).as_posix()
                if path.split("/")[0] not in NOT_LIBRARY and path not in self.files:
                    self._read(file, path)

    def _read(self, file: Path, path: str) -> None:
        try:
            self.files[path] = SourceFile(file, path, read_text(file))
        except CourseError as error:
            self.problems.append(str(error))

    def behind(self, files: Iterable[SourceFile]) -> Package:
        """The package with other files in front of those with the same paths."""
        package = Package()
        package.files = self.files | {file.path: file for file in files}
        package.problems = self.problems
        return package

    @cached_property
    def modules(self) -> dict[tuple[str, ...], SourceFile]:
        """The files by module name."""
        return {file.parts: file for file in self.files.values()}

    @property
    def regions(self) -> list[tuple[SourceFile, Region]]:
        """All regions with their files."""
        return [(file, region) for file in self.files.values() for region in file.regions]

    def lessons(self) -> list[int]:
        """The numbers of the lessons that build something, sorted."""
        return sorted({region.lesson for _, region in self.regions})

    def check(self) -> list[str]:
        """Everything that is wrong with the files, whatever the notebooks say."""
        problems = list(self.problems)
        for file in self.files.values():
            problems += file.check()
        problems += self._twice()
        if not problems:
            for file in self.files.values():
                problems += [*_rebound(file), *_private(file), *_absolute(file)]
            problems += self._private_imports()
        return problems

    def _twice(self) -> list[str]:
        seen: dict[tuple[int, str], str] = {}
        problems = []
        for file, region in self.regions:
            where = f"{file.name}, line {region.first}"
            first = seen.setdefault(region.key, where)
            if first != where:
                problems.append(
                    f"{where}: the region `{region.mark}` stands in {first} already.\n"
                    "  A cell builds one region: remove one of the two, or name its own cell."
                )
        return problems

    def _private_imports(self) -> Iterator[str]:
        """Imports of a region's private helper by another file."""
        helpers = {
            (file.parts, name): region
            for file in self.files.values()
            for name, region in _helpers(file).items()
        }
        for file in self.files.values() if helpers else ():
            for node in ast.walk(file.tree):
                for target, name in imported(file, node):
                    if (target, name) in helpers:
                        yield _private_text(file, node, name, helpers[target, name])


def is_private(name: str) -> bool:
    """Whether a name is a helper's: one leading underscore."""
    return name.startswith("_") and not name.startswith("__") and name != "_"


def imported(file: SourceFile, node: ast.AST) -> Iterator[tuple[tuple[str, ...], str]]:
    """(module, name) for what a relative import takes; other nodes import nothing."""
    if isinstance(node, ast.ImportFrom) and node.level:
        base = file.parts if file.is_package else file.parts[:-1]
        base = base[: len(base) - node.level + 1]
        target = (*base, *(node.module.split(".") if node.module else ()))
        for alias in node.names:
            yield target, alias.name


def _helpers(file: SourceFile) -> dict[str, Region]:
    """The private names that regions of the file define."""
    return {
        name: item.region
        for item in file.statements
        if item.region
        for name in names.bound(item.node)
        if is_private(name)
    }


def _private(file: SourceFile) -> Iterator[str]:
    """The first use of each of a region's private helpers by plain lines of the same file."""
    helpers = _helpers(file)
    for item in file.statements if helpers else ():
        for node in ast.walk(item.node) if item.region is None else ():
            if isinstance(node, ast.Name) and node.id in helpers:
                yield _private_text(file, node, node.id, helpers.pop(node.id))


def _private_text(file: SourceFile, node: ast.AST, name: str, region: Region) -> str:
    return (
        f"{file.name}, line {getattr(node, 'lineno', 0)}: uses `{name}`, a private helper of the "
        f"region `{region.mark}`.\n"
        "  Learners may name their helpers as they like: give it a public name, or move it out of "
        "the region."
    )


def _rebound(file: SourceFile) -> Iterator[str]:
    """Names of a region that another part of the same file binds, too."""
    first: dict[str, Statement] = {}
    for item in file.statements:
        for name in names.bound(item.node):
            before = first.setdefault(name, item)
            if before is item or before.region == item.region:
                continue
            region = before.region or item.region
            other = item if before.region is region else before
            yield (
                f"{file.name}, line {other.node.lineno}: binds `{name}`, which the region "
                f"`{region.mark if region else ''}` defines.\n"
                "  A name has one definition: rename one of them, or keep one."
            )


def _absolute(file: SourceFile) -> Iterator[str]:
    """Imports that name the package, which must work under any name."""
    for node in ast.walk(file.tree):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            targets = [node.module or ""]
        for target in targets:
            if target.split(".")[0] == file.package:
                yield (
                    f"{file.name}, line {node.lineno}: `{ast.unparse(node)}` names the package.\n"  # type: ignore[attr-defined]
                    "  The package must work under any name: import relatively, such as "
                    "`from .tensors import Tensor`."
                )
