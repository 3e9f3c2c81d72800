"""Answers to lesson 17: wrong ones with a phrase of what the check must say, and right ones."""


def _of(head, *body):
    """A function: its first line, and the lines below it."""
    return "\n".join([head, *("    " + line for line in body)])


# pointwise_fits


def _fits(*body):
    return _of("def pointwise_fits(inputs, result):", *body)


def _each(entry, end="return fits if any(fits) else None", first="fits = []"):
    return _fits(
        first,
        "for x in inputs:",
        "    own = (x._array.shape, x._array.dtype) if isinstance(x, Tensor) else None",
        f"    {entry}",
        end,
    )


_ENTRY = "fits.append(None if own == (result.shape, result.dtype) else own)"

# elementwise

_ARRAYS = "arrays = told_apart(inputs, promoted(inputs, floats))"
_RETURNED = "returned = body(*arrays, **options)"
_RESULT = "result = returned[0] if type(returned) is tuple else returned"
_NOTED = "fits, layout = pointwise_fits(inputs, result), unusual_layout(inputs, arrays)"
_FINISH = "return finish(kind, returned, inputs, fits, out, arrays, layout)"


def _through(arrays=_ARRAYS, returned=_RETURNED, result=_RESULT, noted=_NOTED, end=_FINISH):
    head = "def elementwise(kind, body, inputs, floats=False, out=None, **options):"
    return _of(head, arrays, returned, result, noted, end)


# gradient_edge


def _edge(*body):
    return _of("def gradient_edge(x):", *body)


# finish

_IF = 'if recording.enabled and (type(returned) is tuple or array.dtype.kind in "fc"):'
_ARRAY = "array = np.asarray(returned[0] if type(returned) is tuple else returned)"
_WRAP = "result = wrap(array if layout is None else laid_out(array, *layout))"
_OUT = "return result if out is None else place_into(out, result, kind.operation, inputs)"
_EDGES = "edges = [gradient_edge(x) for x in inputs]"
_ANY = "if any(edge is not None for edge in edges):"
_KEEP = "keep_history(kind, result, returned, inputs, edges, fits, arrays)"


def _finish(array=_ARRAY, wrap=_WRAP, test=_IF, edges=_EDGES, any_=_ANY, keep=_KEEP, out=_OUT):
    return _of(
        "def finish(kind, returned, inputs, fits=None, out=None, arrays=None, layout=None):",
        array,
        wrap,
        test,
        f"    {edges}",
        f"    {any_}",
        f"        {keep}",
        out,
    )


# fit_to


def _fit(*body):
    return _of("def fit_to(grad, shape, dtype):", *body)


_SUM = ["if grad.shape != shape:", "    grad = unbroadcast(grad, shape)"]
_REAL = ['if dtype.kind == "f":', "    grad = grad.real"]
_CAST = "return cast(grad, dtype)"

# Switch

_ENTER = ["self.before = is_grad_enabled()", "record_from_now_on(self.wanted)"]
_EXIT = ["record_from_now_on(self.before)"]
_CALL = [
    "@functools.wraps(function)",
    "def wrapper(*args, **kwargs):",
    "    with self.again():",
    "        return function(*args, **kwargs)",
]


def _switch(enter=_ENTER, exit=_EXIT, call=_CALL):
    return _of(
        "class Switch:",
        "wanted = True",
        "",
        "def __new__(cls, function=None):",
        "    switch = object.__new__(cls)",
        "    return switch if function is None else switch(function)",
        "",
        "def again(self):",
        "    return type(self)()",
        "",
        "def __enter__(self):",
        *("    " + line for line in enter),
        "",
        "def __exit__(self, *error):",
        *("    " + line for line in exit),
        "",
        "def __call__(self, function):",
        *("    " + line for line in call),
        "    return switched_apart(self, function) or wrapper",
    )


# run_backward


def _back(*body):
    head = "def run_backward(roots, keep_graph=False, create_graph=False, inputs=None,"
    return "\n".join(
        [
            "@quiet",
            head,
            "                 collects=False):",
            "    search = None if inputs is None else Search(roots, inputs, collects)",
            *("    " + line for line in body),
            "    return search and search.gradients()",
        ]
    )


_BEFORE = "before, recording.enabled = recording.enabled, create_graph"
_WALK = "    walk_back(roots, keep_graph, visitor(search, create_graph))"
_TELL = ["except Exception as error:", "    watchers.failed(error)", "    raise"]
_PUT_BACK = ["finally:", "    recording.enabled = before"]


WRONG = {
    "pointwise_fits": {
        "shape only": (
            _each("fits.append(None if own is None or own[0] == result.shape else own)"),
            "You look at the shape alone",
        ),
        "dtype only": (
            _each("fits.append(None if own is None or own[1] == result.dtype else own)"),
            "You look at the dtype alone",
        ),
        "never None": (_each(_ENTRY, "return fits"), "return None in place of the list"),
        "everything": (_each("fits.append(own)"), "needs no note"),
        "places lost": (
            _fits(
                "now = (result.shape, result.dtype)",
                "pairs = [(x._array.shape, x._array.dtype) for x in inputs if hasattr(x, 'dtype')]",
                "return [pair for pair in pairs if pair != now] or None",
            ),
            "None keeps its place",
        ),
        "a dict": (
            _fits(
                "now = (result.shape, result.dtype)",
                "own = {i: (x._array.shape, x._array.dtype) for i, x in enumerate(inputs)",
                "       if isinstance(x, Tensor)}",
                "return {i: pair for i, pair in own.items() if pair != now} or None",
            ),
            "expected",
        ),
        "nothing returned": (
            _each(_ENTRY, "fits if any(fits) else None"),
            "a `return` is missing",
        ),
    },
    "elementwise": {
        "not told apart": (
            _through(arrays="arrays = promoted(inputs, floats)"),
            "Two tensors made of one NumPy array share it",
        ),
        "floats forgotten": (
            _through(arrays="arrays = told_apart(inputs, promoted(inputs))"),
            "`floats` did not arrive",
        ),
        "the options": (
            _through(returned="returned = body(*arrays)"),
            "The options did not reach the body",
        ),
        "out": (
            _through(end="return finish(kind, returned, inputs, fits, None, arrays, layout)"),
            "`out` did not reach `finish`",
        ),
        "no fits": (
            _through(noted="fits, layout = None, unusual_layout(inputs, arrays)"),
            "Nobody noted what the way in has changed",
        ),
        "the result alone": (
            _through(end="return finish(kind, result, inputs, fits, out, arrays, layout)"),
            "the derivatives are lost",
        ),
        "always a tuple": (
            _through(result="result = returned[0]"),
            "A body may return its result alone",
        ),
    },
    "gradient_edge": {
        "no views": (
            _edge("return x._node if isinstance(x, Tensor) else None"),
            "needs a new place in the graph",
        ),
        "grad_fn": (
            _edge("return x.grad_fn if isinstance(x, Tensor) else None"),
            "`grad_fn` hides the collector",
        ),
        "numbers": (_edge("return x._node if x._view is None else x._view.node(x)"), "_view"),
        "views always": (
            _edge("return x._view.node(x) if isinstance(x, Tensor) else None"),
            "node",
        ),
        "yes or no": (
            _edge(
                "if not isinstance(x, Tensor):",
                "    return None",
                "return x._node is not None if x._view is None else x._view.node(x)",
            ),
            "Not *whether* there is a node",
        ),
        "the base's": (
            _edge(
                "if not isinstance(x, Tensor):",
                "    return None",
                "return x._node if x._view is None else x._view.base._node",
            ),
            "expected",
        ),
    },
    "finish": {
        "always": (
            _finish(test='if type(returned) is tuple or array.dtype.kind in "fc":'),
            "You record although `recording.enabled` is False",
        ),
        "nobody asked": (_finish(any_="if edges:"), "Nobody asks for a gradient"),
        "all": (
            _finish(any_="if all(edge is not None for edge in edges):"),
            "One input that asks is enough",
        ),
        "bools": (_finish(test="if recording.enabled:"), "A comparison returns bools"),
        "derivatives only": (
            _finish(test="if recording.enabled and type(returned) is tuple:"),
            "Floats that come without derivatives",
        ),
        "no layout": (_finish(wrap="result = wrap(array)"), "no notice of `layout`"),
        "no out": (_finish(out="return result"), "Where `out` is given"),
        "fits lost": (
            _finish(keep="keep_history(kind, result, returned, inputs, edges, None, arrays)"),
            "`keep_history` needs `fits`",
        ),
        "not an array": (
            _finish(array="array = returned[0] if type(returned) is tuple else returned"),
            "`np.asarray` makes an array of it",
        ),
        "floats only": (
            _finish(
                test=_IF.replace('in "fc"', '== "f"'),
            ),
            "Complex numbers count as floats do",
        ),
    },
    "fit_to": {
        "no sum": (_fit(*_REAL, _CAST), "sums over the copies"),
        "no cast": (_fit(*_SUM, *_REAL, "return grad"), "The dtype is still that of the result"),
        "cast first": (
            _fit(*_REAL, "grad = cast(grad, dtype)", *_SUM, "return grad"),
            "Sum first",
        ),
        "not real": (_fit(*_SUM, _CAST), "The cast throws the imaginary part away"),
        "always real": (_fit(*_SUM, "return cast(grad.real, dtype)"), "A complex input has a"),
        "arrays only": (
            _fit(*_SUM, *_REAL, "return grad.astype(dtype)"),
            "no attribute 'astype'",
        ),
        "nothing returned": (_fit(*_SUM, *_REAL, "cast(grad, dtype)"), "None"),
    },
    "Switch": {
        "on at the end": (
            _switch(exit=["record_from_now_on(True)"]),
            "Go back to what was before",
        ),
        "the opposite": (
            _switch(exit=["record_from_now_on(not self.wanted)"]),
            "the opposite of the beginning",
        ),
        "always off": (
            _switch([_ENTER[0], "record_from_now_on(False)"]),
            "You always switch off",
        ),
        "one switch": (
            _switch(call=[*_CALL[:2], "    with self:", _CALL[3]]),
            "Make a new one for each call",
        ),
        "result lost": (
            _switch(call=[*_CALL[:3], "        function(*args, **kwargs)"]),
            "loses what it returns",
        ),
        "name lost": (_switch(call=_CALL[1:]), "has lost its name"),
        "swallowed": (
            _switch(exit=[*_EXIT, "return True"]),
            "the exception is dealt with",
        ),
        "the wrong order": (_switch(_ENTER[::-1]), "Look first"),
        "named arguments": (
            _switch(
                call=[
                    _CALL[0],
                    "def wrapper(*args):",
                    _CALL[2],
                    "        return function(*args)",
                ]
            ),
            "argument",
        ),
    },
    "run_backward": {
        "not put back": (
            _back(_BEFORE, "try:", _WALK, *_TELL),
            "recording is not as it was before",
        ),
        "no finally": (
            _back(_BEFORE, "try:", _WALK, *_TELL, "recording.enabled = before"),
            "stands behind `finally:`",
        ),
        "on afterwards": (
            _back(_BEFORE, "try:", _WALK, *_TELL, "finally:", "    recording.enabled = True"),
            "it must be off again",
        ),
        "never recorded": (
            _back(
                "before, recording.enabled = recording.enabled, False",
                "try:",
                _WALK,
                *_TELL,
                *_PUT_BACK,
            ),
            "the walk itself is recorded",
        ),
        "swallowed": (
            _back(_BEFORE, "try:", _WALK, *_TELL[:2], *_PUT_BACK),
            "The error of the hook is gone",
        ),
        "not told": (_back(_BEFORE, "try:", _WALK, *_PUT_BACK), "Who watches must hear"),
        "no search": (
            _back(
                _BEFORE,
                "try:",
                "    walk_back(roots, keep_graph, visitor(None, create_graph))",
                *_TELL,
                *_PUT_BACK,
            ),
            "did not reach the walk",
        ),
        "graph not kept": (
            _back(
                _BEFORE,
                "try:",
                "    walk_back(roots, False, visitor(search, create_graph))",
                *_TELL,
                *_PUT_BACK,
            ),
            "freed",
        ),
    },
}

RIGHT = {
    "pointwise_fits": {
        "as given": _each(_ENTRY),
        "a comprehension": _fits(
            "now = (result.shape, result.dtype)",
            "pairs = [(x._array.shape, x._array.dtype) if isinstance(x, Tensor) else now",
            "         for x in inputs]",
            "found = [None if pair == now else pair for pair in pairs]",
            "return None if found.count(None) == len(found) else found",
        ),
        "two questions": _fits(
            "found, anything = [], False",
            "for x in inputs:",
            "    entry = None",
            "    if isinstance(x, Tensor):",
            "        array = x._array",
            "        if array.shape != result.shape or array.dtype != result.dtype:",
            "            entry, anything = (array.shape, array.dtype), True",
            "    found.append(entry)",
            "return found if anything else None",
        ),
    },
    "elementwise": {
        "as given": _through(),
        "by names": _through(
            end="return finish(kind, returned, inputs, fits=fits, out=out, arrays=arrays, "
            "layout=layout)"
        ),
        "isinstance": _through(
            arrays="arrays = told_apart(inputs, promoted(inputs, floats=floats))",
            result="result = returned[0] if isinstance(returned, tuple) else returned",
        ),
    },
    "gradient_edge": {
        "as given": _edge(
            "if not isinstance(x, Tensor):",
            "    return None",
            "return x._node if x._view is None else x._view.node(x)",
        ),
        "three ways": _edge(
            "if isinstance(x, Tensor) and x._view is not None:",
            "    return x._view.node(x)",
            "elif isinstance(x, Tensor):",
            "    return x._node",
        ),
        "getattr": _edge(
            'view = getattr(x, "_view", None)',
            'return getattr(x, "_node", None) if view is None else view.node(x)',
        ),
    },
    "finish": {
        "as given": _finish(),
        "names": _finish(
            any_="if [edge for edge in edges if edge is not None]:",
            keep="keep_history(kind, result, returned, inputs, edges, fits=fits, arrays=arrays)",
        ),
        "step by step": _of(
            "def finish(kind, returned, inputs, fits=None, out=None, arrays=None, layout=None):",
            "derived = isinstance(returned, tuple)",
            "array = np.asarray(returned[0]) if derived else np.asarray(returned)",
            "if layout is not None:",
            "    array = laid_out(array, *layout)",
            "result = wrap(array)",
            'if recording.enabled and (derived or array.dtype.kind in ("f", "c")):',
            "    edges = list(map(gradient_edge, inputs))",
            "    if edges.count(None) < len(edges):",
            "        keep_history(kind, result, returned, inputs, edges, fits, arrays)",
            "if out is not None:",
            "    return place_into(out, result, kind.operation, inputs)",
            "return result",
        ),
    },
    "fit_to": {
        "as given": _fit(*_SUM, *_REAL, _CAST),
        "always unbroadcast": _fit("grad = unbroadcast(grad, shape)", *_REAL, _CAST),
        "in one line": _fit(
            "grad = grad if grad.shape == shape else unbroadcast(grad, shape)",
            'return cast(grad.real if dtype.kind == "f" else grad, dtype)',
        ),
    },
    "Switch": {
        "as given": _switch(),
        "returns itself": _switch([*_ENTER, "return self"], [*_EXIT, "return False"]),
        "try and finally": _switch(
            call=[
                *_CALL[:2],
                "    switch = self.again()",
                "    switch.__enter__()",
                "    try:",
                "        return function(*args, **kwargs)",
                "    finally:",
                "        switch.__exit__(None, None, None)",
            ]
        ),
    },
    "run_backward": {
        "as given": _back(_BEFORE, "try:", _WALK, *_TELL, *_PUT_BACK),
        "two lines": _back(
            "before = recording.enabled",
            "recording.enabled = create_graph",
            "try:",
            _WALK,
            *_TELL,
            *_PUT_BACK,
        ),
        "visit by name": _back(
            "visit = visitor(search, create_graph)",
            _BEFORE,
            "try:",
            "    walk_back(roots, keep_graph=keep_graph, visit=visit)",
            *_TELL,
            *_PUT_BACK,
        ),
    },
}

SAME: dict[str, dict[str, str]] = {
    "fit_to": {
        "fit_to: if grad.shape != shape: => if True:": "to its own shape nothing is summed",
    },
    "finish": {
        (
            "finish: if recording.enabled and (type(returned) is tuple or array.dtype.kind in "
            "'fc'): => if recording.enabled and (type(returned) is tuple or array.dtype.kind in "
            "'fc?'):"
        ): "no dtype is of a kind that is called `?`",
    },
}
