"""Answers to the exercises of lesson 05."""

from __future__ import annotations


def _affine(
    result: str = "times(input, weight.T) + bias",
    weight: str = "times(grad.T, input)",
    bias: str = "unbroadcast(grad, shape)",
    input: str = "times(grad, weight)",
) -> str:
    return f"""
def affine(input, weight, bias):
    shape = bias.shape
    return (
        {result},
        lambda grad: {input},
        lambda grad: {weight},
        lambda grad: {bias},
    )
"""


def _rectified(result: str) -> str:
    return f"def rectified(input):\n    return {result}\n"


def _back(lines: str) -> str:
    return f"def rectified_gradient(grad, result):\n    {lines}\n"


def _log_shares(lines: str) -> str:
    return f"def log_shares(input, axis):\n    {lines}\n    return result\n"


_TOP = "top = input.max(axis, keepdims=True, initial=-np.inf)"
_STABLE = f"""{_TOP}
    result = input - top - np.log(np.exp(input - top).sum(axis, keepdims=True))"""


def _places(
    index: str = "rows, target, *rest",
    one: str = "(target,)",
    counted: str = "np.indices(target.shape, sparse=True)",
) -> str:
    return f"""
def places(target, dims):
    if dims == 1:
        return {one}
    rows, *rest = {counted}
    return {index}
"""


def _surprise(
    losses: str = "-log_p[at] * share",
    total: str = 'share.sum() if reduction == "mean" else 1',
    result: str = 'losses if reduction == "none" else losses.sum() / total',
    back: str = "placed(grad * fixed_pull, at, shape)",
    pull: str = "-share / total",
) -> str:
    return f"""
def surprise(log_p, at, share, reduction):
    losses = {losses}
    total = {total}
    result = {result}
    shape, fixed_pull = log_p.shape, {pull}
    return result, lambda grad: {back}
"""


def _squares(
    result: str = "reduced(difference * difference, reduction)",
    factor: str = '2 / max(difference.size, 1) if reduction == "mean" else 2',
    first: str = "(input - target) * (grad * factor)",
    second: str = "(target - input) * (grad * factor)",
) -> str:
    return f"""
def squares(input, target, reduction):
    difference = input - target
    result = {result}
    factor = {factor}
    return result, lambda grad: {first}, lambda grad: {second}
"""


def _registry(method: str) -> str:
    return f"class Registry(Registry):\n{method}"


_SETATTR = """
    def __setattr__(self, name, value):
        for drawer, kind in DRAWERS.items():
            if isinstance(value, kind):
                {first}
                for place in ({places}):
                    place.pop(name, None)
                self.__dict__[drawer][name] = value
                {after}
            if name in self.__dict__.get(drawer, ()):
                {swap}
                self.__dict__[drawer][name] = value
                return
        object.__setattr__(self, name, value)
"""
_PARTS = {
    "first": "check_in(self, drawer, name, value)",
    "places": "self.__dict__, *[self.__dict__[d] for d in DRAWERS if d != drawer]",
    "after": "return",
    "swap": "check_swap(drawer, name, value)",
}


def _setattr(**change: str) -> str:
    return _registry(_SETATTR.format(**{**_PARTS, **change}))


def _getattr(body: str) -> str:
    return f"class Chest(Chest):\n\n    def __getattr__(self, name):\n{body}"


def _every(body: str) -> str:
    return f"def every(module, seen):\n{body}"


def _module(method: str) -> str:
    return f"class Module(Module):\n{method}"


def _parameters(body: str) -> str:
    return _module(f"\n    def parameters(self, recurse=True):\n{body}")


def _train(body: str) -> str:
    return _module(f"\n    def train(self, mode=True):\n        check_mode(mode)\n{body}")


_LINEAR = """
class Linear(Linear):
    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        Module.__init__(self)
        self.in_features, self.out_features = in_features, out_features
        options = {{"device": device, "dtype": dtype}}
        {weight}
        {bias}
        self.reset_parameters()

    def reset_parameters(self):
        {reset}

    def forward(self, input):
        {forward}
"""
_LAYER = {
    "weight": "self.weight = Parameter(empty(out_features, in_features, **options))",
    "bias": 'self.register_parameter("bias", Parameter(empty(out_features, **options)) '
    "if bias else None)",
    "reset": """kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            uniform_(self.bias, -bound, bound)""",
    "forward": "return linear(input, self.weight, self.bias)",
}


def _linear(**change: str) -> str:
    return _LINEAR.format(**{**_LAYER, **change})


WRONG = {
    "affine": {
        "no bias": (_affine("times(input, weight.T)"), "lacks the bias"),
        "bias: not summed": (_affine(bias="grad"), "sum over the rows"),
        "bias: mean": (_affine(bias="grad.mean(0)"), "You averaged over the rows"),
        "bias: rows only": (_affine(bias="grad.sum(0)"), "stretched along both dims"),
        "weight: turned": (_affine(weight="times(input.T, grad)"), "(out, in): grad.T times"),
        "weight: averaged": (
            _affine(weight="times(grad.T, input) / max(len(input), 1)"),
            "gradient times the other side",
        ),
        "input: not through the weight": (_affine(input="grad"), "gradient times the other side"),
        "weight not turned": (_affine("times(input, weight) + bias"), "Read the message first"),
        "arrays only": (
            _affine(weight="np.matmul(np.asarray(grad).T, np.asarray(input))"),
            "second derivatives",
        ),
        "endless": ("def affine(input, weight, bias):\n    raise ValueError\n", "ValueError"),
    },
    "rectified": {
        "in place": (_rectified("np.maximum(0, input, out=input)"), "belongs to somebody else"),
        "leaky": (_rectified("np.where(input > 0, input, 0.01 * input)"), "np.maximum"),
        "abs": (_rectified("np.abs(input)"), "Negative numbers become 0"),
        "nan lost": (_rectified("np.where(input > 0, input, input.dtype.type(0))"), "hide a nan"),
        "a mask": (_rectified("(input > 0).astype(input.dtype)"), "where x is positive"),
        "times the mask": (_rectified("input * (input > 0)"), "nan stays nan"),
        "a float for ints": (_rectified("np.maximum(0.0, input)"), "Ints stay ints"),
        "the smaller": (_rectified("np.minimum(0, input)"), "The larger of 0"),
        "-0.0 lost": (_rectified("np.where(input <= 0, input.dtype.type(0), input)"), "-0.0 stays"),
    },
    "rectified_gradient": {
        "everything": (_back("return grad + 0.0"), "All of grad passes"),
        "turned": (_back("return choose(result <= 0, grad, 0.0)"), "have changed places"),
        "turned, above 0": (_back("return choose(result > 0, 0.0, grad)"), "result is 0: 0.0"),
        "ones": (
            _back("return choose(result <= 0, 0.0, 1.0)"),
            "the slope of the curve",
        ),
        "a mask": (_back("return (result > 0) * 1.0"), "the slope of the curve"),
        "result": (_back("return choose(result <= 0, 0.0, result)"), "You hand on the result"),
        "asks grad": (_back("return choose(grad <= 0, 0.0, grad)"), "You ask `grad`"),
        "times the mask": (_back("return grad * (result > 0)"), "0 times inf is nan"),
        "times the result": (_back("return grad * result"), "grad, as it is"),
        "never below": (_back("return choose(result < 0, 0.0, grad)"), "All of grad passes"),
        "nan lost": (_back("return choose(result > 0, grad, 0.0)"), "A nan that came out is no 0"),
        "arrays only": (_back("return np.where(result <= 0, 0.0, grad)"), "`choose` takes these"),
        "in place": (
            _back("grad[result <= 0] = 0\n    return grad"),
            "make a new array",
        ),
        "an if": (_back("return 0.0 if result <= 0 else grad"), "truth value"),
    },
    "log_shares": {
        "overflows": (
            _log_shares("result = input - np.log(np.exp(input).sum(axis, keepdims=True))"),
            "exp(1000) is inf",
        ),
        "log of the softmax": (
            _log_shares(
                f"{_TOP}\n    e = np.exp(input - top)\n"
                "    result = np.log(e / e.sum(axis, keepdims=True))"
            ),
            "log(a / b) is log a - log b",
        ),
        "largest of all": (
            _log_shares(_STABLE.replace("axis, keepdims=True, initial", "initial")),
            "Each row has a largest number of its own",
        ),
        "softmax": (_log_shares(_STABLE + "\n    result = np.exp(result)"), "their logarithm"),
        "always the last axis": (_log_shares("axis = -1\n    " + _STABLE), "`axis` may be any"),
        "no numbers": (
            _log_shares(_STABLE.replace(", initial=-np.inf", "")),
            "zero-size array",
        ),
        "taken off in one place": (
            _log_shares(
                f"{_TOP}\n    result = input - np.log(np.exp(input - top).sum(axis, keepdims=True))"
            ),
            "also off the first",
        ),
        "the logarithm alone": (
            _log_shares(
                f"{_TOP}\n    result = np.log(np.exp(input - top).sum(axis, keepdims=True))"
            ),
            "what you take off",
        ),
    },
    "squares": {
        "distance": (
            _squares("reduced(np.abs(difference), reduction)"),
            "That is the distance",
        ),
        "half": (
            _squares(factor='1 / max(difference.size, 1) if reduction == "mean" else 1'),
            "half of what it should be",
        ),
        "mean not divided": (_squares(factor="2"), "each number counts 1 / size"),
        "always divided": (_squares(factor="2 / max(difference.size, 1)"), "Only for"),
        "same way": (_squares(second="(input - target) * (grad * factor)"), "point the same way"),
        "turned": (
            _squares(
                first="(target - input) * (grad * factor)",
                second="(input - target) * (grad * factor)",
            ),
            "have changed places",
        ),
        "divided by rows": (
            _squares(factor='2 / len(difference) if reduction == "mean" else 2'),
            "divided by how many numbers",
        ),
        "no numbers": (
            _squares(factor='2 / difference.size if reduction == "mean" else 2'),
            "max(difference.size, 1)",
        ),
        "keeps a constant": (
            _squares(first="difference * (grad * factor)"),
            "not what was made of them",
        ),
        "no gradient from above": (
            _squares(first="(input - target) * factor"),
            "The slope of d * d",
        ),
    },
    "places": {
        "class last": (_places("rows, *rest, target"), "The class stands last"),
        "class first": (_places("target, rows, *rest"), "The class stands first"),
        "no rest": (_places("rows, target"), "each pixel has a class of its own"),
        "no rest, by arange": (
            _places("rows, target", counted="(np.arange(len(target)),)"),
            "the row and the column of the pixel",
        ),
        "rest turned": (_places("rows, target, *reversed(rest)"), "stands before its column"),
        "target only": ("def places(target, dims):\n    return (target,)\n", "whole samples"),
        "a list": (_places("[rows, target, *rest]", "[target]"), "That is a list"),
        "a list of two": (_places("[rows, target, *rest]"), "That is a list"),
        "no comma": (_places(one="(target)"), "because of its comma"),
        "its number, too": (_places(one="(0, target)"), "One sample has no number"),
        "one sample forgotten": (
            "def places(target, dims):\n"
            "    rows, *rest = np.indices(target.shape, sparse=True)\n"
            "    return rows, target, *rest\n",
            "no sample is counted",
        ),
        "no target": (_places("rows, *rest"), "the numbers of the rows, then the classes"),
        "rest in one": (_places("rows, target, rest"), "`*rest`"),
        "sizes": (_places(counted="target.shape"), "the numbers of the rows"),
    },
    "surprise": {
        "minus forgotten": (_surprise("log_p[at] * share"), "The minus is missing"),
        "by their number": (
            _surprise(total='np.float32(share.size) if reduction == "mean" else 1'),
            "how many samples there are",
        ),
        "mean is a sum": (_surprise(total="1"), "divided by the sum of the shares"),
        "share forgotten": (_surprise("-log_p[at]"), "times its share"),
        "share missing in the gradient": (
            _surprise(pull="-np.ones_like(share) / total"),
            "pulls twice as hard",
        ),
        "total missing in the gradient": (_surprise(pull="-share"), "What divides the loss"),
        "gradient upwards": (_surprise(pull="share / total"), "minus the share"),
        "gradient everywhere": (
            _surprise(back="placed(grad * fixed_pull, at, shape) - 1"),
            "Only the places that were picked",
        ),
        "another name": (
            _surprise(back="placed(grad * pull, at, shape)").replace(
                "shape, fixed_pull =", "shape, pull ="
            ),
            "it keeps 'pull'",
        ),
    },
    "Chest": {
        "raise in the loop": (
            _getattr(
                "        for drawer in DRAWERS:\n"
                "            if name in self.__dict__.get(drawer, ()):\n"
                "                return self.__dict__[drawer][name]\n"
                "            raise no_attribute(self, name)\n"
            ),
            "no attribute 'part'",
        ),
        "parameters only": (
            _getattr(
                '        if name in self.__dict__.get("_parameters", ()):\n'
                "            return self._parameters[name]\n"
                "        raise no_attribute(self, name)\n"
            ),
            "",
        ),
        "None for unknown": (
            _getattr(
                "        for drawer in DRAWERS:\n"
                "            if name in self.__dict__.get(drawer, ()):\n"
                "                return self.__dict__[drawer][name]\n"
            ),
            "A name that is nowhere gives None",
        ),
        "KeyError": (
            _getattr(
                "        for drawer in DRAWERS:\n"
                "            if name in self.__dict__.get(drawer, ()):\n"
                "                return self.__dict__[drawer][name]\n"
                "        raise KeyError(name)\n"
            ),
            "KeyError",
        ),
        "None is missing": (
            _getattr(
                "        for drawer in DRAWERS:\n"
                "            if self.__dict__.get(drawer, {}).get(name) is not None:\n"
                "                return self.__dict__[drawer][name]\n"
                "        raise no_attribute(self, name)\n"
            ),
            "no attribute 'none'",
        ),
        "around in circles": (
            _getattr(
                "        for drawer in (self._parameters, self._modules, self._buffers):\n"
                "            if name in drawer:\n"
                "                return drawer[name]\n"
                "        raise no_attribute(self, name)\n"
            ),
            "asks nobody",
        ),
        "taken out": (
            _getattr(
                "        for drawer in DRAWERS:\n"
                "            if name in self.__dict__.get(drawer, ()):\n"
                "                return self.__dict__[drawer].pop(name)\n"
                "        raise no_attribute(self, name)\n"
            ),
            "only looks",
        ),
    },
    "Registry": {
        "all ordinary": (
            _registry(
                "    def __setattr__(self, name, value):\n"
                "        object.__setattr__(self, name, value)\n"
            ),
            "an optimizer would get nothing",
        ),
        "namesakes stay": (_setattr(places=""), "the *other* drawers"),
        "order lost": (
            _setattr(places="self.__dict__, *[self.__dict__[d] for d in DRAWERS]"),
            "keeps its place in the order",
        ),
        "anything over a parameter": (_setattr(swap="pass"), "would never be trained"),
        "no questions asked": (_setattr(first="pass"), "check_in(self, drawer, name, value)"),
        "kept twice": (
            _setattr(after="return object.__setattr__(self, name, value)"),
            "an ordinary attribute besides",
        ),
        "parameters only": (
            _setattr().replace("DRAWERS.items()", '[("_parameters", Parameter)]'),
            "Does object.__setattr__ stand after the loop?",
        ),
        "ordinary in the loop": (
            _setattr().replace("        object.", "            object."),
            "once for each drawer that does not fit",
        ),
        "ordinary in an else": (
            _setattr().replace("        object.", "            else:\n                object."),
            "once for each drawer that does not fit",
        ),
        "ordinary in the loop, namesakes stay": (
            _setattr(places="").replace("        object.", "            object."),
            "once for each drawer that does not fit",
        ),
        "ordinary in the loop, then return": (
            _setattr().replace("        object.", "            return object."),
            "it comes too early",
        ),
        "ordinary in the loop, then return, namesakes stay": (
            _setattr(places="").replace("        object.", "            return object."),
            "it comes too early",
        ),
        "ordinary left out": (
            _setattr().replace("object.__setattr__(self, name, value)", "..."),
            "is nowhere now",
        ),
        "ordinary left out, namesakes stay": (
            _setattr(places="").replace("object.__setattr__(self, name, value)", "..."),
            "is nowhere now",
        ),
        "no return in 2": (
            _setattr().replace("return\n        object.", "\n        object."),
            "then comes `return`",
        ),
        "no return in 2, namesakes stay": (
            _setattr(places="").replace("return\n        object.", "\n        object."),
            "then comes `return`",
        ),
        "no return in 1": (_setattr(after="pass"), "went on to check_swap"),
        "a drawer's name for the drawer": (
            _setattr().replace("self.__dict__[drawer][name]", "drawer[name]"),
            "'str' object does not support item assignment",
        ),
        "in a drawer by its name": (
            _setattr(after="self.name = value\n                return"),
            "calls __setattr__ again",
        ),
        "ordinary by its name": (
            _setattr().replace("object.__setattr__(self, name, value)", "self.name = value"),
            "object.__setattr__(self, name, value)",
        ),
        "ordinary by its name, no swaps": (
            _registry(
                "    def __setattr__(self, name, value):\n"
                "        for drawer, kind in DRAWERS.items():\n"
                "            if isinstance(value, kind):\n"
                "                check_in(self, drawer, name, value)\n"
                "                self.__dict__[drawer][name] = value\n"
                "                return\n"
                "        setattr(self, name, value)\n"
            ),
            "what is ordinary: object.__setattr__",
        ),
        "by its name, no questions asked": (
            _setattr(first="pass", places="", after="self.name = value\n                return"),
            "it may stand there.",
        ),
        "taken out unasked": (
            _setattr().replace("place.pop(name, None)", "del place[name]"),
            "`pop(name, None)` does not",
        ),
    },
    "every": {
        "shared twice": (
            _every(
                "    yield module\n    for part in module._modules.values():\n"
                "        if part is not None:\n            yield from every(part, seen)\n"
            ),
            "comes twice",
        ),
        "level by level": (
            _every(
                "    todo = [module]\n    while todo:\n        net = todo.pop(0)\n"
                "        if net is not None and net not in seen:\n            seen.add(net)\n"
                "            yield net\n            todo += net._modules.values()\n"
            ),
            "level by level",
        ),
        "leaves first": (
            _every(
                "    if module not in seen:\n        seen.add(module)\n"
                "        for part in module._modules.values():\n"
                "            if part is not None:\n                yield from every(part, seen)\n"
                "        yield module\n"
            ),
            "It comes first",
        ),
        "parts only": (
            _every(
                "    yield module\n    for part in module._modules.values():\n"
                "        if part is not None:\n            yield part\n"
            ),
            "the parts of the parts",
        ),
        "None, too": (
            _every(
                "    if module not in seen:\n        seen.add(module)\n        yield module\n"
                "        for part in module._modules.values():\n"
                "            yield from every(part, seen)\n"
            ),
            "'NoneType'",
        ),
        "a seen of its own": (
            _every(
                "    seen = {module}\n    yield module\n"
                "    for part in module._modules.values():\n"
                "        if part is not None and part not in seen:\n"
                "            yield from every(part, seen)\n"
            ),
            "every(root, set())",
        ),
    },
    "Module": {
        "own only": (
            _parameters(
                "        yield from [p for p in self._parameters.values() if p is not None]\n"
            ),
            "what the module holds itself",
        ),
        "shared twice": (
            _parameters(
                "        for m in every(self, set()) if recurse else [self]:\n"
                "            yield from [p for p in m._parameters.values() if p is not None]\n"
            ),
            "move it twice in each step",
        ),
        "None, too": (
            _parameters(
                "        for m in every(self, set()) if recurse else [self]:\n"
                "            yield from m._parameters.values()\n"
            ),
            "'NoneType'",
        ),
        "recurse ignored": (
            _parameters(
                "        found = [p for m in every(self, set()) for p in m._parameters.values()]\n"
                "        yield from dict.fromkeys(p for p in found if p is not None)\n"
            ),
            "only the module's own parameters",
        ),
        "one level": (
            _parameters(
                "        for m in [self, *self._modules.values()] if recurse else [self]:\n"
                "            if m is not None:\n"
                "                yield from [p for p in m._parameters.values() if p is not None]\n"
            ),
            "two loops",
        ),
        "one set for each module": (
            _parameters(
                "        for m in every(self, set()) if recurse else [self]:\n"
                "            seen = set()\n"
                "            for p in m._parameters.values():\n"
                "                if p is not None and p not in seen:\n"
                "                    seen.add(p)\n                    yield p\n"
            ),
            "one set, made before the loops",
        ),
        "names": (
            _parameters(
                "        for m in every(self, set()) if recurse else [self]:\n"
                "            yield from m._parameters\n"
            ),
            "a loop over a dict gives its keys",
        ),
        "train: return in the loop": (
            _train(
                "        self.training = mode\n"
                "        for module in self._modules.values():\n"
                "            if module is not None:\n                module.train(mode)\n"
                "            return self\n"
            ),
            "`return self` stands in the loop",
        ),
        "train: return after the first part": (
            _train(
                "        self.training = mode\n"
                "        for module in self._modules.values():\n"
                "            if module is not None:\n                module.train(mode)\n"
                "                return self\n"
                "        return self\n"
            ),
            "`return self` stands in the loop",
        ),
        "train: itself only": (
            _train("        self.training = mode\n        return self\n"),
            "did not hear of it",
        ),
        "train: over the part's own": (
            _train(
                "        for module in every(self, set()):\n"
                "            module.training = mode\n        return self\n"
            ),
            "a `train` of its own",
        ),
        "train: returns nothing": (
            _train(
                "        self.training = mode\n"
                "        for module in self._modules.values():\n"
                "            if module is not None:\n                module.train(mode)\n"
            ),
            "has to return the module",
        ),
        "train: always on": (
            _train(
                "        self.training = True\n"
                "        for module in self._modules.values():\n"
                "            if module is not None:\n                module.train(mode)\n"
                "        return self\n"
            ),
            "It sets its own `training`",
        ),
    },
    "Linear": {
        "bias (1, out)": (
            _linear(bias=_LAYER["bias"].replace("empty(out", "empty(1, out")),
            "every state dict out there has (out,)",
        ),
        "no gradients wanted": (
            _linear(
                weight="self.weight = Parameter(empty(out_features, in_features, **options), False)"
            ),
            "no gradient reaches its weight",
        ),
        "plain tensors": (
            _linear(weight="self.weight = empty(out_features, in_features, **options)"),
            "each a Parameter",
        ),
        "weight turned": (
            _linear(
                weight="self.weight = Parameter(empty(in_features, out_features, **options))",
                forward="return linear(input, self.weight.T, self.bias)",
            ),
            "weight (out, in)",
        ),
        "always a bias": (
            _linear(bias="self.bias = Parameter(empty(out_features, **options))"),
            "",
        ),
        "no name for no bias": (
            _linear(bias="self.bias = Parameter(empty(out_features, **options)) if bias else None"),
            "None is registered under that name",
        ),
        "dtype lost": (
            _linear(weight="self.weight = Parameter(empty(out_features, in_features))"),
            "go on to `empty`",
        ),
        "bias drawn first": (
            _linear(
                reset="bound = 1 / math.sqrt(self.in_features) if self.in_features else 0\n"
                "        for p in (self.bias, self.weight):\n"
                "            if p is not None:\n                uniform_(p, -bound, bound)"
            ),
            "the weight is drawn first",
        ),
        "1/sqrt(out)": (
            _linear(
                reset="bound = 1 / math.sqrt(self.out_features)\n"
                "        for p in self.parameters():\n            uniform_(p, -bound, bound)"
            ),
            "the bound that the text gives",
        ),
        "no inputs": (
            _linear(reset=_LAYER["reset"].replace(" if self.in_features > 0 else 0", "")),
            "float division by zero",
        ),
        "detaches": (
            _linear(forward="return linear(input, self.weight.detach(), self.bias)"),
            "no gradient reaches its weight",
        ),
        "detaches the bias": (
            _linear(
                forward="return linear(input, self.weight, "
                "self.bias if self.bias is None else self.bias.detach())"
            ),
            "does not learn",
        ),
        "forward without the bias": (
            _linear(forward="return linear(input, self.weight)"),
            "does not hand it over",
        ),
        "keeps the first weight": (
            _linear(
                forward='kept = self.__dict__.setdefault("kept", [self.weight, self.bias])\n'
                "        return linear(input, *kept)"
            ),
            "they may be others",
        ),
    },
}

RIGHT = {
    "affine": {
        "@": _affine("input @ weight.T + bias"),
        "einsum": _affine('np.einsum("ni,oi->no", input, weight) + bias'),
        "swapaxes": _affine(
            "np.add(np.dot(input, weight.swapaxes(0, 1)), bias)",
            weight="grad.swapaxes(0, 1) @ input",
            input="grad @ weight",
        ),
        "sum by hand": _affine(
            bias="grad.sum(0) if shape != (1,) else grad.sum().reshape((1,))",
        ),
        "in place on the result": """
def affine(input, weight, bias):
    result = times(input, weight.T)
    result += bias
    shape = bias.shape

    def for_input(grad):
        return times(grad, weight)

    return result, for_input, lambda g: times(g.T, input), lambda g: unbroadcast(g, shape)
""",
    },
    "rectified": {
        "np.where": _rectified("np.where(input < 0, input.dtype.type(0), input)"),
        "a copy": """
def rectified(input):
    result = input.copy()
    result[result < 0] = 0
    return result
""",
        "a zero of its kind": _rectified("np.maximum(np.zeros_like(input), input)"),
    },
    "rectified_gradient": {
        "equals 0": _back("return choose(result == 0, 0.0, grad)"),
        "not flat": _back("return choose(~(result <= 0), grad, 0.0)"),
        "an int": _back("return choose(result <= 0, 0, grad)"),
        "a name first": _back("flat = result <= 0\n    return choose(flat, 0.0, grad)"),
    },
    "log_shares": {
        "in one line": _log_shares(_STABLE),
        "logsumexp": _log_shares(
            f"{_TOP}\n"
            "    result = input - (top + np.log(np.exp(input - top).sum(axis, keepdims=True)))"
        ),
        "logaddexp": _log_shares(
            "result = input - np.logaddexp.reduce(input, axis, keepdims=True, initial=-np.inf)"
        ),
    },
    "squares": {
        "a power": _squares("np.asarray(reduced(difference**2, reduction))"),
        "by words": _squares(
            'np.asarray(difference**2 if reduction == "none" '
            "else getattr(difference**2, reduction)())"
        ),
        "two steps": _squares(
            factor="2 if reduction != 'mean' else 2 / max(input.size, 1)",
            first="2 * (input - target) * grad * (factor / 2)",
            second="-(input - target) * grad * factor",
        ),
    },
    "places": {
        "inserted": """
def places(target, dims):
    at = list(np.indices(target.shape, sparse=True))
    at.insert(dims > 1, target)
    return tuple(at)
""",
        "dense": _places(counted="np.indices(target.shape)"),
        "a grid": _places(counted="np.ogrid[tuple(slice(n) for n in target.shape)]"),
        "by hand": """
def places(target, dims):
    if not target.ndim:
        return (target,)
    counts = np.ix_(*map(range, target.shape))
    return (counts[0], target) + counts[1:]
""",
    },
    "surprise": {
        "an array for sure": _surprise().replace("return result,", "return np.asarray(result),"),
        "minus at the end": _surprise("-(log_p[at] * share)"),
        "minus in the result": _surprise(
            "log_p[at] * share",
            result='-losses if reduction == "none" else -losses.sum() / total',
        ),
        "weights first": _surprise("share * -log_p[at]", pull="share * (-1 / total)"),
        "three ifs": """
def surprise(log_p, at, share, reduction):
    picked = log_p[at]
    fixed, shape = -share, log_p.shape
    result = fixed * picked
    if reduction == "mean":
        fixed = fixed / share.sum()
        result = result.sum() / share.sum()
    elif reduction == "sum":
        result = result.sum()

    def derivative(grad):
        return placed(fixed * grad, at, shape)

    return np.asarray(result), derivative
""",
    },
    "Chest": {
        "one dict": _getattr("""
        found = {}
        for drawer in DRAWERS:
            found.update(self.__dict__.get(drawer, {}))
        if name not in found:
            raise no_attribute(self, name)
        return found[name]
"""),
        "try": _getattr("""
        for drawer in DRAWERS:
            try:
                return self.__dict__[drawer][name]
            except KeyError:
                pass
        raise no_attribute(self, name)
"""),
        "next": _getattr("""
        drawers = [self.__dict__.get(drawer, {}) for drawer in DRAWERS]
        home = next((drawer for drawer in drawers if name in drawer), None)
        if home is None:
            raise no_attribute(self, name)
        return home[name]
"""),
    },
    "Registry": {
        "kinds, then homes": _registry("""
    def __setattr__(self, name, value):
        kinds = [d for d, kind in DRAWERS.items() if isinstance(value, kind)]
        homes = [d for d in DRAWERS if name in self.__dict__.get(d, ())]
        if not kinds and not homes:
            return object.__setattr__(self, name, value)
        if kinds:
            check_in(self, kinds[0], name, value)
            self.__dict__.pop(name, None)
            for home in homes:
                if home != kinds[0]:
                    del self.__dict__[home][name]
        else:
            check_swap(homes[0], name, value)
        self.__dict__[(kinds or homes)[0]][name] = value
"""),
        "two loops": _registry("""
    def __setattr__(self, name, value):
        for drawer, kind in DRAWERS.items():
            if isinstance(value, kind):
                check_in(self, drawer, name, value)
                self.__dict__.pop(name, None)
                for other in DRAWERS:
                    if other != drawer:
                        self.__dict__[other].pop(name, None)
                self.__dict__[drawer][name] = value
                return
        for drawer in DRAWERS:
            if name in self.__dict__.get(drawer, ()):
                check_swap(drawer, name, value)
                self.__dict__[drawer][name] = value
                return
        super().__setattr__(name, value)
"""),
        "its kind first": _registry("""
    def __setattr__(self, name, value):
        mine = next((d for d, kind in DRAWERS.items() if isinstance(value, kind)), None)
        home = next((d for d in DRAWERS if name in self.__dict__.get(d, ())), None)
        if mine:
            check_in(self, mine, name, value)
            for place in (self.__dict__, self._parameters, self._modules, self._buffers):
                if place is not self.__dict__[mine] and name in place:
                    del place[name]
            self.__dict__[mine][name] = value
        elif home:
            check_swap(home, name, value)
            self.__dict__[home][name] = value
        else:
            self.__dict__[name] = value
"""),
    },
    "every": {
        "guard": _every("""
    if module in seen:
        return
    seen.add(module)
    yield module
    for part in module._modules.values():
        if part is not None:
            yield from every(part, seen)
"""),
        "a stack": _every("""
    todo = [module]
    while todo:
        net = todo.pop()
        if net not in seen:
            seen.add(net)
            yield net
            todo += [part for part in reversed(net._modules.values()) if part is not None]
"""),
        "a list": _every("""
    if module is None or module in seen:
        return []
    seen.add(module)
    found = [module]
    for part in module._modules.values():
        found += every(part, seen)
    return found
"""),
    },
    "Module": {
        "a dict": _parameters("""
        found = {}
        for module in every(self, set()) if recurse else [self]:
            for parameter in module._parameters.values():
                if parameter is not None:
                    found.setdefault(id(parameter), parameter)
        return iter(found.values())
"""),
        "fromkeys": _parameters("""
        owners = every(self, set()) if recurse else [self]
        found = [p for owner in owners for p in owner._parameters.values()]
        yield from dict.fromkeys(p for p in found if p is not None)
"""),
        "train: a list": _train("""
        self.training = mode
        [part.train(mode) for part in self._modules.values() if part is not None]
        return self
"""),
        "train: parts first": _train("""
        for part in self._modules.values():
            if part:
                part.train(mode)
        self.training = mode
        return self
"""),
    },
    "Linear": {
        "a bound by hand": _linear(
            reset="bound = 1 / math.sqrt(self.in_features) if self.in_features else 0\n"
            "        for p in self.parameters():\n            uniform_(p, -bound, bound)"
        ),
        "two ways to the bias": _linear(
            bias="if bias:\n            self.bias = Parameter(empty(out_features, **options))\n"
            "        else:\n            self.register_parameter('bias', None)"
        ),
        "@": _linear(
            forward="y = input @ self.weight.T\n"
            "        return y if self.bias is None else y + self.bias"
        ),
        "bias registered first": _linear(
            weight='self.register_parameter("weight", None)\n        '
            + _LAYER["bias"]
            + "\n        "
            + _LAYER["weight"],
            bias="",
        ),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "squares": {
        (
            "squares: difference = input - target => difference = target - input"
        ): "it is only squared: the sign is lost",
    },
    "places": {
        (
            "places: rows, *rest = np.indices(target.shape, sparse=True) => rows, *rest = "
            "np.indices(target.shape)"
        ): "the same numbers, written out in full",
        (
            "places: rows, *rest = np.indices(target.shape, sparse=True) => rows, *rest = "
            "np.indices(target.shape, sparse=False)"
        ): "the same numbers, written out in full",
    },
    "Registry": {
        (
            "Registry: for place in (self.__dict__, *[self.__dict__[d] for d in DRAWERS if d "
            "!= drawer]): => for place in (*[self.__dict__[d] for d in DRAWERS if d != "
            "drawer], self.__dict__):"
        ): "the name is taken out of all places, in whatever order",
    },
    "Linear": {
        (
            "Linear: self.weight = Parameter(empty(out_features, in_features, device=device, "
            "dtype=dtype)) => self.weight = Parameter(empty(out_features, in_features, "
            "dtype=dtype))"
        ): "there is one device",
        (
            "Linear: self.register_parameter('bias', Parameter(empty(out_features, "
            "device=device, dtype=dtype)) if bias else None) => "
            "self.register_parameter('bias', Parameter(empty(out_features, dtype=dtype)) if "
            "bias else None)"
        ): "there is one device",
    },
}
