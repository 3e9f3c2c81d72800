"""Draw the tape: which operation made a result, and where its gradients go."""

from __future__ import annotations

from typing import Any

OPERATION, LEAF, INK = "#cfe3f2", "#fde3b8", "#222222"


def draw_graph(output: Any, **named: Any) -> None:
    """Draw the nodes that a gradient of the tensor `output` passes, the newest on top.

    `named` tensors put their names on their nodes. Leaves stand in the bottom row; an arrow leads
    from each node to those that it hands gradients to. For graphs that fit on a page.
    """
    import matplotlib.pyplot as plt

    names = {id(_node(tensor)): name for name, tensor in named.items()}
    nodes = _below(_node(output))
    places = _places(nodes)
    height = max(y for _, y in places.values())
    width = max(x for x, _ in places.values())
    _, ax = plt.subplots(figsize=(2.2 + 1.9 * width, 0.9 + 0.9 * height), facecolor="white")
    for node in nodes:
        for edge in filter(None, node.edges):
            _draw_arrow(ax, places[id(node)], places[id(edge)])
    for node in nodes:
        _draw_box(ax, node, names.get(id(node), ""), places[id(node)])
    ax.set(xlim=(-0.6, width + 0.6), ylim=(-0.4, height + 0.4))
    ax.axis("off")
    plt.show()


def _node(tensor: Any) -> Any:
    """The node of a tensor, also that of a leaf, which `grad_fn` does not show."""
    return tensor.grad_fn or tensor._node


def _below(root: Any) -> list[Any]:
    """All nodes that can be reached from `root`, the newest first."""
    found, stack = {id(root): root}, [root]
    while stack:
        for edge in filter(None, stack.pop().edges):
            if id(edge) not in found:
                found[id(edge)] = edge
                stack.append(edge)
    return sorted(found.values(), key=lambda node: -node.number)


def _places(nodes: list[Any]) -> dict[int, tuple[float, float]]:
    """Where to draw each node: leaves in a row, every other one above the middle of its inputs."""
    places: dict[int, tuple[float, float]] = {}
    leaves = 0
    for node in reversed(nodes):
        inputs = [places[id(edge)] for edge in filter(None, node.edges)]
        if inputs:
            middle = sum(x for x, _ in inputs) / len(inputs)
            places[id(node)] = middle, max(y for _, y in inputs) + 1
        else:
            places[id(node)] = leaves, 0.0
            leaves += 1
    return places


def _draw_arrow(ax: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "shrinkA": 14, "shrinkB": 16}
    ax.annotate("", xy=end, xytext=start, arrowprops=style)


def _draw_box(ax: Any, node: Any, name: str, place: tuple[float, float]) -> None:
    box = {
        "boxstyle": "round,pad=0.4",
        "facecolor": OPERATION if node.edges else LEAF,
        "edgecolor": INK,
    }
    text = f"{name + ': ' if name else ''}{node.name()}\nnumber {node.number}"
    ax.text(*place, text, ha="center", va="center", fontsize=8, color=INK, bbox=box)
