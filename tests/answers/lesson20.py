"""Answers to lesson 20: wrong ones with a phrase of what the check must say, and right ones."""

_BACKWARD = "def backward_from(tensor, gradient=None, retain_graph=None, create_graph=False, "
_BACKWARD += "inputs=None):"
_COPY = "@quiet\ndef copy_(tensor, src, non_blocking=False):\n    src = source_of(src)"


def _of(head, *body):
    return "\n".join([head, *("    " + line for line in body)]) + "\n"


# backward_from

_KEEP = "keep = create_graph if retain_graph is None else retain_graph"
_ROOTS = "roots = [start(0, tensor, gradient, create_graph)]"
_WALK = "run_backward(roots, keep, create_graph)"
_INTO = "backward_into(inputs, roots, keep, create_graph)"


def _back(keep=_KEEP, roots=_ROOTS, test="if inputs is None:", walk=_WALK, into=_INTO):
    return _of(_BACKWARD, keep, roots, test, f"    {walk}", "else:", f"    {into}")


# end_at_leaf

_LEAF = "leaf = node.leaf()"
_MUST = "must_be_outside(is_leaf(leaf))"
_GIVE = "node.collect(leaf, grad)"


def _end(*body):
    return _of("def end_at_leaf(node, grad, edges):", *body)


def _end_if(test="if leaf is not None:", must=_MUST, give=_GIVE, last="return ()"):
    return _end(_LEAF, test, f"    {must}", f"    {give}", last)


# like_its_tensor, collect


def _like(*body):
    return _of("def like_its_tensor(tensor, grad):", *body)


_BOTH = "array, given = tensor._array, raw(grad)"
_FIT = "return fit_to(grad, array.shape, array.dtype)"


def _like_if(test, fit=_FIT):
    return _like(_BOTH, f"if {test}:", "    return grad", fit)


_SAME = "given.shape == array.shape and given.dtype == array.dtype"


def _collect(
    like="grad, old = like_its_tensor(tensor, grad), tensor._grad",
    test="isinstance(grad, Tensor)",
    added="tensor._grad = grad if old is None else old + grad",
    room="must_have_room(old, grad)",
    otherwise="accumulate(tensor, grad)",
):
    return _of(
        "def collect(tensor, grad):",
        like,
        f"if {test}:",
        f"    {added}",
        "else:",
        f"    {room}",
        f"    {otherwise}",
    )


# requires_grad_, look_at_grad

_CHECK = 'check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")'
_PUT = "tensor.requires_grad = requires_grad"


def _ask(*body):
    return _of("def requires_grad_(tensor, requires_grad=True):", *body)


def _ask_if(test="if not (requires_grad and tensor._node is not None):", check=_CHECK, put=_PUT):
    return _ask(test, f"    {check}", f"    {put}", "return tensor")


def _look(*body):
    return _of("def look_at_grad(tensor):", *body)


_NONE = "if tensor._grad is None and not (is_leaf(tensor) or tensor.retains_grad):"
_WARN = "    warn_of_no_grad()"
_GRAD = "return tensor._grad"


# detach, get_data


def _detach(*body):
    return _of("def detach(tensor):", *body)


def _data(*body):
    return _of("def get_data(tensor):", *body)


_INFERENCE = ["if tensor.is_inference():", "    return detach(tensor)"]


# covered, copy_


def _cover(result, to_old="no_slope", to_value="lambda grad: grad"):
    return _of("def covered(input, value):", f"return {result}, {to_old}, {to_value}")


_WIDE = "np.broadcast_to(value, input.shape)"


def _copy(
    recorded='recorded = tensor._array.dtype.kind in "fc"',
    test="if recorded and recording.enabled and (tensor.requires_grad or src.requires_grad):",
    write="check_write(tensor)",
    fits="check_fits(tensor, src)",
    bare="src = src if recorded else wrap(through_int64(src._array, tensor._array.dtype))",
    last="return modify(tensor, copied, src, checked=False, recorded=recorded)",
):
    return _COPY + "\n" + _of("", recorded, test, f"    {write}", fits, bare, last).lstrip("\n")


WRONG = {
    "backward_from": {
        "or": (_back(keep="keep = retain_graph or create_graph"), "`or` takes no notice of it"),
        "kept for ever": (_back(keep="keep = True"), "You always keep the graph"),
        "never kept": (_back(keep="keep = False"), "the graph was freed"),
        "retain_graph alone": (
            _back(keep="keep = bool(retain_graph)"),
            "With `create_graph=True` the graph must stay",
        ),
        "no list": (
            _back(roots="roots = start(0, tensor, gradient, create_graph)"),
            "a *list* of one",
        ),
        "always ones": (
            _back(roots="roots = [start(0, tensor, None, create_graph)]"),
            "did not reach `start`",
        ),
        "not recorded": (_back(walk="run_backward(roots, keep)"), "the walk is not recorded"),
        "inputs forgotten": (
            _of(_BACKWARD, _KEEP, _ROOTS, _WALK),
            "With `inputs` only these collect",
        ),
        "an empty list": (_back(test="if not inputs:"), "An empty list is not None"),
    },
    "end_at_leaf": {
        "nothing returned": (_end_if(last="pass"), "so an empty tuple: `return ()`"),
        "sends on": (_end_if(last="return [(node, grad)]"), "this is the end of the road"),
        "nobody holds it": (
            _end(_LEAF, _MUST, _GIVE, "return ()"),
            "there is nobody to give the gradient to",
        ),
        "not called": (_end_if(test="if node.leaf is None:"), "the leaf's gradient"),
        "hooks forgotten": (
            _end_if(give="leaf._node is None or collect(leaf, grad)"),
            "the hooks were not called",
        ),
        "no refusal": (_end_if(must="pass"), "must be refused"),
        "truth of a tensor": (_end_if(test="if leaf:"), "Ask whether there is one"),
        "only if it asks": (
            _end_if(test="if leaf is not None and leaf.requires_grad:"),
            "`node.collect` knows what to do then",
        ),
    },
    "like_its_tensor": {
        "shape only": (_like_if("given.shape == array.shape"), "You look at the shape alone"),
        "dtype only": (_like_if("given.dtype == array.dtype"), "You look at the dtype alone"),
        "or": (_like_if(_SAME.replace("and", "or")), "shape *and* dtype"),
        "never fitted": (_like(_BOTH, "return grad"), "The gradient is as it came"),
        "the array": (
            _like_if(_SAME, fit="return fit_to(given, array.shape, array.dtype)"),
            "`raw` is for looking only",
        ),
        "PyTorch's dtype": (
            _like_if(_SAME, fit="return fit_to(grad, tensor.shape, tensor.dtype)"),
            "`fit_to` takes NumPy's dtype",
        ),
        "PyTorch's dtype, compared": (
            _like(
                "if grad.shape == tensor.shape and grad.dtype == tensor.dtype:",
                "    return grad",
                "return fit_to(grad, tensor.shape, tensor.dtype)",
            ),
            "`fit_to` takes NumPy's dtype",
        ),
        "the other way round": (
            _like_if(_SAME, fit="return fit_to(grad, given.shape, given.dtype)"),
            "The gradient is as it came",
        ),
    },
    "collect": {
        "overwritten": (
            _collect(otherwise="tensor._grad = wrap(np.array(grad))"),
            "Gradients are *added*",
        ),
        "never in place": (
            _of(
                "def collect(tensor, grad):",
                "grad, old = like_its_tensor(tensor, grad), tensor._grad",
                "grad = grad if isinstance(grad, Tensor) else wrap(grad)",
                "tensor._grad = grad if old is None else old + grad",
            ),
            "added in place, and the first one copied",
        ),
        "always in place": (
            _of(
                "def collect(tensor, grad):",
                "grad = raw(like_its_tensor(tensor, grad))",
                "must_have_room(tensor._grad, grad)",
                "accumulate(tensor, grad)",
            ),
            "You took the bare numbers",
        ),
        "no room": (_collect(room="pass"), "`must_have_room(old, grad)`"),
        "not like": (
            _collect(like="old = tensor._grad"),
            "`like_its_tensor(tensor, grad)` first",
        ),
        "not added": (_collect(added="tensor._grad = grad"), "it is still a sum"),
        "in place, with a history": (
            _collect(added="tensor._grad = grad if old is None else old.add_(grad)"),
            "Old + new, a new tensor",
        ),
        "turned round": (_collect(test="not isinstance(grad, Tensor)"), "differs"),
    },
    "requires_grad_": {
        "not returned": (
            _ask_if().replace("    return tensor\n", ""),
            "Return the tensor",
        ),
        "always on": (_ask_if(put="tensor.requires_grad = True"), "You switch it on whatever"),
        "results refused": (_ask(_CHECK, _PUT, "return tensor"), "A result that has a `_node`"),
        "results let off": (
            _ask_if(test="if tensor._node is None:"),
            "may *stop* asking",
        ),
        "not checked": (_ask_if(check="pass"), "`check_requires_grad` comes first"),
        "a new node": (
            _ask(_CHECK, "tensor._node = collector(tensor)", "return tensor"),
            "the same node as before",
        ),
        "a new tensor": (_ask(_CHECK, "return detach(tensor)"), "the tensor itself"),
    },
    "look_at_grad": {
        "silent": (_look(_GRAD), "None in silence"),
        "leaves warned": (_look("if tensor._grad is None:", _WARN, _GRAD), "You warn wherever"),
        "retained warned": (
            _look("if tensor._grad is None and not is_leaf(tensor):", _WARN, _GRAD),
            "no warning then",
        ),
        "although there is one": (
            _look("if not (is_leaf(tensor) or tensor.retains_grad):", _WARN, _GRAD),
            "You warn although there is a gradient",
        ),
        "nothing returned": (_look(_NONE, _WARN), "return"),
        "asked again": (_look(_NONE, _WARN, "return tensor.grad"), "and it warns again"),
        "and, not or": (_look(_NONE.replace(" or ", " and "), _WARN, _GRAD), "warnings"),
        "the wrong way": (_look(_NONE.replace("not (", "("), _WARN, _GRAD), "warnings"),
        "raised": (
            _look(_NONE, '    raise RuntimeError("not a leaf")', _GRAD),
            "RuntimeError: not a leaf",
        ),
    },
    "detach": {
        "its own counter": (_detach("return wrap(tensor._array)"), "both tensors hold one array"),
        "data": (_detach("return wrap(tensor._array.view())"), "nobody would notice a change"),
        "a copy": (_detach("return alias(tensor, tensor._array.copy())"), "You made a copy"),
        "clone": (_detach("return tensor.clone()"), "counter"),
        "itself": (_detach("return tensor"), "You returned the tensor itself"),
        "asks": (
            _detach("return alias(tensor, tensor._array).requires_grad_()"),
            "Your tensor requires grad",
        ),
        "an array": (_detach("return tensor._array"), "alias(tensor, array)"),
    },
    "get_data": {
        "detach": (_data("return detach(tensor)"), "Changes are counted for both"),
        "one array": (
            _data(*_INFERENCE, "return wrap(tensor._array)"),
            "the very same array object",
        ),
        "a copy": (_data(*_INFERENCE, "return wrap(tensor._array.copy())"), "You made a copy"),
        "inference forgotten": (
            _data("return wrap(tensor._array.view())"),
            "An inference tensor must stay one",
        ),
        "itself": (_data(*_INFERENCE, "return tensor"), "You returned the tensor itself"),
        "the node kept": (
            _data(
                *_INFERENCE,
                "found = wrap(tensor._array.view())",
                "found._node = tensor._node",
                "return found",
            ),
            "requires grad",
        ),
    },
    "covered": {
        "not broadcast": (_cover("value"), "must have the shape of `input`"),
        "swapped": (_cover(_WIDE, "lambda grad: grad", "no_slope"), "the wrong way round"),
        "both": (_cover(_WIDE, "lambda grad: grad"), "matter for nothing"),
        "neither": (_cover(_WIDE, to_value="no_slope"), "The value gets the gradient as it is"),
        "called": (_cover(_WIDE, to_old="None"), "gradient of the old"),
        "result alone": (
            _of("def covered(input, value):", f"return {_WIDE}"),
            "Three things are to be returned",
        ),
        "added": (_cover(f"input + {_WIDE}"), "result"),
    },
    "copy_": {
        "nothing returned": (
            _copy(last="modify(tensor, copied, src, checked=False, recorded=recorded)"),
            "Return what `modify` returns",
        ),
        "PyTorch's dtype": (
            _copy(recorded='recorded = tensor.dtype.kind in "fc"'),
            "Its array's has",
        ),
        "never recorded": (_copy(recorded="recorded = False"), "but no history"),
        "always recorded": (_copy(recorded="recorded = True"), "Ints and bools have no history"),
        "floats only": (
            _copy(recorded='recorded = tensor._array.dtype.kind == "f"'),
            "Complex numbers have a history",
        ),
        "no_grad": (
            _copy(test="if recorded and (tensor.requires_grad or src.requires_grad):"),
            "ask `recording.enabled`",
        ),
        "ints refused": (
            _copy(test="if recording.enabled and (tensor.requires_grad or src.requires_grad):"),
            "ints have no history",
        ),
        "not checked": (_copy(write="pass"), "must speak before `check_fits`"),
        "any shape": (_copy(fits="pass"), "what does not fit"),
        "the wrong source": (
            _copy(last="return modify(tensor, copied, tensor, checked=False, recorded=recorded)"),
            "numbers",
        ),
    },
}

RIGHT = {
    "backward_from": {
        "as given": _back(),
        "step by step": _of(
            _BACKWARD,
            "keep = retain_graph",
            "if keep is None:",
            "    keep = create_graph",
            "root = start(0, tensor, gradient, create_graph)",
            "if inputs is not None:",
            "    return backward_into(inputs, [root], keep, create_graph)",
            "run_backward([root], keep_graph=keep, create_graph=create_graph)",
        ),
        "two walks in one line": _of(
            _BACKWARD,
            _KEEP,
            _ROOTS,
            f"{_WALK} if inputs is None else {_INTO}",
        ),
    },
    "end_at_leaf": {
        "as given": _end_if(),
        "early return": _end(_LEAF, "if leaf is None:", "    return ()", _MUST, _GIVE, "return ()"),
        "a list": _end_if(last="return []"),
        "a walrus": _end(
            "if (leaf := node.leaf()) is not None:", f"    {_MUST}", f"    {_GIVE}", "return ()"
        ),
    },
    "like_its_tensor": {
        "as given": _like_if(_SAME),
        "pairs": _like(
            "own, given = (tensor._array.shape, tensor._array.dtype), raw(grad)",
            "return grad if own == (given.shape, given.dtype) else fit_to(grad, *own)",
        ),
        "always fitted": _like("return fit_to(grad, tensor._array.shape, tensor._array.dtype)"),
        "getattr": _like(
            'given = getattr(grad, "_array", grad)',
            "if given.dtype != tensor._array.dtype or given.shape != tensor._array.shape:",
            "    grad = fit_to(grad, tensor._array.shape, tensor._array.dtype)",
            "return grad",
        ),
    },
    "collect": {
        "as given": _collect(),
        "step by step": _of(
            "def collect(tensor, grad):",
            "grad = like_its_tensor(tensor, grad)",
            "if not isinstance(grad, Tensor):",
            "    must_have_room(tensor._grad, grad)",
            "    return accumulate(tensor, grad)",
            "if tensor._grad is not None:",
            "    grad = tensor._grad + grad",
            "tensor._grad = grad",
        ),
        "turned round": _of(
            "def collect(tensor, grad):",
            "grad, old = like_its_tensor(tensor, grad), tensor._grad",
            "if type(grad) is np.ndarray:",
            "    must_have_room(old, grad)",
            "    accumulate(tensor, grad)",
            "elif old is None:",
            "    tensor._grad = grad",
            "else:",
            "    tensor._grad = grad + old",
        ),
    },
    "requires_grad_": {
        "as given": _ask_if(),
        "early return": _ask(
            "if requires_grad and tensor._node is not None:",
            "    return tensor",
            _CHECK,
            _PUT,
            "return tensor",
        ),
        "turned round": _ask_if(test="if not requires_grad or tensor._node is None:"),
    },
    "look_at_grad": {
        "as given": _look(_NONE, _WARN, _GRAD),
        "early return": _look(
            "if tensor._grad is not None or is_leaf(tensor) or tensor.retains_grad:",
            "    return tensor._grad",
            "warn_of_no_grad()",
        ),
        "is_leaf of the tensor": _look(
            "grad = tensor._grad",
            "if grad is None and not tensor.is_leaf and not tensor.retains_grad:",
            _WARN,
            "return grad",
        ),
    },
    "detach": {
        "as given": _detach("return alias(tensor, tensor._array)"),
        "of a view": _detach("return alias(tensor, tensor._array.view())"),
        "in two lines": _detach("found = alias(tensor, tensor._array[...])", "return found"),
    },
    "get_data": {
        "as given": _data(*_INFERENCE, "return wrap(tensor._array.view())"),
        "alias": _data(
            "if tensor.is_inference():",
            "    return alias(tensor, tensor._array)",
            "return wrap(tensor._array[...])",
        ),
        "in one line": _data(
            "return detach(tensor) if tensor.is_inference() else wrap(tensor._array.view())"
        ),
    },
    "covered": {
        "as given": _of(
            "def covered(input, value):",
            "same = value.shape == input.shape",
            f"result = value.view() if same else {_WIDE}",
            "return result, no_slope, lambda grad: grad",
        ),
        "always broadcast": _cover(_WIDE),
        "a copy": _cover(f"{_WIDE}.copy()"),
    },
    "copy_": {
        "as given": _copy(),
        "if": _copy(
            bare="if not recorded: src = wrap(through_int64(src._array, tensor._array.dtype))"
        ),
        "asked at once": _copy(
            recorded='recorded = tensor._array.dtype.kind in "fc" and recording.enabled '
            "and (tensor.requires_grad or src.requires_grad)",
            test="if recorded:",
        ),
        "any": _copy(
            recorded='recorded = tensor._array.dtype.kind in ("f", "c")',
            test="if recorded and recording.enabled and any(x.requires_grad for x in "
            "(tensor, src)):",
        ),
    },
}

_FITS = "`fit_to` returns what fits already as it is"
SAME: dict[str, dict[str, str]] = {
    "like_its_tensor": {
        (
            "like_its_tensor: array, given = (tensor._array, raw(grad)) => array, given = "
            "(tensor._array, grad)"
        ): f"a tensor's dtype is none of NumPy's, so it is fitted, and {_FITS}",
        (
            "like_its_tensor: if given.shape == array.shape and given.dtype == array.dtype: => "
            "if False:"
        ): _FITS,
        "like_its_tensor: return grad => pass": _FITS,
    },
    "covered": {
        (
            "covered: result = value.view() if same else np.broadcast_to(value, input.shape) => "
            "result = value.view() if False else np.broadcast_to(value, input.shape)"
        ): "to its own shape nothing is broadcast",
        (
            "covered: result = value.view() if same else np.broadcast_to(value, input.shape) => "
            "result = value if same else np.broadcast_to(value, input.shape)"
        ): "the result is written elsewhere, and nobody keeps it",
    },
    "copy_": {
        (
            "copy_: recorded = tensor._array.dtype.kind in 'fc' => recorded = "
            "tensor._array.dtype.kind in 'fc?'"
        ): "no dtype is of a kind that is called `?`",
        (
            "copy_: return modify(tensor, copied, src, checked=False, recorded=recorded) => "
            "return modify(tensor, copied, src, checked=False)"
        ): "bare numbers ask for nothing, so nothing is recorded anyway",
    },
}
