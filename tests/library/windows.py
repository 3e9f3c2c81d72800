"""Tensors that lie in memory in different ways, and what there is to know of a result."""

LAYOUTS = {
    "contiguous": lambda torch, w: w.reshape(2, 3, 4),
    "permuted": lambda torch, w: w.reshape(3, 4, 2).permute(2, 0, 1),
    "sliced": lambda torch, w: w.reshape(2, 6, 2)[:, ::2].repeat(2, 1, 2)[::2],
    "expanded": lambda torch, w: w[:3].reshape(3, 1).expand(2, 3, 4),
    "empty": lambda torch, w: w.reshape(2, 3, 4)[:, 1:1],
    "vector": lambda torch, w: w[1:7],
    "matrix": lambda torch, w: w.reshape(4, 6).t(),
    "number": lambda torch, w: w[5],
}


def facts(torch, call):
    """What `call(x)` gives for an x of each layout: or which error it raises, type and text."""
    return {name: _attempt(torch, make, call) for name, make in LAYOUTS.items()}


def _attempt(torch, make, call):
    w = torch.arange(24.0).requires_grad_()
    x = make(torch, w)
    try:
        results = call(x)
    except Exception as error:
        return {"raised": type(error).__name__, "text": str(error).strip().split("\n")[0]}
    listed = isinstance(results, (tuple, list))
    return [of_tensor(torch, r, x, w) for r in (results if listed else [results])]


def of_tensor(torch, result, x, w):
    """Window, memory, history and gradient of a result computed from `x`, itself a part of `w`."""
    if not isinstance(result, torch.Tensor):
        return result
    found = {
        "value": result,
        "stride": result.stride(),
        "offset": _offset(result),
        "is x": result is x,
        "shares": result.untyped_storage().data_ptr() == x.untyped_storage().data_ptr(),
        "node": type(result.grad_fn).__name__,
    }
    if result.requires_grad and result.grad_fn is not None:
        weights = torch.arange(1.0, result.numel() + 1).reshape(result.shape)
        found["gradient"] = torch.autograd.grad((result * weights).sum(), w, retain_graph=True)[0]
    return found


def _offset(result):
    """Where a window starts; an empty one may start beyond the end, which NumPy cannot express."""
    end = result.untyped_storage().nbytes() // result.element_size()
    return min(result.storage_offset(), end)
