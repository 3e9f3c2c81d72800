"""What is called, with what: drawn from a seed, the same for both libraries."""

import inspect

import numpy as np

# What ends the process, waits for the keyboard, writes files or changes how everything works.
LEFT_OUT = {
    *("promote_types", "reshape"),  # lines that a lesson shows, complete and without checks
    *("save", "load", "record", "numpy", "compile", "share_memory_", "is_tensor", "typename"),
    *("set_default_dtype", "set_default_device", "set_default_tensor_type", "set_printoptions"),
    *("manual_seed", "seed", "initial_seed", "get_rng_state", "set_rng_state"),
    *("set_grad_enabled", "no_grad", "enable_grad", "inference_mode", "set_num_threads"),
    *("get_num_threads", "use_deterministic_algorithms", "set_flush_denormal"),
    *("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"),
    *("resize_", "resize_as_", "rand", "randn", "normal", "bernoulli", "multinomial"),
}

# Arguments by a word that both libraries understand.
GIVEN = {
    "matrix": lambda t: t.ones(2, 3),
    "square": lambda t: t.eye(3),
    "vector": lambda t: t.tensor([1.0, 2.0, 3.0]),
    "longs": lambda t: t.tensor([0, 1]),
    "mask": lambda t: t.tensor([[True, False, True], [False, True, False]]),
    "nothing": lambda t: t.ones(0, 3),
    "scalar": lambda t: t.tensor(2.0),
    "double": lambda t: t.ones(2, 3, dtype=t.float64),
    "complex": lambda t: t.ones(2, dtype=t.complex64),
    "bytes": lambda t: t.tensor([1, 2, 3], dtype=t.uint8),
    "images": lambda t: t.ones(1, 2, 4, 4),
    "asks": lambda t: t.ones(2, 3, requires_grad=True),
    "one": lambda t: 1,
    "zero": lambda t: 0,
    "minus": lambda t: -1,
    "far": lambda t: 7,
    "half": lambda t: 0.5,
    "imaginary": lambda t: 1j,
    "true": lambda t: True,
    "none": lambda t: None,
    "text": lambda t: "a",
    "mean": lambda t: "mean",
    "pair": lambda t: (0, 1),
    "list": lambda t: [2, 3],
    "floats": lambda t: [0.5, 1.5],
    "empty": lambda t: (),
    "strings": lambda t: ["a", "b"],
    "dict": lambda t: {"a": 1},
    "object": lambda t: object,
    "array": lambda t: np.ones((2, 3), np.float32),
    "dtype": lambda t: t.float32,
    "tensors": lambda t: [t.ones(2, 3), t.ones(2, 3)],
    "slice": lambda t: slice(0, 2),
}
WORDS = list(GIVEN)
TENSORS = ["matrix", "square", "vector", "longs", "mask", "images", "double", "asks"]
NAMES = ["dim", "keepdim", "axis", "out", "dtype", "alpha", "other", "input", "value"]
NAMES += ["reduction", "size", "foo"]


def callables(library):
    """The names `torch.name`, `F.name` and `Tensor.name` of what eduflow has, as pairs."""
    found = []
    for room, place in (
        ("torch", library),
        ("F", library.nn.functional),
        ("Tensor", library.Tensor),
    ):
        for name in sorted(dir(place)):
            if name.startswith("_") or name in LEFT_OUT:
                continue
            thing = getattr(place, name)
            if callable(thing) and not inspect.isclass(thing):
                found.append((room, name))
    return found


def random_call(numbers, names):
    """A call: (room, name, words of the arguments, words of the named ones)."""
    room, name = numbers.choice(names)
    start = [numbers.choice(TENSORS)] if numbers.random() < 0.8 or room == "Tensor" else []
    count = numbers.choice((0, 0, 1, 1, 1, 2, 2, 3))
    given = start + [numbers.choice(WORDS) for _ in range(count)]
    named = {}
    if numbers.random() < 0.3:
        named[numbers.choice(NAMES)] = numbers.choice(WORDS)
    return room, name, tuple(given), tuple(named.items())


def written(call):
    """The call as text to read."""
    room, name, given, named = call
    words = [*given, *[f"{key}={word}" for key, word in named]]
    return f"{room}.{name}({', '.join(words)})"


def read(text):
    """The call that `written` writes as this text."""
    where, rest = text.rstrip(")").split("(")
    room, name = where.split(".")
    words = [word for word in rest.split(", ") if word]
    named = tuple(tuple(word.split("=")) for word in words if "=" in word)
    return room, name, tuple(word for word in words if "=" not in word), named


def made(torch, call):
    """The call made under a library: its result."""
    room, name, given, named = call
    where = {"torch": torch, "F": torch.nn.functional, "Tensor": torch.Tensor}[room]
    arguments = [GIVEN[word](torch) for word in given]
    return getattr(where, name)(*arguments, **{key: GIVEN[word](torch) for key, word in named})
