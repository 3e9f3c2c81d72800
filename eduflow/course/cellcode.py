"""What the code of an export cell must be like."""

from __future__ import annotations

import ast

from . import names
from .errors import CourseError
from .notebook import exported_text


def check_code(source: str, package: str) -> None:
    """Raise CourseError unless the cell is made of definitions, and may stand in the package."""
    try:
        tree = ast.parse(exported_text(source))
    except (SyntaxError, ValueError) as error:
        raise CourseError(_syntax(error, source)) from None
    for node in tree.body:
        if isinstance(node, ast.Expr) and not names.registration(node):
            raise CourseError(
                f"line {node.lineno} of the code, `{_short(ast.unparse(node))}`, computes "
                "something and keeps nothing.\n"
                "  Export cells hold definitions and assignments; try things out in the next "
                "cell, without an export line."
            )
        if "__all__" in names.bound(node):
            raise CourseError(
                f"line {node.lineno} sets `__all__`, and so for the whole file.\n"
                "  Remove it; names with a leading `_` stay private."
            )
    _check_imports(tree, package)


def _check_imports(tree: ast.Module, package: str) -> None:
    for node in ast.walk(tree):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            targets = [node.module or ""]
        if any(target.split(".")[0] in {"eduflow", package} for target in targets):
            written = ast.unparse(node)
            raise CourseError(
                f"`{written}` names the package.\n"
                "  The package must work under any name: import relatively, such as "
                "`from .tensors import Tensor`."
            )


def _short(text: str) -> str:
    first = text.split("\n", 1)[0]
    return first if len(first) <= 60 else first[:57] + "..."


def _syntax(error: SyntaxError | ValueError, source: str) -> str:
    """A syntax error with the line as the learner sees it: counted in the cell, export line too."""
    line = getattr(error, "lineno", None)
    if line is None:
        return f"the cell is not Python: {error}."
    text = exported_text(source).split("\n")
    wrong = text[line - 1] if line <= len(text) else ""
    lines = source.split("\n")
    shown = next((n for n, item in enumerate(lines, 1) if item == wrong and n > line - 1), line)
    reason = getattr(error, "msg", str(error))
    return (
        f"syntax error in line {shown} of the cell: {reason}.\n"
        f"      {wrong.strip()}\n"
        "  Mend the line and run the cell in the notebook before gathering again."
    )
