"""`show.graph`: the tape of a result, what it has saved, and the walk back, step by step."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .drawing import PAPER, TINTS, Drawing
from .explorer import Explorer

MOST_NODES = 60
WIDTH, HEIGHT, ACROSS, DOWN = 150, 46, 164, 84


def graph(output: Any, **named: Any) -> Explorer:
    """Show the nodes that a gradient of the tensor `output` passes, the newest on top.

    Nodes are called by the variables that hold their tensors, or by the keyword given. The steps
    are those of `backward`, with the gradient that arrives at each node; if `output` has several
    elements it starts with ones. A saved tensor that was changed in place since is marked, and
    the walk ends there. Nothing is added to any `.grad`. Raises ValueError for graphs of more
    than 60 nodes and for a tensor without one.
    """
    root = _node(output)
    if root is None:
        raise ValueError("This tensor requires no grad: there is no graph behind it.")
    names = {id(_node(tensor)): name for name, tensor in named.items()}
    for name, value in sys._getframe(1).f_locals.items():
        node = None if name.startswith("_") else _node(value)
        if node is not None:
            names.setdefault(id(node), name)
    state = graph_state(root, np.ones_like(output._array), names)
    alt = f"A graph of {len(state['nodes'])} nodes, walked from the newest to the oldest. "
    alt += " ".join(_describe(state, number) for number in range(len(state["nodes"])))
    return Explorer("graph", state, _picture(state, alt), alt)


def _node(value: Any) -> Any:
    """The node of a tensor, also that of a leaf, which `grad_fn` does not show; None for others."""
    if type(value).__name__ not in ("Tensor", "Parameter") or not value.requires_grad:
        return None
    return value.grad_fn or value._node


def graph_state(root: Any, first: Any, names: dict[int, str]) -> dict[str, Any]:
    """All nodes below `root` in the order of the walk, their places, and what the walk does."""
    nodes = _below(root)
    if len(nodes) > MOST_NODES:
        raise ValueError(f"show.graph is for up to {MOST_NODES} nodes; here are {len(nodes)}.")
    order = {id(node): number for number, node in enumerate(nodes)}
    places, steps = _places(nodes), walk(nodes, first)
    height = max(y for _, y in places.values())
    return {
        "nodes": [
            {
                "name": type(node).__name__,
                "called": names.get(id(node), ""),
                "x": round(places[id(node)][0], 3),
                "y": height - places[id(node)][1],
                "edges": [order[id(edge)] for edge in filter(None, node.edges)],
                "leaf": not node.edges,
                "saved": _saved(node),
            }
            for node in nodes
        ],
        "steps": steps,
    }


def _below(root: Any) -> list[Any]:
    """All nodes that can be reached from `root`, the newest first."""
    found, stack = {id(root): root}, [root]
    while stack:
        for edge in filter(None, stack.pop().edges):
            if id(edge) not in found:
                found[id(edge)] = edge
                stack.append(edge)
    return sorted(found.values(), key=lambda node: -node.number)


def _places(nodes: list[Any]) -> dict[int, tuple[float, int]]:
    """Where to draw each node: leaves in a row, every other one above the middle of its inputs."""
    places: dict[int, tuple[float, int]] = {}
    leaves = 0
    for node in reversed(nodes):
        inputs = [places[id(edge)] for edge in filter(None, node.edges)]
        if not inputs:
            places[id(node)] = float(leaves), 0
            leaves += 1
            continue
        x, y = sum(x for x, _ in inputs) / len(inputs), max(y for _, y in inputs) + 1
        while any(row == y and abs(x - other) < 1 for other, row in places.values()):
            x += 0.5
        places[id(node)] = x, y
    return places


def _saved(node: Any) -> list[dict[str, Any]]:
    """What a node relies on: the name of each saved tensor, its version then and now."""
    named = (
        (node.parameters[position] if 0 <= position < len(node.parameters) else "result", *entry)
        for _, position, *entry in sorted(node.saved or (), key=lambda saved: saved[1])
    )
    return [{"what": what, "version": then, "now": counter[0]} for what, counter, then in named]


def walk(nodes: list[Any], first: Any) -> list[dict[str, Any]]:
    """What backward would do at each node, in order: the gradient that arrives, what goes on.

    It ends with the node that cannot go on: its derivatives are gone, or a saved tensor was
    changed in place.
    """
    order = {id(node): number for number, node in enumerate(nodes)}
    waiting: dict[int, Any] = {id(nodes[0]): first}
    steps = []
    for number, node in enumerate(nodes):
        grad = waiting.pop(id(node), None)
        step: dict[str, Any] = {"node": number, "grad": _short(grad), "sends": [], "error": ""}
        steps.append(step)
        step["error"] = _trouble(node)
        if step["error"]:
            break
        for edge, sent in _sent(node, grad) if grad is not None else []:
            key = id(edge)
            waiting[key] = waiting[key] + sent if key in waiting else sent
            step["sends"].append([order[key], _short(sent)])
    return steps


def _trouble(node: Any) -> str:
    if node.derivatives is None:
        return "its derivatives were freed by an earlier backward"
    for _, position, counter, version in node.saved:
        if counter[0] != version:
            what = node.parameters[position] if position >= 0 else "result"
            return (
                f"the saved {what} was changed in place: it is at version {counter[0]}, "
                f"and was at version {version} when it was saved"
            )
    return ""


def _sent(node: Any, grad: Any) -> list[tuple[Any, Any]]:
    """The gradients that a node hands on, as pairs (node, array). Leaves hand on nothing."""
    if not node.edges:
        return []
    return list(node.gradients(grad, node.edges))


def _short(grad: Any) -> str:
    """A gradient in few letters: its numbers if there are up to six, else its size."""
    if grad is None:
        return "nothing"
    array = np.asarray(grad)
    if array.size > 6:
        return f"size {array.shape}"
    return str(np.vectorize(lambda x: float(f"{x:.4g}"), otypes=[object])(array).tolist())


def _describe(state: dict[str, Any], number: int) -> str:
    node = state["nodes"][number]
    below = ", ".join(_title(state["nodes"][edge]) for edge in node["edges"])
    text = _title(node) + (f" leads to {below}" if below else " is a leaf")
    steps = {step["node"]: step for step in state["steps"]}
    if number in steps:
        text += f" and receives {steps[number]['grad']}"
        text += f"; {steps[number]['error']}" * bool(steps[number]["error"])
    return f"{text}."


def _title(node: dict[str, Any]) -> str:
    return f"{node['called']}: {node['name']}" if node["called"] else node["name"]


def _picture(state: dict[str, Any], alt: str) -> str:
    drawing = Drawing()
    places = [(8 + ACROSS * node["x"], 8 + DOWN * node["y"]) for node in state["nodes"]]
    for (x, y), node in zip(places, state["nodes"], strict=True):
        for edge in node["edges"]:
            start = x + WIDTH / 2, y + HEIGHT
            drawing.arrow(start, (places[edge][0] + WIDTH / 2, places[edge][1]))
    steps = {step["node"]: step for step in state["steps"]}
    for number, ((x, y), node) in enumerate(zip(places, state["nodes"], strict=True)):
        step = steps.get(number)
        tint = TINTS[1] if node["leaf"] else TINTS[0]
        if step is None or step["error"]:
            tint = TINTS[5] if step else PAPER
        words = f"{_title(node)}\n{'gradient ' + step['grad'] if step else 'not reached'}"
        drawing.box(x, y, words, tint, WIDTH, HEIGHT)
    return drawing.svg(alt)
