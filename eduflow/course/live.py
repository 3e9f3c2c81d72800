"""Live growth: in lesson N the framework is the floors below N, and grows with every export cell.

`lesson(slug)` takes the finished framework out of the way, puts the floors below in its place, and
from then on runs each cell that starts with `#| export PATH` inside the module it names. Three
pieces of Python do the work: an import finder that knows which modules are in place, a hook around
the shell's "run the statements of this cell", and descriptors on Tensor for methods still to come.
"""

from __future__ import annotations

import ast
import importlib
import linecache
import sys
import types
from collections.abc import Awaitable, Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from . import names
from .errors import CourseError, ModuleNotBuiltYet, NotBuiltYet
from .frame import OPERATORS, Frame
from .house import Floor
from .notebook import EXPORT, Export, packages_of, parse_export
from .regrow import replace_everywhere, update_class

ROOT = __name__.split(".")[0]
KEPT = ("course", "show")
MODULE_FACTS = {"__doc__", "__version__", *vars(types.ModuleType("any")), "__path__", "__file__"}
_current: Growth | None = None


def lesson(slug: str) -> None:
    """Start a lesson: floors below in place, export cells of this notebook grow the rest.

    Safe to run twice: what was built in this kernel stays. Raises CourseError for an unknown slug
    or outside IPython.
    """
    global _current
    shell = _shell()
    if _current is None or _current.frame.slug != slug or not _current.active:
        grown = Growth(Frame(slug, _package_folder()), shell)
        grown.start()
        _current = grown
    _hook(shell)
    print(_current.frame.greeting())


def _shell() -> Any:
    """The running IPython shell; CourseError where there is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
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
            return await run(interactivity)
        return await _run_export(shell, _current, run, source, nodelist, result)

    run_ast_nodes.grows_eduflow = True  # type: ignore[attr-defined]
    shell.run_ast_nodes = run_ast_nodes


async def _run_export(
    shell: Any,
    growth: Growth,
    run: Callable[[str], Awaitable[bool]],
    source: str,
    nodelist: list[ast.stmt],
    result: Any,
) -> bool:
    """Run one cell inside its module; True if it failed, as the shell wants it."""
    try:
        export = parse_export(source)
        assert export is not None
        step = growth.begin(export)
    except CourseError as error:
        return _fail(shell, error, result)
    place = shell.user_module, shell.user_ns
    shell.user_module, shell.user_ns = step.module, vars(step.module)
    failed = True
    try:
        failed = await run("none")
    finally:
        shell.user_module, shell.user_ns = place
        if failed:
            step.undo()
    if not failed:
        step.finish(nodelist, source, shell.user_ns)
    return failed


def _fail(shell: Any, error: CourseError, result: Any) -> bool:
    """Show a course error as the outcome of the cell."""
    if result is not None:
        result.error_in_exec = error
    shell.showtraceback((type(error), error, None))
    return True


class Finder(MetaPathFinder, Loader):
    """Finds the framework's modules that are in place, and says who builds the others."""

    def __init__(self, growth: Growth) -> None:
        self.growth = growth

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """A folder becomes an empty package; a module in place is left to Python's own finder."""
        root, *rest = fullname.split(".")
        if root != ROOT or not rest or rest[0] in KEPT or not self.growth.active:
            return None
        parts = tuple(rest)
        frame = self.growth.frame
        if parts in frame.owner:
            if frame.in_place(parts):
                return None
            what = f"The module {_torch(parts)}"
            error = ModuleNotBuiltYet(frame.not_built(what, frame.owner[parts]))
            error.name = fullname
            raise error
        if frame.inside(parts):
            if parts not in self.growth.folders:
                owner = frame.owner[frame.inside(parts)[0]]
                raise ModuleNotBuiltYet(frame.not_built(_torch(parts), owner), name=fullname)
            spec = ModuleSpec(fullname, self, is_package=True)
            spec.submodule_search_locations = [str(self.growth.folder.joinpath(*parts))]
            return spec
        owner_of_name = frame.builder(parts[:-1], parts[-1])
        if owner_of_name and ".".join((ROOT, *parts[:-1])) in sys.modules:
            # `from eduflow import flatten` asks here last; without a name this error gets through.
            package = sys.modules[".".join((ROOT, *parts[:-1]))]
            if parts[-1] not in package.__dict__:
                raise ModuleNotBuiltYet(frame.not_built(_torch(parts), owner_of_name))
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's ordinary module object will do."""
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """An empty package: names come in as modules are plugged in."""
        parts = tuple(module.__name__.split(".")[1:])
        module.__dict__["__getattr__"] = self.growth.missing(parts)
        module.__dict__["__file__"] = str(self.growth.folder.joinpath(*parts, "__init__.py"))


class Missing:
    """Stands on Tensor for a method not built yet; the real one simply replaces it."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        raise NotBuiltYet(self.message)


def _missing_operator(message: str) -> Callable[..., Any]:
    """The same for an operator, which Python looks up on the class and then calls."""

    def not_built(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        raise NotBuiltYet(message)

    not_built.stands_for_missing = True  # type: ignore[attr-defined]
    return not_built


class Growth:
    """The framework as it stands in one notebook."""

    def __init__(self, frame: Frame, shell: Any) -> None:
        self.frame = frame
        self.shell = shell
        self.folder = _package_folder()
        self.live: dict[tuple[str, ...], LiveModule] = {}
        self.folders = {parts[:depth] for parts in frame.below for depth in range(1, len(parts))}
        self.active = False

    # Taking the finished framework out, putting the floors below in

    def start(self) -> None:
        """Make `eduflow` the floors below this lesson."""
        for finder in [item for item in sys.meta_path if isinstance(item, Finder)]:
            sys.meta_path.remove(finder)
            finder.growth.active = False
        for name in [name for name in sys.modules if self._is_library(name)]:
            del sys.modules[name]
        top = sys.modules[ROOT]
        kept = {name: value for name, value in vars(top).items() if name in KEPT}
        special = {name: value for name, value in vars(top).items() if name in MODULE_FACTS}
        vars(top).clear()
        vars(top).update(special | kept)
        self.active = True
        sys.meta_path.insert(0, Finder(self))
        vars(top)["__getattr__"] = self.missing(())
        for parts in self.frame.below:
            self._plug_in(parts)
        self.hang_signs()

    @staticmethod
    def _is_library(name: str) -> bool:
        root, *rest = name.split(".")
        return root == ROOT and bool(rest) and rest[0] not in KEPT

    def _plug_in(self, parts: tuple[str, ...]) -> None:
        try:
            module = importlib.import_module(".".join((ROOT, *parts)))
        except ModuleNotFoundError as error:
            if error.name != ".".join((ROOT, *parts)):
                raise
            raise CourseError(
                f"`{'/'.join(parts)}.py` should be in place but is not in {self.folder}.\n"
                "  Run `make gather`, then restart the kernel."
            ) from None
        facts = self.frame.facts[parts]
        if not facts["namespace"]:
            found = {name: vars(module)[name] for name in facts["names"] if name in vars(module)}
            for package in packages_of(parts):
                vars(sys.modules[".".join((ROOT, *package))]).update(found)

    def missing(self, folder: tuple[str, ...]) -> Callable[[str], Any]:
        """The `__getattr__` of a package: names that are not there, or not there yet."""

        def __getattr__(name: str) -> Any:
            __tracebackhide__ = True
            dotted = ".".join((ROOT, *folder))
            owner = None if name.startswith("__") else self.frame.builder(folder, name)
            if owner is None:
                raise AttributeError(f"module {dotted!r} has no attribute {name!r}")
            parts = (*folder, name)
            if self.frame.inside(parts) and parts in self.folders:
                return importlib.import_module(f"{dotted}.{name}")
            raise NotBuiltYet(self.frame.not_built(_torch(parts), owner))

        return __getattr__

    @property
    def tensor(self) -> type | None:
        """The Tensor class as it is now, if there is one."""
        module = sys.modules.get(f"{ROOT}.tensors")
        found = getattr(module, "Tensor", None)
        return found if isinstance(found, type) else None

    def hang_signs(self) -> None:
        """Put a sign on Tensor for every method that is still to come."""
        tensor = self.tensor
        if tensor is None:
            return
        present = {name for cls in tensor.__mro__[:-1] for name in vars(cls)}
        for name, owner in self.frame.methods().items():
            if name in present:
                continue
            message = self.frame.method_not_built(name, owner)
            if not name.startswith("__"):
                setattr(tensor, name, Missing(message))
            elif name in OPERATORS:
                setattr(tensor, name, _missing_operator(message))

    # Growing

    def begin(self, export: Export) -> Step:
        """Get ready to run a cell in its module. CourseError if it does not belong here."""
        self._check_owner(export)
        parts = export.parts
        grown = self.live.get(parts)
        fresh = grown is None
        if grown is None:
            grown = self._new_module(export)
        return Step(self, grown, fresh)

    def _check_owner(self, export: Export) -> None:
        owner = self.frame.owner.get(export.parts)
        if owner is None or owner == self.frame.slug:
            return
        relation = "below" if Floor.of(owner) < self.frame.floor else "further up"
        raise CourseError(
            f"`#| export {export.path}`: this file belongs to lesson {owner}, {relation}.\n"
            f"  In {self.frame.slug}, export to a file of this lesson: "
            f"{', '.join(self.frame.floors[self.frame.slug]['modules']) or 'any new name'}. To "
            f"change `{export.path}`, open {owner}."
        )

    def _new_module(self, export: Export) -> LiveModule:
        parts = export.parts
        for depth in range(1, len(parts)):
            self.folders.add(parts[:depth])
            name = ".".join((ROOT, *parts[:depth]))
            if self.frame.inside(parts[:depth]):
                importlib.import_module(name)
            elif name not in sys.modules:
                self._new_folder(parts[:depth])
        name = ".".join((ROOT, *parts))
        module = types.ModuleType(name)
        module.__package__ = name.rpartition(".")[0]
        module.__file__ = str(self.folder / export.path)
        module.__spec__ = ModuleSpec(name, None, origin=module.__file__)
        sys.modules[name] = module
        return LiveModule(export, module)

    def spaces(self) -> list[dict[str, Any]]:
        """The namespaces where this lesson's names stand: its modules and all packages."""
        packages = [".".join((ROOT, *parts)) for parts in [(), *self.folders]]
        modules = [sys.modules[name] for name in packages if name in sys.modules]
        return [vars(item) for item in [*modules, *(grown.module for grown in self.live.values())]]

    def _new_folder(self, parts: tuple[str, ...]) -> None:
        """A package folder that no gathered lesson knows: the notebook is just inventing it."""
        package = types.ModuleType(".".join((ROOT, *parts)))
        package.__path__ = [str(self.folder.joinpath(*parts))]
        package.__package__ = package.__name__
        sys.modules[package.__name__] = package
        setattr(sys.modules[".".join((ROOT, *parts[:-1]))], parts[-1], package)


class LiveModule:
    """A module being built in this notebook."""

    def __init__(self, export: Export, module: types.ModuleType) -> None:
        self.export = export
        self.module = module
        self.public: set[str] = set()
        self.bodies: dict[str, set[str]] = {}
        self.sources: dict[str, str] = {}


class Step:
    """One run of one export cell: either it is finished, or it never happened."""

    def __init__(self, growth: Growth, grown: LiveModule, fresh: bool) -> None:
        self.growth = growth
        self.grown = grown
        self.fresh = fresh
        self.module = grown.module
        self.before = dict(vars(self.module))
        self.tensor = growth.tensor
        self.tensor_before = dict(vars(self.tensor)) if self.tensor else {}

    def undo(self) -> None:
        """Leave the framework as it was before the cell."""
        vars(self.module).clear()
        vars(self.module).update(self.before)
        if self.fresh:
            sys.modules.pop(self.module.__name__, None)
        if self.tensor is not None:
            now = dict(vars(self.tensor))
            for name in now.keys() - self.tensor_before.keys():
                delattr(self.tensor, name)
            for name, value in self.tensor_before.items():
                if now.get(name) is not value:
                    setattr(self.tensor, name, value)

    def finish(self, nodelist: list[ast.stmt], source: str, notebook: dict[str, Any]) -> None:
        """Plug in what the cell defined: in the package, in the notebook, in place of the old."""
        grown, module, growth = self.grown, self.module, self.growth
        space = vars(module)
        growth.live[grown.export.parts] = grown
        own = names.defined(nodelist)
        if not grown.sources and nodelist and isinstance(nodelist[0], ast.Expr):
            module.__doc__ = ast.get_docstring(ast.Module(list(nodelist), []))
        self._keep_source(own, source)
        replaced = self._replace(own)
        for name, value in space.items():
            if name in own and isinstance(value, type) and value.__module__ == module.__name__:
                grown.bodies.setdefault(name, set(vars(value)))
        parent = sys.modules[module.__package__ or ROOT]
        grown.public |= set(names.public(nodelist))
        leaf = grown.export.parts[-1]
        if leaf not in grown.public or grown.export.namespace:
            vars(parent)[leaf] = module
        if not grown.export.namespace:
            lifted = {name: space[name] for name in grown.public if name in space}
            for package in packages_of(grown.export.parts):
                vars(sys.modules[".".join((ROOT, *package))]).update(lifted)
        notebook.update(
            {name: space[name] for name in own if _may_be_copied(name) and name in space}
        )
        replace_everywhere(replaced, [*growth.spaces(), notebook])
        growth.hang_signs()

    def _keep_source(self, own: list[str], source: str) -> None:
        """Let `inspect.getsource` show the reader's own classes, not those of the file on disk."""
        key = ",".join(own) or str(len(self.grown.sources))
        self.grown.sources[key] = source
        lines = "\n\n".join(self.grown.sources.values()).splitlines(keepends=True)
        path = str(self.module.__file__)
        linecache.cache[path] = (sum(map(len, lines)), None, lines, path)

    def _replace(self, own: list[str]) -> list[tuple[Any, Any]]:
        """Objects that a re-run made anew, as (old, new); classes are updated where possible."""
        space = vars(self.module)
        pairs: list[tuple[Any, Any]] = []
        for name in own:
            old, new = self.before.get(name), space.get(name)
            if old is new or old is None or name not in space:
                continue
            if isinstance(old, type) and isinstance(new, type):
                _keep_bases(new, pairs)
                body = self.grown.bodies.get(name, set())
                fresh_body = set(vars(new))
                if update_class(old, new, body):
                    space[name] = old
                    self.grown.bodies[name] = fresh_body
                    pairs.append((new, old))
                    continue
                self.grown.bodies[name] = fresh_body
            if isinstance(old, (type, types.FunctionType)) or callable(old):
                pairs.append((old, new))
        return pairs


def _keep_bases(new: type, pairs: list[tuple[Any, Any]]) -> None:
    """Let a class made anew stand on the old classes that its bases have just been merged into."""
    merged = {id(was): now for was, now in pairs}
    bases = tuple(merged.get(id(base), base) for base in new.__bases__)
    if bases != new.__bases__:
        new.__bases__ = bases


def _may_be_copied(name: str) -> bool:
    """Into the notebook goes everything but what would hide one of Python's own names."""
    import builtins

    return not hasattr(builtins, name) and not (name == "_" or name.startswith("__"))


def _torch(parts: tuple[str, ...]) -> str:
    """How the lessons write a name of the package."""
    return ".".join(("torch", *parts))
