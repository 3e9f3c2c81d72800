"""Notebooks for Colab: one cell brings eduflow there, and does nothing anywhere else."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest
from IPython.core.interactiveshell import InteractiveShell

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder with all notebooks for Colab."""
    sys.path.insert(0, str(ROOT / "book"))
    target = tmp_path_factory.mktemp("colab")
    importlib.import_module("colab").write_colab(
        ROOT / "lessons", ROOT / "book" / "reference", target, "https://example.org/us/eduflow", "b"
    )
    sys.path.remove(str(ROOT / "book"))
    return target


@pytest.fixture
def asked(monkeypatch):
    """A shell that notes what it is asked to do instead of doing it."""
    shell, done = InteractiveShell(), []
    monkeypatch.setattr(shell, "run_line_magic", lambda name, line, **_: done.append((name, line)))
    monkeypatch.setattr(shell, "system", lambda line: done.append(("system", line)))
    monkeypatch.setitem(shell.user_ns, "get_ipython", lambda: shell)
    return shell, done


def cells(path):
    """The notebook's cells, by their ids."""
    return {cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"]}


def test_every_lesson_and_gallery_has_one_with_nothing_solved(written):
    for folder, source in (("lessons", ROOT / "lessons"), ("reference", ROOT / "book/reference")):
        names = {path.name for path in source.glob("*.ipynb")}
        assert {path.name for path in (written / folder).iterdir()} == names
        for name in names:
            there = cells(written / folder / name)
            assert set(there) - set(cells(source / name)) <= {"on-colab", "colab-install"}
            assert not any(cell.get("outputs") for cell in there.values())
            code = ["".join(c["source"]) for c in there.values() if c["cell_type"] == "code"]
            assert not any("BEGIN SOLUTION" in source for source in code)


@pytest.mark.parametrize("where", ["on Colab", "elsewhere"])
def test_the_cell_works_on_colab_only(written, asked, monkeypatch, capsys, where):
    shell, done = asked
    if where == "on Colab":
        monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    else:
        monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    path = written / "lessons" / "00_start_here.ipynb"
    shell.run_cell(cells(path)["colab-install"]["source"]).raise_error()
    address = "git+https://example.org/us/eduflow@b"
    wanted = [("pip", f"install -q {address}")]
    wanted += [("system", 'eduflow start "$folder"'), ("cd", '-q "$folder/lessons"')]
    assert done == (wanted if where == "on Colab" else [])
    assert capsys.readouterr() == ("", "")
