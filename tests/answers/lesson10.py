"""Answers to the exercises of lesson 10."""

from __future__ import annotations


def _remember(
    average: str = "average.lerp_(grad, 1 - betas[0])",
    square: str = "square.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])",
) -> str:
    return f"""
def remember(grad, average, square, betas):
    {average}
    {square}
"""


def _adam_step(
    spread: str = 'square.sqrt() / (1 - beta2**step) ** 0.5 + group["eps"]',
    move: str = 'parameter.addcdiv_(average, spread, value=-group["lr"] / (1 - beta1**step))',
) -> str:
    return f"""
def adam_step(parameter, average, square, step, group):
    beta1, beta2 = group["betas"]
    spread = {spread}
    {move}
"""


def _decayed(
    shrink: str = 'parameter.mul_(1 - group["lr"] * decay)',
    result: str = "grad",
    plain: str = "grad.add(parameter, alpha=decay)",
) -> str:
    return f"""
def decayed(parameter, grad, group):
    decay = group["weight_decay"]
    if group["decoupled_weight_decay"]:
        {shrink}
        return {result}
    return {plain}
"""


def _eased(result: str) -> str:
    return f"""
def eased(start, end, share):
    return {result}
"""


def _value_at(
    over: str = "step > phases[0][0]",
    start: str = "phases[0][0]",
    share: str = "(step - start) / (end - start)",
    result: str = "curve(first, last, share)",
) -> str:
    return f"""
def value_at(step, phases, curve):
    start = 0
    while len(phases) > 1 and {over}:
        start, phases = {start}, phases[1:]
    end, first, last = phases[0]
    share = {share}
    return {result}
"""


def _total_length(result: str) -> str:
    return f"""
def total_length(tensors, norm_type):
    return {result}
"""


def _limit_length(
    factor: str = "(max_norm / (total_norm + 1e-6)).clamp(max=1.0)",
    scale: str = "grad.mul_(factor)",
) -> str:
    return f"""
def limit_length(grads, max_norm, total_norm):
    for grad in grads:
        factor = {factor}
        {scale}
"""


WRONG = {
    "remember": {
        "nothing kept": (
            _remember(
                "average = average.lerp(grad, 1 - betas[0])",
                "square = square * betas[1] + grad * grad * (1 - betas[1])",
            ),
            "have to change in place",
        ),
        "as momentum": (_remember("average.mul_(betas[0]).add_(grad)"), "as in SGD's momentum"),
        "squares in full": (
            _remember(square="square.mul_(betas[1]).addcmul_(grad, grad)"),
            "The new square counts in full",
        ),
        "not squared": (
            _remember(square="square.lerp_(grad, 1 - betas[1])"),
            "averages the gradient itself",
        ),
        "share squared": (
            _remember(square="square.mul_(betas[1]).add_(((1 - betas[1]) * grad) ** 2)"),
            "The share is squared, too",
        ),
        "beta of the way": (
            _remember(
                "average.lerp_(grad, betas[0])",
                "square.mul_(1 - betas[1]).addcmul_(grad, grad, value=betas[1])",
            ),
            "The shares have changed places",
        ),
        "betas swapped": (
            _remember(
                "average.lerp_(grad, 1 - betas[1])",
                "square.mul_(betas[0]).addcmul_(grad, grad, value=1 - betas[0])",
            ),
            "The betas have changed places",
        ),
    },
    "adam_step": {
        "no correction": (
            _adam_step(
                'square.sqrt() + group["eps"]',
                'parameter.addcdiv_(average, spread, value=-group["lr"])',
            ),
            "The first steps are not made up for",
        ),
        "square only": (
            _adam_step(move='parameter.addcdiv_(average, spread, value=-group["lr"])'),
            "the average is not",
        ),
        "average only": (_adam_step('square.sqrt() + group["eps"]'), "the square is not"),
        "not under the root": (
            _adam_step('square.sqrt() / (1 - beta2**step) + group["eps"]'),
            "goes under the root as well",
        ),
        "eps under the root": (
            _adam_step('(square / (1 - beta2**step) + group["eps"]).sqrt()'),
            "eps stands under the root",
        ),
        "no eps": (_adam_step("(square / (1 - beta2**step)).sqrt()"), "becomes 0 / 0"),
        "no root": (
            _adam_step('square / (1 - beta2**step) + group["eps"]'),
            "Its root is as long as a gradient",
        ),
        "uphill": (
            _adam_step(
                move='parameter.addcdiv_(average, spread, value=group["lr"] / (1 - beta1**step))'
            ),
            "You go uphill",
        ),
        "out of place": (
            _adam_step(
                move='parameter.addcdiv(average, spread, value=-group["lr"] / (1 - beta1**step))'
            ),
            "`addcdiv` makes a new tensor",
        ),
        "spoilt": (
            _adam_step(
                move='parameter.addcdiv_(average.div_(1 - beta1**step), spread, value=-group["lr"])'
            ),
            "the average is changed for good",
        ),
        "both spoilt": (
            _adam_step(
                'square.div_(1 - beta2**step).sqrt() + group["eps"]',
                'parameter.addcdiv_(average.div_(1 - beta1**step), spread, value=-group["lr"])',
            ),
            "both averages are changed",
        ),
    },
    "decayed": {
        "in place": (_decayed(plain="grad.add_(parameter, alpha=decay)"), "itself has changed"),
        "subtracted": (_decayed(plain="grad.sub(parameter, alpha=decay)"), "The sign is wrong"),
        "with the rate": (
            _decayed(plain='grad.add(parameter, alpha=decay * group["lr"])'),
            "does not look at lr",
        ),
        "without the rate": (
            _decayed("parameter.mul_(1 - decay)"),
            "takes off the share lr * weight_decay",
        ),
        "what goes": (
            _decayed('parameter.mul_(group["lr"] * decay)'),
            "What stays is 1 - lr * weight_decay",
        ),
        "both": (_decayed(result="grad.add(parameter, alpha=decay)"), "differs"),
        "not in place": (
            _decayed('parameter = parameter * (1 - group["lr"] * decay)'),
            "has to shrink, in place",
        ),
        "one kind": (
            """
def decayed(parameter, grad, group):
    return grad.add(parameter, alpha=group["weight_decay"])
""",
            "always do the plain kind",
        ),
    },
    "eased": {
        "straight": (_eased("start + (end - start) * share"), "That is a straight line"),
        "backwards": (
            _eased("start + (end - start) * (1 + math.cos(math.pi * share)) / 2"),
            "from the end to the start",
        ),
        "a whole wave": (
            _eased("end + (start - end) * (1 + math.cos(2 * math.pi * share)) / 2"),
            "That is a whole wave",
        ),
        "not halved": (
            _eased("end + (start - end) * (1 + math.cos(math.pi * share))"),
            "Halve it",
        ),
        "bare": (_eased("end + (start - end) * math.cos(math.pi * share)"), "from 1 to -1"),
        "down to zero": (
            _eased("start * (1 + math.cos(math.pi * share)) / 2"),
            "It always ends at 0",
        ),
        "a quarter": (
            _eased("end + (start - end) * math.cos(math.pi / 2 * share)"),
            "A quarter of a wave",
        ),
    },
    "value_at": {
        "from step 0": (_value_at(start="0"), "seems to begin at step 0"),
        "too early": (_value_at(over="step >= phases[0][0]"), "last step still belongs to it"),
        "stops": (
            _value_at(share="min((step - start) / (end - start), 1.0)"),
            "its share grows over 1",
        ),
        "by the end": (_value_at(share="(step - start) / end"), "the *length* of the phase"),
        "what is left": (
            _value_at(share="(end - step) / (end - start)"),
            "the share that is left",
        ),
        "always straight": (_value_at(result="first + (last - first) * share"), "You always go"),
        "one phase": (_value_at(over="False"), "You stay in the first phase"),
        "eaten up": (
            """
def value_at(step, phases, curve):
    start = 0
    while len(phases) > 1 and step > phases[0][0]:
        start = phases.pop(0)[0]
    end, first, last = phases[0]
    return curve(first, last, (step - start) / (end - start))
""",
            "took phases out of the list",
        ),
    },
    "total_length": {
        "added up": (
            _total_length("stack([norm(x, norm_type) for x in tensors]).sum()"),
            "You added the lengths up",
        ),
        "the longest": (
            _total_length("stack([norm(x, norm_type) for x in tensors]).max()"),
            "the longest of them",
        ),
        "the mean": (
            _total_length("stack([norm(x, norm_type) for x in tensors]).mean()"),
            "the mean of the lengths",
        ),
        "no root": (
            _total_length("sum(norm(x, norm_type) ** 2 for x in tensors)"),
            "lacks its root",
        ),
        "always two": (
            _total_length("norm(stack([norm(x) for x in tensors]))"),
            "norm_type makes no difference",
        ),
        "two at the end": (
            _total_length("norm(stack([norm(x, norm_type) for x in tensors]))"),
            "of the same kind",
        ),
    },
    "limit_length": {
        "out of place": (_limit_length(scale="grad * factor"), "`mul_` writes into them"),
        "each alone": (
            _limit_length("(max_norm / ((grad * grad).sum().sqrt() + 1e-6)).clamp(max=1.0)"),
            "look at each gradient alone",
        ),
        "always": (_limit_length("max_norm / (total_norm + 1e-6)"), "never more than 1"),
        "at least": (
            _limit_length("(max_norm / (total_norm + 1e-6)).clamp(min=1.0)"),
            "at *most* 1",
        ),
        "no 1e-6": (_limit_length("(max_norm / total_norm).clamp(max=1.0)"), "1e-6 is"),
        "upside down": (
            _limit_length("((total_norm + 1e-6) / max(max_norm, 1e-9)).clamp(max=1.0)"),
            "max_norm",
        ),
        "by max_norm": (
            _limit_length("max_norm if total_norm > max_norm else 1.0"),
            "a gradient has any length",
        ),
    },
}

RIGHT = {
    "remember": {
        "in two steps": _remember(
            "average.mul_(betas[0]).add_(grad, alpha=1 - betas[0])",
            "square.mul_(betas[1]).add_(grad * grad * (1 - betas[1]))",
        ),
        "both by lerp": _remember(square="square.lerp_(grad**2, 1 - betas[1])"),
        "copied": _remember(
            "average.copy_(betas[0] * average + (1 - betas[0]) * grad)",
            "square.copy_(betas[1] * square + (1 - betas[1]) * grad**2)",
        ),
        "by slices": _remember(
            "average[...] = betas[0] * average + (1 - betas[0]) * grad",
            "square[...] = betas[1] * square + (1 - betas[1]) * grad.square()",
        ),
    },
    "adam_step": {
        "as in the paper": _adam_step(
            '(square / (1 - beta2**step)).sqrt() + group["eps"]',
            'parameter.sub_(group["lr"] * (average / (1 - beta1**step)) / spread)',
        ),
        "minus": _adam_step(move='parameter -= group["lr"] / (1 - beta1**step) * average / spread'),
        "add_": _adam_step(
            move='parameter.add_(average / (1 - beta1**step) / spread, alpha=-group["lr"])'
        ),
    },
    "decayed": {
        "by itself": _decayed('parameter.sub_(parameter, alpha=group["lr"] * decay)'),
        "plus": _decayed(plain="grad + decay * parameter"),
        "the other way round": """
def decayed(parameter, grad, group):
    if not group["decoupled_weight_decay"]:
        return grad + group["weight_decay"] * parameter
    parameter *= 1 - group["lr"] * group["weight_decay"]
    return grad
""",
    },
    "eased": {
        "from the start": _eased("start + (end - start) * (1 - math.cos(math.pi * share)) / 2"),
        "weights": _eased(
            "start * (1 + math.cos(math.pi * share)) / 2 "
            "+ end * (1 - math.cos(math.pi * share)) / 2"
        ),
        "by squares": _eased("end + (start - end) * math.cos(math.pi * share / 2) ** 2"),
    },
    "value_at": {
        "a loop": """
def value_at(step, phases, curve):
    start = 0
    for end, first, last in phases:
        share = (step - start) / (end - start)
        if step <= end:
            break
        start = end
    return curve(first, last, share)
""",
        "by number": """
def value_at(step, phases, curve):
    n = 0
    while n + 1 < len(phases) and step > phases[n][0]:
        n += 1
    begin = phases[n - 1][0] if n else 0
    end, first, last = phases[n]
    return curve(first, last, (step - begin) / (end - begin))
""",
        "again and again": """
def value_at(step, phases, curve, begin=0):
    (end, first, last), *rest = phases
    if rest and step > end:
        return value_at(step, rest, curve, end)
    return curve(first, last, (step - begin) / (end - begin))
""",
    },
    "total_length": {
        "one long vector": _total_length(
            "norm(stack([x for one in tensors for x in one.reshape(-1)]), norm_type)"
        ),
        "without dots": """
def total_length(tensors, norm_type):
    lengths = []
    for tensor in tensors:
        lengths.append(norm(tensor, norm_type))
    return norm(stack(lengths), norm_type)
""",
        "a method": _total_length("stack([x.norm(norm_type) for x in tensors]).norm(norm_type)"),
    },
    "limit_length": {
        "asked": _limit_length(
            "max_norm / (total_norm + 1e-6)", "if factor < 1:\n            grad.mul_(factor)"
        ),
        "times": _limit_length(scale="grad *= factor"),
        "a number": _limit_length("min(max_norm / (total_norm.item() + 1e-6), 1.0)"),
    },
}
