"""What a beginner needs under PyTorch's text: where it was, what came in, what was wanted, and why.

Each function is a topic: from the place in the network (or None) and the facts, shapes and dtypes,
to the text of the note. Whoever raises names the topic: `noted(error, "linear", ...)`.
"""

import math
from typing import NamedTuple

from .._core.dtype import dtype
from .._core.explain import explains


class Place(NamedTuple):
    """Where in a network an error happened. `path` is "" for the network itself."""

    path: str
    layer: str  # as print shows it, or the class of what has parts
    network: str  # the class of the outermost module
    given: list | None  # the shapes that the layer was handed, if known
    received: list | None  # the shapes that the network was handed, if known
    channels: int | None  # what the last convolution before it gives, if there is one
    registered: bool = True  # False if the path ends at the module that calls the layer


def _note(place, came, wanted, cause=""):
    """The lines of a note; those that have nothing to say are left out."""
    lines = [] if place is None else [f"Where: {_where(place)}"]
    for title, text in (("Came in", came), ("Wanted", wanted), ("Likely cause", cause)):
        if text:
            lines.append(f"{title}: {text}")
    return "\n".join(lines)


def _where(place):
    layer, network = _a(place.layer), _a(place.network)
    if not place.registered:
        owner = f"{place.path} in {network}" if place.path else network
        return f"{layer}, called by {owner}, which has not registered it as a part of its own"
    if not place.path:
        return layer
    given = f" that was given {_size(place.received[0])}" if place.received else ""
    return f"{place.path}, {layer}, in {network}{given}"


def _a(word):
    return ("an " if word[0] in "AEIOU" else "a ") + word


def _size(shape):
    return str(list(shape))


def _count(number, word):
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _by(sizes):
    return " x ".join(map(str, sizes))


def _name(numpy_dtype):
    return dtype.by_numpy[numpy_dtype].name


def _given(place, shape):
    """The shape that the layer itself was handed, of as many numbers; else `shape`."""
    first = place.given[0] if place is not None and place.given else None
    return shape if first is None or math.prod(first) != math.prod(shape) else first


@explains
def linear(place, x, weight):
    """Rows of another length than the weight's: shapes of input and weight."""
    wanted, layer = weight[1], place is not None and place.layer.startswith("Linear(")
    named = "in_features" if layer else "weight.shape[1]"
    return _note(
        place,
        f"{_size(x)}, so rows of {_count(x[-1], 'number')}",
        f"rows of {_count(wanted, 'number')} ({named} is {wanted})",
        _cause_in_linear(place, x, wanted, named),
    )


def _cause_in_linear(place, x, wanted, named):
    each = math.prod(x[1:])
    if len(x) > 2 and each == wanted:
        return f"a Flatten is missing before it: nn.Flatten() makes [{x[0]}, {each}] of {_size(x)}."
    if len(x) > 1 and math.prod(x) == wanted:
        return "this is one sample without a batch dimension: x.reshape(1, -1)."
    if len(x) == 4:
        return f"a Flatten is missing before it, and {named} should then be {each} ({_by(x[1:])})."
    if len(x) == 1 and wanted and x[0] and x[0] % wanted == 0:
        return (
            "the batch was flattened along with the features: torch.flatten(x, 1) keeps the first "
            f"dimension, and would give [{x[0] // wanted}, {wanted}]."
        )
    if len(x) == 2 and x[0] == wanted:
        return f"rows and columns are the wrong way round: x.T is {_size(x[::-1])}."
    return _cause_before_linear(place, x, named)


def _cause_before_linear(place, x, named):
    """The input is a row for each sample, but not as long as was thought."""
    should = f"{named} should be {x[-1]}"
    channels = None if place is None else place.channels
    if not channels or x[-1] % channels or len(x) > 2:
        return f"what comes before gives {_count(x[-1], 'number')} for each sample: {should}."
    side = math.isqrt(x[-1] // channels)
    square = side * side * channels == x[-1]
    left = f"{_count(channels, 'channel')} of " + (
        _by((side, side)) if square else str(x[-1] // channels)
    )
    picture = place.received[0] if place.received else ()
    start = f"{_by(picture[-2:])} pictures give" if len(picture) in (3, 4) else "there are"
    return f"{start} {left} here: {should}."


@explains
def matmul(place, a, b):
    """Two matrices, or batches of them, that do not fit: their shapes."""
    cause = ""
    if len(b) > 1 and a[-1:] == b[-1:]:
        turned = "b.T" if len(b) == 2 else "b.transpose(-2, -1)"
        cause = f"both have rows of {a[-1]} numbers: a @ {turned} multiplies row by row."
    elif len(a) > 1 and len(b) > 1 and a[-2] == b[-2]:
        cause = f"both have {a[-2]} rows: a.transpose(-2, -1) @ b sums over them."
    elif a[-1] in b:
        cause = "the dimension to sum over is not where it should be: permute the second."
    inner = b[-2] if len(b) > 1 else b[0]
    wanted = f"as many columns on the left ({a[-1]}) as rows on the right ({inner})"
    return _note(place, f"{_size(a)} @ {_size(b)}", wanted, cause)


@explains
def conv_dims(place, x, dims):
    """An input of a convolution or pooling with too few or too many dims."""
    axes = ("length", "height, width", "depth, height, width")[dims - 1]
    cause = ""
    if len(x) == dims:
        cause = "batch and channel dimension are missing: x[None, None]."
    elif len(x) == 2 and dims == 2:
        cause = "the pictures were flattened before: x.view(x.size(0), channels, height, width)."
    elif len(x) < dims:
        cause = "pictures were flattened before, or this should be a layer for fewer dimensions."
    elif len(x) > dims + 2:
        cause = f"there is a dimension too many: x.flatten(0, {len(x) - dims - 2}), or x.squeeze()."
    return _note(place, _size(x), f"(batch, channels, {axes})", cause)


@explains
def conv_channels(place, x, wanted):
    """Another number of channels than the weight's: the shape as a batch, and what is wanted."""
    given = _given(place, x)
    came = f"{_size(given)}, so {_count(x[1], 'channel')}" if len(x) == len(given) else _size(given)
    sure = place is not None and bool(place.given)  # else a batch of one may stand for no batch
    cause = _cause_of_channels(given, x, wanted, len(given) < len(x) or (x[0] == 1 and not sure))
    return _note(place, came, f"{_count(wanted, 'channel')}, in dimension 1 of a batch", cause)


def _cause_of_channels(given, x, wanted, unbatched):
    """`unbatched` also where that is possible only, and `given` is no shorter than `x`."""
    if len(x) == 4 and x[-1] == wanted:
        order = "x.permute(2, 0, 1) for one picture" if unbatched else "x.permute(0, 3, 1, 2)"
        if unbatched and len(given) == len(x):
            order += ", x.permute(0, 3, 1, 2) for a batch"
        return f"the channels stand last (NHWC, as in files of pictures and TensorFlow): {order}."
    if wanted == 1 and x[1] == 3:
        return "colour pictures for a network that wants gray ones: x.mean(-3, keepdim=True)."
    if wanted == 1 and unbatched:
        return (
            f"the channel dimension is missing, so the {_count(x[1], 'picture')} of a batch pass "
            "for channels: x.unsqueeze(1)."
        )
    if unbatched and len(given) < len(x):
        return (
            "the input has no batch dimension, so its first is read as channels: x.unsqueeze(0) "
            "for one sample, x.unsqueeze(1) for several with one channel."
        )
    if x[0] == wanted:
        return "channels and batch are the wrong way round: x.transpose(0, 1)."
    if wanted == 3 and x[1] == 1:
        return "gray pictures for a network that wants colour: x.expand(-1, 3, -1, -1)."
    return f"in_channels should be {x[1]}: as many as the layer before gives."


@explains
def too_small(place, size, window):
    """Pictures that are smaller than the window that should pass over them: both sizes."""
    cause = (
        "convolutions and poolings before have shrunk it, or the input is smaller than "
        "the network was made for: fewer of them, padding, or larger inputs."
    )
    if len(size) == 2 and size[1] <= 4 < size[0]:
        cause = (
            "the channels stand last (NHWC) and pass for the width: x.permute(0, 3, 1, 2). "
            "Else: " + cause
        )
    return _note(place, f"{_by(size)} places", f"at least {_by(window)}, the window", cause)


@explains
def broadcast(place, a, b, dim):
    """Two shapes that cannot be broadcast, and the dim at which that is seen."""
    wanted = "equal sizes, or a 1, counted from the last dimension"
    return _note(place, f"{_size(a)} and {_size(b)}", wanted, _cause_of_misfit(a, b))


def _cause_of_misfit(a, b):
    small, large, name = (a, b, "a") if len(a) < len(b) else (b, a, "b")
    if len(small) < len(large) and small == large[: len(small)]:
        ones = "".join([", None"] * (len(large) - len(small)))
        return f"the dimensions are matched from the last: {name}[...{ones}] is one per row."
    if len(small) == 1 and len(large) > 2 and small[0] == large[-3]:
        return f"one number per channel needs two more dimensions: {name}.view(-1, 1, 1)."
    if len(a) != len(b):
        return ""
    if len(a) == 2 and a == b[::-1]:
        return f"one of them is transposed: b.T is {_size(a)}."
    if len(a) == 4 and sorted(a) == sorted(b) and a[0] == b[0]:
        return "one has its channels last (NHWC), one in front (NCHW): permute one of them."
    if len(a) == 4 and a[:2] == b[:2]:
        return "a convolution has shrunk one of them: padding='same', or kernel_size=3, padding=1."
    if len(a) == 4 and a[2:] == b[2:] and a[0] == b[0]:
        return f"other numbers of channels: a Conv2d({b[1]}, {a[1]}, 1) on the second."
    return ""


@explains
def view(place, shape, elements):
    """A shape that these elements do not fill."""
    known = math.prod([n for n in shape if n != -1])
    came = f"{elements} numbers"
    if -1 not in shape:
        cause = ""
        if len(shape) > 1 and known and shape[0] > 1:
            each = known // shape[0]
            if each and elements % each == 0:
                cause = (
                    f"the batch has {elements // each} samples here, not {shape[0]} (the last one "
                    "of an epoch is often smaller): take -1, or x.size(0), for the first size."
                )
        return _note(place, came, f"{_by(shape)} = {known} numbers", cause)
    cause = "" if place is None or not place.received else _per_sample(place.received[0], elements)
    keep = "torch.flatten(x, 1) keeps the samples apart and counts for itself"
    return _note(place, came, f"a multiple of {known}", f"{cause}{keep}.")


def _per_sample(received, elements):
    if len(received) < 2 or not received[0] or elements % received[0]:
        return ""
    return f"each of the {received[0]} samples has {elements // received[0]} numbers here; "


@explains
def cat(place, shapes, dim):
    """Tensors that differ in another dim than the one they are joined along."""
    came = " and ".join(map(_size, shapes[:4]))
    fitting = [d for d in range(len(shapes[0])) if _differ_in(shapes, d)]
    if fitting:
        cause = f"they fit along dimension {fitting[0]}: torch.cat(tensors, dim={fitting[0]})."
    elif len(shapes[0]) == 4 and all(x[:1] == shapes[0][:1] for x in shapes):
        cause = "height or width differ: pad or crop one of them (an odd size was halved)."
    else:
        cause = "they differ in more than one dimension."
    return _note(place, came, f"equal sizes except in dimension {dim}", cause)


def _differ_in(shapes, dim):
    """Whether nothing but `dim` tells these shapes apart."""
    return len({(*shape[:dim], *shape[dim + 1 :]) for shape in shapes}) == 1


@explains
def cat_ranks(place, shapes):
    """Tensors with other numbers of dims."""
    few = min(len(shape) for shape in shapes)
    many = max(len(shape) for shape in shapes)
    cause = "one has no batch dimension: unsqueeze(0) gives it one." if many - few == 1 else ""
    return _note(place, " and ".join(map(_size, shapes[:4])), "equally many dimensions", cause)


@explains
def stack(place, first, other, entry):
    """Two tensors of other sizes: torch.stack, which a DataLoader calls for a batch."""
    cause = (
        "samples of a batch must have one size: crop or pad them in the Dataset, or give the "
        "DataLoader a collate_fn. torch.cat joins along a dimension that is there already."
    )
    return _note(place, f"{_size(first)}, and {_size(other)} as number {entry}", "one size", cause)


@explains
def dtypes(place, *given):
    """Arrays of several dtypes: pairs (name, NumPy dtype), the input first."""
    came = ", ".join(f"{name} {_name(kind)}" for name, kind in given)
    return _note(place, came, "one dtype", _cause_of_dtype(given))


def _cause_of_dtype(given):
    for name, kind in given:
        if kind.kind in "iub":
            scale = " / 255" if kind == "u1" else ""
            return f"{name} is {_name(kind)}: {name}.float(){scale} makes float32 of it."
    if "f8" in [kind for _, kind in given]:
        name = next(name for name, kind in given if kind == "f8")
        return (
            f"NumPy counts in float64, networks in float32: {name}.float(), or "
            "torch.tensor(data, dtype=torch.float32)."
        )
    return "bring both to one dtype: x.to(other.dtype)."


@explains
def cast(place, source, target):
    """A result that the tensor to be changed in place cannot hold: NumPy dtypes."""
    return _note(
        place,
        f"{_name(source)}, to be written into {_name(target)}",
        "a tensor whose dtype can hold the result",
        "x = x + y makes a new tensor; x += y keeps the dtype of x. Or x = x.float() first.",
    )


@explains
def batch_sizes(place, scores, target):
    """Scores for another number of samples than there are labels."""
    cause = "scores and labels come from different batches, or were cut differently."
    if math.prod(scores[:1]) and target and target[0] and scores[0] != target[0]:
        cause += (
            " If the network has x.view(-1, n), a wrong n makes other rows of the batch: "
            "torch.flatten(x, 1) keeps the samples."
        )
    if target[1:2] == (1,) or scores[:1] == (1,):
        cause += " Look for a dimension of size 1 that stands in the wrong place."
    return _note(
        place, f"scores {_size(scores)}, labels {_size(target)}", f"{scores[0]} labels", cause
    )


@explains
def class_numbers(place, scores, target):
    """Labels with too many dims: shapes of scores and labels."""
    cause = "labels are one class number for each sample."
    if target[-1] == 1:
        cause = "labels have a dimension too many: target.squeeze(1)."
    elif target == scores:
        cause = "labels are one-hot: target.argmax(1) gives class numbers."
    wanted = f"labels {_size(scores[:1])}, one class number for each sample"
    return _note(place, f"scores {_size(scores)}, labels {_size(target)}", wanted, cause)


@explains
def class_images(place, scores, target):
    """Labels for the places of pictures that do not fit the scores."""
    wanted = [*scores[:1], *scores[2:]]
    cause = ""
    if len(target) == len(scores) and target[1] == 1:
        cause = "labels have a dimension for channels: target.squeeze(1)."
    elif len(target) == len(scores):
        cause = "labels are one-hot or coloured: target.argmax(1) gives class numbers."
    elif list(scores[:1]) == list(target[:1]) and scores[-1] not in target[1:]:
        cause = (
            "the scores must have the classes in dimension 1: scores.transpose(1, -1), or flatten "
            "both for one row per word."
        )
    came = f"scores {_size(scores)}, labels {_size(target)}"
    return _note(place, came, f"labels {wanted}, one class number for each place", cause)


@explains
def class_dtype(place, kind):
    """Labels that are no class numbers: their NumPy dtype."""
    if kind.kind == "f":
        cause = "labels are floats (from NumPy or a table?): target.long()."
    else:
        cause = "PyTorch takes class numbers as int64: target.long()."
    return _note(place, f"labels {_name(kind)}", "class numbers, int64", cause)


@explains
def one_hot_dtype(place, kind, shape):
    """Targets of the scores' shape that are no probabilities."""
    cause = "labels are one-hot integers: target.argmax(1) gives class numbers, or target.float()."
    if len(shape) == 1:
        cause = "scores [samples, classes] go with labels [samples]: was a dimension lost?"
    came = f"labels {_name(kind)} {_size(shape)}, the shape of the scores"
    return _note(place, came, "class numbers, or a float for each class", cause)


@explains
def label(place, value, largest, classes):
    """A class number that there is none of."""
    cause = f"the last layer should have {largest + 1} outputs, or labels are wrong."
    if value < 0:
        cause = "negative class numbers do not count; -100 alone stands for `leave this one out`."
    elif largest == classes:
        cause = (
            f"labels start at 1 instead of 0 (target - 1), or the last layer should have "
            f"{classes + 1} outputs."
        )
    return _note(
        place,
        f"the label {value}",
        f"0 to {classes - 1}: there are {_count(classes, 'score')}",
        cause,
    )


@explains
def same_size(place, scores, target):
    """A loss that compares element by element, and two shapes."""
    cause = ""
    if scores == (*target, 1):
        cause = "the network gives a column: target.unsqueeze(1), or scores.squeeze(1)."
    elif (*scores, 1) == target:
        cause = "the targets are a column: target.squeeze(1)."
    elif len(scores) == 2 and target == scores[:1]:
        cause = "for one class out of several take cross_entropy; else targets are one-hot floats."
    return _note(place, f"scores {_size(scores)}, targets {_size(target)}", "one shape", cause)


@explains
def features(place, x, wanted):
    """A normalization for another number of channels."""
    channels = x[1] if len(x) > 1 else 0
    cause = f"num_features should be {channels}, as many as the layer before gives."
    if len(x) == 4 and x[-1] == wanted:
        cause = "the channels stand last (NHWC): x.permute(0, 3, 1, 2)."
    return _note(
        place, f"{_size(x)}, so {_count(channels, 'channel')}", _count(wanted, "channel"), cause
    )


@explains
def single_sample(place, x):
    """Batch normalization in training, and one number per channel."""
    cause = (
        "the batch is one sample: model.eval() for use, DataLoader(..., drop_last=True) for "
        "training, if the last batch has one left over."
    )
    return _note(place, _size(x), "at least two samples: one alone has no variance", cause)


@explains
def table_row(place, largest, smallest, rows):
    """A number that an embedding has no row for."""
    cause = f"num_embeddings should be at least {largest + 1} (largest number plus one)."
    if smallest < 0:
        cause = "negative numbers have no row: was -1 used for padding? padding_idx takes a row."
    return _note(place, f"numbers from {smallest} to {largest}", f"0 to {rows - 1}", cause)


@explains
def table_dtype(place, kind):
    """Numbers of an embedding that are no integers."""
    return _note(
        place, _name(kind), "numbers of rows, int64", "numbers became floats: x.long() before it."
    )


@explains
def dimension(place, dim, ndim):
    """A dim that a tensor does not have."""
    cause = f"dimensions are counted from 0, so the last is {max(ndim - 1, 0)}, or -1."
    if dim == ndim:
        cause += " Or a batch dimension is missing: x.unsqueeze(0)."
    return _note(place, f"dim {dim} for a tensor with {_count(ndim, 'dimension')}", "", cause)


@explains
def scalar_loss(place, shape):
    """backward from more than one number."""
    cause = "a loss is one number: loss.mean().backward(), or reduction='mean'."
    return _note(place, _size(shape), "one number to start from", cause)


@explains
def no_device(place):
    """A device that there is none of."""
    cause = (
        "the program asks for a GPU without looking: "
        'device = "cuda" if torch.cuda.is_available() else "cpu", then .to(device).'
    )
    return _note(place, "the device cuda", "a device of this machine: cpu", cause)
