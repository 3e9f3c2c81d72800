"""The default random stream: manual_seed, unforeseeable seeds, and states to go on from."""

import contextlib

import numpy as np

from ._core.generator import Generator, default_generator
from ._core.package import PACKAGE
from ._core.tensor import Tensor, method, wrap

__all__ = [
    "default_generator",
    "fork_rng",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "seed",
    "set_rng_state",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here."""
    return __all__


def manual_seed(seed):
    """Start the default stream that belongs to `seed`; returns its Generator.

    Mirrors torch.manual_seed.
    """
    return default_generator.manual_seed(seed)


def seed():
    """Start the default stream anew, unforeseeably; returns the seed. Mirrors torch.seed."""
    return default_generator.seed()


def initial_seed():
    """The seed that the default stream was started with. Mirrors torch.initial_seed."""
    return default_generator.initial_seed()


# The bytes in which PyTorch hands out the state of its stream, so that both read each other's.
_WORDS = 624  # of a Mersenne twister
_STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),  # words left in this round of 624, and one
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", _WORDS),
        ("normal_x", "<f8"),
        ("spare", "<f8"),
        ("normal_rho", "<f8"),
        ("has_spare", "<i8"),
        ("float_spare", "<f8"),
    ]
)


@method("get_state", of=Generator)
def _get_state(generator):
    """The state of the stream: a tensor of bytes, the same ones as PyTorch's."""
    twister = generator._twister.get_state(legacy=False)["state"]
    state = np.zeros((), _STATE)
    state["seed"], state["seeded"], state["words"] = generator._seed, 1, twister["key"]
    state["left"], state["next"] = max(_WORDS + 1 - twister["pos"], 1), twister["pos"]
    if generator.spare_normal is not None:
        state["spare"], state["has_spare"] = generator.spare_normal, 1
    return wrap(np.frombuffer(state.tobytes(), np.uint8).copy())


@method("set_state", of=Generator)
def _set_state(generator, new_state):
    """Continue from a state that `get_state` gave, here or in PyTorch; returns the generator.

    TypeError or RuntimeError, in PyTorch's words, for anything else.
    """
    if not isinstance(new_state, Tensor):
        given = type(new_state).__name__
        raise TypeError(f"expected a {PACKAGE}.ByteTensor, but got {given}")
    if new_state._array.dtype != np.uint8:
        raise TypeError(f"RNG state must be a {PACKAGE}.ByteTensor")
    if not new_state.is_contiguous():
        raise RuntimeError("RNG state must be contiguous")
    if new_state._array.size != _STATE.itemsize:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {_STATE.itemsize} "
            f"but found the input RNG state size to be {new_state._array.size}"
        )
    state = np.frombuffer(new_state._array.tobytes(), _STATE)[0]
    left, place = int(state["left"]), int(state["next"]) % 2**32  # PyTorch reads 32 bits of it
    if not state["seeded"] or not 0 < left <= _WORDS or place > _WORDS:
        raise RuntimeError("Invalid mt19937 state")
    key = state["words"].astype(np.uint32)
    generator._twister.set_state(("MT19937", key, _WORDS + 1 - left))
    generator._seed = int(state["seed"])
    generator.spare_normal = float(state["spare"]) if state["has_spare"] else None
    return generator


@method("clone_state", of=Generator)
def _clone_state(generator):
    """A generator of its own that goes on from the same state."""
    return Generator().set_state(generator.get_state())


def get_rng_state():
    """The state of the default stream, a tensor of bytes. Mirrors torch.get_rng_state."""
    return default_generator.get_state()


def set_rng_state(new_state):
    """Continue the default stream from a state. Mirrors torch.set_rng_state."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=None, enabled=True, device_type="cpu"):
    """A `with` block after which the default stream goes on as if it had not been used inside.

    Mirrors torch.random.fork_rng.
    """
    state = get_rng_state() if enabled else None
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)
