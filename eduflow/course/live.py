"""Live growth: in lesson N the framework lacks what N and later build, and grows cell by cell.

`lesson(slug)` takes the finished framework out of the way, puts the one with the regions cut out
in its place (`growth.py`), and from then on runs each cell that starts with `#| export PATH`
inside the module it names, by a hook around the shell's "run the statements of this cell".
"""

from __future__ import annotations

import ast
import builtins
import difflib
import gc
import linecache
import sys
import types
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from . import names
from .desk import Desk, Try, listed, sit_down
from .edition import Task
from .errors import CourseError, NotBuiltYet, NotInThisFile, Problems, UsedBeforeBuilt
from .frame import CELLAR, Frame
from .growth import Growth, Item, cell_name, members, show_source
from .notebook import EXPORT, parse_export
from .placeholders import Missing, is_library, load_whole, used
from .regions import Package, Region, SourceFile
from .regrow import replace_everywhere
from .room import Door, NotRun, Room
from .shown import running_shell
from .snapshot import Snapshot
from .stubs import stubs
from .version import version
from .witness import Witness

ROOT = __name__.split(".")[0]
_current: Live | None = None
_complete: dict[tuple[str, str], set[str]] = {}


def begin_lesson(slug: str) -> Live:
    """Put the floors below in place, and let export cells of this notebook grow the rest.

    Safe to run twice: what was built in this kernel stays. Raises CourseError for an unknown slug
    or outside IPython.
    """
    global _current
    shell = _shell()
    if _current is None or _current.frame.slug != slug:
        collecting = gc.isenabled()
        gc.disable()  # thousands of syntax trees are made, and none of them is garbage
        gc.unfreeze()  # those of another lesson in this kernel are, by and by
        try:
            _current = _start(slug, shell.user_ns)
        finally:
            gc.freeze()  # nor will be: to look through them takes half a second each time
            if collecting:
                gc.enable()
    _hook(shell)
    return _current


def _start(slug: str, notebook: dict[str, Any]) -> Live:
    """Cut the regions of this lesson and later ones out of the framework.

    In a learner's folder the files that hold their own lines stand in front of ours.
    """
    folder = _package_folder()
    package = Package(folder)
    marks = [problem for file in package.files.values() for problem in file.problems]
    _check([*package.problems, *marks])
    desk = sit_down(_notebook_folder(notebook), package, version(), slug)
    own = _own_files(desk) if desk else {}
    if own:
        package = package.behind(own.values())
    frame = Frame(slug, folder, package, [file.parts for file in own.values()])
    files = package.modules
    _check([problem for parts in sorted(frame.touched) for problem in files[parts].check()])
    if _current is None:
        load_whole(ROOT)
        _complete.update(members(ROOT))
    growth = Growth(frame, ROOT)
    if _current or own or not frame.whole:
        growth.start(_complete)
        _renew(notebook)
    return Live(frame, growth, desk)


def current() -> Live | None:
    """The lesson that runs in this notebook."""
    return _current


def _notebook_folder(notebook: dict[str, Any]) -> Path:
    """The folder of the notebook; VS Code may start kernels elsewhere, and tells the file."""
    told = notebook.get("__vsc_ipynb_file__")
    return Path(told).parent if isinstance(told, str) else Path.cwd()


def this_cell() -> str:
    """The source of the cell that runs."""
    return str(_shell().user_ns.get("In", [""])[-1])


def notebook_names() -> dict[str, Any]:
    """The names of the running notebook."""
    names_there: dict[str, Any] = _shell().user_ns
    return names_there


def _own_files(desk: Desk) -> dict[str, SourceFile]:
    """The learner's files that stand in front of ours; one that cannot be read gets a word."""
    root = str(desk.folder.root)
    if root not in sys.path:
        sys.path.append(root)
    for path in desk.own.renew().aside:
        print(f"eduflow has no place for these lines of yours any more; they are kept in {path}.")
    own = {}
    for path, file in desk.own.files().items():
        problems = file.source.check()
        if problems:
            print("\n".join([*problems, "  Until then the framework uses eduflow's file."]))
        else:
            own[path] = file.source
    return own


def _shell() -> Any:
    """The running IPython shell; CourseError where there is none."""
    shell = running_shell()
    if shell is None:
        raise CourseError(
            "lesson(...) needs a notebook: it plugs the cells you run into the framework, and here "
            "are no cells.\n"
            "  Open the lesson with `make lab` (or in VS Code), or start `ipython` in the lessons "
            "folder. In a plain Python program, `import eduflow as torch` gives the finished one."
        )
    return shell


def _package_folder() -> Path:
    """The folder of the installed package."""
    return Path(next(iter(sys.modules[ROOT].__path__))).resolve()


def _hook(shell: Any) -> None:
    """Let export cells run in their module; all other cells run as ever."""
    if getattr(shell.run_ast_nodes, "grows_eduflow", False):
        return
    original = shell.run_ast_nodes

    async def run_ast_nodes(
        nodelist: list[ast.stmt],
        cell_name: str,
        interactivity: str = "last_expr",
        compiler: Any = compile,
        result: Any = None,
    ) -> bool:
        source = "".join(linecache.getlines(cell_name)).lstrip("\n")

        async def run(how: str) -> bool:
            return bool(await original(nodelist, cell_name, how, compiler, result))

        if _current is None or not EXPORT.match(source):
            failed = await _run_plain(_current, lambda: run(interactivity), source, result)
            if _current and _current.desk and not failed:
                _lend(_current.desk, nodelist, shell.user_ns)
            return failed
        return await _run_export(shell, _current, run, source, nodelist, cell_name, result)

    run_ast_nodes.grows_eduflow = True  # type: ignore[attr-defined]
    shell.run_ast_nodes = run_ast_nodes


async def _run_plain(
    live: Live | None, run: Callable[[], Awaitable[bool]], source: str, result: Any
) -> bool:
    """Run a cell of the notebook itself, with PyTorch beside it if it was called as a witness."""
    if live is None or live.witness is None or result is None:
        return await run()
    return await live.witness.beside(run, source, sys.modules[ROOT], result)


def _lend(desk: Desk, nodelist: list[ast.stmt], notebook: dict[str, Any]) -> None:
    """Give the notebook ours for an exercise outside the package that is still to be written."""
    new = desk.lend(nodelist, sys.modules[ROOT])
    if new:
        notebook.update(new)
        are = "are" if len(new) > 1 else "is"
        print(f"{listed(list(new))} {are} yours to write; until then this notebook uses ours.")


async def _run_export(
    shell: Any,
    live: Live,
    run: Callable[[str], Awaitable[bool]],
    source: str,
    nodelist: list[ast.stmt],
    cell_name: str,
    result: Any,
) -> bool:
    """Run one cell inside its module; True if it failed, as the shell wants it."""
    try:
        step = live.begin(source, nodelist, cell_name, shell.user_ns)
    except (CourseError, NotInThisFile) as error:
        return _fail(shell, error, result)
    place = shell.user_module, shell.user_ns
    door = Door(step.space) if isinstance(step.space, Room) else step.module
    shell.user_module, shell.user_ns = door, step.space
    failed = True
    try:
        failed = await run("none")
    finally:
        shell.user_module, shell.user_ns = place
        if failed or step.task:
            step.undo()
    if step.task:
        live.tried(step, shell.user_ns)
    elif not failed:
        try:
            step.finish(shell.user_ns)
        except Exception as error:
            step.undo()
            known = isinstance(error, UsedBeforeBuilt)
            return _fail(shell, error if known else step.does_not_fit(error), result)
        note = live.desk.changed(step.key, step.file.path, source, step.own) if live.desk else ""
        print(note, end="\n" if note else "")
    return failed


def _fail(shell: Any, error: Exception, result: Any) -> bool:
    """Show a course error as the outcome of the cell."""
    if result is not None:
        result.error_in_exec = error
    shell.showtraceback((type(error), error, None))
    return True


def _check(problems: list[str]) -> None:
    """CourseError with what is wrong with the package's files, if anything is."""
    if problems:
        raise Problems(problems)


def _renew(notebook: dict[str, Any]) -> None:
    """Modules that were imported before `lesson(...)` become the growing ones."""
    for name, value in list(notebook.items()):
        if isinstance(value, types.ModuleType) and is_library(value.__name__, ROOT):
            notebook[name] = sys.modules.get(value.__name__, value)


class Live:
    """A lesson in a running notebook: its growth, and what was written in its cells.

    `desk` is the learner's; an author's notebook has none, and all of its cells are used as they
    are.
    """

    def __init__(self, frame: Frame, growth: Growth, desk: Desk | None) -> None:
        self.frame = frame
        self.growth = growth
        self.desk = desk
        self.failed = ""  # the check that failed last
        self.witness: Witness | None = None  # PyTorch, if it was asked to run cells as well
        self.stood_in = set(growth.done)  # regions whose lines came from a file
        self.cells: dict[tuple[str, ...], dict[tuple[int, str], str]] = {}

    def begin(
        self, source: str, nodelist: list[ast.stmt], filename: str, notebook: dict[str, Any]
    ) -> Step:
        """Get ready to run a cell in its module. CourseError if it does not belong here."""
        export = parse_export(source)
        assert export is not None
        files = self.frame.package.files
        file = files.get(export.path)
        if file is None:
            close = difflib.get_close_matches(export.path, files, n=1)
            meant = f" Did you mean `{close[0]}`?" if close else ""
            raise CourseError(
                f"`#| export {export.path}`: {ROOT} has no file {export.path}.{meant}\n"
                "  Correct the path in the cell's first line."
            )
        region = self._region(file, names.defined(nodelist))
        task = self.desk.to_try(region, source) if self.desk else None
        step = Step(self, file, region, source, nodelist, filename, task)
        step.borrow(notebook)
        if isinstance(step.space, Room):
            step.space.lay_out(name for node in nodelist for name in names.needed(node))
        return step

    def tried(self, step: Step, notebook: dict[str, Any]) -> None:
        """An exercise's cell was run: the notebook has its names, the framework goes on with ours.

        Ours are the lines that passed before, or else eduflow's. For what is not written at all the
        notebook has ours as well, so that its other cells run; `check` knows it.
        """
        desk, task, room = self.desk, step.task, step.space
        assert desk is not None
        assert task is not None
        assert isinstance(room, Room)
        room.clear_away()
        desk.tries[step.key] = Try(
            task, step.key, step.source, step.nodes, step.filename, room, step.borrowed
        )
        notebook.update(
            {name: room[name] for name in step.own if _may_be_copied(name) and name in room}
        )
        note = desk.note(step.key, task, written=not stubs(step.nodes))
        if note:
            print(note)
        if step.key not in self.growth.done:
            try:
                self.stand_in(step.file, step.key, notebook)
            except (NotBuiltYet, UsedBeforeBuilt) as error:
                print(f"Ours cannot take its place yet. {error}")
        space = vars(step.module)
        for name in stubs(step.nodes):
            if name in space and type(space[name]) is not Missing:
                notebook[name] = space[name]
                room.pop(name, None)  # what is written beside it finds ours there, too

    def stand_in(self, file: SourceFile, key: tuple[int, str], notebook: dict[str, Any]) -> None:
        """Let the framework grow by the lines of a file that a cell would have brought."""
        region = next(item for item in file.regions if item.key == key)
        nodes = [item.node for item in file.statements if item.region == region]
        step = Step(self, file, region, file.text_of(region), nodes, str(file.file), None)
        step.carry_out(notebook, file)
        self.stood_in.add(key)

    def put_in(self, trial: Try, notebook: dict[str, Any]) -> Step:
        """Let the framework use what an exercise's cell defined; the step, to be undone.

        Raises what the cell raises, or lines of the framework that stand on it.
        """
        export = parse_export(trial.source)
        assert export is not None
        file = self.frame.package.files[export.path]
        region = next(item for item in file.regions if item.key == trial.key)
        step = Step(self, file, region, trial.source, trial.nodes, trial.filename, None)
        step.borrow(notebook)
        step.carry_out(notebook)
        return step

    def _region(self, file: SourceFile, own: list[str]) -> Region | None:
        """The region that a cell stands for: the one of this lesson that defines its names."""
        shared: dict[Region, list[str]] = {}
        for item in file.statements:
            if item.region:
                found = [name for name in names.bound(item.node) if name in own]
                shared[item.region] = shared.get(item.region, []) + found
        best = max(
            shared,
            key=lambda r: (r.lesson == self.frame.number and bool(shared[r]), len(shared[r])),
            default=None,
        )
        if best is None or not shared[best]:
            return None
        if best.lesson == self.frame.number:
            return best
        relation = "below" if best.lesson < self.frame.number else "further up"
        if best.lesson >= CELLAR:
            relation = "in the cellar"
        raise CourseError(
            f"`#| export {file.path}`: `{shared[best][0]}` belongs to lesson {best.lesson:02d}, "
            f"{relation}: it is built there in the cell with `{best.head}`.\n"
            f"  Change it in lesson {best.lesson:02d}, or give yours another name."
        )


class Step:
    """One run of one export cell: either it is finished, or it never happened."""

    def __init__(
        self,
        live: Live,
        file: SourceFile,
        region: Region | None,
        source: str,
        nodelist: list[ast.stmt],
        filename: str,
        task: Task | None,
    ) -> None:
        """With a `task`, the cell is only tried: in a room of its own above the module."""
        self.live = live
        self.file = file
        self.task = task
        self.nodes = list(nodelist)
        self.own = names.defined(nodelist)
        self.source = source
        self.filename = filename
        self.key = region.key if region else (live.frame.number, ",".join(self.own))
        growth = live.growth
        self.module = growth.module_of(file.parts)
        self.space = Room(self.module) if task else vars(self.module)
        self.borrowed: list[str] = []
        self.before = dict(vars(self.module))
        self.snapshot = Snapshot(growth.modules())
        self.state = (
            list(growth.waiting),
            list(growth.came_in),
            set(growth.done),
            dict(growth.bodies),
        )

    @property
    def cell(self) -> str:
        """What the cell is called among the statements that came in."""
        return cell_name(self.file, self.key[1])

    def borrow(self, notebook: dict[str, Any]) -> None:
        """Names that only the notebook has go into the module; NotInThisFile for unknown ones."""
        space = self.space
        known = {*self.own, *(name for node in self.nodes for name in names.bound(node))}
        at_once = {name for node in self.nodes for name in names.needed(node)}
        inside = names.looked_up(self.nodes)
        for name in sorted(at_once | inside):
            if name in known or name in vars(self.module) or hasattr(builtins, name):
                continue
            if name in notebook and type(notebook[name]) is not NotRun:
                space[name] = notebook[name]
                self.borrowed.append(name)
            elif name in at_once:
                self.undo()
                raise NotInThisFile(
                    f"name {name!r} is not defined: an export cell sees the names of "
                    f"{self.file.name} and those of this notebook. Run the cell that defines "
                    f"{name!r} first, or import it at the head of the file.",
                    name=name,
                )

    def undo(self) -> None:
        """Leave the framework as it was before the cell."""
        growth = self.live.growth
        self.snapshot.restore()
        growth.waiting, growth.came_in, growth.done, growth.bodies = self.state
        growth.refresh()

    def does_not_fit(self, error: Exception) -> CourseError:
        """What to say if lines of the framework that stand on the cell do not run with it."""
        return CourseError(
            f"This cell ran, but lines of the framework that stand on it do not run with what it "
            f"built: {type(error).__name__}: {error}.\n"
            "  Nothing was changed. Mend the cell and run it again."
        )

    def carry_out(self, notebook: dict[str, Any], file: SourceFile | None = None) -> None:
        """Run the statements as the framework's own and plug them in, or leave all as it was.

        `file` is where they stand, if not in a cell; their names then stay out of the notebook.
        """
        late = file is not None and names.late_annotations(file.tree.body)
        try:
            for node in self.nodes:
                text = file.source_of(node) if file else ""
                Item(self.module, node, self.filename, late, text).run()
            self.finish(notebook, copied=file is None)
        except BaseException:
            self.undo()
            raise

    def finish(self, notebook: dict[str, Any], *, copied: bool = True) -> None:
        """Plug in what the cell defined: in the package, in the notebook, in place of the old.

        Without `copied` the lines are none of the notebook's, and their names stay out of it.
        """
        growth, space = self.live.growth, vars(self.module)
        for name in self.own:
            if type(space.get(name)) is Missing:
                raise used(space[name])
        made_with = self._made_with()
        growth.done.add(self.key)
        changed = growth.settle(self.module, self.own, self.before)
        everywhere = [vars(module) for module in growth.modules()]
        replace_everywhere(changed, [*everywhere, notebook])
        growth.keep_cell(made_with, self.cell)
        growth.grow(self.before, self.module)
        remade = growth.remake(changed, self.cell)
        if copied:
            self._keep_source()
            notebook.update(
                {name: space[name] for name in self.own if _may_be_copied(name) and name in space}
            )
        replace_everywhere(remade, [notebook])
        growth.refresh()

    def _made_with(self) -> list[Item]:
        """The cell's statements with the objects that they used."""
        space = vars(self.module)
        items = []
        for node in self.nodes:
            if not names.is_import(node):
                item = Item(self.module, node, self.filename, False, cell=self.cell)
                item.used = {name: space[name] for name in item.needs if name in space}
                items.append(item)
        return items

    def _keep_source(self) -> None:
        cells = self.live.cells.setdefault(self.file.parts, {})
        cells[self.key] = self.source
        values = [vars(self.module).get(name) for name in self.own]
        show_source(self.file, cells, [value for value in values if isinstance(value, type)])


def _may_be_copied(name: str) -> bool:
    """Into the notebook goes everything but what would hide one of Python's own names."""
    return not hasattr(builtins, name) and not (name == "_" or name.startswith("__"))
