"""Run a lesson's cells under another library and put down what they print, as a notebook would."""

from __future__ import annotations

import ast
import contextlib
import io
import re

from IPython.lib.pretty import pretty

ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


def swap_import(source: str) -> str:
    """Turn code written for eduflow into the same code for PyTorch."""
    source = source.replace("import eduflow as torch", "import torch")
    return source.replace("eduflow", "torch")


def run_cell(source: str, namespace: dict) -> str:
    """Run one cell; return what it prints, then its last value or the exception it raised."""
    tree = ast.parse(source)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    printed = io.StringIO()
    ending = ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(tree, "<cell>", "exec"), namespace)
            value = eval(compile(last, "<cell>", "eval"), namespace) if last else None
            ending = "" if value is None else pretty(value)
        except Exception as error:
            ending = f"{type(error).__name__}: {error}"
    return tidy(printed.getvalue() + ending)


def stored_text(outputs: list[dict]) -> str:
    """Return the same text from a cell's stored outputs: printed lines, last value, exception."""
    printed = [_join(out["text"]) for out in outputs if out.get("name") == "stdout"]
    ending = ""
    for out in outputs:
        if out["output_type"] == "execute_result":
            ending = _join(out["data"].get("text/plain", ""))
        elif out["output_type"] == "error":
            ending = f"{out['ename']}: {out['evalue']}"
    return tidy("".join(printed) + ending)


def tidy(text: str) -> str:
    """Hide what may differ: the library's name, addresses, blanks at line ends."""
    text = ADDRESS.sub("ADDRESS", text.replace("eduflow.", "torch."))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _join(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
