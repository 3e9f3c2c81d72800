"""Answers to lesson 21: wrong ones with a phrase of what the check must say, and right ones."""


def _of(head, body):
    """A function: its first line, and the lines below it."""
    return "\n".join([head, *("    " + line for line in body.strip("\n").split("\n"))])


def _but(text, *changes):
    """`text` with some of it replaced; what is replaced must stand there."""
    for old, new in changes:
        assert old in text, f"no {old!r} in the answer"
        text = text.replace(old, new)
    return text


_PICKED = _of(
    "def picked(log_p, target, weight, ignore_index, reduction):",
    """
counts = target != ignore_index
share = np.ones(target.shape, log_p.dtype)
if weight is not None:
    share = weight[np.where(counts, target, 0)]
if counts.all():
    return surprise(log_p, places(target, log_p.ndim), share, reduction)
return picked_among(log_p, target, share, ignore_index, reduction)
""",
)

_SCORES = _of(
    "def of_scores(input, target, weight, ignore_index, reduction, smoothing):",
    """
dim = min(input.dim() - 1, 1)
log_p = log_softmax(input, dim)
if input.shape == target.shape:
    return against_probabilities(log_p, target, weight, reduction, smoothing)
sharp = nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)
if smoothing <= 0:
    return sharp
even = against_all(log_p, target, weight, ignore_index, reduction)
return (1 - smoothing) * sharp + smoothing / log_p.size(dim) * even
""",
)
_MIX = "(1 - smoothing) * sharp + smoothing / log_p.size(dim) * even"

_ALIKE = _of(
    "def alike(input, target):",
    """
if target.size() != input.size():
    warn_of_sizes(input, target)
    input, target = broadcast_tensors(input, target)
dtype = promote_types(input.dtype, target.dtype)
return input.to(dtype), target.to(dtype)
""",
)
_PROMOTED = "promote_types(input.dtype, target.dtype)"


def _slope(name, result, way, end="return result, lambda grad: {}"):
    head = f'@method("{name}")\n@pointwise(floats=True)\ndef {name}(input):'
    return _of(head, f"result = {result}\n{end.format(way)}")


def _root(result="np.sqrt(input)", way="grad / (2 * result)", **end):
    return _slope("sqrt", result, way, **end)


def _sigmoid(result="1 / (1 + np.exp(-input))", way="grad * ((1 - result) * result)", **end):
    return _slope("sigmoid", result, way, **end)


_LINEAR = _of(
    "def linear(input, weight, bias=None):",
    """
must_fit_linear(input, weight, bias)
if bias is None:
    return matmul(input, weight.t())
if input.dim() == 2:
    given = (input, weight, bias)
    return finish(ADDMM, affine(*[x._array for x in given]), given)
if not (input.is_contiguous() and bias.dim() == 1):
    return matmul(input, weight.t()) + bias
shape = input.shape
rows = linear(input.view(math.prod(shape[:-1]), shape[-1]), weight, bias)
return rows.view(*shape[:-1], weight.shape[0])
""",
)
_ADDMM = "finish(ADDMM, affine(*[x._array for x in given]), given)"

_STATE = _of(
    '@method("_start", of=Adaptive)\ndef first_state(optimizer, parameter, group):',
    """
zeros = {name: zeros_like(parameter) for name in optimizer._averages(group)}
return {"step": number(0)} | zeros
""",
)

_STEP = _of(
    '@method("_move", of=Adaptive)\n@quiet\ndef take_step(optimizer, parameter, group):',
    """
grad = -parameter.grad if group["maximize"] else parameter.grad
state = optimizer.state[parameter]
if not state:
    state.update(optimizer._start(parameter, group))
state["step"].add_(1)
if group.get("weight_decay"):
    grad = decayed(parameter, grad, {"decoupled_weight_decay": False} | group)
optimizer._update(parameter, grad, state, group)
""",
)
_SIGN = '-parameter.grad if group["maximize"] else parameter.grad'
_COUNT = '    state["step"].add_(1)\n'
_UPDATE = "    optimizer._update(parameter, grad, state, group)"

WRONG = {
    "picked": {
        "no weights": (
            _but(_PICKED, ("if weight is not None", "if False")),
            "weights of the classes are not looked at",
        ),
        "one weight after the other": (
            _but(
                _PICKED,
                ("weight[np.where(counts, target, 0)]", "np.resize(weight, target.shape)"),
            ),
            "one weight for each *class*",
        ),
        "padding looked up": (
            _but(_PICKED, ("np.where(counts, target, 0)", "target")),
            "-100 is no class",
        ),
        "always -100": (_but(_PICKED, ("!= ignore_index", "!= -100")), "You leave out -100"),
        "padding counts": (
            _but(_PICKED, ("if counts.all()", "if True")),
            "where there are some, `picked_among`",
        ),
        "turned": (_but(_PICKED, ("!= ignore_index", "== ignore_index")), "turned around"),
        "divided": (
            _but(
                _PICKED,
                ("    if counts.all()", "    share = share / share.sum()\n    if counts.all()"),
            ),
            "divides where that is wanted",
        ),
        "float64": (_but(_PICKED, ("shape, log_p.dtype", "shape")), "ones are float64"),
        "a mean of all": (
            _but(_PICKED, ("share, reduction)", 'share, "mean")')),
            "sum",
        ),
        "all of Python": (_but(_PICKED, ("counts.all()", "all(counts)")), "Python's `all`"),
        "no places": (_but(_PICKED, ("places(target, log_p.ndim)", "target")), "where in `log_p`"),
        "no return": (_but(_PICKED, ("return picked_among", "picked_among")), "nothing comes back"),
    },
    "of_scores": {
        "sharp only": (_but(_SCORES, ("smoothing <= 0", "smoothing < 2")), "the sharp loss what"),
        "added": (_but(_SCORES, ("(1 - smoothing) * sharp", "sharp")), "counts in full"),
        "not divided": (_but(_SCORES, (" / log_p.size(dim)", "")), "divide it by how many"),
        "by samples": (_but(_SCORES, ("size(dim)", "size(0)")), "how many samples there are"),
        "by the last size": (_but(_SCORES, ("size(dim)", "size(-1)")), "the last size is a width"),
        "by the second size": (_but(_SCORES, ("size(dim)", "shape[1]")), "has no second size"),
        "changed places": (
            _but(
                _SCORES,
                (_MIX, "smoothing * sharp + (1 - smoothing) / log_p.size(dim) * even"),
            ),
            "changed places",
        ),
        "no options": (
            _but(_SCORES, (", ignore_index=ignore_index, reduction=reduction)", ")")),
            "does not hear of",
        ),
        "always a mean": (
            _but(_SCORES, ("index, reduction=reduction)", "index)")),
            "pass on `reduction`",
        ),
        "no weights": (
            _but(_SCORES, ("target, weight, ignore_index=", "target, ignore_index=")),
            "third argument",
        ),
        "raw scores": (_but(_SCORES, ("nll_loss(log_p", "nll_loss(input")), "not the raw scores"),
        "options by place": (
            _but(
                _SCORES,
                ("ignore_index=ignore_index, reduction=reduction", "ignore_index, reduction"),
            ),
            "By their place",
        ),
        "all divided": (
            _but(_SCORES, (_MIX, "((1 - smoothing) * sharp + smoothing * even) / log_p.size(dim)")),
            "You divide both",
        ),
        "even of scores": (_but(_SCORES, ("against_all(log_p", "against_all(input")), "raw scores"),
    },
    "alike": {
        "no warning": (
            _but(_ALIKE, ("        warn_of_sizes(input, target)\n", "")),
            "Nobody is told",
        ),
        "always a warning": (
            _but(_ALIKE, ("if target.size() != input.size()", "if True")),
            "though the sizes are the same",
        ),
        "not broadcast": (
            _but(_ALIKE, ("        input, target = broadcast_tensors(input, target)\n", "")),
            "leaves the shapes as they are",
        ),
        "one of the two": (
            _but(
                _ALIKE,
                (
                    "input, target = broadcast_tensors(input, target)",
                    "target = broadcast_tensors(input, target)[1]",
                ),
            ),
            "Either may be the smaller one",
        ),
        "the input's dtype": (_but(_ALIKE, (_PROMOTED, "input.dtype")), "dtype of the input"),
        "the target's dtype": (_but(_ALIKE, (_PROMOTED, "target.dtype")), "dtype of the target"),
        "no dtypes": (
            _but(_ALIKE, ("input.to(dtype), target.to(dtype)", "input, target")),
            "dtypes still differ",
        ),
        "changed places": (
            _but(
                _ALIKE,
                (
                    "return input.to(dtype), target.to(dtype)",
                    "return target.to(dtype), input.to(dtype)",
                ),
            ),
            "changed places",
        ),
        "all in the if": (
            _but(_ALIKE, ("    dtype = ", "        dtype = "), ("    return", "        return")),
            "only two lines",
        ),
    },
    "sqrt": {
        "no 2": (_root(way="grad / result"), "twice too steep"),
        "times": (_root(way="grad * 2 * result"), "slope of the square"),
        "half": (_root(way="grad * result / 2"), "You multiply by the result"),
        "by the input": (_root(way="grad / (2 * input)"), "by the input"),
        "no way back": (_root(end="return result"), "return a pair"),
        "no grad": (_root(way="1 / (2 * result)"), "from above is lost"),
        "no function": (_root(way="1 / (2 * result)", end="return result, {}"), "a *function*"),
        "no brackets": (_root(way="grad / 2 * result"), "needs brackets"),
    },
    "sigmoid": {
        "falls": (_sigmoid("1 / (1 + np.exp(input))"), "It falls where it should rise"),
        "no 1": (_sigmoid("1 / np.exp(-input)"), "grows for ever"),
        "half a slope": (_sigmoid(way="grad * (1 - result)"), "The slope is a product"),
        "tanh": (_sigmoid(way="grad * (1 - result * result)"), "slope of tanh"),
        "by the input": (_sigmoid(way="grad * (1 - input) * input"), "not from the input"),
        "no way back": (_sigmoid(end="return result"), "return a pair"),
        "no function": (
            _sigmoid(way="result * (1 - result)", end="return result, {}"),
            "a *function*",
        ),
        "no grad": (_sigmoid(way="(1 - result) * result"), "from above is lost"),
        "from the exponential": (
            _sigmoid(way="grad * np.exp(-input) / (1 + np.exp(-input)) ** 2"),
            "no nan can come",
        ),
    },
    "linear": {
        "not viewed back": (
            _but(_LINEAR, ("rows.view(*shape[:-1], weight.shape[0])", "rows")),
            "view it as before",
        ),
        "the old size": (_but(_LINEAR, ("weight.shape[0])", "shape[-1])")), "how many rows"),
        "two operations": (
            _but(_LINEAR, (_ADDMM, "matmul(input, weight.t()) + bias")),
            "is ONE operation",
        ),
        "one line": (
            _of(
                "def linear(input, weight, bias=None):",
                "product = matmul(input, weight.t())\n"
                "return product if bias is None else product + bias",
            ),
            "always by two operations",
        ),
        "no bias": (_but(_LINEAR, ("weight.t()) + bias", "weight.t())")), "bias is missing"),
        "always a view": (_but(_LINEAR, ("input.is_contiguous() and ", "")), "is_contiguous()"),
        "any bias": (_but(_LINEAR, (" and bias.dim() == 1", "")), "the third case"),
        "the first size": (
            _but(_LINEAR, ("math.prod(shape[:-1]), shape[-1]", "shape[0], math.prod(shape[1:])")),
            "The LAST size stays",
        ),
        "no star": (_but(_LINEAR, ("view(*shape[:-1]", "view(shape[:-1]")), "a star before"),
    },
    "first_state": {
        "a Python number": (_but(_STATE, ("number(0)", "0")), "a Python number"),
        "from 1": (_but(_STATE, ("number(0)", "number(1)")), "before the first step: 0"),
        "no step": (_but(_STATE, ('{"step": number(0)} | zeros', "zeros")), '"step" is missing'),
        "no averages": (_but(_STATE, (" | zeros", "")), "the averages are missing"),
        "one for all": (
            _but(
                _STATE,
                (
                    "{name: zeros_like(parameter) for name in optimizer._averages(group)}",
                    "dict.fromkeys(optimizer._averages(group), zeros_like(parameter))",
                ),
            ),
            "one and the same tensor",
        ),
        "the parameter": (
            _but(_STATE, ("zeros_like(parameter)", "parameter.detach()")),
            "They begin at 0",
        ),
        "numbers": (_but(_STATE, ("zeros_like(parameter)", "number(0)")), "a single number"),
        "Adam's names": (
            _but(_STATE, ("optimizer._averages(group)", '["exp_avg", "exp_avg_sq"]')),
            "Adam's names",
        ),
        "a Python float": (_but(_STATE, ("number(0)", "0.0")), "a Python number"),
    },
    "take_step": {
        "anew each time": (_but(_STEP, ("if not state", "if True")), "forgets all"),
        "kept nowhere": (
            _but(
                _STEP,
                (
                    "state.update(optimizer._start(parameter, group))",
                    "state = optimizer._start(parameter, group)",
                ),
            ),
            "nowhere kept",
        ),
        "not counted": (_but(_STEP, (_COUNT, "")), "not counted"),
        "counted late": (
            _but(_STEP, (_COUNT, ""), (_UPDATE, f"{_UPDATE}\n{_COUNT}")),
            "count before you call it",
        ),
        "a new counter": (
            _but(_STEP, ('state["step"].add_(1)', 'state["step"] = state["step"] + 1')),
            "Count in place",
        ),
        "always down": (_but(_STEP, (_SIGN, "parameter.grad")), "is not looked at"),
        "always up": (_but(_STEP, (_SIGN, "-parameter.grad")), "Always uphill"),
        "decay lost": (_but(_STEP, ("grad = decayed", "decayed")), "what it returns is lost"),
        "options swapped": (
            _but(
                _STEP,
                (
                    '{"decoupled_weight_decay": False} | group',
                    'group | {"decoupled_weight_decay": False}',
                ),
            ),
            "the right one wins",
        ),
        "options of the group": (
            _but(_STEP, ('{"decoupled_weight_decay": False} | group', "group")),
            "put False before it",
        ),
        "raw": (
            _but(_STEP, ("_update(parameter, grad", "_update(parameter, parameter.grad")),
            "raw",
        ),
        "no update": (_but(_STEP, (_UPDATE, "")), "is not called"),
        "weight_decay asked for": (
            _but(_STEP, ('group.get("weight_decay")', 'group["weight_decay"]')),
            "answers None",
        ),
        "what update gives": (
            _but(_STEP, ("        state.update(", "        state = state.update(")),
            "returns None",
        ),
    },
}

RIGHT = {
    "picked": {
        "ours": _PICKED,
        "one line for the shares": _of(
            "def picked(log_p, target, weight, ignore_index, reduction):",
            """
counts = target != ignore_index
each = np.ones(log_p.shape[min(log_p.ndim - 1, 1)], log_p.dtype) if weight is None else weight
share = each[np.where(counts, target, 0)]
if not counts.all():
    return picked_among(log_p, target, share, ignore_index, reduction)
return surprise(log_p, places(target, log_p.ndim), share, reduction)
""",
        ),
        "any": _but(
            _PICKED,
            ("counts = target != ignore_index", "padding = target == ignore_index"),
            ("np.where(counts, target, 0)", "np.where(padding, 0, target)"),
            ("if counts.all()", "if not padding.any()"),
        ),
        "always among": _but(_PICKED, ("if counts.all()", "if counts.all() and not counts.ndim")),
    },
    "of_scores": {
        "ours": _SCORES,
        "steps": _but(
            _SCORES,
            (
                f"return {_MIX}",
                "even = even / log_p.size(dim)\n    return sharp + smoothing * (even - sharp)",
            ),
        ),
        "turned": _but(
            _SCORES,
            (
                "if smoothing <= 0:\n        return sharp\n    even",
                "if smoothing > 0:\n        even",
            ),
            (f"    return {_MIX}", f"        return {_MIX}\n    return sharp"),
        ),
    },
    "alike": {
        "ours": _ALIKE,
        "shapes": _but(_ALIKE, ("target.size() != input.size()", "input.shape != target.shape")),
        "one line": _but(
            _ALIKE,
            (f"dtype = {_PROMOTED}\n", "both = (input, target)\n"),
            (
                "return input.to(dtype), target.to(dtype)",
                f"return [x.to({_PROMOTED}) for x in both]",
            ),
        ),
    },
    "sqrt": {
        "ours": _root(),
        "half over": _root(way="grad * (0.5 / result)"),
        "a power": _root("input ** 0.5"),
        "a function": _of(
            '@method("sqrt")\n@pointwise(floats=True)\ndef sqrt(input):',
            """
result = np.sqrt(input)

def back(grad):
    return grad / result / 2

return result, back
""",
        ),
    },
    "sigmoid": {
        "ours": _sigmoid(),
        "turned": _sigmoid(way="grad * (result - result * result)"),
        "reciprocal": _sigmoid("np.reciprocal(1 + np.exp(-input))", "grad * result * (1 - result)"),
    },
    "linear": {
        "ours": _LINEAR,
        "turned conditions": _but(
            _LINEAR,
            (
                "not (input.is_contiguous() and bias.dim() == 1)",
                "not input.is_contiguous() or bias.dim() != 1",
            ),
        ),
        "names": _but(
            _LINEAR,
            (
                "shape = input.shape\n"
                "    rows = linear(input.view(math.prod(shape[:-1]), shape[-1]), weight, bias)\n"
                "    return rows.view(*shape[:-1], weight.shape[0])",
                "*front, width = input.shape\n"
                "    rows = input.view(math.prod(front), width)\n"
                "    return linear(rows, weight, bias).view(*front, len(weight))",
            ),
        ),
    },
    "first_state": {
        "ours": _STATE,
        "a loop": _of(
            '@method("_start", of=Adaptive)\ndef first_state(optimizer, parameter, group):',
            """
state = {"step": number(0)}
for name in optimizer._averages(group):
    state[name] = zeros_like(parameter)
return state
""",
        ),
        "stars": _but(_STATE, ('{"step": number(0)} | zeros', '{"step": number(0), **zeros}')),
    },
    "take_step": {
        "ours": _STEP,
        "length": _but(_STEP, ("if not state:", "if len(state) == 0:")),
        "augmented": _but(_STEP, ('state["step"].add_(1)', 'state["step"] += 1')),
        "decay first asked": _but(
            _STEP,
            (_SIGN, "parameter.grad"),
            (
                "    state = optimizer",
                '    if group["maximize"]:\n        grad = -grad\n    state = optimizer',
            ),
        ),
    },
}

_PLACE = "np.where(counts, target, {})"
_ALL = "return surprise(log_p, places(target, log_p.ndim), share, reduction)"
_DTYPE = "alike: dtype = promote_types({}.dtype, {}.dtype)"

# Mutants that mean the same as the solution, and why.
SAME: dict[str, dict[str, str]] = {
    "picked": {
        f"picked: share = weight[{_PLACE.format(0)}] => share = weight[{_PLACE.format(-1)}]": (
            "any class that exists will do: what does not count has no share"
        ),
        "picked: if counts.all(): => if False:": "`picked_among` finds the same, in more steps",
        f"picked: {_ALL} => pass": "`picked_among` finds the same, in more steps",
    },
    "alike": {
        f"{_DTYPE.format('input', 'target')} => {_DTYPE.format('target', 'input')[7:]}": (
            "two dtypes have one that is wide enough for both, whichever comes first"
        )
    },
}
