"""Operations that users write: a class with a `forward` and a `backward`."""

import copy
import functools
import weakref

import numpy as np

from .._core.dispatch import gradient_edge, recording
from .._core.tensor import Tensor, alias, method, wrap
from .._core.view import View, view_of
from .._words.autograd import CHANGED_VIEW
from .._words.operands import FREED
from .grad_mode import no_grad
from .graph import AccumulateGrad, Node, Part, fit_to, is_leaf
from .hooks import follow
from .inplace import adopt, check_view
from .record import ONCE


class _Saved(Node):
    """One saved tensor: its memory, the version that was saved, and where it comes from.

    For an output of the operation itself that is only its index: an edge would be a circle.
    """

    parameters = ("input",)

    def __init__(self, tensor, outputs):
        found = [i for i, output in enumerate(outputs) if output is tensor]
        self.index = found[0] if found else None
        input, counter = tensor._array, tensor._counter
        edge = None if found else gradient_edge(tensor)
        super().__init__([lambda: input], [edge], ((input, 0, counter, counter[0]),))

    def unpack(self, node):
        """The tensor again, with its history; RuntimeError if it was changed in place since."""
        ((_, _, counter, _),) = self.saved
        self.check()
        tensor = wrap(self.derivatives[0]())
        tensor._counter = counter
        tensor._node = self.edges[0] if self.index is None else node.edge_of(self.index)
        return tensor


class FunctionCtx:
    """What `forward` hands on to `backward`: saved tensors, and anything users hang on it."""

    def __init__(self, needs):
        self.needs_input_grad = needs  # for each argument of apply: does it need a gradient
        self._to_save, self._dirty, self._constant = (), (), ()
        self._materialize, self._node = True, None

    def save_for_backward(self, *tensors):
        """Keep tensors (or None) for `backward`, which finds them in `saved_tensors`."""
        for i, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type "
                    f"{type(tensor).__name__}"
                )
        self._to_save = tensors

    @property
    def saved_tensors(self):
        """The saved tensors; RuntimeError if they were changed in place since, or freed."""
        node = self._node and self._node()
        if node is None:
            return tuple(self._to_save)
        if node.derivatives is None:
            raise RuntimeError(FREED)
        return tuple(saved and saved.unpack(node) for saved in node.derivatives)


class _Marks(FunctionCtx):
    """What `forward` may say of its inputs and outputs."""

    def mark_dirty(self, *tensors):
        """Say which inputs `forward` changed in place; it must return them, too."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors):
        """Say which outputs have no gradient."""
        self._constant = tensors

    def set_materialize_grads(self, value):
        """Whether gradients that nobody sent reach `backward` as zeros (the default) or as None."""
        self._materialize = value


class FunctionNode(Node):
    """The node of a user's operation: its gradients are what the user's `backward` returns."""

    def __init__(self, function, context, edges, args, outputs):
        super().__init__([], edges)
        self.function, self.context = function, context
        self.inputs = [_description(x) for x in args]
        self.outputs = [_description(x) for x in outputs]
        context._node = weakref.ref(self)
        if context._to_save:  # as everywhere, `derivatives` holds what is freed after backward
            self.derivatives = [x if x is None else _Saved(x, outputs) for x in context._to_save]
            self.saved = (ONCE,)
        context._to_save = ()

    def edge_of(self, index):
        """Where gradients of one of the outputs go to."""
        return Part(self, index)

    def __getattr__(self, name):
        if name == "context":
            raise AttributeError(name)
        return getattr(self.context, name)  # y.grad_fn.saved_tensors


def _description(x):
    return (x._array.shape, x._array.dtype) if isinstance(x, Tensor) else None


class _Change(Node):
    """A user's operation that changed a view, as the history of its base has it: one output."""

    def __init__(self, node):
        super().__init__(node.derivatives, node.edges, node.saved)
        self.node = node

    def on_tensors(self, edges):
        """This node, the user's operation working on tensors."""
        return _Change(self.node.on_tensors(edges))

    def gradients(self, grad, edges):
        """What the user's `backward` makes of the gradient of its one output."""
        return self.node.gradients({0: grad}, edges)


class _CallsBackward(FunctionNode):
    recorded = False  # whether gradients are tensors, whose history is recorded

    def on_tensors(self, edges):
        """This node, sending tensors on: `backward` works on them anyway."""
        other = copy.copy(self)
        other.recorded = True
        return other

    def gradients(self, parts, edges):
        """Call the user's `backward` with one gradient for each output."""
        grads = [self._gradient(i, parts.get(i)) for i in range(len(self.outputs))]
        returned = self.function.backward(self.context, *grads)
        grads = _checked(self, returned if isinstance(returned, tuple) else (returned,))
        pairs = [(e, g) for e, g in zip(edges, grads) if e is not None and g is not None]
        return pairs if self.recorded else [(e, g._array) for e, g in pairs]

    def _gradient(self, i, grad):
        """The gradient of output i as a tensor: zeros, or None, where nobody sent one."""
        if grad is not None:
            return grad if isinstance(grad, Tensor) else wrap(np.asarray(grad))
        if self.outputs[i] is None or not self.context._materialize:
            return None
        return wrap(np.zeros(*self.outputs[i]))


def _checked(node, returned):
    """What `backward` returned, checked: one gradient for each argument of apply."""
    expected = len(node.inputs)
    if len(returned) < expected or any(g is not None for g in returned[expected:]):
        raise RuntimeError(
            f"function {node.name()} returned an incorrect number of gradients "
            f"(expected {expected}, got {len(returned)})"
        )
    pairs = enumerate(zip(returned, node.inputs))
    return [_fitted(node.name(), i, grad, description) for i, (grad, description) in pairs]


def _fitted(name, i, grad, description):
    """The gradient of argument i, checked and brought to the argument's shape and dtype."""
    if grad is None:
        return None
    if description is None:
        raise RuntimeError(
            f"function {name} returned a gradient different than None at position {i + 1}, "
            "but the corresponding forward input was not a Variable"
        )
    if not isinstance(grad, Tensor):
        raise RuntimeError(f"expected Variable or None (got {type(grad).__name__})")
    shape, dtype = description
    if grad._array.shape == shape and grad._array.dtype == dtype:
        return grad
    new = len(grad._array.shape) - len(shape)
    if new < 0 or any(n not in (1, m) for n, m in zip(shape, grad._array.shape[new:])):
        raise RuntimeError(
            f"Function {name} returned an invalid gradient at index {i} - got "
            f"{list(grad._array.shape)} but expected shape compatible with {list(shape)}"
        )
    return fit_to(grad, shape, dtype)


class Function:
    """An operation with a gradient of your own making. Mirrors torch.autograd.Function.

    Write two static methods, `forward(ctx, *args)` and `backward(ctx, *grads)`, and call
    `MyFunction.apply(*args)`. `backward` gets one gradient for each output and returns one for each
    argument, None where there is none. Or write `forward(*args)` and
    `setup_context(ctx, inputs, output)`. ::

        class Cube(Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x**3

            @staticmethod
            def backward(ctx, grad):
                (x,) = ctx.saved_tensors
                return grad * 3 * x**2
    """

    setup_context = None

    @staticmethod
    def forward(*args, **kwargs):
        """To be overridden: compute the result."""
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def backward(ctx, *grad_outputs):
        """To be overridden: compute the gradients of all arguments of `forward`."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )


@method("apply", of=Function)
@classmethod
def _apply(cls, *args):
    """Run `forward`, and record it if any argument needs a gradient."""
    ctx = _Marks(tuple(isinstance(x, Tensor) and x.requires_grad for x in args))
    recorded = recording.enabled and any(ctx.needs_input_grad)
    edges = [gradient_edge(x) for x in args] if recorded else None  # before `forward` writes
    with no_grad():
        if cls.setup_context is None:
            returned = cls.forward(ctx, *args)
        else:
            returned = cls.forward(*args)
            cls.setup_context(ctx, args, returned)
    outputs = returned if isinstance(returned, tuple) else (returned,)
    results = _results(cls, ctx, edges, args, outputs)
    return results if isinstance(returned, tuple) else results[0]


def _results(cls, ctx, edges, args, outputs):
    """The outputs as tensors that belong to the graph, if any argument needs a gradient."""
    for tensor in ctx._dirty:
        tensor._counter[0] += 1
        if edges is not None:
            _check_dirty(tensor, len(outputs))
    node = None if edges is None else _node_type(cls)(cls, ctx, edges, args, outputs)
    tensors = [x for x in outputs if isinstance(x, Tensor)]
    several = sum(not _is_constant(ctx, x) for x in tensors) > 1
    return tuple(_result(node, ctx, args, several, i, x) for i, x in enumerate(outputs))


def _check_dirty(tensor, outputs):
    """RuntimeError where the history of an input that `forward` changed cannot be rewritten.

    `outputs` says how many `forward` has.
    """
    if tensor.requires_grad and is_leaf(tensor):
        raise RuntimeError(
            "a leaf Variable that requires grad has been used in an in-place operation."
        )
    if tensor._view is not None:
        check_view(tensor)
        if outputs > 1:
            raise RuntimeError(CHANGED_VIEW)


def _is_constant(ctx, output):
    """Whether no gradient can come back from an output."""
    return any(output is x for x in ctx._constant) or output._array.dtype.kind not in "fc"


def _view(output, args, origin):
    """An output that looks at other memory, as a view that may not be changed in place.

    An input that was handed back is a new tensor, a view of it.
    """
    if any(output is x for x in args):
        output = view_of(output, output._array)
    elif output._view is not None:
        base, output = output._view.base, alias(output, output._array)
        output._view = View(base, base._counter[0], origin)
    if output._view is not None:
        output._view.origin = origin
    return output


def _result(node, ctx, args, several, i, output):
    if not isinstance(output, Tensor):
        return output
    constant = _is_constant(ctx, output)
    dirty = any(output is x for x in ctx._dirty)
    if not dirty:
        output = _view(output, args, "several" if several else "function")
    if node is not None and not constant:
        if dirty and output._view is not None:
            change = wrap(output._array)
            change._node = _Change(node)
            adopt(output, change)
        else:
            output._node = node.edge_of(i)
            if dirty:
                follow(output)
    return output


@functools.cache
def _node_type(cls):
    return type(f"{cls.__name__}Backward", (_CallsBackward,), {})


class DelayedError(Node):
    """Stands where gradients must not pass, and says so when one comes along.

    As in PyTorch nothing of the graph lies behind it: nobody who asks for a tensor gets here.
    """

    def __init__(self, edges):
        super().__init__((), edges)

    def gradients(self, grad, edges):
        """RuntimeError: the derivative of this derivative is not known."""
        raise RuntimeError(
            "trying to differentiate twice a function that was marked with @once_differentiable"
        )


def once_differentiable(backward):
    """Decorator for a `backward` that cannot be differentiated itself: asking for it raises."""

    @functools.wraps(backward)
    def wrapper(ctx, *grads):
        with no_grad():
            returned = backward(ctx, *grads)
        if not recording.enabled or not any(
            isinstance(g, Tensor) and g.requires_grad for g in grads
        ):
            return returned
        results = returned if isinstance(returned, tuple) else (returned,)
        for tensor in results:
            if isinstance(tensor, Tensor):
                tensor._node = DelayedError([AccumulateGrad(lambda: None)])
        return returned

    return wrapper
