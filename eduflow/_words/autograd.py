"""What backward refuses, in PyTorch's words."""

import re

from .._core.dtype import dtype

_PACKAGE = __name__.split(".", 1)[0]
CHANGED_VIEW = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function "
    "cannot return more than one Tensor. This is not supported by the current autograd engine. You "
    "should either make sure the input is not a view (using .clone() for example) or make your "
    "Function only return one Tensor (potentially splitting it into two Functions: one doing the "
    "inplace that returns a single Tensor and a second one that does the other operations). You "
    "can ask on the forum https://discuss.pytorch.org/ if you need help to do this change."
)


def short_name(node):
    """A node's name as error texts say it: Mul for MulBackward0, Sum1 for SumBackward1."""
    return re.sub(r"Backward(0$)?(?!.*Backward)", "", node.name())


def modified(node, position, found, expected):
    """The error for a saved tensor that was changed in place before backward needed it."""
    entries = [(c[0] == v, a, c) for a, p, c, v in node.saved if p == position]
    _, array, counter = min(entries, key=lambda entry: entry[0])  # one that was changed, if any
    legacy = f"{_PACKAGE}.{dtype.by_numpy[array.dtype].legacy_name}"
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [{legacy} {list(array.shape)}]{_maker(node, position, counter)} is at version "
        f"{found}; expected version {expected} instead. Hint: enable anomaly detection to find the "
        "operation that failed to compute its gradient, with "
        f"{_PACKAGE}.autograd.set_detect_anomaly(True, check_nan=False)."
    )


def _maker(node, position, counter):
    """Which operation gave the saved tensor the history it has now; nothing for a leaf."""
    source = node if position < 0 else node.edges[position]
    if source is None or hasattr(source, "leaf"):
        return ""
    maker, index = source.place()
    name = counter[1] if len(counter) > 1 and position >= 0 else short_name(maker)
    return f", which is output {index} of {name},"
