"""State dicts: all parameters and buffers of a module by name, to be saved and loaded."""

from collections import OrderedDict, namedtuple
from collections.abc import Mapping
from functools import partial

from ..._core.growing import grows
from ..._core.tensor import Tensor
from ...autograd.grad_mode import no_grad
from ...autograd.hooks import Handle
from ..parameter import Parameter
from .module import Module


# %% lesson 06 state-dict
@grows(Module)
class _Saving:
    _version = 1
    _state_dict_pre_hooks = _state_dict_hooks = {}

    def state_dict(self, destination=None, prefix="", keep_vars=False):
        """An OrderedDict of all parameters and persistent buffers of this module and all in it.

        The tensors share their memory with the module's, and are detached unless `keep_vars`.
        `prefix` is put before every name; `destination` is a dict to fill. Its `_metadata` holds
        the version of every module. Mirrors torch.nn.Module.state_dict.
        """
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = metadata
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}{name}."
                module.state_dict(destination=destination, prefix=path, keep_vars=keep_vars)
        for hook in self._state_dict_hooks.values():
            other = hook(self, destination, prefix, metadata)
            destination = destination if other is None else other
        return destination


# %% end


# %% lesson 06 own-members
@grows(Module)
class _OwnMembers:
    def _save_to_state_dict(self, destination, prefix, keep_vars):
        """Write what belongs to this module alone into `destination`."""
        for name, tensor in _members(self).items():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()
        if type(self).get_extra_state is not Module.get_extra_state:
            destination[prefix + _EXTRA] = self.get_extra_state()

    def get_extra_state(self):
        """What a subclass wants to have saved besides its tensors; it says so by defining this."""
        raise RuntimeError(_NEVER.format("get"))

    def set_extra_state(self, state):
        """Where a subclass gets its extra state back."""
        raise RuntimeError(_NEVER.format("set"))


def _members(module):
    """The parameters and the persistent buffers of this module alone, by name."""
    passing = module._non_persistent_buffers_set
    buffers = {name: buffer for name, buffer in module._buffers.items() if name not in passing}
    both = {**module._parameters, **buffers}
    return {name: tensor for name, tensor in both.items() if tensor is not None}


_EXTRA = "_extra_state"
_NEVER = "Reached a code path in Module.{}_extra_state() that should never be called."


# %% end


# %% lesson 06 load-state-dict
@grows(Module)
class _Loading:
    _load_state_dict_pre_hooks = _load_state_dict_post_hooks = {}

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy the tensors of `state_dict` into the parameters and buffers of the same names.

        RuntimeError, with a list of all that is wrong, if shapes differ or, unless `strict` is
        False, if names are missing or unexpected. With `assign` the tensors take the place of
        those in the module. Returns the missing and the unexpected names. Mirrors
        torch.nn.Module.load_state_dict.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys, problems = _IncompatibleKeys([], []), []
        metadata = getattr(state_dict, "_metadata", {})
        _load_tree(self, OrderedDict(state_dict), "", metadata, assign, keys, problems)
        for word, names in zip(("Unexpected", "Missing"), keys[::-1] if strict else ()):
            if names:
                listed = ", ".join(f'"{name}"' for name in names)
                problems.insert(0, f"{word} key(s) in state_dict: {listed}. ")
        if problems:
            start = f"Error(s) in loading state_dict for {self._get_name()}:"
            raise RuntimeError("\n\t".join([start, *problems]))
        return keys


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    def __repr__(self):
        return super().__repr__() if any(self) else "<All keys matched successfully>"


# %% end


# %% lesson 06 load-members
def _load_tree(module, state, prefix, metadata, assign, keys, problems):
    """Load a module, and then all modules in it, each from the names that begin with its path."""
    about = {**metadata.get(prefix[:-1], {}), **({_ASSIGN: True} if assign else {})}
    module._load_from_state_dict(state, prefix, about, True, *keys, problems)
    for name, child in module._modules.items():
        if child is not None:
            path = f"{prefix}{name}."
            part = {key: value for key, value in state.items() if key.startswith(path)}
            _load_tree(child, part, path, metadata, assign, keys, problems)
    for hook in module._load_state_dict_post_hooks.values():
        hook(module, keys)


@grows(Module)
class _LoadingMembers:
    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        """Load what belongs to this module alone, and note what is missing, unexpected or wrong."""
        rest = (local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        for hook in self._load_state_dict_pre_hooks.values():
            hook(state_dict, prefix, *rest)
        mine = {prefix + name: name for name in _members(self)}
        if type(self).set_extra_state is not Module.set_extra_state:
            mine[prefix + _EXTRA] = _EXTRA
        for path, name in mine.items():
            if path in state_dict:
                error_msgs += _load(self, name, path, state_dict[path], _ASSIGN in local_metadata)
        if strict:
            missing_keys += [path for path in mine if path not in state_dict]
            unexpected_keys += [path for path in state_dict if _unknown(self, path, prefix, mine)]


def _unknown(module, path, prefix, mine):
    """Whether a name is neither one of this module's own nor begins with that of a child."""
    child, dot, _ = path.removeprefix(prefix).partition(".")
    return path.startswith(prefix) and path not in mine and not (dot and child in module._modules)


_ASSIGN = "assign_to_params_buffers"


# %% end


# %% lesson 06 load-one
def _load(module, name, path, value, assign):
    """Load one entry of a module; returns a list of what is wrong with it."""
    if name == _EXTRA:
        module.set_extra_state(value)
        return []
    member, start = getattr(module, name), f'While copying the parameter named "{path}", '
    if not isinstance(value, Tensor):
        wanted = f"expected {__name__.split('.')[0]}.Tensor or Tensor-like object"
        return [f"{start}{wanted} from checkpoint but received {type(value)}"]
    if member.shape == () and value.shape == (1,):
        value = value[0]
    if value.shape != member.shape:
        return [
            f"size mismatch for {path}: copying a param with shape {value.shape} from checkpoint, "
            f"the shape in current model is {member.shape}."
        ]
    try:
        if assign:
            setattr(module, name, _in_the_place_of(member, value))
        else:
            with no_grad():
                member.copy_(value)
    except Exception as error:
        return [
            f"{start}whose dimensions in the model are {member.shape} and whose dimensions in the "
            f"checkpoint are {value.shape}, an exception occurred : {error.args}."
        ]
    return []


def _in_the_place_of(member, value):
    if not isinstance(member, Parameter):
        return value
    if not isinstance(value, Parameter):
        return Parameter(value, requires_grad=member.requires_grad)
    return value.requires_grad_(member.requires_grad)


# %% end


@grows(Module)
class _SavingHooks:
    def register_state_dict_pre_hook(self, hook):
        """Call `hook(module, prefix, keep_vars)` before this module is saved."""
        return _register(self, "_state_dict_pre_hooks", hook)

    def register_state_dict_post_hook(self, hook):
        """Call `hook(module, state_dict, prefix, metadata)` after this module was saved.

        The hook may change the dict, but has to return None: RuntimeError otherwise.
        """
        hook._from_public_api = True

        def checked(*args):
            if hook(*args) is not None:
                raise RuntimeError("state_dict post-hook must return None")

        return _register(self, "_state_dict_hooks", checked)

    def _register_state_dict_hook(self, hook):
        """The same, but the hook may return another dict, to be taken in place of the one made."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was "
                "previously registered via register_state_dict_post_hook"
            )
        return _register(self, "_state_dict_hooks", hook)


def _register(module, room, hook):
    module.__dict__.setdefault(room, {})
    return Handle(module, hook, room)


@grows(Module)
class _LoadingHooks:
    def register_load_state_dict_pre_hook(self, hook):
        """Call `hook` before this module alone is loaded, and before the modules in it are.

        It gets module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys
        and error_msgs, and may change all of them in place.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        hook = partial(hook, self) if with_module else hook
        return _register(self, "_load_state_dict_pre_hooks", hook)

    def register_load_state_dict_post_hook(self, hook):
        """Call `hook(module, incompatible_keys)` when this module and all in it are loaded.

        It may change the two lists in place: what it takes out of them is no error.
        AssertionError if it returns anything.
        """

        def checked(*args):
            if hook(*args) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected "
                    "to return new values, if incompatible_keys need to be modified, it should be "
                    "done inplace."
                )

        return _register(self, "_load_state_dict_post_hooks", checked)
