"""Joining and repeating against PyTorch."""

import pytest

from tests.library.windows import facts

JOINS = [
    "torch.cat([])", "torch.cat(x)", "torch.cat([x, 1])", "torch.cat(5)", "torch.cat([x, x])",
    "torch.cat([x, x], -1)", "torch.cat([x, x], 5)", "torch.cat([x, x[0]])",
    "torch.cat((x, x), axis=1)",
    "torch.cat([x, torch.zeros(0)])", "torch.cat([torch.zeros(0), x], 1)",
    "torch.cat([x, torch.ones(2, 3, 4, dtype=torch.int64)], 1)",
    "torch.cat([x, torch.zeros(3, 3, 4)])",
    "torch.cat([x, torch.zeros(3, 3, 4)], 1)", "torch.concat([x, x])", "torch.stack([])",
    "torch.stack([x, x])", "torch.stack([x, x], -1)", "torch.stack([x, x], 5)",
    "torch.stack([x, x[0]])", "torch.stack(x)", "torch.stack([x, 1])",
    "torch.stack([x, x.detach().double()])", "torch.hstack([])", "torch.hstack([x, x])",
    "torch.vstack([x, x])", "torch.dstack([x, x])", "torch.column_stack([x, x])",
    "torch.block_diag(x, x)", "x.repeat(2)", "x.repeat(2, 1, 1, 2)", "x.repeat(-1, 1, 1)",
    "x.repeat(0, 1, 1)", "x.repeat()", "x.tile(2)", "x.tile(2, 1, 1, 2)", "torch.tile(x, (2, 1))",
    "x.repeat_interleave(2)", "x.repeat_interleave(2, 0) if x.ndim else 0",
    "x.repeat_interleave(torch.tensor([1, 2]), 0)", "x.repeat_interleave(torch.tensor([1, -2]), 0)",
    "x.repeat_interleave(torch.tensor([1, 2, 3]), 0)", "x.repeat_interleave(-1)",
    "torch.repeat_interleave(torch.tensor([1, 2, 3]))",
    "torch.meshgrid(x.ravel(), x[..., 0].ravel(), indexing='ij')",
    "torch.meshgrid([x.ravel(), torch.arange(3.0)], indexing='xy')",
    "torch.meshgrid(x, x, indexing='no')",
    "torch.meshgrid(x, torch.arange(3), indexing='ij')", "torch.cartesian_prod(x, x)",
    "torch.cartesian_prod(x)", "torch.combinations(x)", "torch.combinations(x, 3, True)",
    "torch.broadcast_tensors(x, torch.zeros(1)) if x.numel() else 0",
]  # fmt: skip


@pytest.mark.parametrize("code", JOINS)
def test_joining(same, code):
    program = compile(code, code, "eval")
    same(lambda torch: facts(torch, lambda x: eval(program, {"torch": torch, "x": x})))


def test_gradients_go_to_every_part_in_its_own_dtype(same):
    def run(torch):
        a = torch.ones(2, 3, requires_grad=True)
        b = torch.ones(2, 3, dtype=torch.float64, requires_grad=True)
        results = [torch.cat([a, b, a]), torch.stack([a, b], 1), torch.block_diag(a, b)]
        return [torch.autograd.grad((r * r.cumsum(0)).sum(), (a, b)) for r in results]

    same(run)


def test_second_derivatives(same):
    def run(torch):
        x = torch.arange(1.0, 7.0).reshape(2, 3).requires_grad_()
        y = [torch.cat([x, x * x]), torch.stack([x, x**2]), x.repeat(2, 2), x.tile(2)]
        total = sum((part**3).sum() for part in y)
        (first,) = torch.autograd.grad(total, x, create_graph=True)
        return torch.autograd.grad((first**2).sum(), x)

    same(run, rtol=1e-4)
