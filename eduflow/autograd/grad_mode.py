"""Whether operations are recorded for backward: a switch for each thread."""

import functools
import inspect
import warnings

from .._core.dispatch import recording
from .._core.inference import inference


def is_inference_mode_enabled():
    """Whether this thread is in inference mode. Mirrors torch.is_inference_mode_enabled."""
    return inference.on


def _switched_generator(again, function):
    """A generator function of which each step runs inside the switch, and what lies between not."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        steps = function(*args, **kwargs)
        step, given = steps.send, None
        while True:
            try:
                with again():
                    item = step(given)
            except StopIteration as end:
                return end.value
            try:
                step, given = steps.send, (yield item)
            except GeneratorExit:
                with again():
                    steps.close()
                raise
            except BaseException as error:
                step, given = steps.throw, error

    return wrapper


def switched_apart(switch, function):
    """What a decorated class or generator function becomes; None for any other function."""
    if isinstance(function, type):
        warnings.warn(
            "Decorating classes is deprecated and will be disabled in future versions. You should "
            "only decorate functions or methods. To preserve the current behavior of class "
            "decoration, you can directly decorate the `__init__` method and nothing else.",
            FutureWarning,
            stacklevel=3,
        )
        function.__init__ = switch(function.__init__)
        return function
    if inspect.isgeneratorfunction(function):
        return _switched_generator(switch.again, function)
    return None


# %% lesson 17 no-grad
def is_grad_enabled():
    """Whether operations are recorded for backward; in inference mode, whether that is wished."""
    return recording.wished if inference.on else recording.enabled


def record_from_now_on(wished):
    """Record from here, or do not; in inference mode nothing is recorded, whatever is wished."""
    recording.wished, recording.enabled = wished, wished and not inference.on


class Switch:
    """A `with` block or decorator: inside is recorded if `wanted`, behind it as before."""

    wanted = True

    def __new__(cls, function=None):
        switch = object.__new__(cls)
        return switch if function is None else switch(function)  # @no_grad without brackets

    def again(self):
        """Another one of the same kind, for one call of a decorated function."""
        return type(self)()

    def __enter__(self):
        self.before = is_grad_enabled()
        record_from_now_on(self.wanted)

    def __exit__(self, *error):
        record_from_now_on(self.before)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self.again():
                return function(*args, **kwargs)

        return switched_apart(self, function) or wrapper


class no_grad(Switch):
    """Record nothing inside: `with no_grad():`, or `@no_grad()` on a function."""

    wanted = False


# %% end


class enable_grad(Switch):
    """Record inside, even where recording is off outside."""


class set_grad_enabled(Switch):
    """Switch recording on or off: at once, for a `with` block, or for a decorated function."""

    def __new__(cls, mode):
        return object.__new__(cls)

    def __init__(self, mode):
        self.wanted, self.before = mode, is_grad_enabled()
        record_from_now_on(mode)

    def again(self):
        """Another one of the same kind, for one call of a decorated function."""
        return set_grad_enabled(self.wanted)

    def __enter__(self):
        record_from_now_on(self.wanted)

    def __call__(self, function):
        record_from_now_on(self.before)  # only inside the function, not from here on
        return super().__call__(function)


class inference_mode(Switch):
    """Record nothing inside, nor count changes: what is made here stays out of autograd for good.

    Outside, such a tensor cannot be changed in place, saved for backward, or ask for gradients.
    `inference_mode(False)` is the way out for a while. Mirrors torch.inference_mode.
    """

    def __new__(cls, mode=True):
        if isinstance(mode, bool):
            return object.__new__(cls)
        return cls()(mode)

    def __init__(self, mode=True):
        self.mode = mode

    def again(self):
        """Another one of the same kind, for one call of a decorated function."""
        return inference_mode(self.mode)

    def __enter__(self):
        self.before = inference.on, is_grad_enabled()
        inference.on = self.mode
        record_from_now_on(not self.mode)

    def __exit__(self, *error):
        inference.on, grad = self.before
        record_from_now_on(grad)
