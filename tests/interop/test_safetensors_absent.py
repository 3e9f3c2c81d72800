"""Where the package safetensors is not installed, only calls of its functions say so."""

import importlib.util
import runpy
import sys

import pytest

import eduflow


def test_the_module_is_read_and_its_functions_say_what_is_missing(monkeypatch):
    file = importlib.util.find_spec("eduflow.interop.safetensors").origin
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    module = runpy.run_path(file, run_name="eduflow.interop.again")
    for call in (lambda: module["save"]({"x": eduflow.ones(2)}), lambda: module["load"](b"")):
        with pytest.raises(ModuleNotFoundError, match="pip install safetensors"):
            call()
