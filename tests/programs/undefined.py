"""What PyTorch leaves undefined, and random programs therefore leave out: with the reason.

More is left out where a step is defined, by conditions that belong to that step alone.
"""


def _endless(x):
    return not x.detach().double().isfinite().all().item()


def _is_large(x):
    return x.is_floating_point() and (x.detach().double().abs() > 20).any().item()


def _same_memory(x, y):
    return x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()


def _is_one_of_several(x):
    """Whether a node with several results made x."""
    try:
        return x.grad_fn.name().startswith(("Twofold", "Aminmax"))
    except RuntimeError:
        return False  # it has no place in the graph any more


WRITES = (
    *("add_", "mul_", "augmented", "elementwise_", "fill_", "copy_", "set_item", "set_slice"),
    *("set_mask", "set_picked", "indexed_", "put_", "fill_diagonal_", "index_reduce_", "limited_"),
)

# For steps of these names: when (of the two tensors, the number p, and all tensors), and why.
UNDEFINED = [
    (
        ("scatter",),
        lambda x, y, p, tensors: x.is_inference() or y.is_inference(),
        "an inference tensor is saved, and an index or a dim is wrong: which error comes first",
    ),
    (
        ("train",),
        lambda x, y, p, tensors: p % 4 and _is_large(x),
        "tanh is saturated: its slope is what rounding left of 0, and these optimizers scale it up",
    ),
    (
        ("containers",),
        lambda x, y, p, tensors: p % 4 == 2 and _endless(x),
        "GELU of an infinity: inf by its formula, nan in the vectorized kernel",
    ),
    (
        ("functional",),
        lambda x, y, p, tensors: p % 13 == 2 and _endless(x),
        "GELU of an infinity: inf by its formula, nan in the vectorized kernel",
    ),
    (
        ("chosen",),
        lambda x, y, p, tensors: p % 12 == 2 and 0 in x.stride(),
        "PyTorch takes medians of an expanded tensor from the wrong rows: below all of a row, too",
    ),
    (
        ("sequences",),
        lambda x, y, p, tensors: p % 6 == 2 and x.is_inference(),
        "an LSTM has kernels that save what they are given, and others that save a copy",
    ),
    (
        ("layer",),
        lambda x, y, p, tensors: p % 19 == 13 and x.is_inference(),
        "an LSTM has kernels that save what they are given, and others that save a copy",
    ),
    (
        ("views_",),
        lambda x, y, p, tensors: x.retains_grad,
        "PyTorch loses the hook that keeps the gradient: a later write fails an internal check",
    ),
    (
        WRITES,
        lambda x, y, p, tensors: x.retains_grad and _is_one_of_several(x),
        "PyTorch looks for the hook that keeps the gradient at another result: the check fails",
    ),
    (
        ("set_item", "set_slice", "set_picked", "copy_"),
        lambda x, y, p, tensors: not x.numel() and y.requires_grad and not x.is_floating_point(),
        "PyTorch gives integers a history where nothing lies, and its own checks then fail at them",
    ),
    (
        ("add_to_data",),
        lambda x, y, p, tensors: any(t.requires_grad and _same_memory(x, t) for t in tensors),
        "what was saved changes unseen: which of it a derivative reads again is its own affair",
    ),
]

# Where these fail half-way, it hangs on the order in which the engine takes nodes that are ready
# which leaves have their gradients already. Afterwards they all start again without one.
WALKS = ("backward", "weighted_backward", "backward_into", "backward_with_graph")


def is_undefined(name, x, y, p, tensors):
    """Whether a step of this name is left out."""
    return any(name in names and when(x, y, p, tensors) for names, when, _ in UNDEFINED)
