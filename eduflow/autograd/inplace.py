"""In-place changes and the graph: what is forbidden, and how history is rewritten."""

import copy

import numpy as np

from .._core.dispatch import Kind, gradient_edge, no_slope, raw
from .._core.keeping import keeping
from .._core.storage import address, owner_of, window
from .._core.tensor import Tensor, element_strides, method, wrap
from .._core.view import View
from .._words.autograd import short_name
from .._words.inference import must_be_changeable
from .._words.inplace import REPEATED, repeats
from .graph import AccumulateGrad, Node, is_leaf
from .hooks import follow
from .record import ONCE, held_by, node_type


def check_write(tensor):
    """RuntimeError, in PyTorch's words, where a change of `tensor` in place cannot be recorded."""
    must_be_changeable(tensor._counter)
    if tensor._view is not None:
        check_view(tensor)
    if tensor.requires_grad and is_leaf(tensor):
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation."
        )


def check_view(tensor):
    """RuntimeError where a view cannot be changed: by its origin, or because its base is a leaf."""
    check_origin(tensor, "is being")
    if tensor.requires_grad and is_leaf(tensor._view.base):
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation."
        )


_ADVICE = {
    "function": ". This view was created inside a custom Function (or because an input was "
    "returned as-is) and the autograd logic to handle view+inplace would override the custom "
    "backward associated with the custom Function, leading to incorrect gradients. This behavior "
    "is forbidden. You can fix this by cloning the output of the custom Function.",
    "inference": " in normal mode. Given that this use case is ambiguous and error-prone, it is "
    "forbidden. You can clarify your code by moving both the view and the inplace either both "
    "inside the inference_mode block (if you don't want the inplace to be tracked) or both outside "
    "(if you want the inplace to be tracked).",
    "several": ". This view is the output of a function that returns multiple views. Such "
    "functions do not allow the output views to be modified inplace. You should replace the "
    "inplace operation by an out-of-place one.",
    "no_grad": " with grad mode enabled. Given that this use case is ambiguous and error-prone, it "
    "is forbidden. You can clarify your code by moving both the view and the inplace either both "
    "inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if "
    "you want the inplace to be tracked).",
}


def check_origin(tensor, changed):
    """Views made under no_grad, or several at once, have no clear place in a changed graph."""
    origin, node = tensor._view.origin, tensor._node
    if not origin:
        return
    if origin in ("no_grad", "inference") or node is None:
        mode = "inference" if origin == "inference" else "no_grad"
        name = f"A view was created in {mode} mode and"
    else:
        maker, index = node.place()
        name = f"Output {index} of {short_name(maker)} is a view and"
    raise RuntimeError(f"{name} {changed} modified inplace{_ADVICE[origin]}")


def positions(base, view):
    """Where in `base`, counted in reading order, each element of `view` lies: an int array."""
    array, part = base._array, view._array
    if not part.size:
        return np.zeros(part.shape, np.int64)
    owner = owner_of(array)
    where = np.full(owner.nbytes // array.itemsize, -1)
    start = (address(array) - address(owner)) // array.itemsize
    offset = (address(part) - address(owner)) // array.itemsize
    window(where, array.shape, element_strides(array), start)[...] = np.arange(array.size).reshape(
        array.shape
    )
    return window(where, part.shape, element_strides(part), offset).copy()


_AS_STRIDED = Kind("AsStridedBackward0", ("input",))
_AsStrided = node_type(_AS_STRIDED)


def _as_strided_node(base, edge, where):
    """A node for a view of `base`: gradients go back to the places they came from.

    Without an edge, to a base that needs none, they end here, as they do in PyTorch.
    """
    shape = base._array.shape

    def derivative(grad):
        if isinstance(grad, Tensor):
            flat = wrap(np.zeros(shape, grad._array.dtype)).reshape(-1)
            return flat.index_put((wrap(raw(where)),), grad, accumulate=True).reshape(shape)
        total = np.zeros(shape, grad.dtype)
        np.add.at(total.reshape(-1), where, grad)
        return total

    return _AsStrided([edge and derivative], [edge])


def replaced(grad, where, inside):
    """A copy of `grad`, array or tensor, with `inside`, or the number 0, at the places `where`."""
    if isinstance(grad, Tensor):
        inside = inside if isinstance(inside, Tensor) else wrap(np.zeros((), grad._array.dtype))
        return grad.index_put((wrap(raw(where)),), inside)
    grad = grad.copy()
    grad[where] = inside
    return grad


class CopySlices(Node):
    """The history of `base`, a tensor of which one view was changed in place.

    Inside the view, gradients go back through the operation that changed it, `inner`; everywhere
    else they pass straight on. A view that sees an element several times, by a stride of 0, is
    `repeated`.
    """

    def __init__(self, base, view, inner):
        edges = [base._node, *inner.edges[1:]]
        super().__init__(inner.derivatives, edges, (*inner.saved, ONCE))
        self.inner, self.parameters = inner, inner.parameters
        self.where, self.repeated = positions(base, view), repeats(view._array)

    def on_tensors(self, edges):
        """This node, the operation inside it working on tensors."""
        other = copy.copy(self)
        other.inner = self.inner.on_tensors([self.inner.edges[0], *edges[1:]])
        return other

    def gradients(self, grad, edges):
        """The gradient of the base as it was before, and those of the operation's other inputs."""
        through = [self.inner.edges[0] and self, *edges[1:]]  # `self` stands for the old values
        others = []

        def change(part):
            pairs = self.inner.gradients(part, through)
            others.extend(pair for pair in pairs if pair[0] is not self)
            return next((g for edge, g in pairs if edge is self), None)

        if edges[0] is None:
            change(grad.reshape(-1)[self.where])
            return others
        if self.repeated:  # one element of the base would get the gradients of several
            raise RuntimeError(REPEATED)
        old = back_through_view(grad.reshape(-1), self.where, change)
        return [(edges[0], old.reshape(grad.shape)), *others]


@method("node", of=View)
def _view_node(view, tensor):
    """The node that a gradient of `tensor`, a view, goes to: made anew if its memory has changed.

    A view made under no_grad, of a base that needs gradients, requires grad but has no history: in
    PyTorch what arrives there is dropped, and so it is here.
    """
    version, base = tensor._counter[0], view.base
    made = tensor._node is not None and not isinstance(tensor._node, AccumulateGrad)
    if view.seen != version and (made or base.requires_grad):
        check_origin(tensor, "its base or another view of its base has been")
        view.seen = version
        tensor._node = _as_strided_node(base, gradient_edge(base), positions(base, tensor))
        follow(tensor)
    elif tensor._node is None and base.requires_grad:
        return Nowhere()
    return tensor._node


class Nowhere(AccumulateGrad):
    """Where gradients of a view go that was made under no_grad: a leaf that nobody holds."""

    leads_on = False

    def __init__(self):
        super().__init__(lambda: None)

    def place(self):
        """No node is here, for those who ask."""
        return None, 0

    def ending(self, returned, i):
        """What a body returned, with nothing to compute for gradient number `i`.

        What derivative `i` reads is saved all the same, as in PyTorch, if it is the only one; of
        several only what others read as well, and the result.
        """
        result, *derivatives = returned
        if i < len(derivatives) and derivatives[i] is not None:
            others = [d for j, d in enumerate(derivatives) if j != i and d is not None]
            shared = [result, *[array for d in others for array in held_by(d)]]
            kept = [
                array
                for array in held_by(derivatives[i])
                if not others or any(array is one for one in shared)
            ]
            derivatives[i] = keeping(lambda grad: grad, *kept)
        return result, *derivatives


def stand_in(tensor):
    """What an in-place operation computes with: a copy of `tensor` in the same place of the graph.

    Derivatives that need the old values keep the copy, and find it unchanged.
    """
    copy = wrap(tensor._array.copy())
    view = tensor._view
    if view is None:
        copy._node = tensor._node
    elif view.base._node is not None:
        copy._node = _as_strided_node(view.base, view.base._node, positions(view.base, tensor))
    return copy


def moved(node, tensor):
    """`node`, of which the result was written into `tensor`: what it saved of it counts there."""
    counter = tensor._counter
    node.saved = [
        (a, p, counter, counter[0]) if p == -1 else (a, p, c, v) for a, p, c, v in node.saved
    ]
    return node


# %% lesson 04 history
def back_through_view(grad, where, change):
    """The gradient of a base before one of its views was changed, from `grad`, that afterwards.

    `grad` has one dim; `where` holds the places in it that the view looks at. `change(part)` takes
    the gradient of the view back through the change; None if the old numbers did not matter.
    """
    inside = change(grad[where])
    return replaced(grad, where, 0 if inside is None else inside)


def adopt(tensor, result):
    """Give `tensor`, which now holds the numbers of `result`, the history of `result`.

    If `tensor` is a view, it is its base that gets a new history: a CopySlices, made of the base,
    the view and the node that stands for the change.
    """
    node, view = moved(result._node, tensor), tensor._view
    if view is None:
        tensor._node = node
    else:
        view.base._node = CopySlices(view.base, tensor, node)
    settle(tensor)


# %% end


def settle(tensor):
    """After a change of history: note whose change it was; hooks and the view itself follow."""
    view, counter = tensor._view, tensor._counter
    if view is None:
        counter[1:] = [short_name(tensor._node)]
    else:
        counter[1:] = [view.base._node.name()]
        view.seen = -1
        view.node(tensor)  # a place below the base
        follow(view.base)
    follow(tensor)


def constant(result, name, before):
    """Give `result`, computed without a derivative, a history: the old values do not matter."""
    kind = _CONSTANTS.get(name)
    if kind is None:
        kind = _CONSTANTS[name] = Kind(f"{name.title().replace('_', '')}Backward0", ("input",))
        node_type(kind)
    result._node = kind.node([no_slope], [gradient_edge(before)])


_CONSTANTS = {}  # operations like eq: what they say does not change with their input
