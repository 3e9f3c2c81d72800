"""Operations that users write, against PyTorch's torch.autograd.Function."""

import eduflow
from tests.oracle import raised


def cube(torch, answer=None):
    """x ** 3 * k as a user would write it; `answer` replaces what backward returns."""

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, k=1):
            ctx.save_for_backward(x)
            ctx.k = k
            return x**3 * k

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return (grad * 3 * x**2 * ctx.k, None) if answer is None else answer(ctx, grad)

    return Cube


def leaf(torch, *numbers):
    return torch.tensor(numbers, requires_grad=True)


def test_forward_and_backward(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = cube(torch).apply(x, 2)
        y.backward(torch.tensor([1.0, 0.5]))
        plain = cube(torch).apply(torch.ones(2), 2)
        with torch.no_grad():
            silent = cube(torch).apply(x, 2)
        z = cube(torch).apply(x, 2)
        return [
            y,
            x.grad,
            y.grad_fn.name(),
            plain.requires_grad,
            silent.requires_grad,
            z.is_leaf,
            z.grad_fn.saved_tensors[0],
            z.grad_fn.k,
            z.grad_fn.next_functions[0][0].name().split("::")[-1],
        ]

    same(check)


def test_inside_a_graph(same):
    def check(torch):
        x = leaf(torch, 0.5, 1.0)
        ((cube(torch).apply(x.exp(), 1) * x).tanh() * 2).sum().backward()
        return x.grad

    same(check)


ANSWERS = {
    "too few": lambda ctx, g: g,
    "a gradient for a number": lambda ctx, g: (g, g),
    "one None too many": lambda ctx, g: (g, None, None),
    "one too many": lambda ctx, g: (g, None, g),
    "nothing": lambda ctx, g: (None, None),
    "another shape": lambda ctx, g: (g[:1].expand(3), None),
    "a number": lambda ctx, g: (3.0, None),
    "a bigger shape": lambda ctx, g: (g.expand(3, 2), None),
    "another dtype": lambda ctx, g: (g.double(), None),
}


def test_what_backward_returns(same):
    def check(torch):
        found = {}
        for name, answer in ANSWERS.items():
            x = leaf(torch, 1.0, 2.0)
            text = raised(lambda a=answer, x=x: cube(torch, a).apply(x, 3).sum().backward())
            found[name] = [text, x.grad]
        return found

    same(check)


def test_freed_and_modified(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        y = cube(torch).apply(x, 1).sum()
        y.backward(retain_graph=True)
        y.backward()
        freed = raised(lambda: y.backward())
        z = x.clone()
        y = cube(torch).apply(z, 1).sum()
        z += 1
        return [x.grad, freed, raised(lambda: y.backward())]

    same(check)


def test_derivatives_of_derivatives(same):
    def check(torch):
        x = leaf(torch, 1.0, 2.0)
        (g,) = torch.autograd.grad(cube(torch).apply(x, 2).sum(), x, create_graph=True)
        (h,) = torch.autograd.grad((g * g).sum(), x)
        return [g, h]

    same(check)


def test_saved_outputs(same):
    def check(torch):
        class Exp(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                result = x.exp()
                ctx.save_for_backward(result)
                return result

            @staticmethod
            def backward(ctx, grad):
                (result,) = ctx.saved_tensors
                return grad * result

        x = leaf(torch, 0.5, 1.0)
        (g,) = torch.autograd.grad(Exp.apply(x).sum(), x, create_graph=True)
        (h,) = torch.autograd.grad((g * g).sum(), x)
        return [g, h]

    same(check)


def test_several_outputs(same):
    def check(torch):
        seen = []

        class Two(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, y):
                ctx.save_for_backward(x, y)
                place = (x > 1).long()
                ctx.mark_non_differentiable(place)
                return x * y, x + y, place, "text"

            @staticmethod
            def backward(ctx, product, total, place, text):
                seen.append([product, total, place, text])
                x, y = ctx.saved_tensors
                return product * y + total, product * x + total

        x, y = leaf(torch, 1.0, 2.0), leaf(torch, 3.0, 4.0)
        p, t, place, text = Two.apply(x, y)
        (p * 2).sum().backward(retain_graph=True)
        (p * p + t).sum().backward()
        return [seen, x.grad, y.grad, place, place.requires_grad, text, t.output_nr, p.output_nr,
                p.grad_fn is t.grad_fn]  # fmt: skip

    same(check)


def test_gradients_that_nobody_sent(same):
    def check(torch):
        seen = []

        class Two(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.set_materialize_grads(False)
                return x * 2, x * 3

            @staticmethod
            def backward(ctx, a, b):
                seen.append([a, b])
                return b * 3

        x = leaf(torch, 1.0)
        Two.apply(x)[1].sum().backward()
        return [seen, x.grad]

    same(check)


def test_needs_input_grad(same):
    def check(torch):
        seen = []

        class Product(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, y, z):
                seen.append(list(ctx.needs_input_grad))
                ctx.save_for_backward(x, y, None)
                return x * y

            @staticmethod
            def backward(ctx, grad):
                seen.append(list(ctx.needs_input_grad))
                seen.append(ctx.saved_tensors)
                return grad * ctx.saved_tensors[1], None, None

        x = leaf(torch, 1.0)
        Product.apply(x, torch.ones(1) * 4, "text").sum().backward()
        return [seen, x.grad]

    same(check)


def test_setup_context(same):
    def check(torch):
        class Square(torch.autograd.Function):
            @staticmethod
            def forward(x, k):
                return x * x * k

            @staticmethod
            def setup_context(ctx, inputs, output):
                x, ctx.k = inputs
                ctx.save_for_backward(x)

            @staticmethod
            def backward(ctx, grad):
                return grad * 2 * ctx.saved_tensors[0] * ctx.k, None

        x = leaf(torch, 1.0, 3.0)
        Square.apply(x, 5).sum().backward()
        return x.grad

    same(check)


def test_mark_dirty(same):
    def check(torch):
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.mark_dirty(x)
                x *= 2
                return x

            @staticmethod
            def backward(ctx, grad):
                return grad * 2

        x = leaf(torch, 1.0, 3.0)
        y = x.clone()
        z = Double.apply(y)
        (z * y).sum().backward()
        return [z is y, z.grad_fn.name(), x.grad, raised(lambda: Double.apply(x))]

    same(check)


def test_an_input_handed_back(same):
    def check(torch):
        class Same(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x

            @staticmethod
            def backward(ctx, grad):
                return -grad

        x = leaf(torch, 1.0, 3.0)
        y = Same.apply(x)
        y.sum().backward()
        return [y is x, y.data_ptr() == x.data_ptr(), x.grad, y.grad_fn.name(), x.is_leaf]

    same(check)


def test_once_differentiable(same):
    def check(torch):
        from importlib import import_module

        function = import_module(f"{torch.__name__}.autograd.function")

        class Square(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x)
                return x * x

            @staticmethod
            @function.once_differentiable
            def backward(ctx, grad):
                return grad * 2 * ctx.saved_tensors[0]

        x, k = leaf(torch, 1.0, 3.0), leaf(torch, 2.0)
        (g,) = torch.autograd.grad((Square.apply(x) * k).sum(), x, create_graph=True)
        return [g, raised(lambda: g.sum().backward())]

    same(check)


def test_what_is_missing(same):
    def check(torch):
        class Nothing(torch.autograd.Function):
            pass

        class NoBackward(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x * 1

        class SavesANumber(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                ctx.save_for_backward(x, 3)
                return x * 1

        x = leaf(torch, 1.0)
        return [
            raised(lambda: Nothing.apply(x)),
            raised(lambda: NoBackward.apply(x).sum().backward()),
            raised(lambda: SavesANumber.apply(x)),
        ]

    same(check)


def test_attributes_keep_their_names():
    class Keeps(eduflow.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.saved, ctx.number, ctx.edges, ctx.hooks = 1, 2, 3, 4
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            assert (ctx.saved, ctx.number, ctx.edges, ctx.hooks) == (1, 2, 3, 4)
            return grad * 2

    x = eduflow.ones(2).requires_grad_()
    Keeps.apply(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_gradcheck_of_a_function():
    x = eduflow.tensor([1.0, 2.0], dtype=eduflow.float64, requires_grad=True)
    assert eduflow.autograd.gradcheck(cube(eduflow).apply, (x, 2))
    assert eduflow.autograd.gradgradcheck(cube(eduflow).apply, (x, 2))
