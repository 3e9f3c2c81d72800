"""Checks on convolution: the loops, sizes, "same", counting weights, receptive fields."""

from __future__ import annotations

from typing import Any

from . import Case, Exercise, Misconception, register

# Cross-correlation by loops


def _windows(input: Any, weight: Any) -> Any:
    """Every place of the result: (output, row, column, what the window sees)."""
    outputs, _, height, width = weight.shape
    for r in range(input.shape[1] - height + 1):
        for c in range(input.shape[2] - width + 1):
            for o in range(outputs):
                yield o, r, c, input[:, r : r + height, c : c + width]


def _empty(input: Any, weight: Any) -> Any:
    rows = input.shape[1] - weight.shape[2] + 1
    return input.new_zeros(weight.shape[0], rows, input.shape[2] - weight.shape[3] + 1)


def _correlate(input: Any, weight: Any) -> Any:
    result = _empty(input, weight)
    for o, r, c, below in _windows(input, weight):
        result[o, r, c] = (below * weight[o]).sum()
    return result


def _turned(input: Any, weight: Any) -> Any:
    return _correlate(input, weight.flip(2, 3))


def _first_channel(input: Any, weight: Any) -> Any:
    return _correlate(input[:1], weight[:, :1])


def _mean(input: Any, weight: Any) -> Any:
    result = _empty(input, weight)
    for o, r, c, below in _windows(input, weight):
        result[o, r, c] = (below * weight[o]).mean()
    return result


def _pictures(torch: Any, *shapes: tuple[int, ...]) -> tuple[Any, ...]:
    """Tensors of small whole numbers, exact in any order of summing."""
    made = []
    for place, shape in enumerate(shapes):
        count = 1
        for size in shape:
            count *= size
        values = (torch.arange(count) * (5 - 2 * place)) % 7 - 2
        made.append(values.reshape(shape).float())
    return tuple(made)


register(
    Exercise(
        name="correlate-channels",
        signature="correlate_channels(input, weight) -> tensor of shape (O, H - K + 1, W - L + 1)",
        reference=_correlate,
        cases=[
            Case(
                args=lambda torch: _pictures(torch, (1, 3, 3), (1, 1, 2, 2)),
                show="f(picture of 1 x 3 x 3, one window of 2 x 2)",
                hint="There are H - K + 1 rows of places, and W - L + 1 columns.",
            ),
            Case(
                args=lambda torch: _pictures(torch, (3, 4, 5), (1, 3, 2, 2)),
                show="f(picture of 3 x 4 x 5, one window of 2 x 2 for each of 3 channels)",
                hint="All channels are added up to one number.",
            ),
            Case(
                args=lambda torch: _pictures(torch, (2, 4, 6), (3, 2, 3, 2)),
                show="f(picture of 2 x 4 x 6, three blocks of 2 x 3 x 2)",
                hint="The window is 3 high and 2 wide, and there are three outputs.",
            ),
        ],
        misconceptions=[
            Misconception(
                "window turned",
                _turned,
                "You turn the window by 180 degrees: that is the convolution of mathematics. What "
                "deep learning calls convolution leaves it as it is.",
            ),
            Misconception(
                "first channel only",
                _first_channel,
                "You use channel 0 only. A window has numbers for every channel, and all products "
                "are added up.",
            ),
            Misconception(
                "mean instead of sum",
                _mean,
                "You take the mean of the products. A convolution adds them up.",
            ),
        ],
        hint="result[o, r, c] is the sum of input[:, r:r+K, c:c+L] * weight[o].",
    )
)

# Sizes


def _size(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def _one_border(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (n + padding - dilation * (kernel - 1) - 1) // stride + 1


def _rounded_up(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return -(-(n + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1


def _divided_first(
    n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    return (n + 2 * padding) // stride - dilation * (kernel - 1)


def _one_added_first(
    n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1
) -> int:
    return (n + 2 * padding - dilation * (kernel - 1)) // stride


def _wide(n: int, kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    return (n + 2 * padding - dilation * kernel) // stride + 1


register(
    Exercise(
        name="conv-output-size",
        signature="output_size(n, kernel, stride=1, padding=0, dilation=1) -> int",
        reference=_size,
        cases=[
            Case(args=(32, 5)),
            Case(args=(28, 3), kwargs={"padding": 1}, hint="The border is on both sides."),
            Case(args=(8, 3, 2), hint="A window that no longer fits does not count: round down."),
            Case(args=(7, 3, 2)),
            Case(args=(10, 3), kwargs={"dilation": 2}, hint="3 numbers, 2 apart, reach over 5."),
            Case(args=(224, 7, 2, 3)),
            Case(args=(5, 5), hint="The window fits exactly once."),
            Case(args=(11, 4, 3, 2, 3)),
        ],
        misconceptions=[
            Misconception(
                "padding on one side",
                _one_border,
                "You add the padding once. It is put on both sides.",
            ),
            Misconception(
                "rounded up",
                _rounded_up,
                "You count a window that hangs over the edge. Only those that fit count.",
            ),
            Misconception(
                "divided first",
                _divided_first,
                "You divide before you subtract. First the reach of the window goes off, then you "
                "divide by the stride, and then comes the 1 for the first place.",
            ),
            Misconception(
                "one added first",
                _one_added_first,
                "You divide the 1 as well. It is the first place, which the stride does not touch: "
                "add it after dividing.",
            ),
            Misconception(
                "dilation times kernel",
                _wide,
                "You let the window reach over d * k pixels. There are only k - 1 gaps between k "
                "numbers, so it is d * (k - 1) + 1.",
            ),
        ],
        hint="n + 2p pixels, a window that reaches over d(k - 1) + 1, steps of s.",
    )
)


def _same(kernel: int, dilation: int = 1) -> tuple[int, int]:
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def _more_before(kernel: int, dilation: int = 1) -> tuple[int, int]:
    before, after = _same(kernel, dilation)
    return after, before


def _half_kernel(kernel: int, dilation: int = 1) -> tuple[int, int]:
    return dilation * kernel // 2, dilation * kernel // 2


def _half_kernel_only(kernel: int, dilation: int = 1) -> tuple[int, int]:
    return kernel // 2, kernel // 2


def _without_dilation(kernel: int, dilation: int = 1) -> tuple[int, int]:
    return _same(kernel)


def _halved_first(kernel: int, dilation: int = 1) -> tuple[int, int]:
    before, after = _same(kernel)
    return before * dilation, after * dilation


register(
    Exercise(
        name="same-padding",
        signature="same_padding(kernel, dilation=1) -> (before, after)",
        reference=_same,
        cases=[
            Case(args=(3,)),
            Case(args=(5,)),
            Case(args=(1,), hint="A window of one pixel needs no border."),
            Case(args=(4,), hint="3 zeros in all: 1 before, 2 after."),
            Case(args=(3, 2), hint="A window of 3 with gaps reaches over 5."),
            Case(args=(2, 3)),
        ],
        misconceptions=[
            Misconception(
                "odd zero before",
                _more_before,
                "If the total is odd, the extra zero goes to the end, not to the beginning.",
            ),
            Misconception(
                "half a kernel on each side",
                _half_kernel,
                "k // 2 on both sides is right for odd kernels only: an even kernel would give one "
                "pixel too many. Work from the total, d(k - 1).",
            ),
            Misconception(
                "half a kernel on each side, without gaps",
                _half_kernel_only,
                "k // 2 on both sides is right for odd kernels without gaps only. Work from the "
                "total, d(k - 1).",
            ),
            Misconception(
                "dilation forgotten",
                _without_dilation,
                "A window with gaps reaches further: the total is d(k - 1).",
            ),
            Misconception(
                "halved before dilation",
                _halved_first,
                "You halve first and multiply by the dilation then. Halve the total, d(k - 1).",
            ),
        ],
        hint="Return a pair of ints, (before, after), which add up to d(k - 1).",
    )
)

# Counting weights


Kernel = tuple[int, int]


def _count(inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True) -> int:
    return outputs * (inputs // groups) * kernel[0] * kernel[1] + (outputs if bias else 0)


def _groups_ignored(
    inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True
) -> int:
    return _count(inputs, outputs, kernel, 1, bias)


def _one_group(
    inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True
) -> int:
    weights = (outputs // groups) * (inputs // groups) * kernel[0] * kernel[1]
    return weights + (outputs if bias else 0)


def _always_a_bias(
    inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True
) -> int:
    return _count(inputs, outputs, kernel, groups)


def _never_a_bias(
    inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True
) -> int:
    return _count(inputs, outputs, kernel, groups, False)


def _bias_of_inputs(
    inputs: int, outputs: int, kernel: Kernel, groups: int = 1, bias: bool = True
) -> int:
    return _count(inputs, outputs, kernel, groups, False) + (inputs if bias else 0)


register(
    Exercise(
        name="conv-parameters",
        signature="conv_parameters(inputs, outputs, kernel, groups=1, bias=True) -> int",
        reference=_count,
        cases=[
            Case(args=(1, 6, (5, 5))),
            Case(args=(3, 16, (3, 3)), kwargs={"bias": False}),
            Case(args=(6, 16, (5, 3)), hint="5 high and 3 wide: 15 numbers per channel."),
            Case(args=(8, 16, (3, 3), 4), hint="Each output sees 8 / 4 inputs."),
            Case(args=(32, 32, (3, 3), 32), hint="Depthwise: one window for each channel."),
        ],
        misconceptions=[
            Misconception(
                "groups ignored",
                _groups_ignored,
                "That is the count without groups. With groups, an output sees only the inputs of "
                "its own group: divide by g, and do not multiply by it again.",
            ),
            Misconception(
                "one group counted",
                _one_group,
                "You count the weights of one group. There are g groups.",
            ),
            Misconception(
                "bias for inputs",
                _bias_of_inputs,
                "The bias is one number for each output channel.",
            ),
            Misconception(
                "always a bias",
                _always_a_bias,
                "With bias=False there is none to count.",
            ),
            Misconception(
                "never a bias",
                _never_a_bias,
                "The bias is missing: one number for each output channel, unless bias=False.",
            ),
        ],
        hint="As many outputs, each with what it sees of the input, and then the bias. An int.",
    )
)

# Receptive fields


Layers = list[tuple[int, int, int]]


def _field(layers: Layers) -> int:
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field


def _sum_of_kernels(layers: Layers) -> int:
    return sum(dilation * (kernel - 1) + 1 for kernel, _, dilation in layers)


def _strides_ignored(layers: Layers) -> int:
    return 1 + sum(dilation * (kernel - 1) for kernel, _, dilation in layers)


def _jump_first(layers: Layers) -> int:
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        field += dilation * (kernel - 1) * jump
    return field


register(
    Exercise(
        name="receptive-field",
        signature="receptive_field(layers) -> int",
        reference=_field,
        cases=[
            Case(args=([(3, 1, 1)],)),
            Case(args=([],), hint="Without a layer, a pixel sees itself."),
            Case(args=([(3, 1, 1), (3, 1, 1)],), hint="The second window sees 3 of the first map."),
            Case(args=([(3, 2, 1)],), hint="The stride of the last layer makes no difference."),
            Case(args=([(3, 2, 1), (3, 1, 1)],), hint="After stride 2, neighbours are 2 apart."),
            Case(args=([(3, 1, 2), (3, 1, 4)],), hint="Gaps count: 3 numbers, 2 apart, reach 5."),
            Case(
                args=([(5, 2, 1), (3, 2, 2), (3, 3, 1), (2, 1, 1)],),
                hint="The jump is the product of all strides so far.",
            ),
        ],
        misconceptions=[
            Misconception(
                "kernels added",
                _sum_of_kernels,
                "You add up the kernels. Windows overlap: a layer of kernel 3 adds 2, not 3.",
            ),
            Misconception(
                "strides ignored",
                _strides_ignored,
                "After a layer with stride 2, neighbouring numbers are 2 pixels apart, so the next "
                "window reaches twice as far.",
            ),
            Misconception(
                "stride too early",
                _jump_first,
                "A layer's window steps over the map below it: use the jump from before its own "
                "stride, and multiply afterwards.",
            ),
        ],
    )
)
