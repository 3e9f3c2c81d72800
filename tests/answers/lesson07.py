"""Answers to the exercises of lesson 07."""

from __future__ import annotations


def _output_size(
    reach: str = "d * (k - 1) + 1", total: str = "before + n + after", count: str = "last // s + 1"
) -> str:
    return f"""
def output_size(size, kernel, how):
    places = []
    for n, k, s, d, (before, after) in zip(
        size, kernel, how.stride, how.dilation, how.padding
    ):
        last = {total} - ({reach})
        places.append({count})
    return tuple(places)
"""


def _windows(
    inside: str = "step * d for step, d in zip(pixel, how.dilation)",
    onward: str = "step * s for step, s in zip(pixel, how.stride)",
    shape: str = "*bordered.shape[:2], *kernel, *out",
    strides: str = "images, channels, *inside, *onward",
    result: str = "np.ndarray(shape, bordered.dtype, bordered, strides=strides)",
) -> str:
    return f"""
def windows(bordered, kernel, out, how):
    images, channels, *pixel = bordered.strides
    inside = [{inside}]
    onward = [{onward}]
    shape, strides = ({shape}), ({strides})
    return {result}
"""


def _columns(
    bordered: str = "with_border(input, how)",
    numbers: str = "input.shape[1] // how.groups * math.prod(kernel)",
    result: str = "seen.reshape(len(input), how.groups, numbers, math.prod(out))",
) -> str:
    return f"""
def columns(input, kernel, out, how):
    seen = windows({bordered}, kernel, out, how)
    numbers = {numbers}
    return {result}
"""


def _convolve(
    product: str = "rows(weight, how) @ columns(input, kernel, out, how)",
    result: str = "product.reshape(len(input), len(weight), *out)",
    before: str = "pass",
) -> str:
    return f"""
def convolve(input, weight, how):
    {before}
    kernel = weight.shape[2:]
    out = output_size(input.shape[2:], kernel, how)
    product = {product}
    return {result}
"""


def _by_group(shape: str) -> str:
    return f"""
def by_group(grad, how):
    images, filters, *out = grad.shape
    return grad.reshape({shape})"""


def _weight_gradient(
    total: str = "(by_group(grad, how) @ seen.swapaxes(2, 3)).sum(axis=0)",
    result: str = "total.reshape(grad.shape[1], input.shape[1] // how.groups, *kernel)",
) -> str:
    return f"""
def weight_gradient(grad, input, kernel, how):
    seen = columns(input, kernel, grad.shape[2:], how)
    total = {total}
    return {result}
"""


def _stamp(
    canvas: str = "with_border(np.zeros((*stamps.shape[:2], *size), stamps.dtype), how)",
    add: str = "for tap in np.ndindex(*kernel): seen[:, :, *tap] += stamps[:, :, *tap]",
    result: str = "without_border(canvas, size, how)",
) -> str:
    return f"""
def stamp(stamps, size, how):
    kernel, out = stamps.shape[2 : 2 + len(size)], stamps.shape[2 + len(size) :]
    canvas = {canvas}
    seen = windows(canvas, kernel, out, how)
    {add}
    return {result}
"""


def _input_gradient(
    stamps: str = "rows(weight, how).swapaxes(1, 2) @ by_group(grad, how)",
    channels: str = "how.groups * weight.shape[1]",
    result: str = "stamp(stamps, size, how)",
) -> str:
    return f"""
def input_gradient(grad, weight, size, how):
    stamps = {stamps}
    channels = {channels}
    stamps = stamps.reshape(len(grad), channels, *weight.shape[2:], *grad.shape[2:])
    return {result}
"""


def _convolution(
    of_input: str = "to_input(grad, weight, size, how)",
    of_weight: str = "to_weight(grad, input, kernel, how)",
    order: str = "of_input, of_weight",
) -> str:
    return f"""
@two_way(node="ConvolutionBackward0")
def convolution(input, weight, bias, *, how):
    result = convolve(input, weight, how)
    if bias is not None:
        result += bias.reshape(-1, *[1] * len(how.stride))
    size, kernel = input.shape[2:], weight.shape[2:]

    def of_input(grad):
        return {of_input}

    def of_weight(grad):
        return {of_weight}

    return result, {order}, to_bias
"""


def _conv2d(
    how: str = "stride, padding, dilation, groups",
    result: str = "convolution(input, weight, bias, how=how)",
) -> str:
    return f"""
@each_dim(2)
def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    how = Geometry({how})
    return {result}
"""


def _layer(
    shape: str = "out_channels, in_channels // groups, *self.kernel_size",
    weight: str = "Parameter(empty(shape, device=device, dtype=dtype))",
    bias: str = "Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None",
    first: str = "self.reset_parameters()",
    forward: str = "self._conv_forward(input, self.weight, self.bias)",
) -> str:
    return f"""
class Conv2d(_ConvNd):
    _dims, _function = 2, staticmethod(conv2d)

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1,
                 groups=1, bias=True, padding_mode="zeros", device=None, dtype=None):
        moves = (kernel_size, stride, padding, dilation, groups, padding_mode)
        super().__init__(in_channels, out_channels, *moves)
        shape = ({shape})
        self.weight = {weight}
        self.register_parameter("bias", {bias})
        {first}

    def forward(self, input):
        return {forward}
"""


_OPTIONS = "self.stride, self.padding, self.dilation, self.groups"

WRONG = {
    "output_size": {
        "one border": (_output_size(total="before + n"), "You add the border on one side only"),
        "last place forgotten": (_output_size(count="last // s"), "too small by one"),
        "float": (_output_size(count="last / s + 1"), "`//` rounds down"),
        "dilation times kernel": (_output_size(reach="d * k"), "k - 1 gaps"),
        "rounded up": (_output_size(count="-(-last // s) + 1"), "is not a place"),
        "dilation forgotten": (_output_size(reach="k"), "You take k for the reach"),
        "border twice": (_output_size(total="2 * before + n"), "One dim is fine"),
        "a pair added": (
            _output_size(total="n + 2 * (before, after)"),
            "Take it apart",
        ),
        "a number added to a pair": (
            _output_size(total="2 * (before, after) + n"),
            "Take it apart",
        ),
    },
    "windows": {
        "steps of one pixel": (
            _windows(inside="*pixel", onward="*pixel"),
            "Every step of yours is one pixel long",
        ),
        "swapped": (
            _windows(
                inside="step * s for step, s in zip(pixel, how.stride)",
                onward="step * d for step, d in zip(pixel, how.dilation)",
            ),
            "stride and dilation changed places",
        ),
        "stride forgotten": (_windows(onward="*pixel"), "`stride` belongs to the steps onward"),
        "dilation forgotten": (_windows(inside="*pixel"), "`dilation` belongs to the steps inside"),
        "out before kernel": (
            _windows(shape="*bordered.shape[:2], *out, *kernel"),
            "a step is one pixel here",
        ),
        "onward before inside": (
            _windows(
                shape="*bordered.shape[:2], *out, *kernel",
                strides="images, channels, *onward, *inside",
            ),
            "first what is inside a window",
        ),
        "a copy": (
            _windows(result="np.ndarray(shape, bordered.dtype, bordered, strides=strides).copy()"),
            "they are a copy",
        ),
        "two dims only": (
            _windows(onward="pixel[0] * how.stride[0], pixel[1] * how.stride[1]"),
            "list index out of range",
        ),
    },
    "columns": {
        "groups forgotten": (
            _columns(
                numbers="input.shape[1] * math.prod(kernel)",
                result="seen.reshape(len(input), 1, numbers, math.prod(out))",
            ),
            "the groups are a dim",
        ),
        "no border": (_columns(bordered="input"), "makes the border"),
        "places before numbers": (
            _columns(
                result="seen.reshape(len(input), how.groups, numbers, "
                "math.prod(out)).swapaxes(2, 3)"
            ),
            "Your columns lie down",
        ),
        "not known": (
            _columns(result="seen.reshape(len(input), how.groups, numbers, -1)"),
            "can't be worked out",
        ),
        "np.pad": (
            _columns(bordered="np.pad(input, ((0, 0), (0, 0), *how.padding))"),
            "A border below 0",
        ),
        "channels of all groups": (
            _columns(numbers="input.shape[1] * math.prod(kernel)"),
            "the channels of all groups",
        ),
        "no dim of groups": (
            _columns(result="seen.reshape(len(input), numbers, math.prod(out))"),
            "The dim of the groups is missing",
        ),
        "places apart": (
            _columns(result="seen.reshape(len(input), how.groups, numbers, *out)"),
            "All places are to stand in one dim",
        ),
    },
    "convolve": {
        "wrong columns below": (_columns(bordered="input") + _convolve(), "columns is wrong"),
        "no return": (_convolve(result="None"), "a `return` is missing"),
        "window turned": (
            _convolve(before="weight = np.flip(weight, tuple(range(2, weight.ndim)))"),
            "You turn the window",
        ),
        "not reshaped": (_convolve(result="product"), "Reshape them to pictures"),
        "channels last": (
            _convolve(result="np.moveaxis(product.reshape(len(input), len(weight), *out), 1, -1)"),
            "One window, one channel",
        ),
        "columns first": (
            _convolve(product="columns(input, kernel, out, how) @ rows(weight, how)"),
            "the rows stand on the left",
        ),
        "size from the front": (
            _convolve().replace("input.shape[2:]", "input.shape"),
            "`output_size` gets N and C",
        ),
        "filters last": (
            _convolve(result="product.reshape(len(input), *out, len(weight))"),
            "One window, one channel",
        ),
        "first image": (
            _convolve(product="rows(weight, how) @ columns(input[:1], kernel, out, how)"),
            "Several channels",
        ),
    },
    "by_group": {
        "groups last": (
            _by_group("images, filters // how.groups, how.groups, math.prod(out)"),
            "have changed places",
        ),
        "dealt out": (
            _by_group("images, filters // how.groups, how.groups, math.prod(out)")
            + ".swapaxes(1, 2)",
            "You deal the filters out in turn",
        ),
        "no groups": (_by_group("images, filters, math.prod(out)"), "The dim of the groups"),
        "places apart": (
            _by_group("images, how.groups, filters // how.groups, *out"),
            "All places are to stand in one dim",
        ),
        "two dims only": (
            _by_group("images, how.groups, filters // how.groups, out[0] * out[1]"),
            "list index out of range",
        ),
        "minus one": (
            _by_group("images, how.groups, -1, math.prod(out)"),
            "-1 does not know them",
        ),
        "images inside": (
            _by_group("how.groups, filters // how.groups, images * math.prod(out)").replace(
                "grad.reshape", "grad.swapaxes(0, 1).reshape"
            ),
            "They stay in front",
        ),
    },
    "weight_gradient": {
        "wrong groups below": (
            _by_group("images, how.groups, filters // how.groups, *out") + _weight_gradient(),
            "by_group is wrong",
        ),
        "mean over the batch": (
            _weight_gradient(total="(by_group(grad, how) @ seen.swapaxes(2, 3)).mean(axis=0)"),
            "For a weight all images add up",
        ),
        "average": (
            _weight_gradient(
                total="(by_group(grad, how) @ seen.swapaxes(2, 3)).sum(axis=0) / max(len(grad), 1)"
            ),
            "You average over the images",
        ),
        "first image only": (
            _weight_gradient(total="(by_group(grad, how) @ seen.swapaxes(2, 3))[0]"),
            "You use one image only",
        ),
        "not turned": (
            _weight_gradient(total="(by_group(grad, how) @ seen).sum(axis=0)"),
            "Their last two dims have to change places",
        ),
        "turned too far": (
            _weight_gradient(total="(by_group(grad, how) @ seen.T).sum(axis=0)"),
            "`.T` would turn all four",
        ),
        "sizes with N and O": (
            _weight_gradient().replace("grad.shape[2:]", "grad.shape"),
            "`out` is `grad.shape[2:]`",
        ),
        "groups forgotten": (
            _weight_gradient(result="total.reshape(grad.shape[1], input.shape[1], *kernel)"),
            "Groups are a dim",
        ),
        "absolute": (
            _weight_gradient(total="abs(by_group(grad, how) @ seen.swapaxes(2, 3)).sum(axis=0)"),
            "by_group",
        ),
    },
    "stamp": {
        "stamps overwrite": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[:, :, *tap] = stamps[:, :, *tap]"),
            "Your stamps overwrite each other",
        ),
        "all taps at once": (_stamp(add="seen += stamps"), "all at once meet on the same pixel"),
        "border left on": (_stamp(result="canvas"), "The border is still there"),
        "no border": (
            _stamp(canvas="np.zeros((*stamps.shape[:2], *size), stamps.dtype)"),
            "The canvas has a border",
        ),
        "a tap without its star": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[:, :, tap] += stamps[:, :, tap]"),
            "A tap is a tuple",
        ),
        "a tap in front": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[tap] += stamps[tap]"),
            "two colons come first",
        ),
        "a tap in front, with a star": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[*tap] += stamps[*tap]"),
            "two colons come first",
        ),
        "a tap at the end": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[..., *tap] += stamps[..., *tap]"),
            "two colons come first",
        ),
        "windows returned": (_stamp(result="seen"), "You return the windows"),
        "windows without a border": (
            _stamp(result="without_border(seen, size, how)"),
            "You take the border off the windows",
        ),
        "ones": (
            _stamp(canvas="with_border(np.ones((*stamps.shape[:2], *size), stamps.dtype), how)"),
            "Side by side",
        ),
        "a canvas of float64": (
            _stamp(canvas="with_border(np.zeros((*stamps.shape[:2], *size)), how)"),
            "The canvas has the dtype of the stamps",
        ),
    },
    "input_gradient": {
        "a wrong stamp below": (
            _stamp(add="for tap in np.ndindex(*kernel): seen[:, :, *tap] = stamps[:, :, *tap]")
            + _input_gradient(),
            "Mend that function first",
        ),
        "stamp turned": (
            _input_gradient(
                stamps="rows(np.flip(weight, tuple(range(2, weight.ndim))), how).swapaxes(1, 2) "
                "@ by_group(grad, how)"
            ),
            "You turn the filter",
        ),
        "not turned": (
            _input_gradient(stamps="rows(weight, how) @ by_group(grad, how)"),
            "turn the other side over",
        ),
        "turned too far": (
            _input_gradient(stamps="rows(weight, how).T @ by_group(grad, how)"),
            "The groups stay in front",
        ),
        "groups forgotten": (_input_gradient(channels="weight.shape[1]"), "Groups are a dim"),
        "border left on": (
            _input_gradient(
                result="stamp(stamps, [a + n + b for n, (a, b) in zip(size, how.padding)], "
                "how._replace(padding=((0, 0),) * len(size)))"
            ),
            "Padding",
        ),
        "not stamped": (_input_gradient(result="stamps"), "by_group"),
        "grad not grouped": (
            _input_gradient(stamps="rows(weight, how).swapaxes(1, 2) @ grad"),
            "by_group",
        ),
    },
    "convolution": {
        "no gradient for the weight": (
            _convolution(of_weight="0 * to_weight(grad, input, kernel, how)"),
            "the weight's gradient is 0",
        ),
        "changed places": (_convolution(order="of_weight, of_input"), "of_input calls to_input"),
        "kernel and size": (
            _convolution(of_input="to_input(grad, weight, kernel, how)"),
            "of_input calls to_input",
        ),
        "the gradient itself": (_convolution(of_input="grad"), "of_input calls to_input"),
        "the square of the weight": (
            _convolution(of_input="to_input(grad, weight * weight, size, how)"),
            "of_input calls to_input",
        ),
        "no groups on the way back": (
            _convolution(of_weight="to_weight(grad, input, kernel, how._replace(groups=1))"),
            "Hand on `how`",
        ),
    },
    "conv2d": {
        "dilation forgotten": (_conv2d(how="stride, padding, (1, 1), groups"), "lost on the way"),
        "stride forgotten": (_conv2d(how="(1, 1), padding, dilation, groups"), "Stride"),
        "padding forgotten": (_conv2d(how="stride, ((0, 0),) * 2, dilation, groups"), "Stride"),
        "bias forgotten": (_conv2d(result="convolution(input, weight, None, how=how)"), "bias"),
        "groups forgotten": (_conv2d(how="stride, padding, dilation"), "groups"),
        "how without its name": (
            _conv2d(result="convolution(input, weight, bias, how)"),
            "given by name: `how=how`",
        ),
        "wrong order": (_conv2d(how="padding, stride, dilation, groups"), "iterable"),
        "no manners": (
            _conv2d().replace("@each_dim(2)", ""),
            "iterable",
        ),
    },
    "Conv2d": {
        "detached": (
            _layer(forward="self._conv_forward(input, self.weight.detach(), self.bias)"),
            "gets no gradient",
        ),
        "bias forgotten": (
            _layer(forward="self._conv_forward(input, self.weight, None)"),
            "does not arrive",
        ),
        "channels of all groups": (
            _layer(shape="out_channels, in_channels, *self.kernel_size"),
            "in_channels // groups",
        ),
        "in before out": (
            _layer(shape="in_channels, out_channels // groups, *self.kernel_size"),
            "(O, C / groups, height, width)",
        ),
        "zeros": (_layer(first="torch.nn.init.zeros_(self.weight)"), "draws first values"),
        "no gradient": (
            _layer(weight="Parameter(empty(shape), requires_grad=False)"),
            "two steps of descent",
        ),
        "bias always": (
            _layer(bias="Parameter(empty(out_channels, dtype=dtype))"),
            "Without a bias, register None",
        ),
        "no place for None": (
            _layer().replace(
                'self.register_parameter("bias", Parameter', "if bias: self.bias = (Parameter"
            ),
            "keeps the place",
        ),
        "options lost": (
            _layer(forward="conv2d(input, self.weight, self.bias)"),
            "Every option must arrive",
        ),
        "no parameter": (
            _layer(weight="empty(shape)"),
            "(O, C / groups, height, width)",
        ),
    },
}

RIGHT = {
    "output_size": {
        "a list": _output_size().replace("tuple(places)", "places"),
        "sliding by ranges": """
def output_size(size, kernel, how):
    found = []
    for dim, n in enumerate(size):
        reach = how.dilation[dim] * (kernel[dim] - 1) + 1
        pixels = sum(how.padding[dim]) + n
        found.append(len(range(0, pixels - reach + 1, how.stride[dim])))
    return tuple(found)
""",
        "one expression": """
def output_size(size, kernel, how):
    return tuple(
        (n + sum(ends) - d * (k - 1) - 1 + s) // s
        for n, k, s, ends, d in zip(size, kernel, how.stride, how.padding, how.dilation)
    )
""",
    },
    "windows": {
        "sliding_window_view": """
def windows(bordered, kernel, out, how):
    dims = len(kernel)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, how.dilation)]
    if not len(bordered):
        return np.zeros((*bordered.shape[:2], *kernel, *out), bordered.dtype)
    seen = np.lib.stride_tricks.sliding_window_view(
        bordered, reach, tuple(range(2, 2 + dims)), writeable=True
    )
    onward = [slice(None, s * n, s) for s, n in zip(how.stride, out)]
    inside = [slice(None, None, d) for d in how.dilation]
    seen = seen[:, :, *onward, *inside]
    return seen.transpose(0, 1, *range(2 + dims, 2 + 2 * dims), *range(2, 2 + dims))
""",
        "as_strided": _windows(result="np.lib.stride_tricks.as_strided(bordered, shape, strides)"),
        "arrays of strides": """
def windows(bordered, kernel, out, how):
    pixel = np.array(bordered.strides[2:], dtype=np.int64)
    inside, onward = pixel * how.dilation, pixel * how.stride
    strides = [*bordered.strides[:2], *inside.tolist(), *onward.tolist()]
    shape = [*bordered.shape[:2], *kernel, *out]
    return np.ndarray(shape, bordered.dtype, bordered, strides=strides)
""",
    },
    "columns": {
        "a copy": _columns(
            result="seen.copy().reshape(len(input), how.groups, numbers, math.prod(out))"
        ),
        "concatenated": """
def columns(input, kernel, out, how):
    seen = windows(with_border(input, how), kernel, out, how)
    parts = np.split(seen, how.groups, axis=1)
    numbers = parts[0].shape[1] * math.prod(kernel)
    return np.stack([p.reshape(len(input), numbers, math.prod(out)) for p in parts], axis=1)
""",
        "one window after the other": """
def columns(input, kernel, out, how):
    bordered = with_border(input, how)
    numbers = input.shape[1] // how.groups * math.prod(kernel)
    result = np.zeros((len(input), how.groups, numbers, math.prod(out)), input.dtype)
    for place, start in enumerate(np.ndindex(*out)):
        here = [
            slice(i * s, i * s + d * (k - 1) + 1, d)
            for i, s, d, k in zip(start, how.stride, how.dilation, kernel)
        ]
        result[..., place] = bordered[:, :, *here].reshape(len(input), how.groups, numbers)
    return result
""",
    },
    "convolve": {
        "einsum": _convolve(
            product="np.einsum('gon,bgnp->bgop', rows(weight, how), "
            "columns(input, kernel, out, how))"
        ),
        "matmul": _convolve(
            product="np.matmul(rows(weight, how), columns(input, kernel, out, how))"
        ),
        "tap by tap": """
def convolve(input, weight, how):
    kernel = weight.shape[2:]
    out = output_size(input.shape[2:], kernel, how)
    seen = windows(with_border(input, how), kernel, out, how)
    seen = seen.reshape(len(input), how.groups, weight.shape[1], *seen.shape[2:])
    filters = weight.reshape(how.groups, len(weight) // how.groups, *weight.shape[1:])
    result = np.zeros((len(input), how.groups, filters.shape[1], *out), input.dtype)
    for tap in np.ndindex(*kernel):
        for g in range(how.groups):
            part = np.tensordot(filters[g, :, :, *tap], seen[:, g, :, *tap], (1, 1))
            result[:, g] += np.moveaxis(part, 1, 0)
    return result.reshape(len(input), len(weight), *out)
""",
    },
    "by_group": {
        "sizes by number": """
def by_group(grad, how):
    places = math.prod(grad.shape[2:])
    return grad.reshape(grad.shape[0], how.groups, grad.shape[1] // how.groups, places)
""",
        "in two steps": """
def by_group(grad, how):
    flat = grad.reshape(*grad.shape[:2], math.prod(grad.shape[2:]))
    return flat.reshape(len(grad), how.groups, grad.shape[1] // how.groups, flat.shape[2])
""",
        "a list of groups": """
def by_group(grad, how):
    each = grad.shape[1] // how.groups
    parts = [grad[:, n * each : (n + 1) * each] for n in range(how.groups)]
    return np.stack([p.reshape(len(grad), each, math.prod(grad.shape[2:])) for p in parts], 1)
""",
    },
    "weight_gradient": {
        "einsum": _weight_gradient(total="np.einsum('bgop,bgnp->gon', by_group(grad, how), seen)"),
        "a loop over images": """
def weight_gradient(grad, input, kernel, how):
    total = np.zeros((grad.shape[1], input.shape[1] // how.groups, *kernel), grad.dtype)
    seen = columns(input, kernel, grad.shape[2:], how)
    for part, below in zip(by_group(grad, how), seen):
        total += (part @ below.swapaxes(1, 2)).reshape(total.shape)
    return total
""",
        "transposed": _weight_gradient(
            total="np.sum(by_group(grad, how) @ np.transpose(seen, (0, 1, 3, 2)), 0)"
        ),
    },
    "stamp": {
        "add.at": _stamp(
            add="""np.add.at(
        canvas.reshape(-1),
        windows(np.arange(canvas.size).reshape(canvas.shape), kernel, out, how),
        stamps,
    )"""
        ),
        "place by place": """
def stamp(stamps, size, how):
    kernel, out = stamps.shape[2 : 2 + len(size)], stamps.shape[2 + len(size) :]
    canvas = with_border(np.zeros((*stamps.shape[:2], *size), stamps.dtype), how)
    seen = windows(canvas, kernel, out, how)
    for place in np.ndindex(*out):
        seen[..., *place] += stamps[..., *place]
    return without_border(canvas, size, how)
""",
        "a plain sum": _stamp(
            add="""for tap in np.ndindex(*kernel):
        seen[:, :, *tap] = seen[:, :, *tap] + stamps[:, :, *tap]"""
        ),
    },
    "input_gradient": {
        "einsum": _input_gradient(
            stamps="np.einsum('gon,bgop->bgnp', rows(weight, how), by_group(grad, how))"
        ),
        "transposed": _input_gradient(
            stamps="np.transpose(rows(weight, how), (0, 2, 1)) @ by_group(grad, how)"
        ),
        "in one line": """
def input_gradient(grad, weight, size, how):
    shape = (len(grad), how.groups * weight.shape[1], *weight.shape[2:], *grad.shape[2:])
    made = np.matmul(rows(weight, how).swapaxes(-1, -2), by_group(grad, how))
    return stamp(made.reshape(shape), size, how)
""",
    },
    "convolution": {
        "lambdas": """
@two_way(node="ConvolutionBackward0")
def convolution(input, weight, bias, *, how):
    result = convolve(input, weight, how)
    if bias is not None:
        result += bias.reshape(-1, *[1] * len(how.stride))
    return (
        result,
        lambda grad: to_input(grad, weight, input.shape[2:], how),
        lambda grad: to_weight(grad, input, weight.shape[2:], how),
        to_bias,
    )
""",
        "the arrays' own gradients": _convolution(
            of_input="input_gradient(grad, weight, size, how)",
            of_weight="weight_gradient(grad, input, kernel, how)",
        ),
        "a new sum": _convolution().replace(
            "result += bias.reshape(-1, *[1] * len(how.stride))",
            "result = result + bias.reshape(1, -1, *[1] * len(how.stride))",
        ),
    },
    "conv2d": {
        "in one line": _conv2d(
            result="convolution(input, weight, bias, "
            "how=Geometry(stride, padding, dilation, groups))"
        ),
        "by name": _conv2d(how="stride=stride, padding=padding, dilation=dilation, groups=groups"),
        "bias added": _conv2d(
            result="convolution(input, weight, None, how=how) + "
            "(0 if bias is None else bias.reshape(-1, 1, 1))"
        ),
    },
    "Conv2d": {
        "conv2d with all options": _layer(
            forward=f"conv2d(input, self.weight, self.bias, {_OPTIONS})"
        ),
        "first values by hand": _layer(
            first="""b = 1 / math.sqrt(math.prod(shape[1:]))
        for parameter in self.parameters():
            uniform_(parameter, -b, b)"""
        ),
        "a bias of None": _layer().replace(
            'self.register_parameter("bias", Parameter(empty(out_channels, device=device, '
            "dtype=dtype)) if bias else None)",
            "self.bias = Parameter(empty(out_channels, dtype=dtype)) if bias else None",
        ),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "output_size": {
        (
            "output_size: return tuple(places) => return places"
        ): "a list is as good as a tuple here: the check takes both on purpose",
    },
    "windows": {
        (
            "windows: inside = [step * d for step, d in zip(pixel, how.dilation)] => inside = "
            "[step * d for step, d in zip(how.dilation, pixel)]"
        ): "the two factors of each product change places",
        (
            "windows: onward = [step * s for step, s in zip(pixel, how.stride)] => onward = "
            "[step * s for step, s in zip(how.stride, pixel)]"
        ): "the two factors of each product change places",
    },
    "weight_gradient": {
        (
            "weight_gradient: each = by_group(grad, how) @ seen.swapaxes(2, 3) "
            "=> each = by_group(grad, how) @ seen.swapaxes(3, 2)"
        ): "the same two dims change places",
    },
    "input_gradient": {
        (
            "input_gradient: stamps = rows(weight, how).swapaxes(1, 2) @ by_group(grad, how) "
            "=> stamps = rows(weight, how).swapaxes(2, 1) @ by_group(grad, how)"
        ): "the same two dims change places",
    },
    "Conv2d": {
        (
            "Conv2d: self.weight = Parameter(empty(shape, device=device, dtype=dtype)) => "
            "self.weight = Parameter(empty(shape, dtype=dtype))"
        ): "there is one device",
        (
            "Conv2d: first = Parameter(empty(out_channels, device=device, dtype=dtype)) if "
            "bias else None => first = Parameter(empty(out_channels, dtype=dtype)) if bias "
            "else None"
        ): "there is one device",
    },
}
