"""What nbval leaves out: a calm environment for the kernels, and a look at the pictures.

nbval compares text and skips PNGs, so a changed curve would pass. With this plugin
(`-p tests.lessons.nbval_plugin`) a stored and a new picture must have the same size and
differ by no more than `RMS_LIMIT`, and a code cell that was never run fails.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

from .pictures import compare_pictures

KERNEL_ENVIRONMENT = {
    "EDUFLOW_PROGRESS": "off",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
JUPYTER_FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "IPYTHONDIR",
    "MPLCONFIGDIR",
)


def calm_environment(folder: str | Path) -> dict[str, str]:
    """Variables under which every kernel prints the same, whoever's machine it is."""
    folders = {name: str(Path(folder) / name.lower()) for name in JUPYTER_FOLDERS}
    return KERNEL_ENVIRONMENT | folders


_temporary = pytest.StashKey[tempfile.TemporaryDirectory]()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Kernels inherit pytest's environment, so it is set here, once."""
    folder = tempfile.TemporaryDirectory(prefix="eduflow-jupyter-")
    config.stash[_temporary] = folder
    os.environ.update(calm_environment(folder.name))
    if config.option.color == "auto" and not sys.stdout.isatty():
        config.option.color = "no"  # nbval would write colour codes into a log
    IPyNbCell.compare_outputs = _with_pictures(IPyNbCell.compare_outputs)
    IPyNbCell.runtest = _only_stored(IPyNbCell.runtest)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nbval and the disk as they were."""
    IPyNbCell.compare_outputs = IPyNbCell.compare_outputs.__wrapped__
    IPyNbCell.runtest = IPyNbCell.runtest.__wrapped__
    config.stash[_temporary].cleanup()


def _with_pictures(compare_text):
    def compare_outputs(cell, test, ref, skip_compare=None):
        if not compare_text(cell, test, ref, skip_compare):
            return False
        complaint = compare_pictures(stored=ref, new=test)
        if complaint:
            cell.comparison_traceback.append(complaint)
        return not complaint

    compare_outputs.__wrapped__ = compare_text
    return compare_outputs


def _only_stored(run):
    def runtest(cell):
        if cell.cell.execution_count is None and cell.cell.source.strip():
            cell.raise_cell_error("This cell was never run, so nothing is compared: make lessons")
        run(cell)

    runtest.__wrapped__ = run
    return runtest
