"""Who looks on while the tape is written and walked: anomaly detection, tensors cut off in place.

The one place where something may be told of every node. The tape asks `if watchers:` first, so
nobody pays for it while nobody looks.
"""


class Watcher:
    """Somebody who looks on. Derive from it what you need."""

    def made(self, node):
        """A node was made."""

    def before(self, node, grad):
        """The walk is at this node, with the gradient that has arrived."""

    def after(self, node, pairs):
        """These pairs (edge, gradient) go on from the node."""

    def failed(self, error):
        """The walk ended with an error."""


class _Watchers(list):
    """Those who look on now; tells all of them."""

    def made(self, node):
        for watcher in list(self):
            watcher.made(node)

    def before(self, node, grad):
        for watcher in list(self):
            watcher.before(node, grad)

    def after(self, node, pairs):
        for watcher in list(self):
            watcher.after(node, pairs)

    def failed(self, error):
        for watcher in list(self):
            watcher.failed(error)

    def hooks(self):
        """The hooks for saved tensors among them."""
        return [watcher for watcher in self if isinstance(watcher, saved_tensors_hooks)]


watchers = _Watchers()


class saved_tensors_hooks(Watcher):
    """While it is entered, `pack_hook(tensor)` says what is kept of each tensor that is saved.

    Backward gets it back from `unpack_hook`. Mirrors torch.autograd.graph.saved_tensors_hooks.
    """

    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook, self.unpack_hook = pack_hook, unpack_hook

    def __enter__(self):
        watchers.append(self)

    def __exit__(self, *error):
        watchers.remove(self)

    def made(self, node):
        """A node was made: what it saved is packed, by the hooks that were entered last."""
        if watchers.hooks()[-1] is self:
            node.pack(self.pack_hook, self.unpack_hook)
