"""More of what a random program can do: gradients asked for, hooks, custom functions, modes."""

import functools

from .steps import in_place, step


def _fresh(torch, grad):
    """A gradient in memory of its own: how it lies there, and how often it was written, is free."""
    if not grad.numel():
        return (grad * 1).flatten().reshape(grad.shape)  # where nothing lies, strides say nothing
    return (grad * 1).clone(memory_format=torch.contiguous_format)


@step
def gradient_of(torch, x, y, p, q):
    """`autograd.grad` with its options; the gradients are tensors of the program from then on."""
    weights = torch.ones_like(x) if p % 2 else None
    found = torch.autograd.grad(
        x if p % 2 else x.sum(),
        [y],
        weights,
        retain_graph=q % 5 != 0,
        create_graph=q % 2 == 0,
        allow_unused=p % 3 == 0,
        materialize_grads=p % 6 == 0,
    )
    return [_fresh(torch, grad) for grad in found if grad is not None]


@step
def second_derivative(torch, x, y, p, q):
    [first] = torch.autograd.grad((x * x).sum(), [y], create_graph=True)
    [second] = torch.autograd.grad(first.sum(), [y], retain_graph=True, allow_unused=p % 2 == 0)
    return None if second is None else _fresh(torch, second)


@step
def backward_into(torch, x, y, p, q):
    x.sum().backward(inputs=[y], retain_graph=p % 3 != 0, create_graph=q % 4 == 0)


@step
def backward_with_graph(torch, x, y, p, q):
    x.square().sum().backward(create_graph=True)


@step
def keeps_grad(torch, x, y, p, q):
    x.retain_grad()


@step
def tensor_hook(torch, x, y, p, q):
    hooks = [
        lambda grad: None if grad is None else grad * 2,  # outputs of split may get none
        lambda grad: None,
        lambda grad: None if grad is None else grad + 1,
        lambda grad: None if grad is None else torch.full_like(grad, 0.5),
    ]
    if x._base is not None and x.grad_fn is None:
        return  # PyTorch crashes at views made under no_grad
    handle = x.register_hook(hooks[p % len(hooks)])
    if q % 5 == 0:
        handle.remove()


@step
def after_accumulation(torch, x, y, p, q):
    def halve(leaf):
        leaf.grad = leaf.grad / 2

    x.register_post_accumulate_grad_hook(halve)


@step
def node_hook(torch, x, y, p, q):
    if x.grad_fn is None:
        return
    if p % 2:
        x.grad_fn.register_hook(lambda into, out: tuple(g if g is None else g * 2 for g in into))
    else:
        x.grad_fn.register_prehook(lambda out: tuple(g if g is None else g * 0.5 for g in out))


@functools.cache
def functions(torch):
    """Custom functions of each kind."""
    Function = torch.autograd.Function

    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            [x] = ctx.saved_tensors
            return 2 * x * grad

    class Same(Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 3

    class Window(Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, grad):
            return grad * 0.5

    class Doubled(Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    class Parted(Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.set_materialize_grads(False)
            sign = x.sign()
            ctx.mark_non_differentiable(sign)
            return x + y, sign

        @staticmethod
        def backward(ctx, grad, none):
            needs_x, needs_y = ctx.needs_input_grad
            shape = None if grad is None else grad
            return (shape if needs_x else None), (shape if needs_y else None)

    return Square, Same, Window, Doubled, Parted


@step
def custom(torch, x, y, p, q):
    square, same, window, _, parted = functions(torch)
    if p % 4 == 3:
        return list(parted.apply(x, y)) if x.shape == y.shape else None
    if p % 4 and 1 in x.shape:
        return None  # the stride of a dim of size 1 says nothing, and views choose it freely
    return [square, same, window][p % 4].apply(x)


@in_place
def custom_(torch, x, y, p, q):
    if x.requires_grad and (x.grad_fn is None or x.grad is not None):
        return None  # PyTorch changes x before it refuses
    return functions(torch)[3].apply(x)


@step
def under_inference(torch, x, y, p, q):
    with torch.inference_mode():
        return [x * 2, x.clone(), x.view(-1), x[..., :1]][p % 4]


@step
def modes(torch, x, y, p, q):
    if p % 3 == 0:
        with torch.no_grad(), torch.enable_grad():
            return x * 2
    if p % 3 == 1:
        with torch.set_grad_enabled(q % 2 == 0):
            return x + y
    return torch.no_grad()(lambda: x * y)()


@step
def requires(torch, x, y, p, q):
    x.requires_grad_(p % 2 == 0)


@step
def grads(torch, x, y, p, q):
    if p % 3 == 0:
        x.grad = None
    elif p % 3 == 1:
        x.grad = y.detach()
    else:
        return None if x.grad is None else _fresh(torch, x.grad)
