"""Notes under an exception: what a beginner needs besides PyTorch's text.

Who raises says what it is about and hands over the facts: `raise noted(RuntimeError(...), "linear",
...)`, in one statement: an exception that a local variable holds keeps all tensors of its frame
alive, in a circle. What is said of the facts, and where it happened, is told by functions of the
rooms above, which sign up here. Type and text stay; Python shows the notes below them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

Raised = TypeVar("Raised", bound=BaseException)

# By topic: a function of the place, or None, and the facts; it returns text.
_explanations: dict[str, Callable[..., str]] = {}
# Functions of a frame, which return a place or None.
_locators: list[Callable[[FrameType], Any]] = []


def explains(function: Callable[..., str]) -> Callable[..., str]:
    """Decorator: the function tells what a beginner needs about the topic that it is named after.

    It is called as `function(place, *facts)` and returns text, empty if it has nothing to say.
    """
    _explanations[function.__name__] = function
    return function


def locates(function: Callable[[FrameType], Any]) -> Callable[[FrameType], Any]:
    """Decorator: the function is handed the frame that raises, and returns the place or None."""
    _locators.append(function)
    return function


def noted(error: Raised, topic: str, *facts: Any) -> Raised:
    """`error` with a note about these facts; as it was, if there is nothing to say.

    No note stands in the way of the error: where one cannot be made, there is none.
    """
    try:
        note = _note(sys._getframe(1), topic, facts)
    except Exception:
        return error
    if note:
        error.add_note(note)
    return error


def _note(frame: FrameType, topic: str, facts: tuple) -> str:
    explain = _explanations.get(topic)
    if explain is None:
        return ""
    places = [place for place in [locate(frame) for locate in _locators] if place is not None]
    return explain(places[0] if places else None, *facts)
