"""Answers to lesson 22: wrong ones with a phrase of what the check must say, and right ones."""


def _count(
    room="size + 2 * padding - dilation * (kernel - 1) - 1",
    floor="room // stride + 1",
    up="-(-room // stride) + 1",
    behind="(count - 1) * stride - padding >= size",
    end="count - behind",
):
    return f"""
def window_count(size, kernel, stride, padding, dilation, ceil_mode):
    room = {room}
    if not ceil_mode:
        return {floor}
    count = {up}
    behind = {behind}
    return {end}
"""


def _each(body):
    return f"\ndef for_each_dim(value, dims):\n    {body}\n"


def _listed(end, asked="(tuple, list)"):
    return _each(
        f"values = tuple(value) if isinstance(value, {asked}) else (value,)\n    return {end}"
    )


def _borders(total="d * (k - 1)", pair="(n // 2, n - n // 2)", numbers="(n, n)", valid="0"):
    return f"""
def borders(padding, kernel, dilation):
    if padding == "same":
        totals = [{total} for k, d in zip(kernel, dilation)]
        return tuple([{pair} for n in totals])
    numbers = for_each_dim({valid} if padding == "valid" else padding, len(kernel))
    return tuple([{numbers} for n in numbers])
"""


def _steps(
    begin="j * windows.dilation - windows.padding",
    first="max(0, -(places.start // windows.stride))",
    inside="places[first : windows.count]",
    outs="slice(first, first + len(inside))",
    ins="slice(inside[0], inside[-1] + 1, windows.stride)",
):
    return f"""
@method("steps", of=Windows)
def window_steps(windows):
    for j in range(windows.kernel):
        places = range({begin}, windows.size, windows.stride)
        first = {first}
        inside = {inside}
        if len(inside):
            yield j, {outs}, {ins}
"""


_WAY = "keeping(derivative, array, flat=True)"


def _pooled(
    back="place_maxima(grad, winners=winners)",
    laid="like_images(result, array, volumes=volumes)",
    end=f"finish(kind, (result, {_WAY}), (input,))",
):
    return f"""
def pooled(kind, input, windows, return_indices, volumes=False):
    array = input._array
    result, winners = largest(array, windows)

    def derivative(grad):
        return {back}

    result = {laid}
    result = {end}
    if not return_indices:
        return result
    return result, wrap(like_images(winners.indices(), array, volumes=volumes))
"""


def _over(
    images="unsqueeze(input, 0) if input.ndim == dims + 1 else input",
    asked="refuse(images, weight, bias, *how)",
    result="in_order(body(images, weight, bias, *how), images, weight, groups)",
    end="result if images is input else squeeze(result, 0)",
):
    return f"""
def over_images(body, refuse, dims, input, weight, bias, how, groups):
    images = {images}
    {asked}
    result = {result}
    return {end}
"""


def _seen(
    again="Again(look, view, args)",
    seen="look(input, *args)",
    added="add_up(grad, look=again, shape=shape)",
    way="spread(grad, look=again, shape=shape)",
):
    return f"""
def seen_by(look, view, input, args, overlaps):
    again, shape = {again}, input.shape
    if overlaps:
        return {seen}, lambda grad: {added}
    return {seen}, lambda grad: {way}
"""


WRONG = {
    "window_count": {
        "one border": (
            _count(room="size + padding - dilation * (kernel - 1) - 1"),
            "The border is on both sides",
        ),
        "no dilation": (_count(room="size + 2 * padding - kernel"), "reaches further"),
        "the first is forgotten": (
            _count(floor="room // stride", up="-(-room // stride)"),
            "One window is missing",
        ),
        "rounded down": (_count(up="room // stride + 1"), "is rounded up"),
        "always one more": (_count(up="room // stride + 2"), "come out even"),
        "the trap": (_count(end="count"), "begin behind the picture"),
        "behind the border": (
            _count(behind="(count - 1) * stride - padding >= size + padding"),
            "sees no number",
        ),
        "one place further": (
            _count(behind="(count - 1) * stride - padding > size"),
            "a window that begins at `size`",
        ),
        "the one after the last": (
            _count(behind="count * stride - padding >= size"),
            "is number `count - 1`",
        ),
        "cut off": (_count(floor="int(room / stride) + 1"), "below zero is rounded down"),
    },
    "for_each_dim": {
        "a list": (
            _each(
                "return [value] * dims if isinstance(value, int) else list(value) * "
                "(dims if len(value) == 1 else 1)"
            ),
            "They come as a tuple",
        ),
        "always two": (
            _listed("values * 2 if len(values) == 1 else values"),
            "`dims` says how many",
        ),
        "brackets kept": (
            _each("return tuple(value) if isinstance(value, (tuple, list)) else (value,) * dims"),
            "ask for the length",
        ),
        "all repeated": (_listed("values * dims"), "only one number is repeated"),
        "no lists": (
            _listed("values * dims if len(values) == 1 else values", "tuple"),
            "A list is taken for one number",
        ),
        "no tuples": (
            _listed("values * dims if len(values) == 1 else values", "list"),
            "A tuple is taken for one number",
        ),
    },
    "borders": {
        "larger half before": (
            _borders(pair="(n - n // 2, n // 2)"),
            "the larger half comes after",
        ),
        "half on both sides": (_borders(pair="(n // 2, n // 2)"), "one is lost"),
        "all on both sides": (_borders(pair="(n, n)"), "twice as much as needed"),
        "no dilation": (_borders(total="k - 1"), "With a dilation"),
        "numbers": (_borders(pair="n // 2", numbers="n"), "a pair is wanted"),
        "halves of numbers": (_borders(numbers="(n // 2, n - n // 2)"), "A number is not shared"),
        "valid unknown": (_borders(valid="1"), '"valid" is no border'),
        "one pair": (
            "\ndef borders(padding, kernel, dilation):\n    return 0, 0\n",
            "(0, 0) for each dim",
        ),
    },
    "window_steps": {
        "no dilation": (_steps(begin="j - windows.padding"), "`j * dilation` behind"),
        "no padding": (_steps(begin="j * windows.dilation"), "begins at `-padding`"),
        "all places": (_steps(inside="places[first:]"), "behind the last window"),
        "as many from the first on": (
            _steps(inside="places[first : first + windows.count]"),
            "ends at a number",
        ),
        "one by one": (_steps(ins="slice(inside[0], inside[-1] + 1)"), "it steps by `stride`"),
        "windows by places": (
            _steps(outs="slice(inside[0], inside[0] + len(inside))"),
            "counts windows",
        ),
        "the border kept": (_steps(first="0"), "in the border"),
        "the last is lost": (
            _steps(ins="slice(inside[0], inside[-1], windows.stride)"),
            "a slice stops before its end",
        ),
        "places in the border": (
            _steps(first="max(0, -places.start)"),
            "counts windows, not places",
        ),
    },
    "pooled": {
        "not on the tape": (_pooled(end="wrap(result)"), "nothing is recorded"),
        "channels not last": (_pooled(laid="result"), "are last no more"),
        "volumes forgotten": (_pooled(laid="like_images(result, array)"), "Hand `volumes` on"),
        "nothing kept": (
            _pooled(end="finish(kind, (result, derivative), (input,))"),
            "changed before backward",
        ),
        "not flat": (
            _pooled(end="finish(kind, (result, keeping(derivative, array)), (input,))"),
            "`flat=True` is missing",
        ),
        "as it came": (_pooled(back="grad"), "where the winners stood"),
    },
    "over_images": {
        "always a batch": (_over(images="input"), "makes one of it"),
        "never alone": (_over(end="result"), "gets one back"),
        "every batch of one": (_over(end="squeeze(result, 0)"), "A batch of one is still a batch"),
        "not checked": (_over(asked="pass"), "Nobody calls `refuse`"),
        "not laid out": (_over(result="body(images, weight, bias, *how)"), "they lie as they came"),
        "checked too early": (_over(asked="refuse(input, weight, bias, *how)"), "wants the batch"),
    },
    "seen_by": {
        "always spread": (
            _seen(added="spread(grad, look=again, shape=shape)"),
            "`add_up` where `overlaps`",
        ),
        "arrays only": (_seen(again="Again(look, look, args)"), "`view(x, *args)` takes it"),
        "the window alone": (
            "\ndef seen_by(look, view, input, args, overlaps):\n    return look(input, *args)\n",
            "Two things are to be returned",
        ),
        "a copy": (_seen(seen="look(input, *args).copy()"), "return the window itself"),
        "as it came": (_seen(added="grad", way="grad"), "with zeros where nobody looked"),
        "no arguments": (_seen(seen="look(input)"), "First it is `look(input, *args)`"),
        "no arguments on the way back": (_seen(again="look"), "hands them on"),
    },
}

RIGHT = {
    "window_count": {
        "ours": _count(),
        "divmod": """
def window_count(size, kernel, stride, padding, dilation, ceil_mode):
    reach = dilation * (kernel - 1) + 1
    steps, rest = divmod(size + 2 * padding - reach, stride)
    if ceil_mode and rest and (steps + 1) * stride - padding < size:
        steps += 1
    return steps + 1
""",
        "a while": """
def window_count(size, kernel, stride, padding, dilation, ceil_mode):
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    if ceil_mode:
        room += stride - 1
    count = room // stride + 1
    while ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    return count
""",
    },
    "for_each_dim": {
        "ours": _listed("values * dims if len(values) == 1 else values"),
        "early": _each(
            "if not isinstance(value, (list, tuple)):\n        return (value,) * dims\n"
            "    return tuple(value) * dims if len(value) == 1 else tuple(value)"
        ),
        "numpy": _each(
            "numbers = np.atleast_1d(value).tolist()\n"
            "    return tuple(numbers * dims if len(numbers) < 2 else numbers)"
        ),
    },
    "borders": {
        "ours": _borders(),
        "a loop": """
def borders(padding, kernel, dilation):
    pairs = []
    for dim, (k, d) in enumerate(zip(kernel, dilation)):
        if padding == "same":
            total = d * (k - 1)
            before = total // 2
            after = total - before
        elif padding == "valid":
            before = after = 0
        else:
            before = after = for_each_dim(padding, len(kernel))[dim]
        pairs.append((before, after))
    return tuple(pairs)
""",
        "divmod": _borders(pair="(n // 2, sum(divmod(n, 2)))"),
    },
    "window_steps": {
        "ours": _steps(),
        "listed": """
@method("steps", of=Windows)
def window_steps(windows):
    found = []
    for j in range(windows.kernel):
        at = [o * windows.stride - windows.padding + j * windows.dilation
              for o in range(windows.count)]
        inside = [o for o, place in enumerate(at) if 0 <= place < windows.size]
        if inside:
            first, last = inside[0], inside[-1]
            ins = slice(at[first], at[last] + 1, windows.stride)
            found.append((j, slice(first, last + 1), ins))
    return found
""",
        "continue": """
@method("steps", of=Windows)
def window_steps(windows):
    s = windows.stride
    for j in range(windows.kernel):
        start = j * windows.dilation - windows.padding
        places = range(start, windows.size, s)[: windows.count]
        first = -(start // s) if start < 0 else 0
        inside = places[first:]
        if not inside:
            continue
        yield j, slice(first, first + len(inside)), slice(inside[0], inside[-1] + 1, s)
""",
    },
    "pooled": {
        "ours": _pooled(),
        "a lambda": """
def pooled(kind, input, windows, return_indices, volumes=False):
    values, winners = largest(input._array, windows)
    way = keeping(lambda grad: place_maxima(grad, winners=winners), input._array, flat=True)
    result = finish(kind, (like_images(values, input._array, volumes=volumes), way), (input,))
    if return_indices:
        return result, wrap(like_images(winners.indices(), input._array, volumes=volumes))
    return result
""",
        "shaped": _pooled(back="place_maxima(grad, winners=winners).reshape(array.shape)"),
    },
    "over_images": {
        "ours": _over(),
        "counted": _over(
            images="input if input.ndim == dims + 2 else input.unsqueeze(0)",
            end="result if input.ndim == dims + 2 else result.squeeze(0)",
        ),
        "branches": """
def over_images(body, refuse, dims, input, weight, bias, how, groups):
    alone = input.dim() == dims + 1
    if alone:
        input = unsqueeze(input, 0)
    refuse(input, weight, bias, *how)
    result = in_order(body(input, weight, bias, *how), input, weight, groups)
    if alone:
        return squeeze(result, 0)
    return result
""",
    },
    "seen_by": {
        "ours": _seen(),
        "a function inside": """
def seen_by(look, view, input, args, overlaps):
    shape = input.shape

    def again(x):
        if isinstance(x, Tensor):
            return view(x, *args)
        return look(x, *args)

    def way(grad):
        return (add_up if overlaps else spread)(grad, look=again, shape=shape)

    return look(input, *args), way
""",
        "again first": """
def seen_by(look, view, input, args, overlaps):
    again = Again(look, view, args)
    back = add_up if overlaps else spread
    return again(input), lambda grad: back(grad, look=again, shape=input.shape)
""",
    },
}
