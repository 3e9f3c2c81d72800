"""Fixtures for all tests: `same` compares eduflow with PyTorch, live or recorded."""

import pytest

from tests.oracle import TORCH_INSTALLED, Oracle


def pytest_addoption(parser):
    parser.addoption("--record", action="store_true", help="store PyTorch's answers (needs torch)")
    parser.addoption("--truth", action="store_true", help="fail where torch is not installed")


def pytest_configure(config):
    wants_torch = config.getoption("--record") or config.getoption("--truth")
    if wants_torch and not TORCH_INSTALLED:
        raise pytest.UsageError("PyTorch is not installed; `make truth` installs it")


@pytest.fixture
def same(request):
    """`same(function)`: `function(eduflow)` must equal `function(torch)`; see tests/oracle.py."""
    return Oracle(request.node.fspath, request.node.name, request.config.getoption("--record"))
