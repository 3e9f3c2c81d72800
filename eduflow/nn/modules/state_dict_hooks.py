# Built by lessons/06_containers_annex.ipynb. Edit it there, or here and `make scatter`.
# %% saving-hooks
"""Hooks that see, and may change, what is saved and what is loaded."""

from functools import partial

from ...autograd.hooks import Handle
from .module import Module, grows


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


# %% loading-hooks
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


# %% public names
__all__ = []
