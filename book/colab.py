"""Notebooks for Colab: the learner's copies with one cell in front, which brings eduflow.

They lie in the site's folder `colab/`, and only Colab's link leads there: nobody else gets the
cell. It is silent all the same wherever Colab is not.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pages import lesson_files, write

from eduflow.course.edition import Raw, learner_cells, learner_metadata
from eduflow.course.notebook import read_notebook

INSTALL = """\
#@title Run this first: it brings eduflow to this machine of Colab's, in half a minute
import sys

if "google.colab" in sys.modules:
    %pip install -q git+{repository}@{branch}
"""
FOLDER = """\
    folder = "/content/learn"
    !eduflow start "$folder"
    %cd -q "$folder/lessons"
"""
WORDS = """\
**On Colab.** Run the next cell first. *File > Save a copy in Drive* keeps what you write here. Your
framework and your progress lie in `/content/learn`, which goes when Colab takes the machine back.
To keep them too, open the folder symbol on the left, connect your Drive, and put a folder of it
into the cell: `folder = "/content/drive/MyDrive/learn"`."""


def write_colab(lessons: Path, galleries: Path, target: Path, repository: str, branch: str) -> None:
    """Write a notebook for Colab of each lesson, and of each gallery, below `target`."""
    install = INSTALL.format(repository=repository, branch=branch)
    for path in lesson_files(lessons):
        _write(target / "lessons" / path.name, path, [_words(), _code(install + FOLDER)])
    for path in sorted(galleries.glob("*.ipynb")):
        _write(target / "reference" / path.name, path, [_code(install)])


def _write(target: Path, source: Path, front: list[Raw]) -> None:
    cells = [*front, *learner_cells(read_notebook(source))]
    metadata = learner_metadata() | {"colab": {"provenance": []}}
    data = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _words() -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "on-colab", "metadata": {}, "source": WORDS}


def _code(source: str) -> dict[str, Any]:
    cell = {"cell_type": "code", "id": "colab-install", "metadata": {"cellView": "form"}}
    return cell | {"execution_count": None, "outputs": [], "source": source.rstrip()}
