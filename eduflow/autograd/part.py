# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% part
"""Operations with several results that need gradients: one node, and a part for each result."""

from .node import Node


class Part(Node):
    """One of several results of an operation.

    The operation's own node runs once, when the gradients of all its parts have arrived.
    """

    __slots__ = ("index",)
    joint = True

    def __init__(self, node, index):
        super().__init__((), (node,))
        self.index = index

    def place(self):
        """The operation's node, and which of its results this is."""
        return self.edges[0], self.index

    def pass_down(self, grad, owned, create_graph, search):
        """Hand the gradient to the operation's node, marked with the result it belongs to."""
        return [(self.edges[0], Parts({self.index: grad}))]


class Parts(dict):
    """Gradients by the result they belong to: what a node with several results receives."""

    def __add__(self, other):
        both = {index: self[index] + other[index] for index in self.keys() & other.keys()}
        return Parts(self | other | both)


# %% public names
__all__ = ["Part", "Parts"]
