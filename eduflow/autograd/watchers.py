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


watchers = _Watchers()
