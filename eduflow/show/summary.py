"""A table of a network, found out by running it once. Eduflow's own: PyTorch has none."""

from collections import namedtuple

from .._core.extend_class import grows
from .._core.tensor import Tensor
from ..autograd.grad_mode import no_grad
from ..nn.modules.module import Module
from ..ops.factories import zeros
from ..random import get_rng_state, set_rng_state


def summary(net, input_size, dtype=None, batch_size=1):
    """A table of what comes out of each layer of `net`, and of how many numbers it learns.

    `input_size` is the shape of one example, such as (1, 28, 28), without the batch; a list of
    shapes for a net with several inputs; or the inputs themselves, a tensor or a list of them.
    `dtype` is that of the zeros the net is run on (by default the one of its parameters). It is
    run once, in eval mode, and left as it was. TypeError for what is no module or no shape;
    RuntimeError that names the layer which could not work with its input.
    """
    if not isinstance(net, Module):
        raise TypeError(f"summary: expected a module, but got {type(net).__name__}")
    inputs = _inputs(input_size, batch_size, dtype or _dtype_of(net))
    notes = _Notes(net, inputs)
    modes = {module: module.training for module in net.modules()}
    numbers, handles = get_rng_state(), notes.listen(net)
    try:
        net.eval()
        with no_grad():
            net(*inputs)
    except Exception as error:
        raise RuntimeError(f"summary: {notes.place()}: {error}") from error
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes.items():
            module.training = training
        set_rng_state(numbers)
    return Summary(net, notes.rows + notes.not_called())


def _inputs(given, batch_size, dtype):
    """The inputs to run a net with: tensors as they are, zeros of every shape that is given."""
    one = isinstance(given, Tensor) or _is_shape(given)
    inputs = []
    for item in [given] if one else given if isinstance(given, (list, tuple)) else [None]:
        if _is_shape(item):
            item = zeros(batch_size, *item, dtype=dtype)
        elif not isinstance(item, Tensor):
            raise TypeError(
                "summary: input_size is the shape of one example, such as (1, 28, 28), or a list "
                f"of shapes or tensors, but got {given!r}"
            )
        inputs.append(item)
    return inputs


def _is_shape(given):
    return isinstance(given, (tuple, list)) and all(type(size) is int for size in given)


def _dtype_of(net):
    return next((p.dtype for p in net.parameters() if p.is_floating_point()), None)


Row = namedtuple("Row", ["depth", "layer", "shape", "parameters", "trainable", "memory"])


class _Notes:
    """Hooks that write a row for each layer that runs, in the order in which the layers begin."""

    def __init__(self, net, inputs):
        self.paths = {module: path for path, module in net.named_modules()}
        self.rows, self.running, self.seen = [], [], {}
        for tensor in inputs:
            self.is_new(_memory(tensor), tensor)

    def listen(self, net):
        """Put hooks on all modules of `net`; returns what takes them off again."""
        modules = list(net.modules())
        before = [module.register_forward_pre_hook(self.begin) for module in modules]
        return before + [module.register_forward_hook(self.end) for module in modules]

    def begin(self, module, inputs):
        """Keep a place for the row of a layer that begins."""
        self.running.append((module, inputs, len(self.rows)))
        self.rows.append(None)

    def end(self, module, inputs, output):
        """Fill in the row of the layer that began last."""
        place = self.running.pop()[-1]
        memory = sum(t.nbytes for t in _tensors(output) if self.is_new(_memory(t), t))
        if len(self.rows) > place + 1 and not memory:
            memory = None  # counted by the layers inside
        self.rows[place] = self.row(module, len(self.running), _shape(output), memory)

    def is_new(self, key, thing):
        """Whether this is the first one. It is kept alive, so that nothing else gets its id."""
        return key not in self.seen and self.seen.setdefault(key, thing) is thing


@grows(_Notes)
class _NotesRows:
    def row(self, module, depth, shape, memory=None):
        """The row of a module. Parameters count in the first row of the module that owns them."""
        around = self.paths[self.running[-1][0]] if self.running else ""
        name = self.paths[module].removeprefix(f"{around}.")
        again = "" if self.is_new(module, module) else " (again)"
        new = [p for p in module.parameters(recurse=False) if self.is_new(p, p)]
        return Row(
            depth,
            f"{name}: {type(module).__name__}{again}" if name else type(module).__name__,
            shape,
            sum(p.numel() for p in new),
            sum(p.numel() for p in new if p.requires_grad),
            memory,
        )

    def not_called(self):
        """Rows for layers that are there but did not run, and for parameters used without them."""
        return [
            self.row(module, path.count(".") + 1, "not called")
            for module, path in self.paths.items()
            if module not in self.seen and (not module._modules or module._parameters)
        ]

    def place(self):
        """Where the run has got to: the innermost layer that is running, and what it was given."""
        module, inputs, _ = self.running[-1]
        name = self.paths[module]
        layer = f"{name} ({type(module).__name__})" if name else type(module).__name__
        return f"{layer} cannot work with an input of shape {_shape(inputs)}"


def _tensors(output):
    """All tensors in what a layer returned."""
    if isinstance(output, Tensor):
        return [output]
    parts = output.values() if isinstance(output, dict) else output
    return [t for part in parts for t in _tensors(part)] if _is_nest(output) else []


def _is_nest(output):
    return isinstance(output, (tuple, list, dict))


def _shape(output):
    """The shapes of what a layer returned, as text; the class of what is no tensor."""
    if isinstance(output, Tensor):
        return str(tuple(output.shape))
    if not _is_nest(output):
        return type(output).__name__
    return ", ".join(map(_shape, output.values() if isinstance(output, dict) else output))


def _memory(tensor):
    """What tells memory apart: views of one tensor share it."""
    return ("memory", tensor.untyped_storage().data_ptr())


class Summary:
    """What `summary` found: `rows`, and the totals in numbers and in bytes. It prints as a table.

    `rows` have depth, layer, shape, parameters, trainable and memory (bytes of new memory that the
    output took). `parameters`, `trainable`, `buffers`, `parameter_bytes`, `buffer_bytes` and
    `output_bytes` are totals; what is shared counts once.
    """

    def __init__(self, net, rows):
        parameters, buffers = list(net.parameters()), list(net.buffers())
        self.rows = rows
        self.parameters = sum(p.numel() for p in parameters)
        self.trainable = sum(p.numel() for p in parameters if p.requires_grad)
        self.parameter_bytes = sum(p.nbytes for p in parameters)
        self.buffer_bytes = sum(b.nbytes for b in buffers)
        self.output_bytes = sum(row.memory or 0 for row in rows)

    def __repr__(self):
        table = [("layer", "output shape", "parameters", "trainable", "memory")]
        for row in self.rows:
            memory = "" if row.memory is None else _bytes(row.memory)
            numbers = (f"{row.parameters:,}", f"{row.trainable:,}", memory)
            table.append(("  " * row.depth + row.layer, row.shape, *numbers))
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = [
            "  ".join(
                [a.ljust(widths[0]), b.ljust(widths[1]), *map(str.rjust, rest, widths[2:])]
            ).rstrip()
            for a, b, *rest in table
        ]
        rule = "-" * (sum(widths) + 2 * len(widths) - 2)
        return "\n".join([lines[0], rule, *lines[1:], rule, *self._totals()])


@grows(Summary)
class _Totals:
    def _totals(self):
        memory = self.parameter_bytes + self.buffer_bytes + self.output_bytes
        frozen = self.parameters - self.trainable
        yield f"parameters: {self.parameters:,} ({self.trainable:,} trainable, {frozen:,} frozen)"
        yield (
            f"memory: {_bytes(memory)} (parameters {_bytes(self.parameter_bytes)}, "
            f"buffers {_bytes(self.buffer_bytes)}, outputs {_bytes(self.output_bytes)})"
        )


def _bytes(number):
    for unit in ("B", "KiB", "MiB"):
        if number < 1024:
            return f"{number:,.0f} B" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1024
    return f"{number:,.1f} GiB"
