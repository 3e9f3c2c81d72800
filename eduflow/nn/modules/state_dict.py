"""State dicts: all parameters and buffers of a module by name, to be saved and loaded."""

from collections import OrderedDict, namedtuple
from functools import partial

from ..._words.module import (
    check_loaded,
    check_state_dict,
    could_not_copy,
    readable,
    size_mismatch,
)
from ...autograd.grad_mode import no_grad
from ...autograd.hooks import Handle
from ..parameter import Parameter
from .base import part_of

EXTRA = "_extra_state"
_NEVER = "Reached a code path in Module.{}_extra_state() that should never be called."


# %% lesson 06 members
def members(module):
    """What of `module` itself is saved, by name: a dict of its parameters, then its buffers.

    Left out are places that hold None, and buffers that do not last: their names are in the set
    `module._non_persistent_buffers_set`.
    """
    left_out = module._non_persistent_buffers_set
    kept = {name: tensor for name, tensor in module._buffers.items() if name not in left_out}
    found = {**module._parameters, **kept}
    return {name: tensor for name, tensor in found.items() if tensor is not None}


# %% end


# %% lesson 06 save
def save_members(module, state, prefix, keep_vars):
    """Write what belongs to this module alone into the dict `state`, each name after `prefix`.

    The tensors themselves if `keep_vars`, else without their history.
    """
    for name, tensor in members(module).items():
        state[prefix + name] = tensor if keep_vars else tensor.detach()


def save(module, state, prefix, keep_vars):
    """Write the members of a module, and then of all modules in it, into the dict `state`.

    Names of a child "body" begin with the prefix, "body" and a dot. Returns nothing.
    """
    module._save_to_state_dict(state, prefix, keep_vars)
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)


# %% end


# %% lesson 06 load-members
def load_members(mine, state, prefix, missing, problems, put):
    """Fill one module from `state`, and note in two lists what does not fit. Returns nothing.

    `mine` is a dict of its members. With the prefix "fc1.", `mine["bias"]` gets `state["fc1.bias"]`
    by `put("bias", "fc1.bias", value)`. A path that is not in `state` goes into the list `missing`;
    for another shape, a text goes into `problems`.
    """
    for name, tensor in mine.items():
        path = prefix + name
        if path not in state:
            missing.append(path)
        elif state[path].shape != tensor.shape:
            problems.append(size_mismatch(path, state[path], tensor))
        else:
            put(name, path, state[path])


# %% end


# %% lesson 06 unexpected
def unexpected(mine, children, state, prefix):
    """The names in `state` that begin with `prefix`, but belong to no member and no child.

    `mine` and `children` are dicts by name: with the member "bias" and the child "body" and the
    prefix "net.", both "net.bias" and "net.body.weight" belong here; "net.body" and "net.bias.x"
    do not.
    """
    for path in state:
        name, dot, _ = path.removeprefix(prefix).partition(".")
        if path.startswith(prefix) and name not in (children if dot else mine):
            yield path


# %% end


# %% lesson 16 collect
def collect(module, state, prefix, keep_vars):
    """Write the tensors of a module and all in it into `state`, a dict or None, and return it."""
    if state is None:
        state = OrderedDict()
        state._metadata = OrderedDict()
    about = {"version": module._version}
    if hasattr(state, "_metadata"):
        state._metadata[prefix[:-1]] = about
    for hook in module._state_dict_pre_hooks.values():
        hook(module, prefix, keep_vars)
    save(module, state, prefix, keep_vars)
    for hook in module._state_dict_hooks.values():
        other = hook(module, state, prefix, about)
        state = state if other is None else other
    return state


# %% end


# %% lesson 16 load-tree
@no_grad()
def put_in(module, mine, problems, assign, name, path, value):
    """Copy a value into a member or, with `assign`, let it take its place; note what fails."""
    try:
        if assign:
            setattr(module, name, in_the_place_of(mine[name], value))
        elif value is not mine[name]:
            mine[name].copy_(value)
    except Exception as error:
        problems.append(could_not_copy(path, mine[name], value, error))


def load_one(module, state, prefix, about, strict, missing, extra, problems):
    """Load what belongs to one module alone, and note in three lists what is wrong."""
    for hook in module._load_state_dict_pre_hooks.values():
        hook(state, prefix, about, strict, missing, extra, problems)
    mine = members(module)
    given = readable(mine, state, prefix, problems)
    put = partial(put_in, module, mine, problems, ASSIGN in about)
    load_members(mine, given, prefix, missing if strict else [], problems, put)
    if type(module).set_extra_state is not StateDict.set_extra_state:
        load_extra(module, state, prefix, missing if strict else [])
        mine[EXTRA] = None
    if strict:
        extra += unexpected(mine, module._modules, state, prefix)


def load_tree(module, state, prefix, metadata, assign, keys, problems):
    """Load a module, and then all modules in it, each from the names that begin with its path."""
    about = {**metadata.get(prefix[:-1], {}), **({ASSIGN: True} if assign else {})}
    module._load_from_state_dict(state, prefix, about, True, *keys, problems)
    for name, child in module._modules.items():
        if child is not None:
            path = f"{prefix}{name}."
            part = {key: value for key, value in state.items() if key.startswith(path)}
            load_tree(child, part, path, metadata, assign, keys, problems)
    for hook in module._load_state_dict_post_hooks.values():
        hook(module, keys)


def load_all(module, state, keys, strict, assign):
    """Load a whole module; `keys` become the missing and the unexpected names. Raises if any."""
    problems, metadata = [], getattr(state, "_metadata", {})
    load_tree(module, OrderedDict(state), "", metadata, assign, keys, problems)
    check_loaded(module._get_name(), problems, *(keys if strict else ([], [])))
    return keys


# %% end


@part_of("Module")
class StateDict:
    """Saving and loading, with versions, hooks, extra state, and tensors put in place."""

    _version = 1
    _state_dict_pre_hooks = _state_dict_hooks = {}
    _load_state_dict_pre_hooks = _load_state_dict_post_hooks = {}

    def state_dict(self, destination=None, prefix="", keep_vars=False):
        """An OrderedDict of all parameters and persistent buffers of this module and all in it.

        The tensors share their memory with the module's, and are detached unless `keep_vars`.
        `prefix` is put before every name; `destination` is a dict to fill. Its `_metadata` holds
        the version of every module. Mirrors torch.nn.Module.state_dict.
        """
        return collect(self, destination, prefix, keep_vars)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        """Write what belongs to this module alone into `destination`."""
        save_members(self, destination, prefix, keep_vars)
        if type(self).get_extra_state is not StateDict.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def get_extra_state(self):
        """What a subclass wants to have saved besides its tensors; it says so by defining this."""
        raise RuntimeError(_NEVER.format("get"))

    def set_extra_state(self, state):
        """Where a subclass gets its extra state back."""
        raise RuntimeError(_NEVER.format("set"))

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copy the tensors of `state_dict` into the parameters and buffers of the same names.

        RuntimeError, with a list of all that is wrong, if shapes differ or, unless `strict` is
        False, if names are missing or unexpected. With `assign` the tensors take the place of
        those in the module. Returns the missing and the unexpected names. Mirrors
        torch.nn.Module.load_state_dict.
        """
        check_state_dict(state_dict)
        return load_all(self, state_dict, _IncompatibleKeys([], []), strict, assign)

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        """Load what belongs to this module alone, and note what is missing, unexpected or wrong."""
        load_one(
            self,
            state_dict,
            prefix,
            local_metadata,
            strict,
            missing_keys,
            unexpected_keys,
            error_msgs,
        )


class _IncompatibleKeys(namedtuple("_IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    def __repr__(self):
        return super().__repr__() if any(self) else "<All keys matched successfully>"


ASSIGN = "assign_to_params_buffers"


def in_the_place_of(member, value):
    """What takes the place of a member: a Parameter for a Parameter, and as frozen as that was."""
    if not isinstance(member, Parameter):
        return value
    if not isinstance(value, Parameter):
        return Parameter(value, requires_grad=member.requires_grad)
    return value.requires_grad_(member.requires_grad)


def load_extra(module, state, prefix, missing):
    """Give a module its extra state back, or note that it is missing."""
    if prefix + EXTRA in state:
        module.set_extra_state(state[prefix + EXTRA])
    else:
        missing.append(prefix + EXTRA)


@part_of("Module")
class StateDictHooks:
    """Hooks that see, and may change, what is saved and what is loaded."""

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


def _register(module, room, hook):
    module.__dict__.setdefault(room, {})
    return Handle(module, hook, room)
