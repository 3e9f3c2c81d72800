"""What TensorFlow's functions take, made even: a number for each dim, or a word that says why not.

The exceptions are ValueError and TypeError. TensorFlow's own texts differ from one kernel to the
next, so these say in plain words what was given and how to mend it.
"""

import functools
import inspect
import numbers

from .._core.tensor import Tensor

LAYOUT = {
    "input": "pictures as (N, height, width, channels)",
    "filters": "filters as (height, width, in, out)",
    "filter": "filters as (height, width, in, multiplier)",
}

WORDS_ONLY = {"avg_pool"}  # for these, as in TensorFlow, padding is a word and no list


def evenly(body):
    """Decorator for layers on pictures: they get pairs (height, width), and padding spelled out.

    `strides`, `dilations` and `ksize` become pairs, `output_shape` the list it is, and `padding`
    the word "SAME", or ((top, bottom), (left, right)) for "VALID" and for TensorFlow's list.
    """
    signature = inspect.signature(body)

    @functools.wraps(body)
    def function(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        named = given.arguments
        for name in named.keys() & LAYOUT.keys():
            _check_pictures(body.__name__, name, named[name])
        for name in named.keys() & {"strides", "dilations", "ksize"}:
            named[name] = pair(name, named[name])
        named["padding"] = _ends(named["padding"], lists=body.__name__ not in WORDS_ONLY)
        _check_channels(body.__name__, named)
        _check_output_shape(named)
        return body(**named)

    return function


def _check_pictures(function, name, value):
    if not isinstance(value, Tensor):
        raise TypeError(f"{function}: {name} is a {type(value).__name__}, expected a tensor.")
    if value.ndim != 4:
        shape = tuple(value.shape)
        raise ValueError(f"{function} takes {LAYOUT[name]}, and {name} has the shape {shape}.")


def pair(name, value):
    """One number for height and width each, from a number, a pair, or TensorFlow's (1, h, w, 1)."""
    found = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
    if len(found) == 4 and found[0] == found[3] == 1:
        found = found[1:3]
    if len(found) == 1:
        found *= 2
    if len(found) != 2 or not all(_is_whole(n) and n > 0 for n in found):
        raise ValueError(
            f"{name} must be a number from 1 on, (height, width) or (1, height, width, 1), "
            f"and is {value!r}."
        )
    return found


def _is_whole(value):
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _ends(padding, lists):
    """The word "SAME", or a pair (before, after) for height and for width."""
    if padding == "SAME":
        return padding
    if padding == "VALID":
        return (0, 0), (0, 0)
    if isinstance(padding, str) or not lists:
        meant = str(padding).upper()
        known = f' Keras writes "{padding}", here it is "{meant}".'
        known = known if meant in ("SAME", "VALID") else ""
        raise ValueError(f'padding must be "SAME" or "VALID", and is {padding!r}.{known}')
    return _listed_ends(padding)


def _listed_ends(padding):
    """TensorFlow's list [[0, 0], [top, bottom], [left, right], [0, 0]], without batch, channels."""
    try:
        ends = [(int(before), int(after)) for before, after in padding]
    except (TypeError, ValueError):
        ends = []
    if len(ends) != 4 or ends[0] != (0, 0) or ends[3] != (0, 0) or min(map(min, ends)) < 0:
        raise ValueError(
            'padding must be "SAME", "VALID" or [[0, 0], [top, bottom], [left, right], [0, 0]], '
            f"and is {padding!r}. A bare number is PyTorch's way."
        )
    return ends[1], ends[2]


def _check_channels(function, named):
    """Filters must have as many channels as the pictures; for the way back it is their last dim."""
    filters = named.get("filters", named.get("filter"))
    if filters is None:
        return
    of_filters = filters.shape[3 if "output_shape" in named else 2]
    if of_filters != named["input"].shape[3]:
        raise ValueError(
            f"{function}: pictures of the shape {tuple(named['input'].shape)} have "
            f"{named['input'].shape[3]} channels, and filters of the shape {tuple(filters.shape)} "
            f"are for {of_filters}. Pictures laid out as PyTorch's need .permute(0, 2, 3, 1), "
            "filters .permute(2, 3, 1, 0)."
        )


def _check_output_shape(named):
    """`output_shape` must be what a convolution with these numbers would turn into `input`."""
    if "output_shape" not in named:
        return
    wanted, images = list(named["output_shape"]), named["input"].shape
    filters, names = named["filters"].shape, ("height", "width")
    named["output_shape"] = wanted
    if len(wanted) != 4 or wanted[0] != images[0] or wanted[3] != filters[2]:
        raise ValueError(
            f"output_shape must be [{images[0]}, height, width, {filters[2]}]: as many pictures "
            f"as the input, and as many channels as the filters give. It is {wanted}."
        )
    for dim, name in enumerate(names):
        n, size, stride = images[dim + 1], wanted[dim + 1], named["strides"][dim]
        reach = named["dilations"][dim] * (filters[dim] - 1) + 1
        if named["padding"] == "SAME":
            places = -(-size // stride)
        else:
            places = (size + sum(named["padding"][dim]) - reach) // stride + 1
        if places != n:
            raise ValueError(
                f"output_shape {wanted} does not fit: a convolution would make a {name} of {size} "
                f"into {places}, and the input has a {name} of {n}."
            )


def check_rate(rate):
    """`rate` is the share that is dropped: from 0 on, below 1."""
    if isinstance(rate, bool) or not isinstance(rate, (int, float)) or not 0 <= rate < 1:
        raise ValueError(
            f"rate must be a number from 0 on, below 1, and is {rate!r}. It is the share that is "
            "dropped; the keep_prob of old programs is 1 - rate."
        )


def check_labels(labels, logits, indices):
    """Labels have the shape of the logits; as class numbers, that shape without its last dim."""
    if not isinstance(labels, Tensor) or not isinstance(logits, Tensor):
        raise TypeError("labels and logits must be tensors. Labels come first, or by name.")
    wanted = logits.shape[:-1] if indices else logits.shape
    if labels.shape != wanted:
        raise ValueError(
            f"labels have the shape {tuple(labels.shape)}, and logits of the shape "
            f"{tuple(logits.shape)} need labels of {tuple(wanted)}. Labels come first, or by name."
        )
    if indices and (labels.is_floating_point() or labels.is_complex()):
        raise TypeError(f"labels must be whole numbers, one for a row, and are {labels.dtype}.")
    classes = logits.shape[-1]
    if indices and labels.numel() and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        found = f"from {int(labels.min())} to {int(labels.max())}"
        raise IndexError(f"There are {classes} classes, 0 to {classes - 1}; labels go {found}.")
