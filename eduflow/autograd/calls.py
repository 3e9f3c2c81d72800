# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% backward
"""`backward`: where people set gradients going."""

from ..operations import gradient_edge
from ..refusals import first_gradient
from ..tensors import method
from .engine import run_backward


def start(index, tensor, grad, create_graph):
    """Where backward starts from `tensor`: its node, and a gradient, 1 unless one is given."""
    node = gradient_edge(tensor)
    if getattr(node, "variable", node) is None:  # no node, or one whose leaf nobody holds
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn"
        )
    grad = first_gradient(index, tensor, grad)
    return node, grad if create_graph else grad._array


@method("backward")
def _backward(tensor, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Compute the gradients of this tensor by all leaves, and add them to their `.grad`.

    A tensor of several elements needs a `gradient` of its own shape to start from. The graph is
    freed unless `retain_graph`; `create_graph` records the gradients, for derivatives of
    derivatives. With `inputs`, only these tensors collect. Mirrors torch.Tensor.backward.
    """
    keep = create_graph if retain_graph is None else retain_graph
    roots = [start(0, tensor, gradient, create_graph)]
    if inputs is None:
        run_backward(roots, keep, create_graph)
    else:
        backward_into(inputs, roots, keep, create_graph)


def backward_into(inputs, roots, keep, create_graph):
    """An empty room, for `inputs`: the annex builds it, and fills it in here."""
    raise NotImplementedError("backward(inputs=...) is built in 02_autograd_annex")


# %% public names
__all__ = ["backward_into", "start"]
