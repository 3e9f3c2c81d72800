"""What both kinds of convolution are tried on: geometries, arrays, plain forms, layers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..compare import Parts, compare
from ..exercises import Case, Exercise, OnTheWayBack, all_exercises, made
from ..probing import tried


class How(NamedTuple):
    """What the lesson calls a Geometry."""

    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    groups: int = 1


def geometry(
    dims: int = 2, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> How:
    """A geometry, from numbers or one entry for each dim."""
    each = [x if isinstance(x, tuple) else (x,) * dims for x in (stride, padding, dilation)]
    ends = tuple(n if isinstance(n, tuple) else (n, n) for n in each[1])
    return How(each[0], ends, each[2], groups)


def wholes(*shape: int, start: int = 0) -> Any:
    """Small whole numbers as floats: exact in any order of adding."""
    count = math.prod(shape)
    return ((np.arange(count) * 5 + start) % 11 - 4).reshape(shape).astype(float)


def in_words(options: dict[str, Any]) -> str:
    """How a message writes a geometry."""
    words = [f"{key}={value}" for key, value in options.items() if key != "dims"]
    return ", ".join(words) or "steps of 1, no border"


Rounding = Callable[[Any, Any], Any]


def place_counts(
    size: Any,
    kernel: Any,
    how: Any,
    reach: Callable[[int, int], int] = lambda k, d: d * (k - 1) + 1,
    count: Rounding = lambda last, s: last // s + 1,
) -> tuple[Any, ...]:
    facts = zip(size, kernel, how.stride, how.padding, how.dilation, strict=True)
    return tuple(count(n + a + b - reach(k, d), s) for n, k, s, (a, b), d in facts)


def strided(bordered: Any, kernel: Any, out: Any, how: Any, inside: Any, onward: Any) -> Any:
    images, channels, *pixel = bordered.strides
    strides = [step * n for step, n in zip(pixel, inside, strict=True)]
    strides += [step * n for step, n in zip(pixel, onward, strict=True)]
    shape = (*bordered.shape[:2], *kernel, *out)
    return np.ndarray(shape, bordered.dtype, bordered, strides=(images, channels, *strides))


def all_windows(bordered: Any, kernel: Any, out: Any, how: Any) -> Any:
    return strided(bordered, kernel, out, how, how.dilation, how.stride)


def weight_rows(weight: Any, how: Any) -> Any:
    return weight.reshape(how.groups, len(weight) // how.groups, math.prod(weight.shape[1:]))


def with_border(input: Any, how: Any) -> Any:
    return np.pad(input, [(0, 0), (0, 0), *[(a, max(b, 0)) for a, b in how.padding]])


def as_columns(input: Any, kernel: Any, out: Any, how: Any) -> Any:
    seen = all_windows(with_border(input, how), kernel, out, how)
    numbers = input.shape[1] // how.groups * math.prod(kernel)
    return seen.reshape(len(input), how.groups, numbers, math.prod(out))


def convolved(input: Any, weight: Any, how: Any) -> Any:
    kernel = weight.shape[2:]
    out = place_counts(input.shape[2:], kernel, how)
    product = weight_rows(weight, how) @ as_columns(input, kernel, out, how)
    return product.reshape(len(input), len(weight), *out)


def by_group(grad: Any, how: Any) -> Any:
    images, filters, *out = grad.shape
    return grad.reshape(images, how.groups, filters // how.groups, math.prod(out))


def weight_gradient(grad: Any, input: Any, kernel: Any, how: Any, add: Any = None) -> Any:
    seen = as_columns(input, kernel, grad.shape[2:], how)
    each = by_group(grad, how) @ seen.swapaxes(2, 3)
    total = each.sum(axis=0) if add is None else add(each)
    return total.reshape(grad.shape[1], input.shape[1] // how.groups, *kernel)


def all_stamped(stamps: Any, size: Any, how: Any, add: bool = True, border: bool = True) -> Any:
    kernel, out = stamps.shape[2 : 2 + len(size)], stamps.shape[2 + len(size) :]
    canvas = with_border(np.zeros((*stamps.shape[:2], *size), stamps.dtype), how)
    seen = all_windows(canvas, kernel, out, how)
    for tap in np.ndindex(*kernel):
        here = (slice(None), slice(None), *tap)
        seen[here] = stamps[here] + (seen[here] if add else 0)
    inside = [slice(a, a + n) for n, (a, _) in zip(size, how.padding, strict=True)]
    return canvas[(slice(None), slice(None), *inside)] if border else canvas


def input_gradient(grad: Any, weight: Any, size: Any, how: Any) -> Any:
    stamps = weight_rows(weight, how).swapaxes(1, 2) @ by_group(grad, how)
    channels = how.groups * weight.shape[1]
    stamps = stamps.reshape(len(grad), channels, *weight.shape[2:], *grad.shape[2:])
    return all_stamped(stamps, size, how)


def made_leaves(torch: Any, *shapes: Any) -> list[Any]:
    """Leaves with small numbers."""
    arrays = [wholes(*shape, start=n) / 4 for n, shape in enumerate(shapes)]
    tensors = [torch.tensor(array.tolist()).reshape(array.shape) for array in arrays]
    return [tensor.requires_grad_(True) for tensor in tensors]


def with_gradients(result: Any, leaves: Sequence[Any], torch: Any) -> Any:
    """The result and, after an uneven gradient from above, the gradients of the leaves."""
    if not hasattr(result, "detach"):
        return Parts(result=result)
    above = torch.tensor(wholes(*result.shape, start=2).tolist()).reshape(result.shape)
    try:
        (result * above).sum().backward()
    except Exception as error:
        raise OnTheWayBack(Parts(result=result.detach())) from error
    names = ("the input's gradient", "the weight's gradient", "the bias's gradient")
    found = {name: leaf.grad for name, leaf in zip(names, leaves, strict=False)}
    return Parts({"result": result.detach(), **found})


def as_arrays(*tensors: Any) -> list[Any]:
    return [tensor.detach().numpy() for tensor in tensors]


def built_layer(
    options: dict[str, Any], ask: Callable[[Any, Any], Any]
) -> Callable[[Any, Any], Any]:
    def use(cls: Any, torch: Any) -> Any:
        torch.manual_seed(3)
        kinds = {"dtype": getattr(torch, options["dtype"])} if "dtype" in options else {}
        return ask(cls(**options | kinds), torch)

    return use


def layer_shapes(layer: Any, torch: Any) -> Any:
    kinds = {name: str(p.dtype).split(".")[-1] for name, p in layer.named_parameters()}
    return sorted((n, tuple(p.shape), kinds[n]) for n, p in layer.named_parameters())


def channels(layer: Any, torch: Any) -> Any:
    return layer.in_channels, layer.out_channels


def learning(loss_of: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """For `Case(use=...)`: what two steps of descent make of a loss, and whose gradients arrive."""

    def ask(layer: Any, torch: Any) -> Any:
        losses = []
        optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
        for _ in range(2):
            optimizer.zero_grad()
            loss = loss_of(layer, torch)
            loss.backward()
            losses.append(loss.item())
            optimizer.step()
        found = sorted((name, p.grad is not None) for name, p in layer.named_parameters())
        return [*losses, found]

    return ask


def standing_on(names: Sequence[str], cases: list[Case]) -> list[Case]:
    """These cases, and one before them: with one of these functions wrong, right lines look wrong.

    It is for functions that call others which the lesson has built before.
    """
    first = Case(
        use=partial(_called, names=names, case=cases[0]),
        show=f"what it calls: {' and '.join(names)}",
        hint="What your lines call is wrong, so nobody can say yet whether they are right. Mend "
        "that function first: its own check says what differs.",
        alone=True,
    )
    return [first, *cases]


def _called(f: Any, torch: Any, names: Sequence[str], case: Case) -> Any:
    """Which of the functions that `f` calls is wrong; None where `f` itself returns nothing."""
    inner = inspect.unwrap(f) if callable(f) else f
    code, space = getattr(inner, "__code__", None), getattr(inner, "__globals__", {})
    for name in names:
        called = bool(code and name in code.co_names and name in space)
        if called and not _holds(all_exercises()[name], space[name], torch):
            return f"{name} is wrong"
    returned = tried(lambda: case.use(f, torch) if case.use else None)
    return None if returned is None else "right"


def _holds(exercise: Exercise, thing: Any, torch: Any) -> bool:
    """Whether a function does what its exercise asks; this runs within a check, and starts none."""
    right = made(exercise.reference, torch)
    uses = [(case.use, case.tolerance) for case in exercise.cases if case.use]
    try:
        return all(compare(use(thing, torch), use(right, torch), near) for use, near in uses)
    except Exception:
        return False
