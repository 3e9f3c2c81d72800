"""Parameters that are computed from others: register_parametrization, cached and kin."""

import collections
import contextlib
import copy

from ..._core.tensor import Tensor
from ...autograd.grad_mode import no_grad
from ..modules.container import ModuleDict, ModuleList
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]


def __dir__() -> list[str]:
    """The names that PyTorch has here, not those of helpers."""
    return __all__


class _Cache:
    """What parametrized tensors came to while `cached` is on; `depth` says how often it is."""

    depth = 0
    found = {}


@contextlib.contextmanager
def cached():
    """Compute each parametrized tensor once only inside. Mirrors torch's parametrize.cached."""
    _Cache.depth += 1
    try:
        yield
    finally:
        _Cache.depth -= 1
        if not _Cache.depth:
            _Cache.found = {}


def _enter(module, name, tensor):
    """Make `tensor` a parameter or a buffer of a module, as it is one or not."""
    register = (
        module.register_parameter if isinstance(tensor, Parameter) else module.register_buffer
    )
    register(name, tensor)


def _must_be_tensor(found):
    if not isinstance(found, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(found).__name__}.")


def _must_match(found, dtype, shape, words, flag="`unsafe` flag"):
    """ValueError for a result of another dtype or shape; `words` name what was and what is."""
    _must_be_tensor(found)
    for what, before, now in (("dtype", dtype, found.dtype), ("shape", shape, found.shape)):
        if before != now:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless "
                f"{flag} is enabled.\n{words[0].format(what)}: {before}\n"
                f"{words[1].format(what)}: {now}"
            )


_BOTH = ("unparametrized {}", "parametrized {}")
_SEQUENCE = "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "


class ParametrizationList(ModuleList):
    """The functions, modules, that a tensor goes through, and where it starts: `original`.

    Where the inverse of the first gives several tensors they are `original0`, `original1` and so
    on. ValueError where dtype or shape would change, unless `unsafe`. Mirrors PyTorch's class.
    """

    def __init__(self, modules, original, unsafe=False):
        if not len(modules):
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        new = self._start(original)
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if self.is_tensor else len(new)
        if self.is_tensor:
            self._keep_one(original, new)
        else:
            self._keep_several(original, new)
        if not unsafe:
            _must_match(self(), dtype, shape, _BOTH)

    def _start(self, original):
        """What the functions have to be given to come to `original`."""
        new = original
        with no_grad():
            for module in reversed(self):
                if hasattr(module, "right_inverse"):
                    with contextlib.suppress(NotImplementedError):
                        new = module.right_inverse(new)
        if not isinstance(new, (Tensor, collections.abc.Sequence)):
            raise ValueError(f"{_SEQUENCE}{type(new).__name__}")
        return new

    def _keep_one(self, original, new):
        if original.dtype != new.dtype:
            raise ValueError(
                "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                f"original.dtype: {original.dtype}\nright_inverse(original).dtype: {new.dtype}"
            )
        with no_grad():
            original.set_(new)
        _enter(self, "original", original)

    def _keep_several(self, original, new):
        for i, tensor in enumerate(new):
            if not isinstance(tensor, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, "
                    f"tuple...). Got element {i} of the sequence with type {type(tensor).__name__}."
                )
            if isinstance(original, Parameter):
                tensor = Parameter(tensor, original.requires_grad)
            tensor.requires_grad_(original.requires_grad)
            _enter(self, f"original{i}", tensor)

    @no_grad()
    def right_inverse(self, value):
        """Change the originals so that the functions come to `value`: what assigning to it does."""
        for module in reversed(self):
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(
                    f"parametrization {type(module).__name__} does not implement right_inverse."
                )
            value = module.right_inverse(value)
        if self.is_tensor:
            self._assign_one(value)
        else:
            self._assign_several(value)

    def _assign_one(self, value):
        if not isinstance(value, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if value.dtype != self.original.dtype:
            raise ValueError(
                f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` "
                f"has dtype {self.original.dtype}"
            )
        self.original.set_(value)

    def _assign_several(self, values):
        if not isinstance(values, collections.abc.Sequence):
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors. Got {type(values).__name__}."
            )
        if len(values) != self.ntensors:
            raise ValueError(
                "'right_inverse' must return a sequence of tensors of length "
                f"{self.ntensors}. Got a sequence of length {len(values)}."
            )
        for i, tensor in enumerate(values):
            original = getattr(self, f"original{i}")
            if original.dtype != tensor.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {tensor.dtype} "
                    f"while `original{i}` has dtype {original.dtype}"
                )
            original.set_(tensor)

    def forward(self):
        """What the functions, one after the other, make of the originals."""
        names = ["original"] if self.is_tensor else [f"original{i}" for i in range(self.ntensors)]
        first, *others = self
        found = first(*[getattr(self, name) for name in names])
        for module in others:
            found = module(found)
        return found


def _no_pickle(module):
    raise RuntimeError(
        "Serialization of parametrized modules is only supported through state_dict(). See:\n"
        "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
        "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training"
    )


def _deepcopied(module, memo):
    """A copy of a parametrized module, which shares its class."""
    if id(module) in memo:
        return memo[id(module)]
    other = memo[id(module)] = module.__new__(type(module))
    other.__dict__ = copy.deepcopy(module.__dict__, memo)
    return other


def _give_own_class(module):
    """Make the module the one object of a class of its own, which can have properties."""
    kind = type(module)
    names = {"__getstate__": _no_pickle, "__deepcopy__": _deepcopied}
    module.__class__ = type(f"Parametrized{kind.__name__}", (kind,), names)


def _give_property(module, name):
    """Let `module.name` compute the tensor, and an assignment find the original of it."""

    def compute(self):
        functions = self.parametrizations[name]
        if not _Cache.depth:
            return functions()
        key = id(self), name
        if key not in _Cache.found:
            _Cache.found[key] = functions()
        return _Cache.found[key]

    def assign(self, value):
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(compute, assign))


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    """Let `module.tensor_name` be what the module `parametrization` makes of the tensor it was.

    What is learned from now on is `module.parametrizations.tensor_name.original`. Several may
    follow one another. ValueError where dtype or shape would change, unless `unsafe`. Gives back
    the module. Mirrors torch.nn.utils.parametrize.register_parametrization.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_another(module, tensor_name, parametrization)
        functions = module.parametrizations[tensor_name]
        functions.append(parametrization)
        functions.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        functions = ParametrizationList([parametrization], original, unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _give_own_class(module)
            module.parametrizations = ModuleDict()
        _give_property(module, tensor_name)
        module.parametrizations[tensor_name] = functions
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    return module


def _check_another(module, name, parametrization):
    """ValueError where one more function would change the dtype or the shape."""
    before = getattr(module, name)
    found = parametrization(before)
    words = (f"module.{name}.{{}}", f"parametrization(module.{name}).{{}}")
    _must_match(found, before.dtype, before.shape, words, "the `unsafe` flag")
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(found)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(
            f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}"
        )
    for what in ("dtype", "shape"):
        was, now = getattr(before, what), getattr(back, what)
        if was != now:
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} "
                f"as module.{name}, unless the `unsafe` flag is enabled.\n"
                f"module.{name}.{what}: {was}\nreturned {what}: {now}"
            )


def is_parametrized(module, tensor_name=None):
    """Whether a tensor of this module is computed, or this one."""
    functions = getattr(module, "parametrizations", None)
    if not isinstance(functions, ModuleDict):
        return False
    return len(functions) > 0 if tensor_name is None else tensor_name in functions


def _left_behind(module, name, leave_parametrized):
    """The tensor that a module keeps when its parametrization goes."""
    functions = module.parametrizations[name]
    if functions.is_tensor:
        original = functions.original
        if leave_parametrized:
            with no_grad():
                original.set_(getattr(module, name))
        return original
    if not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor "
            "that is parametrized in terms of a sequence of tensors."
        )
    value = getattr(module, name)
    return Parameter(value) if value.requires_grad else value


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    """Make `module.tensor_name` an ordinary tensor again: as computed, or as it was to begin with.

    ValueError where there is none. Gives back the module. Mirrors PyTorch's function.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    original = _left_behind(module, tensor_name, leave_parametrized)
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _enter(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module):
    """The class that the module had before a tensor of it was parametrized."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module, to_module, tensor_name=None):
    """Let another module compute its tensors the same way, from the same originals."""
    if not is_parametrized(from_module):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        source = from_module.parametrizations[name]
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target, count = to_module.parametrizations[name], source.ntensors
        originals = ["original"] if source.is_tensor else [f"original{i}" for i in range(count)]
        for original in originals:
            setattr(target, original, getattr(source, original))
    return to_module
