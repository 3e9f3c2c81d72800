"""Marks for tests of what a machine may lack: WebAssembly, the browser's Python, lacks much."""

import signal
import sys

import pytest

WEBASSEMBLY = sys.platform == "emscripten"


def _needs(reason):
    return pytest.mark.skipif(WEBASSEMBLY, reason=f"WebAssembly: {reason}")


needs_threads = _needs("no thread can start")
needs_processes = _needs("no process can start")
needs_hard_links = _needs("no file can have two names")
needs_float_traps = _needs("NumPy is never told of a division by zero, nor of a log of -1")
needs_signed_maximum = _needs("the larger of -0.0 and 0.0 is 0.0, whatever their order")
needs_timer = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="no timer counts the processor's time"
)
