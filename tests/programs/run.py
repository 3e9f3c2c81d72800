"""Run a program under a library, and note everything that can be seen of its tensors."""

import warnings

from tests.programs import graphs, indexing, layers, training  # noqa: F401  # their steps
from tests.programs.steps import STEPS
from tests.programs.undefined import WALKS, is_undefined

_MOST_TENSORS = 24


def run(torch, program):
    """What every step did (its exception, if any), and every tensor as it is at the end."""
    tensors = [torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], requires_grad=True)]
    raised = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, *operands in program:
            raised.append(_do(torch, STEPS[number % len(STEPS)], tensors, operands))
        # How often what is made of inference tensors was written is PyTorch's own affair.
        counted = not any(t.is_inference() for t in tensors)
        return {
            "raised": raised,
            "tensors": [_seen(t, counted) for t in tensors],
            "shared": _shared(tensors),
        }


def _do(torch, step, tensors, operands):
    a, b, p, q = operands
    x, y = tensors[a % len(tensors)], tensors[b % len(tensors)]
    if is_undefined(step.__name__, x, y, p, tensors):
        return "undefined"
    try:
        made = step(torch, x, y, p, q)
    except Exception as error:
        if step.__name__ in WALKS:
            for tensor in tensors:
                tensor.grad = None
        return "refused" if _lost(x) or _lost(y) else type(error).__name__
    made = made if isinstance(made, list) else [] if made is None else [made]
    tensors += made[: _MOST_TENSORS - len(tensors)]
    return None


def _lost(x):
    """Whether a view has no place in the graph any more: whatever uses it raises.

    If something else is wrong as well, which of the two errors comes first is not compared.
    """
    try:
        return x.is_leaf is None
    except RuntimeError:
        return True


def _seen(x, counted):
    """All there is to see of a tensor, as plain data. Asking may raise, as PyTorch does, too."""
    seen = {
        "values": x.detach().double().tolist(),  # ints of rounded floats differ as those do
        "dtype": str(x.dtype).split(".")[-1],
        "shape": list(x.shape),
        "stride": list(x.stride()),
        "offset": min(x.storage_offset(), x.untyped_storage().nbytes() // x.element_size()),
        "version": x._version if counted else None,
        "grad": None if x.grad is None else x.grad.tolist(),
    }
    for name in ("requires_grad", "is_leaf"):
        try:
            seen[name] = getattr(x, name)
        except RuntimeError as error:
            seen[name] = type(error).__name__
    return seen


def _shared(tensors):
    """For each tensor, the first one that has the same memory."""
    places = [t.untyped_storage().data_ptr() if t.numel() else None for t in tensors]
    return [places.index(place) if place is not None else None for place in places]
