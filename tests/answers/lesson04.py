"""Answers to lesson 04: wrong ones with a phrase of what the check must say, and right ones."""


def _of(head, *body):
    """A function: its first line, and the lines below it."""
    return "\n".join([head, *("    " + line for line in body)])


def _write(*body):
    return _of("def write(tensor, array):", *body)


_COUNT = "tensor._counter[0] += 1"


def _back(*body):
    return _of("def back_through_view(grad, where, change):", *body)


_ASK = "inside = change(grad[where])"
_OR_ZERO = "0 if inside is None else inside"


def _adopt(*body):
    first = "node, view = moved(result._node, tensor), tensor._view"
    return _of("def adopt(tensor, result):", first, *body, "settle(tensor)")


_SLICES = "view.base._node = CopySlices(view.base, tensor, node)"


def _either(plain, of_view, test="view is None"):
    return _adopt(f"if {test}:", f"    {plain}", "else:", f"    {of_view}")


def _modify(first, last):
    return _of(
        "def modify(tensor, operation, *rest, checked=True, recorded=True, **options):",
        "others = [x for x in (*rest, *options.values()) if isinstance(x, Tensor)]",
        "inputs = (tensor, *others)",
        "recorded = recorded and recording.enabled and any(x.requires_grad for x in inputs)",
        "check_inputs(tensor, others, recorded)",
        *first,
        "if checked:",
        "    check_result(tensor, result)",
        "if recorded and result._node is None:",
        "    constant(result, operation.__name__, before)",
        *last,
    )


_BEFORE = "before = stand_in(tensor) if recorded else tensor"
_RESULT = "result = operation(before, *rest, **options)"
_FIRST = [_BEFORE, _RESULT]
_LAST = [
    "write(tensor, result._array)",
    "if recorded:",
    "    adopt(tensor, result)",
    "return tensor",
]


_START = "self.defaults, self.state, self.param_groups = defaults, defaultdict(dict), []"
_EACH = ["for group in groups_of(params, defaults):", "    self.add_param_group(group)"]


def _optimizer(*body, init=(_START, *_EACH), add="self.param_groups.append(complete(self, group))"):
    return _of(
        "class Optimizer:",
        "def __init__(self, params, defaults):",
        *("    " + line for line in init),
        "",
        "def add_param_group(self, group):",
        "    " + add,
        "",
        "def zero_grad(self, set_to_none=True):",
        *("    " + line for line in body),
    )


def _over_all(*body, group="group in self.param_groups", **parts):
    body = ["        " + line for line in body]
    return _optimizer(f"for {group}:", "    for p in group['params']:", *body, **parts)


_NONE = ["if set_to_none:", "    p.grad = None"]
_ZERO = [*_NONE, "elif p.grad is not None:", "    without_history(p.grad).zero_()"]


def _move_all(*body, last="return loss"):
    head = "@no_grad()\ndef move_all(optimizer, move, closure=None):"
    return _of(head, "loss = loss_of(closure)", *body, last)


def _loops(*body, over="optimizer.param_groups"):
    lines = [f"for group in {over}:", "    for parameter in group['params']:"]
    return _move_all(*lines, *("        " + line for line in body))


_HAS_GRAD = "if parameter.grad is not None:"


def _direction(*body):
    first = 'grad = -parameter.grad if group["maximize"] else parameter.grad'
    return _of("def direction(parameter, group, states):", first, *body)


def _with(
    decay="grad = grad.add(parameter, alpha=group['weight_decay'])",
    early=("if not group['momentum']:", "    return grad"),
    new="grad.detach().clone()",
    later="buffer.mul_(group['momentum']).add_(grad, alpha=1 - group['dampening'])",
    end=("if group['nesterov']:", "    return grad.add(buffer, alpha=group['momentum'])"),
    last="return buffer",
):
    return _direction(
        "if group['weight_decay']:",
        f"    {decay}",
        *early,
        "buffer = states[parameter].get('momentum_buffer')",
        "if buffer is None:",
        f"    buffer = states[parameter]['momentum_buffer'] = {new}",
        "else:",
        f"    {later}",
        *end,
        last,
    )


def _sgd(*move, walk="return move_all(self, move, closure)"):
    return _of(
        "class SGD(Optimizer):",
        "def __init__(self, params, lr=1e-3, momentum=0, weight_decay=0):",
        "    options = {'lr': lr, 'momentum': momentum, 'weight_decay': weight_decay}",
        "    options |= {'dampening': 0, 'nesterov': False}",
        "    super().__init__(params, all_options(options, {}))",
        "",
        "def step(self, closure=None):",
        "    def move(parameter, group):",
        *("        " + line for line in move),
        f"    {walk}",
    )


_WAY = "way = direction(parameter, group, self.state)"

WRONG = {
    "write": {
        "not counted": (_write("tensor._array[...] = array"), "nobody counted the change"),
        "another array": (_write("tensor._array = array", _COUNT), "Whoever looks at the old"),
        "another counter": (
            _write("tensor._array[...] = array", "tensor._counter = [tensor._counter[0] + 1]"),
            "change the number in it",
        ),
        "always one": (
            _write("tensor._array[...] = array", "tensor._counter[0] = 1"),
            "with *every* change",
        ),
        "sets the version": (
            _write("tensor._array[...] = array", "tensor._version += 1"),
            "only shows the number",
        ),
        "sets the version, after a colon": (
            _write("tensor._array[:] = array", "tensor._version += 1"),
            "only shows the number",
        ),
        "colon": (_write("tensor._array[:] = array", _COUNT), "`[:]` asks for a first dim"),
        "counts the list": (
            _write("tensor._array[...] = array", "tensor._counter += 1"),
            "`tensor._counter` is a list",
        ),
        "no unsafe": (_write("np.copyto(tensor._array, array)", _COUNT), 'casting="unsafe"'),
        "flattened copy": (
            _write("tensor._array.reshape(-1)[:] = array.reshape(-1)", _COUNT),
            "let NumPy find the places",
        ),
        "empty not counted": (
            _write("if array.size:", "    tensor._array[...] = array", "    " + _COUNT),
            "A write of nothing is a write",
        ),
    },
    "back_through_view": {
        "or 0": (_back("return replaced(grad, where, change(grad[where]) or 0)"), "ask `is None`"),
        "into grad, and no None": (
            _back("grad[where] = change(grad[where])", "return grad"),
            "`grad` itself must stay as it is",
        ),
        "into grad": (
            _back(_ASK, f"grad[where] = {_OR_ZERO}", "return grad"),
            "Others hold that array",
        ),
        "all of grad": (
            _back("inside = change(grad)", "return grad * 0 if inside is None else inside"),
            "Only what lies inside the view",
        ),
        "zeros outside": (
            _back(_ASK, f"return replaced(grad * 0, where, {_OR_ZERO})"),
            "Outside the view there are zeros",
        ),
        "both ways": (
            _back(_ASK, "if inside is None:", "    return grad")
            + "\n    return replaced(grad, where, grad[where] + inside)",
            "arrives twice",
        ),
        "None passes": (
            _back(_ASK, "return grad if inside is None else replaced(grad, where, inside)"),
            "If `change` returns None",
        ),
        "arrays only": (
            _back(_ASK, "old = grad.copy()", f"old[where] = {_OR_ZERO}", "return old"),
            "gradients may be tensors",
        ),
    },
    "adopt": {
        "bare node": (_either("tensor._node = node", "view.base._node = node"), "what CopySlices"),
        "on the view": (
            _either("tensor._node = node", "tensor._node = CopySlices(view.base, tensor, node)"),
            "must become a CopySlices",
        ),
        "only the plain case": (
            _adopt("tensor._node = node"),
            "must become a CopySlices",
        ),
        "only views": (_adopt("if view is not None:", f"    {_SLICES}"), "keeps its old history"),
        "the whole base": (
            _either(
                "tensor._node = node", "view.base._node = CopySlices(view.base, view.base, node)"
            ),
            "then the *view*, then the node",
        ),
        "the record of the view": (
            _either("tensor._node = node", "view.base._node = CopySlices(view.base, view, node)"),
            "The view itself is `tensor`",
        ),
        "into the record": (
            _either("tensor._node = node", "view._node = CopySlices(view.base, tensor, node)"),
            "it has no history",
        ),
        "without else": (
            _adopt("if view is None:", "    tensor._node = node", _SLICES),
            "belongs under `else:`",
        ),
        "never settled": (
            _either("tensor._node = node", _SLICES).removesuffix("settle(tensor)"),
            "is not always reached",
        ),
        "views not settled": (
            _either("tensor._node = node", f"{_SLICES}; return"),
            "is not always reached",
        ),
        "only views settled": (
            _either("tensor._node = node; return", _SLICES),
            "is not always reached",
        ),
        "swapped": (
            _either(_SLICES, "tensor._node = node"),
            "'NoneType' object has no attribute 'base'",
        ),
    },
    "modify": {
        "no stand-in": (_modify(["before = tensor", _RESULT], _LAST), "give it the stand-in"),
        "not written": (_modify(_FIRST, _LAST[1:]), "still holds its old numbers"),
        "another array": (
            _modify(_FIRST, ["tensor._array = result._array", *_LAST[1:]]),
            "gives the tensor another memory",
        ),
        "another array, counted": (
            _modify(_FIRST, ["tensor._array = result._array", _COUNT, *_LAST[1:]]),
            "gives the tensor another memory",
        ),
        "not adopted": (_modify(_FIRST, [_LAST[0], _LAST[3]]), "the history is old"),
        "returns the result": (
            _modify(_FIRST, [*_LAST[:3], "return result"]),
            "returns x itself",
        ),
        "returns nothing": (_modify(_FIRST, _LAST[:3]), "It returns nothing"),
        "returns inside the if": (
            _modify(_FIRST, [*_LAST[:3], "    return tensor"]),
            "stands inside the `if`",
        ),
        "into the stand-in": (
            _modify(_FIRST, ["write(before, result._array)", *_LAST[1:]]),
            "You write into `before`",
        ),
        "no stars": (
            _modify([_BEFORE, "result = operation(before, rest, options)"], _LAST),
            "`rest` is a tuple",
        ),
        "no options": (
            _modify([_BEFORE, "result = operation(before, *rest)"], _LAST),
            "You forgot `**options`",
        ),
        "always a copy": (
            _modify(["before = stand_in(tensor)", _RESULT], _LAST),
            "a copy for nothing",
        ),
        "always adopted": (
            _modify(_FIRST, [_LAST[0], "adopt(tensor, result)", "return tensor"]),
            "so there is no history to adopt",
        ),
        "always adopted, and first": (
            _modify(_FIRST, ["adopt(tensor, result)", _LAST[0], "return tensor"]),
            "write before you adopt",
        ),
        "adopted first": (_modify(_FIRST, [*_LAST[1:3], _LAST[0], _LAST[3]]), "So write first"),
        "writes a tensor": (
            _modify(_FIRST, ["write(tensor, result)", *_LAST[1:]]),
            "got a tensor",
        ),
    },
    "Optimizer": {
        "first group": (
            _over_all(
                *_NONE,
                "elif p.grad is not None:",
                "    without_history(p.grad).zero_()",
                group="group in self.param_groups[:1]",
            ),
            "Only the first group is zeroed",
        ),
        "always None": (_over_all("p.grad = None"), "the gradients are to stay"),
        "new zeros": (
            _over_all(*_NONE, "elif p.grad is not None:", "    p.grad = p.grad.detach() * 0"),
            "The zeros are in new tensors",
        ),
        "None not asked": (
            _over_all(*_NONE, "else:", "    without_history(p.grad).zero_()"),
            "leave it out",
        ),
        "None not asked, with history": (
            _over_all(*_NONE, "else:", "    p.grad.zero_()"),
            "leave it out. And a gradient",
        ),
        "with history": (
            _over_all(*_NONE, "elif p.grad is not None:", "    p.grad.zero_()"),
            "A gradient may have a history",
        ),
        "a plain dict": (
            _over_all(*_ZERO, init=(_START.replace("defaultdict(dict)", "{}"), *_EACH)),
            "the state is a defaultdict(dict)",
        ),
        "groups as they are": (
            _over_all(*_ZERO, add="self.param_groups.append(dict(group))"),
            "You take the groups as they are",
        ),
        "one group": (
            _over_all(
                *_ZERO, init=(_START, *_EACH[:1], "    self.add_param_group(group)", "    break")
            ),
            "Only the first group is taken in",
        ),
        "never taken in": (_over_all(*_ZERO, init=(_START,)), "fills in the options"),
        "options for all": (
            _over_all(*_ZERO, add="self.param_groups.append(group | self.defaults)"),
            "has of its own is lost",
        ),
        "weights zeroed": (
            _over_all(*_NONE, "else:", "    p.detach().zero_()"),
            "the very same tensors, full of zeros",
        ),
    },
    "move_all": {
        "first group": (
            _loops(_HAS_GRAD, "    move(parameter, group)", over="optimizer.param_groups[:1]"),
            "Only one group moves",
        ),
        "all of them": (_loops("move(parameter, group)"), "took no part in the loss"),
        "the truth of a gradient": (
            _loops("if parameter.grad:", "    move(parameter, group)"),
            "whether there is one",
        ),
        "only one": (
            _loops(_HAS_GRAD, "    move(parameter, group)", "    return loss"),
            "`return` inside the loop",
        ),
        "always a closure": (
            _loops(_HAS_GRAD, "    move(parameter, group)").replace(
                "loss_of(closure)", "closure()"
            ),
            "Mostly no closure is given",
        ),
        "the defaults": (
            _loops(_HAS_GRAD, "    move(parameter, optimizer.defaults)"),
            "`move` is given the defaults",
        ),
        "gradient instead": (
            _loops(_HAS_GRAD, "    move(parameter.grad, group)"),
            "it is left out",
        ),
        "loss lost": (
            _move_all(
                "for group in optimizer.param_groups:",
                "    for parameter in group['params']:",
                "        if parameter.grad is not None:",
                "            loss = move(parameter, group)",
            ),
            "return the loss",
        ),
    },
    "direction": {
        "average": (
            _with(later="buffer.mul_(group['momentum']).add_(grad, alpha=1 - group['momentum'])"),
            "You took the average",
        ),
        "the gradient itself": (_with(new="grad"), "Your buffer *is* the gradient"),
        "a buffer from the start": (
            _with().replace(".get('momentum_buffer')", "['momentum_buffer']"),
            "there is no buffer yet",
        ),
        "detached only": (_with(new="grad.detach()"), "Your buffer *is* the gradient"),
        "dampened at first": (
            _with(new="grad.detach() * (1 - group['dampening'])"),
            "You dampened the first gradient",
        ),
        "never dampened": (
            _with(later="buffer.mul_(group['momentum']).add_(grad)"),
            "You left out the dampening",
        ),
        "not kept": (
            _with(later="buffer = buffer * group['momentum'] + grad * (1 - group['dampening'])"),
            "but not kept",
        ),
        "decay in place": (
            _with(decay="grad.add_(parameter, alpha=group['weight_decay'])"),
            "written into the parameter's gradient",
        ),
        "decay subtracted": (
            _with(decay="grad = grad.sub(parameter, alpha=group['weight_decay'])"),
            "has the wrong sign",
        ),
        "nesterov in place": (
            _with(
                end=(
                    "if group['nesterov']:",
                    "    return grad.add_(buffer, alpha=group['momentum'])",
                )
            ),
            "with nesterov it was written into",
        ),
        "no nesterov": (_with(end=()), "`nesterov` makes no difference"),
        "kept for nothing": (_with(early=()), "Without momentum nothing is to be kept"),
        "no decay": (_with(decay="pass"), "There is no weight decay"),
        "decay not kept": (
            _with(decay="grad.add(parameter, alpha=group['weight_decay'])"),
            "so give it the name",
        ),
    },
    "SGD": {
        "uphill": (_sgd(_WAY, "parameter.add_(way, alpha=group['lr'])"), "goes uphill"),
        "states": (
            _sgd(_WAY.replace("self.state", "states"), "parameter.add_(way, alpha=-group['lr'])"),
            "states are `self.state`",
        ),
        "self.states": (
            _sgd(
                _WAY.replace("self.state", "self.states"), "parameter.add_(way, alpha=-group['lr'])"
            ),
            "without an s at the end",
        ),
        "self.lr": (
            _sgd(_WAY, "parameter.add_(way, alpha=-self.lr)"),
            "Each group has a learning rate of its own",
        ),
        "no lr": (_sgd(_WAY, "parameter.sub_(way)"), "as long as the direction"),
        "out of place": (
            _sgd(_WAY, "parameter = parameter - group['lr'] * way"),
            "The weights are as they were before",
        ),
        "bare gradient": (
            _sgd("parameter.add_(parameter.grad, alpha=-group['lr'])"),
            "by the gradient alone",
        ),
        "the default's lr": (
            _sgd(_WAY, "parameter.add_(way, alpha=-self.defaults['lr'])"),
            "The learning rate is the group's",
        ),
    },
}

RIGHT = {
    "write": {
        "with an ellipsis": _write("tensor._array[...] = array", _COUNT),
        "counted first": _write(
            "counter = tensor._counter", "counter[0] = counter[0] + 1", "tensor._array[()] = array"
        ),
        "cast by hand": _write(
            "numbers = array.astype(tensor._array.dtype)",
            "np.copyto(tensor._array, numbers)",
            _COUNT,
        ),
    },
    "back_through_view": {
        "an if": _back(
            _ASK, "if inside is None:", "    inside = 0", "return replaced(grad, where, inside)"
        ),
        "two returns": _back(
            _ASK,
            "if inside is None:",
            "    return replaced(grad, where, 0)",
            "return replaced(grad, where, inside)",
        ),
        "part by name": _back(
            "part = grad[where]",
            "old = change(part)",
            "return replaced(grad, where, old if old is not None else 0)",
        ),
    },
    "adopt": {
        "other way round": _either(_SLICES, "tensor._node = node", "view is not None"),
        "by truth": _either(_SLICES, "tensor._node = node", "view"),
        "base by name": _either(
            "tensor._node = node",
            "base = view.base; base._node = CopySlices(base, tensor, node)",
        ),
    },
    "modify": {
        "an if": _modify(
            ["before = tensor", "if recorded:", "    before = stand_in(tensor)", _RESULT], _LAST
        ),
        "written out": _modify(
            [_BEFORE, "arguments = (before, *rest)", "result = operation(*arguments, **options)"],
            [_LAST[0], "if not recorded:", "    return tensor", "adopt(tensor, result)", _LAST[3]],
        ),
        "written by hand": _modify(
            _FIRST,
            ["tensor._array[...] = result._array", "tensor._counter[0] += 1", *_LAST[1:]],
        ),
    },
    "Optimizer": {
        "by the helper": _optimizer(
            "for p in parameters_of(self):",
            "    if p.grad is None:",
            "        continue",
            "    if set_to_none:",
            "        p.grad = None",
            "    else:",
            "        without_history(p.grad).zero_()",
        ),
        "groups by a comprehension": _over_all(
            *_ZERO,
            init=(
                "self.defaults, self.state = defaults, defaultdict(dict)",
                "self.param_groups = []",
                "[self.add_param_group(group) for group in groups_of(params, defaults)]",
            ),
            add="self.param_groups += [complete(self, group)]",
        ),
        "mul by zero": _over_all(
            *_NONE, "elif p.grad is not None:", "    without_history(p.grad).fill_(0)"
        ),
        "two passes": _optimizer(
            "params = [p for group in self.param_groups for p in group['params']]",
            "for p in params:",
            "    if p.grad is not None and not set_to_none:",
            "        without_history(p.grad).zero_()",
            "    elif set_to_none:",
            "        p.grad = None",
        ),
    },
    "move_all": {
        "continue": _loops("if parameter.grad is None:", "    continue", "move(parameter, group)"),
        "chosen first": _move_all(
            "for group in optimizer.param_groups:",
            "    for p in [p for p in group['params'] if p.grad is not None]:",
            "        move(p, group)",
        ),
        "pairs": _move_all(
            "pairs = [(p, group) for group in optimizer.param_groups for p in group['params']]",
            "for p, group in pairs:",
            "    if p.grad is not None:",
            "        move(p, group)",
        ),
    },
    "direction": {
        "out of place": _with(
            decay="grad = grad + group['weight_decay'] * parameter",
            later="buffer *= group['momentum']; buffer += (1 - group['dampening']) * grad",
            end=("if group['nesterov']:", "    return grad + group['momentum'] * buffer"),
        ),
        "always a sum": _direction(
            "momentum = group['momentum']",
            "grad = grad + group['weight_decay'] * parameter",
            "if momentum == 0:",
            "    return grad",
            "state = states[parameter]",
            "if 'momentum_buffer' in state:",
            "    new = momentum * state['momentum_buffer'] + (1 - group['dampening']) * grad",
            "else:",
            "    new = grad.clone()",
            "state['momentum_buffer'] = new",
            "return grad + momentum * new if group['nesterov'] else new",
        ),
        "setdefault": _direction(
            "if group['weight_decay']:",
            "    grad = torch.add(grad, parameter, alpha=group['weight_decay'])",
            "if group['momentum']:",
            "    fresh = 'momentum_buffer' not in states[parameter]",
            "    buffer = states[parameter].setdefault('momentum_buffer', grad.clone())",
            "    if not fresh:",
            "        buffer.mul_(group['momentum']).add_(grad.mul(1 - group['dampening']))",
            "    grad = grad + group['momentum'] * buffer if group['nesterov'] else buffer",
            "return grad",
        ),
    },
    "SGD": {
        "one line": _sgd(
            "parameter.add_(direction(parameter, group, self.state), alpha=-group['lr'])"
        ),
        "minus": _sgd(_WAY, "parameter -= group['lr'] * way"),
        "sub": _sgd(_WAY, "parameter.sub_(way, alpha=group['lr'])"),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "direction": {
        ("direction: if group['weight_decay']: => if True:"): "0 times the parameter is added",
        (
            "direction: buffer = grad.detach().clone() => buffer = grad.clone()"
        ): "nothing is recorded in a step: the copy has no history to be cut off",
    },
}
