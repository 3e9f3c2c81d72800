# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% module-names
"""What a module refuses to register, in PyTorch's words."""

from .typename import typename

_HOME = __name__.split(".")[0]
_WANTED = {
    "parameters": f"parameter '{{}}' ({_HOME}.nn.Parameter or None expected)",
    "module": f"child module '{{}}' ({_HOME}.nn.Module or None expected)",
    "buffer": f"buffer '{{}}' ({_HOME}.nn.Buffer, {_HOME}.Tensor or None expected)",
}


def refusal(value, kind, name):
    """The error for a value that may not take the place of what is registered as `name`."""
    return TypeError(f"cannot assign '{typename(value)}' as {_WANTED[kind].format(name)}")


def check_ready(module, kind, room):
    """AttributeError unless `Module.__init__` has made the room to register things in."""
    if room not in module.__dict__:
        raise AttributeError(f"cannot assign {kind} before Module.__init__() call")


def check_arguments(module, args, kwargs):
    """TypeError for arguments of `Module.__init__`, which takes none."""
    name = f"{type(module).__name__}.__init__()"
    if kwargs:
        raise TypeError(f"{name} got an unexpected keyword argument '{next(iter(kwargs))}'")
    if args:
        raise TypeError(f"{name} takes 1 positional argument but {len(args) + 1} were given")


# %% module-values
def check_name(module, name, kind, room):
    """The errors of a name that nothing can be registered under."""
    if kind != "module":
        check_ready(module, kind, room)
    if not isinstance(name, str):
        raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
    if "." in name:
        got = f", got: {name}" if kind == "module" else ""
        raise KeyError(f'{kind} name can\'t contain "."{got}')
    if name == "":
        raise KeyError(f'{kind} name can\'t be empty string ""')
    if hasattr(module, name) and name not in getattr(module, room):
        raise KeyError(f"attribute '{name}' already exists")


def check_value(value, wanted, kind, name):
    """TypeError unless `value` is None or of the class `wanted`."""
    if value is not None and not isinstance(value, wanted):
        if kind == "module":
            raise TypeError(f"{typename(value)} is not a Module subclass")
        needed = f"{_HOME}.nn.Parameter" if kind == "parameter" else "torch Tensor"
        raise TypeError(
            f"cannot assign '{typename(value)}' object to {kind} '{name}' "
            f"({needed} or None required)"
        )


# %% public names
__all__ = ["check_arguments", "check_name", "check_ready", "check_value", "refusal"]
