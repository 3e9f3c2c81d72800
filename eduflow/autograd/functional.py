"""Derivatives of functions as a whole: jacobian, hessian, vjp, jvp, hvp, vhp."""

import numpy as np

from .._core.tensor import wrap
from .._words.autograd import (
    check_strict_grads,
    check_strict_outputs,
    check_vectors,
    must_be_reverse,
    must_be_single,
    must_be_tuple,
)
from .engine import grad
from .grad_mode import enable_grad
from .record import joint_op

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _prepared(inputs, create_graph):
    """The inputs as tensors that gradients are asked for; those of the caller stay as they are."""
    if create_graph:
        return tuple(x.view_as(x) if x.requires_grad else _fresh(x) for x in inputs)
    return tuple(_fresh(x) for x in inputs)


def _fresh(x):
    return x.detach().requires_grad_()


def _called(name, func, inputs):
    """What the function returns, as a tuple, and whether it was one."""
    return must_be_tuple(name, func(*inputs), "outputs of the user-provided function")


def _grads(outputs, inputs, vectors, create_graph):
    """The gradients of the outputs that have any, weighted by the vectors; None for the others."""
    pairs = [(y, v) for y, v in zip(outputs, vectors) if y is not None and y.requires_grad]
    if not pairs:
        return (None,) * len(inputs)
    ys, vs = zip(*pairs)
    return grad(ys, inputs, vs, retain_graph=True, create_graph=create_graph, allow_unused=True)


def _filled(grads, like, create_graph):
    """Zeros where there is no gradient; without a graph unless one is wanted."""
    found = [_zeros(x) if g is None else g for g, x in zip(grads, like)]
    return tuple(g if create_graph else g.detach() for g in found)


def _zeros(x):
    return wrap(np.zeros(x._array.shape, x._array.dtype))


def _ones(name, v, of, what):
    """The vectors that were given, checked; a 1 where there is one element only."""
    if v is None:
        must_be_single(of, what)
        return tuple(wrap(np.ones_like(x._array)) for x in of)
    vectors, is_tuple = must_be_tuple(name, v, "v")
    check_vectors(vectors, of, is_tuple)
    return vectors


def _unpacked(values, is_tuple):
    return values if is_tuple else values[0]


def jacobian(
    func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"
):
    """The derivative of every element of what `func` returns by every element of its inputs.

    For one input and one output the shape is that of the output, then that of the input; else a
    tuple for each. `vectorize` changes nothing here. `strict` refuses what does not depend on an
    input. Mirrors torch.autograd.functional.jacobian.
    """
    must_be_reverse(strategy)
    inputs, one_in = must_be_tuple("jacobian", inputs, "inputs")
    with enable_grad():
        inputs = _prepared(inputs, create_graph)
        outputs, one_out = _called("jacobian", func, inputs)
        check_strict_outputs(outputs, strict)
        table = [_rows(i, y, inputs, create_graph, strict) for i, y in enumerate(outputs)]
    return _unpacked(tuple(_unpacked(row, one_in) for row in table), one_out)


def _rows(i, output, inputs, create_graph, strict):
    """The derivatives of one output, a tensor for each input."""
    rows = [[] for _ in inputs]
    flat = output.reshape(-1)
    if not flat.numel():
        raise RuntimeError("stack expects a non-empty TensorList")
    for place in range(flat.numel()):
        found = _grads([flat[place]], inputs, [None], create_graph)
        check_strict_grads(found, strict, i)
        for row, g in zip(rows, _filled(found, inputs, create_graph)):
            row.append(g.reshape(-1))
    return tuple(
        _stacked(row).reshape(tuple(output.shape) + tuple(x.shape)) for row, x in zip(rows, inputs)
    )


@joint_op(node="StackBackward0")
def _stacked(tensors):
    """Rows one below the other, and the gradient of each."""
    return np.stack(tensors), lambda grad, needs: [grad[i] for i in range(len(needs))]


def hessian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    outer_jacobian_strategy="reverse-mode",
):
    """The second derivatives of a function that returns one number.

    For one input the shape is that of the input, twice; else a tuple of tuples. Mirrors
    torch.autograd.functional.hessian.
    """
    inputs, one_in = must_be_tuple("hessian", inputs, "inputs")

    def slopes(*xs):
        found = _single("hessian", func, xs)
        check_strict_outputs((found,), strict)
        grads = _grads([found], xs, [None], True)
        check_strict_grads(grads, strict, 0)
        return _filled(grads, xs, True)

    if strict:
        _must_bend(slopes, inputs)
    table = jacobian(slopes, inputs, create_graph=create_graph, strategy=outer_jacobian_strategy)
    return _unpacked(tuple(_unpacked(row, one_in) for row in table), one_in)


def _must_bend(slopes, inputs):
    """RuntimeError unless the first derivatives depend on the inputs."""
    with enable_grad():
        for i, g in enumerate(slopes(*_prepared(inputs, False))):
            check_strict_grads((g if g.requires_grad else None,), True, i, "hessian")


def _single(name, func, inputs):
    """What the function returns: one number."""
    found, _ = _called(name, func, inputs)
    if len(found) != 1 or found[0].numel() != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    return found[0].reshape(())


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """What `func` returns, and `v` times its jacobian, by one walk back.

    `v` has the shapes of the outputs; None stands for 1. Mirrors torch.autograd.functional.vjp.
    """
    inputs, one_in = must_be_tuple("vjp", inputs, "inputs")
    with enable_grad():
        inputs = _prepared(inputs, create_graph)
        outputs, one_out = _called("vjp", func, inputs)
        check_strict_outputs(outputs, strict)
        vectors = _ones("vjp", v, outputs, "user-provided function returns")
        found = _grads(outputs, inputs, vectors, create_graph)
        check_strict_grads(found, strict, 0)
    return _answer(outputs, one_out, create_graph), _unpacked(
        _filled(found, inputs, create_graph), one_in
    )


def _answer(outputs, is_tuple, create_graph):
    return _unpacked(outputs if create_graph else tuple(y.detach() for y in outputs), is_tuple)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """What `func` returns, and its jacobian times `v`: by two walks back.

    `v` has the shapes of the inputs; None stands for 1. Mirrors torch.autograd.functional.jvp.
    """
    inputs, _ = must_be_tuple("jvp", inputs, "inputs")
    with enable_grad():
        inputs = _prepared(inputs, create_graph)
        vectors = _ones("jvp", v, inputs, "input to the user-provided function is")
        outputs, one_out = _called("jvp", func, inputs)
        check_strict_outputs(outputs, strict)
        weights = tuple(_zeros(y).requires_grad_() for y in outputs)
        first = _grads(outputs, inputs, weights, True)
        check_strict_grads(first, strict, 0)
        found = _grads(first, weights, vectors, create_graph)
    return _answer(outputs, one_out, create_graph), _unpacked(
        _filled(found, outputs, create_graph), one_out
    )


def _bent(name, func, inputs, v, create_graph, strict):
    """What `func` returns, and its hessian times `v`."""
    inputs, one_in = must_be_tuple(name, inputs, "inputs")
    with enable_grad():
        inputs = _prepared(inputs, create_graph)
        vectors = _ones(name, v, inputs, "input to the user-provided function is")
        output = _single(name, func, inputs)
        check_strict_outputs((output,), strict)
        first = _grads([output], inputs, [None], True)
        check_strict_grads(first, strict, 0)
        found = _grads(first, inputs, vectors, create_graph)
        check_strict_grads(found, strict, 0, "hessian" if strict else "")
    return _answer((output,), False, create_graph), _unpacked(
        _filled(found, inputs, create_graph), one_in
    )


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    """What `func`, which returns one number, gives, and `v` times its hessian.

    Mirrors torch.autograd.functional.vhp.
    """
    return _bent("vhp", func, inputs, v, create_graph, strict)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """The same for the hessian times `v`. Mirrors torch.autograd.functional.hvp."""
    return _bent("hvp", func, inputs, v, create_graph, strict)


def __dir__():
    """The names that PyTorch has here."""
    return __all__
