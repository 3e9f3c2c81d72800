"""The tree of modules: what is in a module, and what is done to all of it."""

from .base import part_of


@part_of("Module")
class Tree:
    """What modules can say of the modules in them."""

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """Pairs (path, module): this module first, under `prefix`, then all that is in it."""
        yield from walk(self, prefix, set() if memo is None else memo, remove_duplicate)

    def modules(self, remove_duplicate=True):
        """This module, and all modules in it, each once unless told otherwise."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, parameter) of this module and, unless told otherwise, of all in it."""
        yield from named_members(self, "_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Pairs (path, buffer) of this module and, unless told otherwise, of all in it."""
        yield from named_members(self, "_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        """The buffers of this module and of all modules in it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def named_children(self):
        """Pairs (name, module) of what was registered in this module itself, each module once."""
        return named_children(self)

    def children(self):
        """The modules registered in this module itself, in the order in which they were."""
        for _, module in self.named_children():
            yield module

    def apply(self, fn):
        """Call `fn` with every module in this one, and at last with this one; returns it."""
        return apply(self, fn)


# %% lesson 06 walk
def walk(module, path, seen, once):
    """Pairs (path, module): `module` itself under `path`, then all that is in it, in order.

    Where `body` is in the root and `first` in `body`, the paths are "", "body", "body.first".
    Places that hold None are left out. `seen` is a set: no module in it is given out; if `once`,
    those given out go into it.
    """
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            below = f"{path}.{name}" if path else name
            yield from walk(child, below, seen, once)


# %% end


# %% lesson 06 named-members
def named_members(module, drawer, prefix, recurse, once):
    """Yield (path, member) for all in a drawer of `module`, and if `recurse` of all modules in it.

    For "_parameters", the weight of `body.first` comes as ("body.first.weight", weight). Paths
    begin with `prefix`; None is left out; if `once`, a shared member comes at its first place only.
    """
    seen = set()
    owners = walk(module, prefix, set(), once) if recurse else [(prefix, module)]
    for path, owner in owners:
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield (f"{path}.{name}" if path else name), member


# %% end


def named_children(module):
    """Pairs (name, module) of what was registered in `module` itself, each once."""
    seen = set()
    for name, child in module._modules.items():
        if child is not None and child not in seen:
            seen.add(child)
            yield name, child


def apply(module, fn):
    """`fn` for everything in `module`, from the leaves up, `module` itself last."""
    for child in module.children():
        child.apply(fn)
    fn(module)
    return module
