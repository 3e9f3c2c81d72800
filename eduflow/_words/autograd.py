"""What backward refuses, in PyTorch's words."""

import functools
import re
import warnings

from .._core.dtype import dtype, type_name
from .._core.tensor import Tensor
from .inference import must_be_changeable
from .inplace import check_target

_PACKAGE = __name__.split(".", 1)[0]
CHANGED_VIEW = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function "
    "cannot return more than one Tensor. This is not supported by the current autograd engine. You "
    "should either make sure the input is not a view (using .clone() for example) or make your "
    "Function only return one Tensor (potentially splitting it into two Functions: one doing the "
    "inplace that returns a single Tensor and a second one that does the other operations). You "
    "can ask on the forum https://discuss.pytorch.org/ if you need help to do this change."
)


def short_name(node):
    """A node's name as error texts say it: Mul for MulBackward0, Sum1 for SumBackward1."""
    return without_backward(node.name())


@functools.cache  # there are only so many names
def without_backward(name):
    """The name of a node as error texts say it: Mul for MulBackward0."""
    return re.sub(r"Backward(0$)?(?!.*Backward)", "", name)


def modified(node, position, found, expected):
    """The error for a saved tensor that was changed in place before backward needed it."""
    entries = [(c[0] == v, a, c) for a, p, c, v in node.saved if p == position]
    _, array, counter = min(entries, key=lambda entry: entry[0])  # one that was changed, if any
    legacy = f"{_PACKAGE}.{dtype.by_numpy[array.dtype].legacy_name}"
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace "
        f"operation: [{legacy} {list(array.shape)}]{_maker(node, position, counter)} is at version "
        f"{found}; expected version {expected} instead. Hint: enable anomaly detection to find the "
        "operation that failed to compute its gradient, with "
        f"{_PACKAGE}.autograd.set_detect_anomaly(True, check_nan=False)."
    )


def must_be_outside(is_leaf):
    """RuntimeError if the tensor that collects a gradient has become a result since."""
    if not is_leaf:
        raise RuntimeError("leaf variable has been moved into the graph interior")


def _maker(node, position, counter):
    """Which operation gave the saved tensor the history it has now; nothing for a leaf."""
    by_input = isinstance(position, int)  # else it is the node that the tensor came from
    source = position
    if by_input:
        source = node if position < 0 else node.edges[position]
    if source is None or hasattr(source, "leaf"):
        return ""
    maker, index = source.place()
    name = counter[1] if len(counter) > 1 and source is not node else short_name(maker)
    return f", which is output {index} of {name},"


def must_be_tuple(name, given, what):
    """One tensor or a tuple of them as a tuple, and whether it was one; TypeError for others."""
    is_tuple = isinstance(given, tuple)
    values = given if is_tuple else (given,)
    for i, value in enumerate(values):
        if not isinstance(value, Tensor):
            if is_tuple:
                raise TypeError(
                    f"The {what} given to {name} must be either a Tensor or a tuple of Tensors "
                    f"but the value at index {i} has type {type(value)}."
                )
            given_to = f"The {what} given to {name} must be either a Tensor or a tuple of Tensors"
            raise TypeError(f"{given_to} but the given {what} has type {type(value)}.")
    return values, is_tuple


def must_be_reverse(strategy):
    """Errors for a strategy that is unknown, or needs derivatives that go forward."""
    if strategy == "forward-mode":
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian is"
            "only implemented for `vectorize=True`."
        )
    if strategy != "reverse-mode":
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your '
            'function has more outputs than inputs, "forward-mode" tends to be more performant. '
            'Otherwise, prefer to use "reverse-mode".'
        )


def must_be_single(values, what):
    """RuntimeError unless there is one tensor with one element, for which `v` may be left out."""
    if len(values) != 1 or values[0].numel() != 1:
        tail = "a single Tensor with a single element"
        raise RuntimeError(f"The vector v can only be None if the {what} {tail}.")


def check_vectors(vectors, of, is_tuple):
    """RuntimeError unless the vectors are as many, and of the shapes, of those they belong to."""
    if len(vectors) != len(of):
        if len(of) > 1:
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(of)} but got {len(vectors)}."
            )
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (v, x) in enumerate(zip(vectors, of)):
        if v.shape != x.shape:
            entry = f"Entry {i} in " if is_tuple else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {x.shape} but got {v.shape}.")


def check_strict_outputs(outputs, strict):
    """RuntimeError, where it is strict, for an output that nothing depends on."""
    for i, output in enumerate(outputs if strict else ()):
        if not output.requires_grad:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs "
                "must be computed in a differentiable manner from the input when running in strict "
                "mode."
            )


def check_strict_grads(grads, strict, output, of=""):
    """RuntimeError, where it is strict, for an input that an output does not depend on."""
    for i, grad in enumerate(grads if strict else ()):
        if grad is None and of == "hessian":
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided "
                f"function with respect to input {output} is independent of the input. This is not "
                "allowed in strict mode. You should ensure that your function is twice "
                "differentiable and that the jacobian depends on the inputs (this would be "
                "violated by a linear function for example)."
            )
        if grad is None:
            raise RuntimeError(
                f"Output {output} of the user-provided function is independent of input {i}. This "
                "is not allowed in strict mode."
            )


def warn_of_no_grad():
    """Say, where `.grad` was looked at, that this tensor is no leaf and gets none."""
    warnings.warn(
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its "
        ".grad attribute won't be populated during autograd.backward(). If you indeed want the "
        ".grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
        "Tensor.",
        stacklevel=3,
    )


def must_be_a_gradient(grad, tensor):
    """TypeError or RuntimeError unless `grad` is None, or a tensor like the one it belongs to."""
    if grad is None:
        return
    if not isinstance(grad, Tensor):
        raise TypeError(
            "assigned grad expected to be a Tensor or None but got grad of type "
            f"{type(grad).__name__}"
        )
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the "
            "same size"
        )
    if grad.dtype is not tensor.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{grad.dtype.ctype_name}' to a tensor "
            f"with grad_dtype '{type_name(tensor._array.dtype)}'. The gradient must match the "
            "tensor's grad_dtype (defaults to the tensor's dtype). You can set the tensor's "
            "grad_dtype attribute with a specific dtype, or None to allow any dtype. Set "
            "grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break "
            "downstream systems that assume they match."
        )


def must_have_room(old, grad):
    """RuntimeError where `grad`, an array, cannot be added in place to the gradient `old`."""
    if old is not None:
        must_be_changeable(old._counter)
        check_target(old._array, grad.shape)
