"""Answers to the exercises of lesson 14."""

from __future__ import annotations


# The lesson's functions have TensorFlow's names, which other lessons' exercises have as well.
def _same_padding(
    reach: str = "dilation * (kernel - 1) + 1",
    places: str = "-(-size // stride)",
    total: str = "max((places - 1) * stride + reach - size, 0)",
    result: str = "total // 2, total - total // 2",
) -> str:
    return f"""
def same_padding(size, kernel, stride, dilation=1):
    reach, places = {reach}, {places}
    total = {total}
    return {result}
"""


def _conv2d(
    edge: str = "border(input.shape[1:3], filters.shape[:2], strides, padding, dilations)",
    images: str = "F.pad(to_nchw(input), edge)",
    weight: str = "filters.permute(3, 2, 0, 1)",
    options: str = "stride=strides, dilation=dilations",
    result: str = "to_nhwc(found)",
) -> str:
    return f"""
@evenly
def conv2d(input, filters, strides, padding, *, dilations=1):
    edge = {edge}
    images, weight = {images}, {weight}
    found = F.conv2d(images, weight, {options})
    return {result}
"""


def _transpose(
    weight: str = "filters.permute(3, 2, 0, 1)",
    options: str = "stride=strides, dilation=dilations",
    right: str = "left + width - full.shape[3]",
    bottom: str = "top + height - full.shape[2]",
    result: str = "to_nhwc(F.pad(full, (-left, right, -top, bottom)))",
) -> str:
    return f"""
@evenly
def conv2d_transpose(input, filters, output_shape, strides, padding="SAME", *, dilations=1):
    height, width = output_shape[1:3]
    left, _, top, _ = border((height, width), filters.shape[:2], strides, padding, dilations)
    full = F.conv_transpose2d(to_nchw(input), {weight}, {options})
    right, bottom = {right}, {bottom}
    return {result}
"""


def _avg_pool(
    ones: str = "F.pad(ones_like(images), edge)", result: str = "to_nhwc(means / inside)"
) -> str:
    return f"""
@evenly
def avg_pool(input, ksize, strides, padding):
    images = to_nchw(input)
    edge = border(images.shape[2:], ksize, strides, padding)
    means = F.avg_pool2d(F.pad(images, edge), ksize, strides)
    inside = F.avg_pool2d({ones}, ksize, strides)
    return {result}
"""


def _dense_weight(
    shape: str = "height, width, channels, -1",
    order: str = "2, 0, 1, 3",
    result: str = "kernel.permute(1, 0)",
) -> str:
    return f"""
def dense_weight(kernel, image=None):
    if image is not None:
        channels, height, width = image
        rows = kernel.reshape({shape})
        kernel = rows.permute({order}).reshape(-1, kernel.shape[-1])
    return {result}
"""


WRONG = {
    "same_padding": {
        "half at each end": (
            _same_padding(result="(kernel - 1) // 2, (kernel - 1) // 2"),
            "right with stride 1 and an odd kernel only",
        ),
        "more before": (
            _same_padding(result="total - total // 2, total // 2"),
            "`before` is the smaller half",
        ),
        "below 0": (_same_padding(total="(places - 1) * stride + reach - size"), "never below 0"),
        "rounded down": (_same_padding(places="size // stride"), "rounded *up*"),
        "dilation forgotten": (_same_padding(reach="kernel"), "hangs on its dilation"),
        "stride forgotten": (_same_padding(places="size", total="kernel - 1"), "differs"),
        "all at the end": (_same_padding(result="0, total"), "Two are missing"),
        "in all": (_same_padding(result="total"), "missing in all"),
        "halves": (_same_padding(result="total / 2, total / 2"), "Two are missing"),
        "not rounded": (_same_padding(places="size / stride"), "may be two and a half places"),
    },
    "tf_conv2d": {
        "reshaped": (
            _conv2d(
                images="F.pad(input.reshape(len(input), -1, *input.shape[1:3]), edge)",
            ),
            "Dims change places with `permute`",
        ),
        "channels first": (_conv2d(result="found"), "has its channels first"),
        "stride forgotten": (_conv2d(options="dilation=dilations"), "Hand `stride=strides`"),
        "dilation forgotten": (_conv2d(options="stride=strides"), "Hand `dilation=dilations`"),
        "no border": (_conv2d(images="to_nchw(input)"), "There is no border"),
        "padding 1": (
            _conv2d(images="to_nchw(input)", options="stride=strides, padding=1"),
            "no border",
        ),
        "filters on their side": (
            _conv2d(weight="filters.permute(3, 2, 1, 0)"),
            "lie on their side",
        ),
        "filters as they are": (_conv2d(weight="filters"), "Read the message first"),
        "dilation not in the border": (
            _conv2d(edge="border(input.shape[1:3], filters.shape[:2], strides, padding)"),
            "twice: border, conv",
        ),
        "the border of the whole shape": (
            _conv2d(edge="border(input.shape, filters.shape, strides, padding, dilations)"),
            "that of other sizes",
        ),
        "the border of permuted pictures": (
            _conv2d(
                edge="border(to_nchw(input).shape[1:3], filters.shape[:2], strides, padding, "
                "dilations)"
            ),
            "that of other sizes",
        ),
    },
    "tf_conv2d_transpose": {
        "as output_padding": (
            _transpose(
                result="to_nhwc(F.pad(full, (width - full.shape[3], 0, height - full.shape[2], 0)))"
            ),
            "as padding with output_padding=1 does",
        ),
        "the end only": (
            _transpose(
                result="to_nhwc(F.pad(full, (0, width - full.shape[3], 0, height - full.shape[2])))"
            ),
            "You cut off at the end only",
        ),
        "left and top forgotten behind": (
            _transpose(right="width - full.shape[3]", bottom="height - full.shape[2]"),
            "You cut off too much behind",
        ),
        "sliced": (
            _transpose(result="to_nhwc(full[:, :, top : top + height, left : left + width])"),
            "may be too small",
        ),
        "nothing cut off": (_transpose(result="to_nhwc(full)"), "the last row and column go"),
        "channels first": (
            _transpose(result="F.pad(full, (-left, right, -top, bottom))"),
            "has its channels first",
        ),
        "dilation forgotten": (_transpose(options="stride=strides"), "Hand `dilation=dilations`"),
        "stride forgotten": (_transpose(options="dilation=dilations"), "differs"),
        "weight as conv2d's": (_transpose(weight="filters.permute(2, 3, 0, 1)"), "differs"),
        "added": (_transpose(result="to_nhwc(F.pad(full, (left, right, top, bottom)))"), "differs"),
    },
    "tf_avg_pool": {
        "counted": (_avg_pool(result="to_nhwc(means)"), "You count the border"),
        "times": (_avg_pool(result="to_nhwc(means * inside)"), "you multiply"),
        "ones everywhere": (
            _avg_pool(ones="ones_like(F.pad(images, edge))"),
            "with the border *around* them",
        ),
        "channels first": (_avg_pool(result="means / inside"), "has its channels first"),
        "turned over": (_avg_pool(result="to_nhwc(inside / means)"), "Windows side by side"),
        "strides forgotten": (
            _avg_pool()
            .replace(", ksize, strides)\n    inside", ", ksize)\n    inside")
            .replace("edge), ksize, strides)\n    return", "edge), ksize)\n    return"),
            "Hand `strides` on",
        ),
        "no border for the ones": (_avg_pool(ones="ones_like(images)"), "Read the message first"),
    },
    "dense_weight": {
        "turned only": (_dense_weight(result="rows.reshape(-1, rows.shape[-1]).t()"), "differs"),
        "image ignored": (
            "def dense_weight(kernel, image=None):\n    return kernel.permute(1, 0)",
            "leave the rows in TensorFlow's order",
        ),
        "not turned": (_dense_weight(result="kernel"), "turn it over last"),
        "the other way": (
            _dense_weight(shape="channels, height, width, -1", order="1, 2, 0, 3"),
            "It is the other way",
        ),
        "permuted the wrong way": (
            _dense_weight(order="1, 2, 0, 3"),
            "is told, for each new place",
        ),
        "width first": (_dense_weight(order="2, 1, 0, 3"), "Height and width changed places"),
        "nothing moves": (
            _dense_weight(order="0, 1, 2, 3"),
            "leave the rows in TensorFlow's order",
        ),
        "outputs first": (
            _dense_weight(shape="-1, height, width, channels", order="3, 1, 2, 0"),
            "becomes (C, H, W, out)",
        ),
    },
}

RIGHT = {
    "same_padding": {
        "as a list": _same_padding(result="[total // 2, total - total // 2]"),
        "with math.ceil": """
import math

def same_padding(size, kernel, stride, dilation=1):
    places = math.ceil(size / stride)
    last = (places - 1) * stride
    missing = last + (kernel - 1) * dilation + 1 - size
    if missing <= 0:
        return 0, 0
    before = missing // 2
    return before, missing - before
""",
        "by remainder": """
def same_padding(size, kernel, stride, dilation=1):
    reach = (kernel - 1) * dilation + 1
    rest = size % stride or stride
    missing = max(reach - rest, 0)
    return divmod(missing, 2)[0], missing - missing // 2
""",
    },
    "tf_conv2d": {
        "in steps": """
@evenly
def conv2d(input, filters, strides, padding, *, dilations=1):
    height, width = input.shape[1], input.shape[2]
    rows, columns = filters.shape[0], filters.shape[1]
    edge = border((height, width), (rows, columns), strides, padding, dilations)
    images = F.pad(input.permute(0, 3, 1, 2), edge)
    result = F.conv2d(images, filters.permute(3, 2, 0, 1), None, strides, 0, dilations)
    return result.permute(0, 2, 3, 1)
""",
        "padded before": _conv2d(images="to_nchw(F.pad(input, (0, 0, *edge)))"),
        "transposed": _conv2d(
            weight="filters.transpose(0, 3).transpose(1, 2).transpose(2, 3)",
        ),
        "contiguous": _conv2d(result="to_nhwc(found).contiguous()"),
    },
    "tf_conv2d_transpose": {
        "padded, then sliced": _transpose(
            result="to_nhwc(F.pad(full, (0, max(right, 0), 0, max(bottom, 0)))"
            "[:, :, top : top + height, left : left + width])"
        ),
        "cut behind": _transpose(
            result="F.pad(to_nhwc(full), (0, 0, -left, right, -top, bottom))",
        ),
        "by conv2d's gradient": """
@evenly
def conv2d_transpose(input, filters, output_shape, strides, padding="SAME", *, dilations=1):
    height, width = output_shape[1:3]
    left, _, top, _ = border((height, width), filters.shape[:2], strides, padding, dilations)
    weight = filters.transpose(0, 3).transpose(1, 2).transpose(2, 3)
    full = F.conv_transpose2d(to_nchw(input), weight, None, strides, dilation=dilations)
    n, channels, high, wide = full.shape
    full = F.pad(full, (0, max(left + width - wide, 0), 0, max(top + height - high, 0)))
    return to_nhwc(full)[:, top : top + height, left : left + width]
""",
    },
    "tf_avg_pool": {
        "sums by counts": """
@evenly
def avg_pool(input, ksize, strides, padding):
    edge = border(input.shape[1:3], ksize, strides, padding)
    sums = F.avg_pool2d(F.pad(to_nchw(input), edge), ksize, strides, divisor_override=1)
    ones = ones_like(to_nchw(input)[:1, :1])
    counts = F.avg_pool2d(F.pad(ones, edge), ksize, strides, divisor_override=1)
    return (sums / counts).permute(0, 2, 3, 1)
""",
        "one picture of ones": _avg_pool(ones="F.pad(ones_like(images[:1, :1]), edge)"),
        "channels back first": _avg_pool(result="to_nhwc(means) / to_nhwc(inside)"),
    },
    "dense_weight": {
        "turned first": """
def dense_weight(kernel, image=None):
    weight = kernel.t()
    if image is None:
        return weight
    c, h, w = image
    return weight.reshape(-1, h, w, c).permute(0, 3, 1, 2).reshape(len(weight), -1)
""",
        "pixel by pixel": """
def dense_weight(kernel, image=None):
    if image is not None:
        rows = kernel.reshape(image[1] * image[2], image[0], -1)
        kernel = rows.transpose(0, 1).reshape(len(kernel), -1)
    return kernel.t()
""",
        "flattened": """
def dense_weight(kernel, image=None):
    if image is not None:
        c, h, w = image
        kernel = kernel.reshape(h, w, c, kernel.shape[1]).permute(2, 0, 1, 3).flatten(0, 2)
    return kernel.transpose(0, 1)
""",
        "in one": """
def dense_weight(kernel, image=None):
    c, h, w = image or (len(kernel), 1, 1)
    return kernel.reshape(h, w, c, kernel.shape[1]).permute(3, 2, 0, 1).reshape(kernel.shape[1], -1)
""",
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "tf_conv2d": {
        (
            "conv2d: edge = border(input.shape[1:3], filters.shape[:2], strides, padding, "
            "dilations) => edge = border(input.shape[1:], filters.shape[:2], strides, "
            "padding, dilations)"
        ): "sizes beyond the two of the picture are not looked at",
        (
            "conv2d: edge = border(input.shape[1:3], filters.shape[:2], strides, padding, "
            "dilations) => edge = border(input.shape[1:4], filters.shape[:2], strides, "
            "padding, dilations)"
        ): "sizes beyond the two of the picture are not looked at",
        (
            "conv2d: edge = border(input.shape[1:3], filters.shape[:2], strides, padding, "
            "dilations) => edge = border(input.shape[1:3], filters.shape[:], strides, "
            "padding, dilations)"
        ): "sizes beyond the two of the picture are not looked at",
        (
            "conv2d: edge = border(input.shape[1:3], filters.shape[:2], strides, padding, "
            "dilations) => edge = border(input.shape[1:3], filters.shape[:3], strides, "
            "padding, dilations)"
        ): "sizes beyond the two of the picture are not looked at",
    },
    "dense_weight": {
        (
            "dense_weight: rows = kernel.reshape(height, width, channels, -1) => rows = "
            "kernel.reshape(width, height, channels, -1)"
        ): "the two dims of the picture stay side by side and are flattened again",
    },
}
