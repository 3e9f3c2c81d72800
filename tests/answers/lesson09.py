"""Answers to the exercises of lesson 09."""

from __future__ import annotations


def _by(
    unit: str = "(x - mean[:, None]) * rstd[:, None]",
    scaled: str = "unit if weight is None else unit * weight[:, None]",
    result: str = "scaled if bias is None else scaled + bias[:, None]",
) -> str:
    return f"""
def standardized_by(x, mean, rstd, weight, bias):
    unit = {unit}
    scaled = {scaled}
    return {result}
"""


def _standard(
    centred: str = "x - mean[:, None]",
    var: str = "channel_mean(centred * centred)",
    rstd: str = "1 / np.sqrt(var + x.dtype.type(eps))",
    result: str = "standardized_by(x, mean, rstd, weight, bias), mean, var",
) -> str:
    return f"""
def standardized(x, weight, bias, eps):
    mean = channel_mean(x)
    centred = {centred}
    var = {var}
    rstd = {rstd}
    return {result}
"""


def _follow(line: str) -> str:
    return f"def follow(running, new, momentum):\n    {line}\n"


def _track(mean: str = "mean, momentum", var: str = "var * (count / (count - 1)), momentum") -> str:
    return f"""
def track(running_mean, running_var, mean, var, count, momentum):
    follow(running_mean, {mean})
    follow(running_var, {var})
"""


def _dropout(
    off: str = "not training",
    kept: str = "torch.empty_like(x).bernoulli_(1 - p) / (1 - p)",
    result: str = "x * kept",
) -> str:
    return f"""
def dropout(x, p, training):
    if {off}:
        return x
    kept = {kept}
    return {result}
"""


_LARGEST = """
    for outs, ins in taps(windows):
        here = input[ins]
        better = (here > best[outs]) | (here != here) | (index[outs] < 0)
        best[outs] = np.where(better, here, best[outs])
        index[outs] = np.where(better, places[ins], index[outs])
"""


def _largest(body: str = _LARGEST) -> str:
    return f"""
def largest(input, windows):
    lead, size = input.shape[: -len(windows)], sizes(windows, False)
    lowest = -np.inf if input.dtype.kind == "f" else np.iinfo(input.dtype).min
    best = np.full((*lead, *sizes(windows)), lowest, input.dtype)
    index, places = np.full(best.shape, -1, np.int64), np.arange(math.prod(size)).reshape(size)
{body}
    return best, Winners(index, lead, size)
"""


def _winners(
    zeros: str = "np.zeros((math.prod(self.lead), math.prod(self.size)), grad.dtype)",
    add: str = "np.add.at(zeros, (image, self.rows(self.index)), self.rows(grad))",
    result: str = "zeros.reshape(*self.lead, *self.size)",
    image: str = "np.arange(len(zeros))[:, None]",
) -> str:
    return f"""
class Winners(Winners):
    def place(self, grad):
        zeros = {zeros}
        image = {image}
        {add}
        return {result}
"""


WRONG = {
    "standardized_by": {
        "divided": (_by(unit="(x - mean[:, None]) / rstd[:, None]"), "multiply with it"),
        "added": (_by(unit="(x + mean[:, None]) * rstd[:, None]"), "subtracted"),
        "a row": (_by(unit="(x - mean) * rstd"), "mean[:, None]"),
        "the weight is forgotten": (_by(scaled="unit"), "Times weight"),
        "the bias is subtracted": (
            _by(result="scaled if bias is None else scaled - bias[:, None]"),
            "The bias is added",
        ),
        "x is overwritten": (
            """
def standardized_by(x, mean, rstd, weight, bias):
    x -= mean[:, None]
    x *= rstd[:, None]
    if weight is not None:
        x *= weight[:, None]
    if bias is not None:
        x += bias[:, None]
    return x
""",
            "as it was",
        ),
        "None is not asked": (_by(scaled="unit * weight[:, None]"), ""),
    },
    "standardized": {
        "unbiased": (
            _standard(
                result="standardized_by(x, mean, rstd, weight, bias), mean, "
                "var * (x.shape[0] * x.shape[2] / (x.shape[0] * x.shape[2] - 1))"
            ),
            "biased one",
        ),
        "no square": (_standard(var="channel_mean(abs(centred))"), "squared"),
        "squares first": (
            _standard(var="channel_mean(x * x) - mean * mean"),
            "the distances to the mean first",
        ),
        "eps outside": (_standard(rstd="1 / (np.sqrt(var) + eps)"), "before the root"),
        "the deviation": (_standard(rstd="np.sqrt(var + eps)"), "one over the deviation"),
        "only the result": (
            _standard(result="standardized_by(x, mean, rstd, weight, bias)"),
            "Three things",
        ),
        "the mean as a row": (_standard(centred="x - mean"), "as a column"),
        "taken away twice": (
            _standard(result="standardized_by(centred, mean, rstd, weight, bias), mean, var"),
            "not `centred`",
        ),
        "no weight": (
            _standard(result="standardized_by(x, mean, rstd, None, None), mean, var"),
            "",
        ),
        "no eps": (_standard(rstd="1 / np.sqrt(var)"), ""),
    },
    "follow": {
        "the share of the old": (
            _follow("running[...] = momentum * running + (1 - momentum) * new"),
            "SGD's way",
        ),
        "a new array": (
            _follow("running = (1 - momentum) * running + momentum * new"),
            "written into `running`",
        ),
        "returned": (_follow("return (1 - momentum) * running + momentum * new"), "running[...]"),
        "the new alone": (_follow("running[...] = momentum * new"), "old one's share"),
        "added up": (_follow("running += momentum * new"), "only grows"),
    },
    "track": {
        "biased": (_track(var="var, momentum"), "unbiased"),
        "the other way": (_track(var="var * ((count - 1) / count), momentum"), "larger"),
        "the mean of the variance": (_track(mean="var, momentum"), ""),
        "count + 1": (_track(var="var * (count / (count + 1)), momentum"), ""),
        "no momentum": (_track(mean="mean, 1.0"), ""),
        "nothing moves": (
            "def track(running_mean, running_var, mean, var, count, momentum):\n    pass\n",
            "Does `follow` pass",
        ),
    },
    "dropout": {
        "nothing grows": (_dropout(kept="torch.empty_like(x).bernoulli_(1 - p)"), "must grow"),
        "p is kept": (_dropout(kept="torch.empty_like(x).bernoulli_(p) / p"), "is *dropped*"),
        "p is kept, 1 - p divided": (
            _dropout(kept="torch.empty_like(x).bernoulli_(p) / (1 - p)"),
            "is *dropped*",
        ),
        "grows by 1 / p": (
            _dropout(kept="torch.empty_like(x).bernoulli_(1 - p) / p"),
            "A share of 1 - p is left",
        ),
        "always": (_dropout(off="p == 0"), "eval mode"),
        "rand": (_dropout(kept="(torch.rand_like(x) > p) / (1 - p)"), "other numbers fall"),
        "torch.bernoulli": (
            _dropout(kept="torch.bernoulli(torch.full_like(x, 1 - p)) / (1 - p)"),
            "other numbers fall",
        ),
        "the ones are dropped": (
            _dropout(kept="(1 - torch.empty_like(x).bernoulli_(p)) / (1 - p)"),
            "other numbers fall",
        ),
        "the other mode": (_dropout(off="training"), "the other way round"),
        "made up for in eval": (
            """
def dropout(x, p, training):
    if not training:
        return x * (1 - p)
    return x * torch.empty_like(x).bernoulli_(1 - p)
""",
            "Some books",
        ),
        "a copy in eval": (_dropout().replace("return x\n", "return x.clone()\n", 1), "*itself*"),
        "in place": (_dropout(result="x.mul_(kept)"), ""),
        "x itself is filled": (
            _dropout(kept="x.bernoulli_(1 - p) / (1 - p)"),
            "a tensor *like* x",
        ),
        "the same each time": (
            _dropout().replace("    kept =", "    torch.manual_seed(5)\n    kept ="),
            "anew in each call",
        ),
    },
    "Winners": {
        "overwritten": (
            _winners(add="zeros[image, self.rows(self.index)] = self.rows(grad)"),
            "`np.add.at` adds every one",
        ),
        "plus equals": (
            _winners(add="zeros[image, self.rows(self.index)] += self.rows(grad)"),
            "`np.add.at` adds every one",
        ),
        "one image": (
            _winners(image="np.zeros((len(zeros), 1), np.int64)"),
            "All gradients go to the first image",
        ),
        "a number": (_winners(image="0"), "each with a row of its own"),
        "float64": (
            _winners("np.zeros((math.prod(self.lead), math.prod(self.size)))"),
            "Your zeros are float64",
        ),
        "in rows": (_winners(result="zeros"), "still one row for each image"),
        "ones": (
            _winners(add="np.add.at(zeros, (image, self.rows(self.index)), 1)"),
            "You mark who won",
        ),
        "no column": (_winners(image="np.arange(len(zeros))"), "each with a row of its own"),
        "shape of the result": (
            _winners(result="zeros.reshape(grad.shape)"),
            "cannot reshape array",
        ),
    },
    "largest": {
        "the last of equals": (_largest(_LARGEST.replace("here >", "here >=")), "*first* wins"),
        "nan is lost": (_largest(_LARGEST.replace(" | (here != here)", "")), "nan"),
        "the smallest": (_largest(_LARGEST.replace("here >", "here <")), "smallest"),
        "the last place": (
            _largest(_LARGEST.replace("np.where(better, places[ins], index[outs])", "places[ins]")),
            "who won",
        ),
        "no first": (_largest(_LARGEST.replace(" | (index[outs] < 0)", "")), "stays -1"),
        "larger alone": (
            _largest(_LARGEST.replace(" | (here != here) | (index[outs] < 0)", "")),
            "Two cases",
        ),
        "new arrays": (
            _largest(
                _LARGEST.replace("best[outs] =", "best =").replace("index[outs] =", "index =")
            ),
            "write *into*",
        ),
        "no index": (
            _largest(
                _LARGEST.replace(
                    "        index[outs] = np.where(better, places[ins], index[outs])\n", ""
                )
            ),
            "is -1, expected 5",
        ),
    },
}

RIGHT = {
    "standardized_by": {
        "one expression": """
def standardized_by(x, mean, rstd, weight, bias):
    column = lambda values, otherwise: otherwise if values is None else values[:, None]
    unit = (x - mean[:, None]) * rstd[:, None]
    return unit * column(weight, x.dtype.type(1)) + column(bias, x.dtype.type(0))
""",
        "reshape": """
def standardized_by(x, mean, rstd, weight, bias):
    result = (x - mean.reshape(-1, 1)) * rstd.reshape(-1, 1)
    if weight is not None:
        result = result * weight.reshape(-1, 1)
    if bias is not None:
        result = result + bias.reshape(-1, 1)
    return result
""",
        "in place on its own array": """
def standardized_by(x, mean, rstd, weight, bias):
    result = x - mean[None, :, None]
    result *= rstd[None, :, None]
    if weight is not None:
        result *= weight[None, :, None]
    if bias is not None:
        result += bias[None, :, None]
    return result
""",
    },
    "standardized": {
        "x.var": """
def standardized(x, weight, bias, eps):
    mean, var = x.mean((0, 2)), x.var((0, 2))
    rstd = (var + x.dtype.type(eps)) ** x.dtype.type(-0.5)
    return standardized_by(x, mean, rstd, weight, bias), mean, var
""",
        "square": _standard(var="channel_mean(np.square(centred))"),
        "power": _standard(var="channel_mean(centred ** 2)"),
    },
    "follow": {
        "by its distance": _follow("running += momentum * (new - running)"),
        "and returned": _follow(
            "running[...] = (1 - momentum) * running + momentum * new\n    return running"
        ),
        "copyto": _follow("np.copyto(running, (1 - momentum) * running + momentum * new)"),
        "two steps": _follow("running *= 1 - momentum\n    running += momentum * new"),
    },
    "track": {
        "divided": _track(var="var * count / (count - 1), momentum"),
        "by name": _track(mean="new=mean, momentum=momentum"),
        "a sum": _track(var="var + var / (count - 1), momentum"),
    },
    "dropout": {
        "two ifs": """
def dropout(x, p, training):
    if not training:
        return x
    if p == 0:
        return x
    kept = torch.empty(x.shape).bernoulli_(1 - p)
    return x * kept / (1 - p)
""",
        "the other way round": _dropout(result="kept.mul_(x)"),
        "p = 0 is asked": _dropout(off="p == 0 or not training"),
        "the library's": """
def dropout(x, p, training):
    return F.dropout(x, p, training)
""",
        "chosen by where": _dropout(
            kept="torch.empty_like(x).bernoulli_(1 - p)",
            result="torch.where(kept == 1, x / (1 - p), 0)",
        ),
    },
    "Winners": {
        "one row of all": _winners(
            zeros="np.zeros(math.prod(self.lead) * math.prod(self.size), grad.dtype)",
            image="(np.arange(math.prod(self.lead)) * math.prod(self.size))[:, None]",
            add="np.add.at(zeros, (image + self.rows(self.index)).ravel(), grad.ravel())",
        ),
        "image by image": _winners(
            add="[np.add.at(z, i, g) for z, i, g in "
            "zip(zeros, self.rows(self.index), self.rows(grad))]",
        ),
        "a loop over the winners": _winners(
            add="""for n, (places, grads) in enumerate(zip(self.rows(self.index), self.rows(grad))):
            for place, number in zip(places, grads):
                zeros[n, place] += number""",
        ),
    },
    "largest": {
        "masks": _largest(
            """
    for outs, ins in taps(windows):
        here, there = input[ins], places[ins]
        now, number = best[outs], index[outs]
        won = (number < 0) | (here > now) | np.isnan(here.astype(np.float64))
        best[outs] = np.where(won, here, now)
        index[outs] = np.where(won, there, number)
"""
        ),
        "not equal to itself": _largest(_LARGEST.replace("(here != here)", "~(here == here)")),
        "logical_or": _largest(
            _LARGEST.replace(
                "(here > best[outs]) | (here != here) | (index[outs] < 0)",
                "np.logical_or.reduce([here > best[outs], here != here, index[outs] == -1])",
            )
        ),
    },
}

SAME: dict[str, dict[str, str]] = {
    "standardized": {
        (
            "standardized: centred = x - mean[:, None] => centred = mean[:, None] - x"
        ): "the distances are squared, so their sign is lost",
    },
}
