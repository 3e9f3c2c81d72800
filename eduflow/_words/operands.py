"""What cannot be done, in PyTorch's words: checks of arguments that lesson 02 relies on."""

import numpy as np

from .._core.arguments import NUMBERS, check_broadcast, computed
from .._core.dtype import type_name
from .._core.explain import noted
from .._core.tensor import Tensor, wrap


def check_requires_grad(is_leaf, dtype, wanted, and_complex=" and complex"):
    """RuntimeError unless `requires_grad` of such a tensor may be set to `wanted`."""
    if not is_leaf:
        raise RuntimeError(
            "you can only change requires_grad flags of leaf variables."
            + ("" if wanted else _USE_DETACH)
        )
    if wanted and not (dtype.is_floating_point or dtype.is_complex):
        raise RuntimeError(
            f"only Tensors of floating point{and_complex} dtype can require gradients"
        )


_USE_DETACH = (
    " If you want to use a computed variable in a subgraph that doesn't require differentiation "
    "use var_no_grad = var.detach()."
)


def must_lead_back(index, node):
    """RuntimeError for element `index` of backward's tensors if no gradient can go to its node."""
    if node is None or ("leaf" in vars(node) and node.leaf() is None):  # nobody holds it
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn"
        )


def first_gradient(index, tensor, grad):
    """The gradient that backward starts with: 1 for a single real number, else the one given."""
    if grad is None:
        if tensor._array.size != 1:
            raise noted(
                RuntimeError("grad can be implicitly created only for scalar outputs"),
                "scalar_loss",
                tensor._array.shape,
            )
        if not tensor.is_floating_point():
            raise RuntimeError(
                "grad can be implicitly created only for real scalar outputs but got "
                f"{tensor.dtype}"
            )
        return wrap(np.ones_like(tensor._array))
    if not isinstance(grad, Tensor):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(grad).__name__}")
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{index}] has a shape of {grad.shape} and "
            f"output[{index}] has a shape of {tensor.shape}."
        )
    if grad.dtype is tensor.dtype:
        return grad
    if grad.dtype.is_complex or tensor.dtype.is_complex:
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. "
            f"Mismatch in dtype: grad_output[{index}] has a dtype of {grad.dtype} and "
            f"output[{index}] has a dtype of {tensor.dtype}."
        )
    return grad.to(tensor.dtype)


def check_hooked(hook, before, after):
    """RuntimeError where a hook returned a gradient of another shape or dtype than it was given."""
    name = getattr(hook, "__name__", "<unknown>")
    if before is None or after is None:
        if before is not after:
            kinds = ["None" if x is None else "Tensor" for x in (before, after)]
            raise RuntimeError(f"hook '{name}' has changed {kinds[0]} to {kinds[1]}")
        return
    if before.dtype is not after.dtype:
        raise RuntimeError(
            f"hook '{name}' has changed the type of value (was {before.type()} got {after.type()})"
        )
    if before.shape != after.shape:
        raise RuntimeError(f"hook '{name}' has changed the size of value")


FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after "
    "they have already been freed). Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the "
    "graph a second time or if you need to access saved tensors after calling backward."
)


def refuse_kinds(kernel, array, kinds="c"):
    """NotImplementedError, in PyTorch's words, for an array with a dtype of one of the `kinds`."""
    refuse_dtype(kernel, array.dtype, kinds)


def refuse_dtype(kernel, dtype, kinds="c"):
    """NotImplementedError, in PyTorch's words, for a NumPy dtype of one of the `kinds`."""
    if dtype.kind in kinds:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{type_name(dtype)}'")


def scaled(other, alpha):
    """`other`, array or tensor, times `alpha`; RuntimeError if that is of a higher kind."""
    if type(alpha) is int and alpha == 1:
        return other
    if not (isinstance(alpha, NUMBERS) or (isinstance(alpha, Tensor) and alpha.ndim == 0)):
        raise TypeError(f"argument 'alpha' must be Number, not {type(alpha).__name__}")
    if isinstance(other, Tensor):
        return other * alpha
    alpha = alpha.item() if isinstance(alpha, Tensor) else alpha
    kind = other.dtype.kind
    if type(alpha) is bool and kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, complex) and kind != "c":
        raise RuntimeError(
            "For non-complex input tensors, argument alpha must not be a complex number."
        )
    if isinstance(alpha, float) and kind in "iub":
        raise RuntimeError(
            "For integral input tensors, argument alpha must not be a floating point number."
        )
    return computed(alpha, other.dtype) * other


def no_bools(input, other):
    """RuntimeError where a bool would be subtracted from something else, or the other way."""
    bools = [_is_bool(input), _is_bool(other)]
    if all(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        )
    if any(bools):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        )


def _is_bool(x):
    """Whether a tensor, an array or a number is of the kind bool."""
    x = x._array if isinstance(x, Tensor) else x
    return x.dtype.kind == "b" if isinstance(x, np.ndarray) else type(x) is bool


def check_lerp(input, end, weight):
    """RuntimeError for what `lerp` cannot take: dtypes that differ, integers of several sizes."""
    for name, x in (("end", end), ("weight", weight)):
        if isinstance(x, Tensor) and x.dtype is not input.dtype and (name == "end" or x.ndim):
            wanted, found = input.dtype.ctype_name, x.dtype.ctype_name
            raise RuntimeError(f"expected dtype {wanted} for `{name}` but got dtype {found}")
    if input._array.dtype.kind in "biu":  # what does not fit is said before what cannot be
        check_broadcast(*[x._array for x in (input, end, weight) if isinstance(x, Tensor)])


def refuse_integer_addcdiv(input, tensor1, tensor2):
    """RuntimeError for two integer or bool tensors, which `addcdiv` does not divide."""
    if not any(x.is_floating_point() or x.is_complex() for x in (tensor1, tensor2)):
        raise RuntimeError(_NO_INTEGER_ADDCDIV)


_NO_INTEGER_ADDCDIV = (
    "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will "
    "perform a true division of tensor1 and tensor2. The historic addcdiv behavior can be "
    "implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer "
    "inputs and as (input + value * tensor1 / tensor2) for float inputs. The future addcdiv "
    "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all "
    "dtypes."
)
