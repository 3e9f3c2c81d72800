"""Random convolutions: every number that one can be given, drawn so that it mostly fits."""

from typing import NamedTuple

import numpy as np

KINDS = ("conv", "conv_transpose")


class Case(NamedTuple):
    """One call of convNd or conv_transposeNd; tuples have a number for each dim."""

    kind: str
    batch: int  # 0 stands for an unbatched input
    channels: int
    outputs: int
    groups: int
    size: tuple
    kernel: tuple
    stride: tuple
    padding: tuple | str
    output_padding: tuple
    dilation: tuple
    bias: bool
    seed: int

    def call(self):
        """The call as text to read."""
        return f"{self.kind}{len(self.size)}d: {self}"


def random_case(numbers, kinds=KINDS):
    """A case drawn from the random source `numbers`: outputs and inputs stay small."""
    kind, dims = numbers.choice(kinds), numbers.choice((1, 2, 2, 3))
    groups = numbers.choice((1, 1, 1, 2, 3))
    channels, outputs = groups * numbers.randint(1, 3), groups * numbers.randint(1, 3)
    if numbers.random() < 0.15:
        groups = channels = outputs = numbers.randint(2, 4)  # depthwise
        outputs *= numbers.randint(1, 2)
    kernel = tuple(numbers.randint(1, 5 - dims // 2) for _ in range(dims))
    stride = tuple(numbers.randint(1, 3) for _ in range(dims))
    dilation = tuple(numbers.choice((1, 1, 2, 3)) for _ in range(dims))
    padding = tuple(numbers.randint(0, 3) for _ in range(dims))
    output_padding = (0,) * dims
    if kind == "conv":
        least = [d * (k - 1) + 1 - 2 * p for d, k, p in zip(dilation, kernel, padding, strict=True)]
        size = tuple(max(1, n) + numbers.randint(0, 6 - dims) for n in least)
        if numbers.random() < 0.15:
            padding, stride = "same", (1,) * dims
        elif numbers.random() < 0.1:
            padding, size = "valid", tuple(n + 2 * p for n, p in zip(size, padding, strict=True))
    else:
        limits = [max(s, d) for s, d in zip(stride, dilation, strict=True)]
        output_padding = tuple(numbers.randrange(limit) for limit in limits)
        size = tuple(numbers.randint(1, 6 - dims) for _ in range(dims))
        reach = zip(size, kernel, stride, dilation, output_padding, strict=True)
        room = [(n - 1) * s + d * (k - 1) + 1 + o for n, k, s, d, o in reach]
        padding = tuple(min(p, (n - 1) // 2) for p, n in zip(padding, room, strict=True))
    batch, bias = numbers.randint(0, 3), numbers.random() < 0.5
    moves = (size, kernel, stride, padding, output_padding, dilation)
    return Case(kind, batch, channels, outputs, groups, *moves, bias, numbers.randrange(10**6))


def inputs(torch, case, dtype):
    """Input, weight and perhaps bias of a case, as leaves that ask for gradients."""
    numbers = np.random.default_rng(case.seed)
    into, out = case.channels, case.outputs
    weight = (into, out // case.groups) if case.kind == "conv_transpose" else None
    shapes = [
        (*([case.batch] if case.batch else []), into, *case.size),
        (*(weight or (out, into // case.groups)), *case.kernel),
    ]
    shapes += [(out,)] if case.bias else []
    arrays = [numbers.uniform(-1, 1, shape).astype(dtype) for shape in shapes]
    return [torch.from_numpy(array).requires_grad_() for array in arrays]


def function(torch, case):
    """The convolution of a case, as a function of input, weight and perhaps bias."""
    called = getattr(torch.nn.functional, f"{case.kind}{len(case.size)}d")
    options = {"stride": case.stride, "padding": case.padding, "dilation": case.dilation}
    options["groups"] = case.groups
    if case.kind == "conv_transpose":
        options["output_padding"] = case.output_padding
    return lambda *tensors: called(*tensors, **options)


def run(torch, case, dtype="float64"):
    """The result of a case and the gradients of all its inputs, as arrays."""
    tensors = inputs(torch, case, dtype)
    result = function(torch, case)(*tensors)
    above = np.random.default_rng(case.seed + 1).uniform(-1, 1, tuple(result.shape)).astype(dtype)
    result.backward(torch.from_numpy(above))
    return [result.detach().numpy(), *[tensor.grad.numpy() for tensor in tensors]]
