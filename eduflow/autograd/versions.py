"""The version check: backward refuses to compute with values that have changed since."""

from .._core.dtype import dtype
from .._core.tensor import method
from .graph import AccumulateGrad, Node
from .views import short_name


# %% lesson 04 modified
@method("modified", of=Node)
def _modified(node, position, found, expected):
    """The error for a saved tensor that was changed in place before backward needed it."""
    array = _saved_array(node, position)
    legacy = f"{__name__.split('.')[0]}.{dtype.by_numpy[array.dtype].legacy_name}"
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [{legacy} {list(array.shape)}]{_maker(node, position)} is at version {found}; "
        f"expected version {expected} instead. Hint: enable anomaly detection to find the "
        "operation that failed to compute its gradient, with "
        f"{__name__.split('.')[0]}.autograd.set_detect_anomaly(True, check_nan=False)."
    )


def _maker(node, position):
    """Which operation gave the saved tensor the history it has now; nothing for a leaf."""
    source = node if position < 0 else node.edges[position]
    if source is None or isinstance(source, AccumulateGrad):
        return ""
    counter = next(saved[0] for saved in node.saved if saved[2] == position)
    maker, index = source.place()
    name = counter[1] if len(counter) > 1 and position >= 0 else short_name(maker)
    return f", which is output {index} of {name},"


def _saved_array(node, position):
    """The array that a derivative saved: that of input `position`, or of the result (-1)."""
    name = "result" if position < 0 else node.parameters[position]
    for derivative in filter(None, node.derivatives):
        function = getattr(derivative, "derivative", derivative)
        for free, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
            if free == name:
                return cell.cell_contents
    raise LookupError(f"{node.name()} saved nothing called {name!r}")


# %% end
