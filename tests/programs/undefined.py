"""What PyTorch leaves undefined, and random programs therefore leave out: with the reason.

More is left out where a step is defined, by conditions that belong to that step alone.
"""


def _endless(x):
    return not x.detach().double().isfinite().all().item()


# For steps of these names: when (of the tensors and the number p), and why.
UNDEFINED = [
    (
        ("scatter",),
        lambda x, y, p: x.is_inference() or y.is_inference(),
        "an inference tensor is saved, and an index or a dim is wrong: which error comes first",
    ),
    (
        ("containers",),
        lambda x, y, p: p % 4 == 2 and _endless(x),
        "GELU of an infinity: inf by its formula, nan in the vectorized kernel",
    ),
    (
        ("functional",),
        lambda x, y, p: p % 13 == 2 and _endless(x),
        "GELU of an infinity: inf by its formula, nan in the vectorized kernel",
    ),
]


def is_undefined(name, x, y, p):
    """Whether a step of this name is left out."""
    return any(name in names and when(x, y, p) for names, when, _ in UNDEFINED)
