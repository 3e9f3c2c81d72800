"""Answers to the exercises of lesson 08."""

from __future__ import annotations


def _stamped(
    canvas: str = "(height - 1) * stride + rows, (width - 1) * stride + columns",
    top: str = "r * stride",
    left: str = "c * stride",
    add: str = "+= picture[r, c] * window",
) -> str:
    return f"""
def stamped(picture, window, stride):
    (height, width), (rows, columns) = picture.shape, window.shape
    canvas = np.zeros(({canvas}))
    for r, c in np.ndindex(height, width):
        top, left = {top}, {left}
        canvas[top : top + rows, left : left + columns] {add}
    return canvas
"""


def _size(rule: str = "(n - 1) * s + d * (k - 1) + 1 - 2 * p + more") -> str:
    return f"""
def transposed_size(size, kernel, stride, padding, output_padding, dilation):
    sizes = []
    for n, k, s, p, more, d in zip(size, kernel, stride, padding, output_padding, dilation):
        sizes.append({rule})
    return sizes
"""


def _op(
    result: str = "np.ascontiguousarray(input_gradient(input, weight, size, how))",
    bias: str = "result += bias.reshape(-1, *[1] * len(size))",
    of_input: str = "convolution(grad, weight, None, how=how)",
    of_weight: str = "to_weight(input, grad, kernel, how)",
) -> str:
    return f"""
@two_way(node="ConvolutionBackward0")
def transposed_convolution(input, weight, bias, *, size, how):
    result = {result}
    if bias is not None:
        {bias}
    kernel = weight.shape[2:]

    def of_input(grad):
        return {of_input}

    def of_weight(grad):
        return {of_weight}

    return result, of_input, of_weight, to_bias
"""


def _conv_transpose(
    ends: str = "(p, p - more) for p, more in zip(padding, output_padding)",
    numbers: str = "stride, padding, output_padding, dilation",
    how: str = "stride, ends, dilation, groups",
    result: str = "transposed_convolution(input, weight, bias, size=size, how=how)",
) -> str:
    return f"""
def conv_transpose(input, weight, bias, stride, padding, output_padding, groups, dilation):
    numbers = {numbers}
    size = transposed_size(input.shape[2:], weight.shape[2:], *numbers)
    ends = tuple([{ends}])
    how = Geometry({how})
    return {result}
"""


def _missing(
    more: str = "[0] * len(size)",
    result: str = "[n - low for n, low in zip(wanted, smallest)]",
    dilation: str = "dilation",
) -> str:
    return f"""
def missing_padding(wanted, size, kernel, stride, padding, dilation):
    smallest = transposed_size(size, kernel, stride, padding, {more}, {dilation})
    return {result}
"""


def _layer(
    shape: str = "in_channels, out_channels // groups, *self.kernel_size",
    weight: str = "Parameter(empty(shape, device=device, dtype=dtype))",
    bias: str = "Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None",
    first: str = "self.reset_parameters()",
    more: str = "self._output_padding(input, output_size)",
    moves: str = "self.stride, self.padding, more, self.groups, self.dilation",
    forward: str = "self._function(input, self.weight, self.bias, *moves)",
) -> str:
    return f"""
class ConvTranspose2d(_ConvTransposeNd):
    _dims, _function = 2, staticmethod(conv_transpose2d)

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0,
                 output_padding=0, groups=1, bias=True, dilation=1, padding_mode="zeros",
                 device=None, dtype=None):
        moves = (kernel_size, stride, padding, output_padding, groups, dilation, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = ({shape})
        self.weight = {weight}
        self.register_parameter("bias", {bias})
        {first}

    def forward(self, input, output_size=None):
        more = {more}
        moves = ({moves})
        return {forward}
"""


WRONG = {
    "stamped": {
        "overwritten": (_stamped(add="= picture[r, c] * window"), "use +="),
        "window turned": (
            _stamped(add="+= picture[r, c] * window[::-1, ::-1]"),
            "the wrong way round",
        ),
        "side by side": (
            _stamped("height * rows, width * columns", "r * rows", "c * columns"),
            "side by side",
        ),
        "stride forgotten": (_stamped(top="r", left="c"), "stamp one pixel apart"),
        "canvas too large": (
            _stamped(canvas="height * stride + rows, width * stride + columns"),
            "one stamp, as large as the window",
        ),
        "canvas too small": (
            _stamped(canvas="height * stride, width * stride"),
            "one stamp, as large as the window",
        ),
        "square only": (
            _stamped(canvas="(height - 1) * stride + rows, (height - 1) * stride + rows"),
            "one stamp",
        ),
        "no pixel": (_stamped(add="+= window"), "A single pixel"),
    },
    "transposed_size": {
        "padding adds": (_size("(n - 1) * s + d * (k - 1) + 1 + 2 * p + more"), "padding add"),
        "n times stride": (_size("n * s + d * (k - 1) + 1 - 2 * p + more"), "one stride too long"),
        "no dilation": (_size("(n - 1) * s + k - 2 * p + more"), "You left dilation out"),
        "one padding": (_size("(n - 1) * s + d * (k - 1) + 1 - p + more"), "at one end"),
        "output_padding twice": (
            _size("(n - 1) * s + d * (k - 1) + 1 - 2 * p + 2 * more"),
            "at the end only",
        ),
        "the convolution's size": (
            _size("(n + 2 * p - d * (k - 1) - 1) // s + 1"),
            "That is the way there",
        ),
        "no output_padding": (_size("(n - 1) * s + d * (k - 1) + 1 - 2 * p"), "adds at one end"),
        "dilation times kernel": (_size("(n - 1) * s + d * k - 2 * p + more"), "reaches over 5"),
        "first dim only": (
            _size().replace("    return sizes", "        return sizes"),
            "output_padding adds",
        ),
    },
    "transposed_convolution": {
        "no gradient for the weight": (
            _op(of_weight="0 * to_weight(input, grad, kernel, how)"),
            "the weight's gradient is 0",
        ),
        "no gradient for the input": (
            _op(of_input="0 * convolution(grad, weight, None, how=how)"),
            "the input's gradient is 0",
        ),
        "bias forgotten": (_op(bias="pass"), "The bias does not arrive"),
        "a transposed way back": (
            _op(of_input="to_input(grad, weight, input.shape[2:], how)"),
            "`input_gradient` does the work",
        ),
        "input and grad swapped": (
            _op(of_weight="to_weight(grad, input, kernel, how)"),
            "transposed_convolution(input (1, 1, 2, 2)",
        ),
        "the way there": (_op(result="convolve(input, weight, how)"), "`input_gradient`"),
        "bias along the row": (_op(bias="result += bias"), "one number for each map"),
        "bias for two dims": (_op(bias="result += bias.reshape(-1, 1, 1)"), "One dim"),
    },
    "conv_transpose": {
        "a wrong size below": (
            _size("n * s + d * (k - 1) + 1 - 2 * p + more") + _conv_transpose(),
            "transposed_size is wrong",
        ),
        "a wrong operation below": (
            _op(of_weight="0 * to_weight(input, grad, kernel, how)") + _conv_transpose(),
            "transposed_convolution is wrong",
        ),
        "more at the beginning": (
            _conv_transpose(ends="(p - more, p) for p, more in zip(padding, output_padding)"),
            "A pair stands the wrong way round",
        ),
        "output_padding left out": (
            _conv_transpose(
                numbers="stride, padding, [0] * len(stride), dilation",
                ends="(p, p) for p in padding",
            ),
            "output_padding does not arrive",
        ),
        "the same at both ends": (
            _conv_transpose(ends="(p, p) for p in padding"),
            "cut off as much at the end as at the beginning",
        ),
        "less at both ends": (
            _conv_transpose(
                ends="(p - more, p - more) for p, more in zip(padding, output_padding)"
            ),
            "You cut off less at both ends",
        ),
        "the sign turned": (
            _conv_transpose(ends="(p, more - p) for p, more in zip(padding, output_padding)"),
            "Your sign at the end is the wrong way round",
        ),
        "never below 0": (
            _conv_transpose(
                ends="(p, max(0, p - more)) for p, more in zip(padding, output_padding)"
            ),
            "You keep the end from going below 0",
        ),
        "a row for each end": (
            _conv_transpose(ends="padding, [p - m for p, m in zip(padding, output_padding)]"),
            "all of it: ((1, 0), (1, 0)), expected ((1, 1), (0, 0))",
        ),
        "a number for each dim": (
            _conv_transpose(ends="p - m for p, m in zip(padding, output_padding)"),
            "ends[0] is an int 0, expected a tuple (0, 0)",
        ),
        "without zip": (
            _conv_transpose(ends="(p, p - more) for p, more in (padding, output_padding)"),
            "a number of `padding` and one of `output_padding`",
        ),
        "a generator": (
            _conv_transpose()
            .replace("tuple([", "(")
            .replace("output_padding)])", "output_padding))"),
            "`ends` is a tuple of pairs",
        ),
        "a difference of tuples": (
            _conv_transpose(ends="*padding, padding - output_padding"),
            "unsupported operand type(s) for -: 'tuple' and 'tuple'",
        ),
        "padding in place of ends": (
            _conv_transpose(how="stride, padding, dilation, groups"),
            "ends[0] is an int 0, expected a tuple (0, 0)",
        ),
        "the numbers in another order": (
            _conv_transpose(numbers="stride, padding, dilation, output_padding"),
            "size[0] is 3, expected 4",
        ),
        "groups and dilation swapped": (
            _conv_transpose(how="stride, ends, groups, dilation"),
            "how.dilation is an int 1, expected a tuple (1, 1)",
        ),
        "groups left out": (
            _conv_transpose(how="stride, ends, dilation"),
            "how.groups is 1, expected 2",
        ),
        "bias left out": (
            _conv_transpose(
                result="transposed_convolution(input, weight, None, size=size, how=how)"
            ),
            "the bias into transposed_convolution",
        ),
        "stride and dilation swapped": (
            _conv_transpose(how="dilation, ends, stride, groups"),
            "how.stride[0] is 1, expected 2",
        ),
        "more is cut off": (
            _conv_transpose(ends="(p, p + more) for p, more in zip(padding, output_padding)"),
            "You cut off more at the end",
        ),
    },
    "missing_padding": {
        "a wrong size below": (
            _size("n * s + d * (k - 1) + 1 - 2 * p + more") + _missing(),
            "Mend that function first",
        ),
        "always stride - 1": (_missing(result="[s - 1 for s in stride]"), "always take stride - 1"),
        "the other way round": (
            _missing(result="[low - n for n, low in zip(wanted, smallest)]"),
            "Your sign",
        ),
        "clipped": (
            _missing(
                result="[max(0, min(n - low, s - 1)) "
                "for n, low, s in zip(wanted, smallest, stride)]"
            ),
            "bend what is out of reach",
        ),
        "from the input's size": (
            _missing(result="[n - m for n, m in zip(wanted, size)]"),
            "How large is it with output_padding 0",
        ),
        "from n times stride": (
            _missing(result="[n - m * s for n, m, s in zip(wanted, size, stride)]"),
            "How large is it with output_padding 0",
        ),
        "no dilation": (_missing(dilation="[1] * len(size)"), "Dilation counts, too"),
        "raises": (
            _missing().replace(
                "    return",
                "    if any(n < low for n, low in zip(wanted, smallest)):\n"
                "        raise ValueError('too small')\n    return",
            ),
            "too small",
        ),
    },
    "ConvTranspose2d": {
        "shape of Conv2d": (
            _layer(shape="out_channels, in_channels // groups, *self.kernel_size"),
            "The weight is (C, O / groups",
        ),
        "groups forgotten": (
            _layer(shape="in_channels, out_channels, *self.kernel_size"),
            "out_channels // groups",
        ),
        "no Parameter": (
            _layer(weight="empty(shape, device=device, dtype=dtype)"),
            "The weight is (C, O / groups",
        ),
        "no first values": (_layer(first="pass"), "draws first values"),
        "output_size ignored": (_layer(more="self.output_padding"), "does nothing with it"),
        "detached": (
            _layer(forward="self._function(input, self.weight.detach(), self.bias, *moves)"),
            "its weight gets no gradient",
        ),
        "bias forgotten": (
            _layer(forward="self._function(input, self.weight, None, *moves)"),
            "it does not arrive",
        ),
        "dilation before groups": (
            _layer(moves="self.stride, self.padding, more, self.dilation, self.groups"),
            "argument 'groups' must be int",
        ),
        "always a bias": (
            _layer(bias="Parameter(empty(out_channels, dtype=dtype))"),
            "Without a bias, register None",
        ),
    },
}

RIGHT = {
    "stamped": {
        "tap by tap": """
def stamped(picture, window, stride):
    height, width = [(n - 1) * stride + k for n, k in zip(picture.shape, window.shape)]
    canvas = np.zeros((height, width))
    for i, j in np.ndindex(*window.shape):
        bottom, right = [(n - 1) * stride + 1 for n in picture.shape]
        canvas[i : i + bottom : stride, j : j + right : stride] += picture * window[i, j]
    return canvas
""",
        "four loops": """
def stamped(picture, window, stride):
    rows = (len(picture) - 1) * stride + len(window)
    columns = (len(picture[0]) - 1) * stride + len(window[0])
    canvas = [[0.0] * columns for _ in range(rows)]
    for r in range(len(picture)):
        for c in range(len(picture[0])):
            for i in range(len(window)):
                for j in range(len(window[0])):
                    canvas[r * stride + i][c * stride + j] += picture[r][c] * window[i][j]
    return canvas
""",
        "a plain sum": _stamped(
            add="= canvas[top : top + rows, left : left + columns] + picture[r, c] * window"
        ),
    },
    "transposed_size": {
        "in one line": """
def transposed_size(*facts):
    return [(n - 1) * s + d * (k - 1) + 1 - 2 * p + m for n, k, s, p, m, d in zip(*facts)]
""",
        "a tuple": _size().replace("return sizes", "return tuple(sizes)"),
        "by index": """
def transposed_size(size, kernel, stride, padding, output_padding, dilation):
    sizes = [0] * len(size)
    for i in range(len(size)):
        last = (size[i] - 1) * stride[i] - padding[i]
        sizes[i] = last + dilation[i] * (kernel[i] - 1) + 1 + output_padding[i] - padding[i]
    return sizes
""",
    },
    "transposed_convolution": {
        "a view": _op(result="input_gradient(input, weight, size, how)"),
        "lambdas": """
@two_way(node="ConvolutionBackward0")
def transposed_convolution(input, weight, bias, *, size, how):
    result = input_gradient(input, weight, size, how)
    if bias is not None:
        result = result + bias.reshape(1, -1, *[1] * len(size))
    return (
        result,
        lambda grad: convolution(grad, weight, None, how=how),
        lambda grad: to_weight(input, grad, weight.shape[2:], how),
        to_bias,
    )
""",
        "the arrays' own": _op(
            of_input="convolve(grad, weight, how)",
            of_weight="weight_gradient(input, grad, kernel, how)",
        ),
    },
    "conv_transpose": {
        "by name": _conv_transpose(
            how="stride=stride, padding=ends, dilation=dilation, groups=groups"
        ),
        "a generator": _conv_transpose(
            ends="*((p, p - more) for p, more in zip(padding, output_padding))"
        ),
        "by index": _conv_transpose(
            ends="(padding[i], padding[i] - output_padding[i]) for i in range(len(padding))"
        ),
        "bias added": _conv_transpose(
            result="transposed_convolution(input, weight, None, size=size, how=how) + "
            "(0 if bias is None else bias.reshape(-1, *[1] * len(size)))"
        ),
    },
    "missing_padding": {
        "a tuple": _missing(result="tuple(n - low for n, low in zip(wanted, smallest))"),
        "by index": _missing(result="[wanted[i] - smallest[i] for i in range(len(wanted))]"),
        "the formula": """
def missing_padding(wanted, size, kernel, stride, padding, dilation):
    more = []
    for w, n, k, s, p, d in zip(wanted, size, kernel, stride, padding, dilation):
        more.append(w - ((n - 1) * s + d * (k - 1) + 1 - 2 * p))
    return more
""",
    },
    "ConvTranspose2d": {
        "the function itself": _layer(
            forward="conv_transpose2d(input, self.weight, self.bias, *moves)"
        ),
        "first values by hand": _layer(
            first="""b = 1 / math.sqrt(math.prod(shape[1:]))
        for parameter in self.parameters():
            uniform_(parameter, -b, b)"""
        ),
        "by name": _layer(
            forward="self._function(input, self.weight, self.bias, stride=self.stride, "
            "padding=self.padding, output_padding=more, groups=self.groups, "
            "dilation=self.dilation)"
        ),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "transposed_convolution": {
        (
            "transposed_convolution: result += bias.reshape(-1, *[1] * len(size)) => result "
            "+= bias.reshape(-2, *[1] * len(size))"
        ): "NumPy takes any negative size for the one that is left",
    },
    "conv_transpose": {
        (
            "conv_transpose: ends = tuple([(p, p - more) for p, more in zip(padding, "
            "output_padding)]) => ends = [(p, p - more) for p, more in zip(padding, "
            "output_padding)]"
        ): "a list is gone through like a tuple",
    },
    "ConvTranspose2d": {
        (
            "ConvTranspose2d: self.weight = Parameter(empty(shape, device=device, "
            "dtype=dtype)) => self.weight = Parameter(empty(shape, dtype=dtype))"
        ): "there is one device",
        (
            "ConvTranspose2d: first = Parameter(empty(out_channels, device=device, "
            "dtype=dtype)) if bias else None => first = Parameter(empty(out_channels, "
            "dtype=dtype)) if bias else None"
        ): "there is one device",
    },
}
