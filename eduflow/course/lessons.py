"""Run the lessons from start to end and store their outputs, the same bytes every time.

Used by `make lessons`. Each notebook runs in a fresh kernel in its own folder. What differs from
run to run by nature (times, widget ids, paths in tracebacks) is left out or put in a fixed form.
A notebook whose cell fails stays as it was.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .agreed import BACKUP, ignored
from .errors import CourseError
from .files import atomic_write, write_if_changed
from .notebook import SLUG, notebook_text, read_notebook, without_outputs
from .processes import python_path

WIDGETS = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
TIMEOUT = 900


def run_lessons(folder: Path, wanted: list[str] | None = None) -> int:
    """Run the wanted notebooks (slugs or paths; all if none) in order; 1 if any of them failed."""
    paths = _choose(Path(folder), wanted or [])
    failed = 0
    for path in paths:
        print(f"{path.stem} ... ", end="", flush=True)
        start = time.perf_counter()
        try:
            changed = run_lesson(path)
        except CourseError as error:
            print(f"failed after {time.perf_counter() - start:.1f} s\n\n{error}\n", flush=True)
            failed += 1
            continue
        state = "stored" if changed else "unchanged"
        print(f"{state}, {time.perf_counter() - start:.1f} s", flush=True)
    return 1 if failed else 0


def _choose(folder: Path, wanted: list[str]) -> list[Path]:
    known = {
        path.stem: path for path in sorted(folder.glob("*.ipynb")) if SLUG.fullmatch(path.stem)
    }
    unknown = [name for name in wanted if Path(name).stem not in known]
    if unknown:
        raise CourseError(
            f"There is no lesson {', '.join(unknown)} in {folder}.\n  There are: {', '.join(known)}"
        )
    if not known:
        raise CourseError(f"{folder} holds no lessons.\n  Run this from the folder of the course.")
    slugs = {Path(name).stem for name in wanted} or set(known)
    return [path for slug, path in known.items() if slug in slugs]


def run_lesson(path: Path) -> bool:
    """Run one notebook and store its outputs; say whether the file changed. Raises CourseError.

    A notebook that someone saved while it ran is left as it was saved.
    """
    notebook = read_notebook(path)
    before = path.read_bytes()
    done = _execute(copy.deepcopy(notebook.data), path.resolve().parent, notebook.name)
    text = notebook_text(steady(done, path.resolve().parent.parent))
    if not path.exists() or path.read_bytes() != before:
        other = ignored(path.parent / BACKUP) / f"{path.stem}.outputs.ipynb"
        atomic_write(other, text)
        raise CourseError(
            f"{notebook.name} was changed while it ran, so its outputs are not stored in it.\n"
            f"  Your change is safe. Run the lesson again; what this run gave is in "
            f"{BACKUP}/{other.name} beside it."
        )
    return write_if_changed(path, text)


def environment(settings: str) -> dict[str, str]:
    """The environment of a lesson's kernel; `settings` is an empty folder for IPython's own."""
    return os.environ | {
        "PYTHONPATH": python_path(),
        "PYTHONHASHSEED": "0",
        "EDUFLOW_PROGRESS": "off",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "IPYTHONDIR": settings,
    }


def _execute(data: dict[str, Any], folder: Path, name: str) -> dict[str, Any]:
    """Run all cells in a fresh kernel; CourseError with the cell and its error if one fails."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    nbformat: Any = importlib.import_module("nbformat")
    for cell in data["cells"]:
        without_outputs(cell)
    data.get("metadata", {}).pop("widgets", None)
    book = nbformat.reads(json.dumps(data), as_version=4)
    with tempfile.TemporaryDirectory() as settings:
        client = NotebookClient(
            book,
            timeout=TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
            # Only errors: a kernel on this machine need not warn about its own connection.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        try:
            client.execute(env=environment(settings))
        except CellExecutionError as error:
            raise CourseError(_failure(book, name, error)) from None
        except (CellTimeoutError, DeadKernelError) as error:
            raise CourseError(f"{name}: the kernel stopped or took too long: {error}") from None
        except NoSuchKernel:
            raise CourseError(
                f"There is no kernel called python3 for {sys.executable}.\n"
                "  Install ipykernel in this environment."
            ) from None
    result: dict[str, Any] = json.loads(nbformat.writes(book))
    return result


def _failure(book: Any, name: str, error: Exception) -> str:
    """Which cell failed, and the last lines of its traceback."""
    for cell in book["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error" and not _may_raise(cell):
                trace = "\n".join(output.get("traceback") or [str(error)])
                lines = re.sub(r"\x1b\[[0-9;]*m", "", trace).splitlines()
                tail = "\n".join(f"    {line}" for line in lines[-15:])
                return f"{name}#{cell.get('id', '?')} failed:\n{tail}"
    return f"{name}: {error}"


def _may_raise(cell: Any) -> bool:
    return "raises-exception" in cell.get("metadata", {}).get("tags", [])


# What makes the stored file the same every time


def steady(data: dict[str, Any], root: Path) -> dict[str, Any]:
    """Bring an executed notebook into its fixed form. `root` is cut from paths in tracebacks."""
    count = 0
    for cell in data["cells"]:
        if cell["cell_type"] != "code":
            continue
        count += 1
        cell["execution_count"] = count
        cell["metadata"] = {k: v for k, v in cell["metadata"].items() if k != "execution"}
        for output in cell["outputs"]:
            if "execution_count" in output:
                output["execution_count"] = count
            if output["output_type"] == "error":
                output["traceback"] = [_plain_paths(line, root) for line in output["traceback"]]
    widgets = data["metadata"].get("widgets", {}).get(WIDGETS)
    data["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    if widgets:
        state = _rename_models(data["cells"], widgets["state"])
        if state:
            data["metadata"]["widgets"] = {WIDGETS: {**widgets, "state": state}}
    data["nbformat"], data["nbformat_minor"] = 4, 5
    return data


def _plain_paths(text: str, root: Path) -> str:
    text = text.replace(f"{root}{os.sep}", "")
    home = str(Path.home())
    if str(root).startswith(home + os.sep):
        text = text.replace(f"~{str(root).removeprefix(home)}{os.sep}", "")
    text = re.sub(r"(?:~|/)[^\s:'\"]*/site-packages/", "site-packages/", text)
    text = re.sub(r"(?:~|/)[^\s:'\"]*/lib/python3\.\d+/", "python/", text)
    return re.sub(r"[^\s'\"]*ipykernel_\d+[\\/]\d+\.py", "<cell>", text)


def _rename_models(cells: list[dict[str, Any]], state: dict[str, Any]) -> dict[str, Any]:
    """Number the widget models as they are shown; models that nothing shows are left out."""
    names: dict[str, str] = {}

    def visit(model: str) -> None:
        if model in names or model not in state:
            return
        names[model] = f"{len(names) + 1:032x}"
        for inner in _references(state[model].get("state", {})):
            visit(inner)

    views = [
        output["data"][VIEW]
        for cell in cells
        for output in cell.get("outputs", [])
        if VIEW in output.get("data", {})
    ]
    for view in views:
        visit(view["model_id"])
    for view in views:
        view["model_id"] = names.get(view["model_id"], view["model_id"])
    return {new: _renamed(state[old], names) for old, new in names.items()}


def _references(value: Any) -> list[str]:
    """The models a widget's state points at, in a fixed order."""
    if isinstance(value, str):
        return [value.removeprefix("IPY_MODEL_")] if value.startswith("IPY_MODEL_") else []
    if isinstance(value, dict):
        return [name for key in sorted(value) for name in _references(value[key])]
    if isinstance(value, list):
        return [name for item in value for name in _references(item)]
    return []


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        name = value.removeprefix("IPY_MODEL_")
        return f"IPY_MODEL_{names.get(name, name)}"
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return value
