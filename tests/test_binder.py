"""Binder's environment.yml, read the way Binder's builder reads it.

repo2docker copies the checkout before it installs only if a pip entry is a path or a file of
constraints, takes Python 3.10 where no version is named, and looks at nothing outside `binder/`
once that folder exists.
"""

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).parents[1]
# What the builder's base image brings; its widgets' front end must fit our Python side.
BASE_IMAGE = {"jupyterlab": (4, 4, 9), "ipywidgets": (8, 1, 7)}


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pip_entries(environment):
    lists = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    return [entry for entries in lists for entry in entries]


def lower_bound(requirements, name):
    for requirement in requirements:
        if match := re.match(rf"{name}>=([\d.]+)", requirement):
            return tuple(map(int, match[1].split(".")))
    return ()


def test_python_is_named_and_supported(environment, project):
    named = "\n".join(str(entry) for entry in environment["dependencies"])
    version = re.search(r"^python=([\d.]+)$", named, re.MULTILINE)[1]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]


def test_the_checkout_itself_is_installed(environment):
    assert "pip" in environment["dependencies"]
    assert any(entry.split()[:1] == ["-e"] or entry == "." for entry in pip_entries(environment))


def test_the_machine_gets_the_versions_that_the_lessons_were_stored_with(environment):
    entries = pip_entries(environment)
    assert entries[0] == "-c constraints.txt", "pip reads an option from a line of its own"
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.split("==")[0] for line in pins if "==" in line and not line.startswith("#")}
    assert {"numpy", "matplotlib", "ipywidgets", "anywidget"} <= pinned


def test_nothing_hides_the_file():
    hiding = ["binder", ".binder", "Dockerfile", "Pipfile", "apt.txt"]
    assert [name for name in hiding if (ROOT / name).exists()] == []


def test_the_learner_s_folder_is_made():
    file = ROOT / "postBuild"
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/bash\n")
    assert os.name == "nt" or os.access(file, os.X_OK)
    assert "eduflow start learn" in text
    settings = re.search(r"cp (\S+) ", text)[1]
    assert (ROOT / settings).is_file()


def test_the_base_image_s_jupyterlab_and_widgets_are_welcome(project):
    extras = project["optional-dependencies"]
    for requirements in (project["dependencies"], extras["lab"]):
        for name, version in BASE_IMAGE.items():
            assert lower_bound(requirements, name) <= version
    assert not any(requirement.startswith("jupyterlab") for requirement in project["dependencies"])


def test_other_machines_prepare_the_same_folder():
    """Codespaces and VS Code: the commands exist, and the first lesson is opened unsolved."""
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    install, start = container["postCreateCommand"].split(" && ")
    assert (ROOT / install.split()[1]).exists()
    assert start.endswith("eduflow start learn")
    opened = container["customizations"]["codespaces"]["openFiles"]
    assert [Path(name).parts[0] for name in opened] == ["learn"]
    assert (ROOT / "lessons" / Path(opened[0]).name).exists()
    settings = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
    assert settings["python.defaultInterpreterPath"].endswith(".venv/bin/python")
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"):
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert path.stem == "config" or {"name", "description", "body"} <= set(form)
