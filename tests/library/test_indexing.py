"""Indexing against PyTorch: x[...] in all its forms, gather and scatter, masks, other orders."""

import numpy as np
import pytest

from tests.library.windows import facts

BASIC = [
    "x[0]", "x[-1]", "x[5]", "x[0, 1]", "x[0, 1:]", "x[:, 0]", "x[:]", "x[:, :]", "x[...]",
    "x[..., 0]", "x[None]", "x[:, None]", "x[::-1]", "x[0, 0, 0, 0]", "x[..., ...]", "x[()]",
    "x[1:5:2]", "x[5:]", "x[:, 2:1]", "x[:, :, :, None]", "x[0:2:0]", "x[1.0:2]", "x['a']",
    "x[1.5]", "x[{}]", "x[tensor(1)]", "x[tensor(5)]", "x[np.int64(1)]", "x[np.array(1)]",
    "x[tensor(0):tensor(1)]", "x[1:, ..., :2]", "x[:, -1]", "x[[slice(0, 1), 0]]", "x[[0, None]]",
    "list(x)", "[len(x)]", "[5.0 in x, 99.0 in x]", "'a' in x", "list(reversed(x))",
]  # fmt: skip

ADVANCED = [
    "x[True]", "x[False]", "x[:, True]", "x[[0, 1]]", "x[[[0, 1], [0, 1]]]", "x[[0, 1], [0, 1]]",
    "x[tensor([0, 1])]", "x[tensor([0, 1]), :, tensor([0, 1])]", "x[0, :, tensor([0, 1])]",
    "x[tensor([0, 1]), 0]", "x[tensor(True)]", "x[tensor([True, False])]", "x[[True, False]]",
    "x[tensor([True, False, True])]", "x[x.detach() > 5]", "x[tensor([7])] if x.numel() else 0",
    "x[:, tensor([7])]",
    "x[tensor([0]), tensor([7])]", "x[tensor([-1, -2])]", "x[tensor([0.5])]",
    "x[tensor([0, 1]), tensor([0, 1, 2])]", "x[[]]", "x[np.array([0, 1])]",
    "x[np.array([True, False])]", "x[slice(0, None), [0, 1]]", "x[range(2)]",
    "x[tensor([0, 1], dtype=torch.uint8)]", "x[tensor([0, 1], dtype=torch.int32)]",
    "x[tensor([0, 1], dtype=torch.int8)]", "x[tensor([0, 1]), ..., tensor([0, 1])]",
    "x[:, [0, 2]]", "x[..., [0, 2]]", "x[:, :, [0, 0, 1]]", "x[None, 0, ..., 1:, True]",
    "x[(0, 1),]", "x[[0, [1, 2]]]", "x[tensor([[0, 1], [1, 0]]), tensor([0, 1])]",
    "x[tensor([[True, False, True], [True, True, False]])]",
    "x[tensor([[True, False, True], [True, True, False]]), 0]",
    "x[:, tensor([[True, False, True, False]] * 3)]", "x[tensor([0, 0, 1]), tensor([1, 1, 1])]",
    "x[tensor([0, 1]), None, tensor([0, 1])]", "x[None, tensor([0, 1]), None]",
]  # fmt: skip

BY_INDEX = [
    "x.gather(0, tensor([[[0]]]))", "x.gather(0, tensor([0]))", "x.gather(0, tensor([[[5]]]))",
    "x.gather(0, tensor([[[0.0]]]))", "x.gather(2, tensor([[[0, 0, 3]], [[1, 2, 1]]]))",
    "x.gather(0, tensor([[[-1]]]))", "x.gather(5, tensor([[[0]]]))",
    "x.gather(0, torch.zeros(3, 4, 1, dtype=torch.long))", "x.index_select(0, tensor([1, 1, 0]))",
    "x.index_select(-1, tensor([0]))", "x.index_select(0, tensor([9])) if x.numel() else 0",
    "x.index_select(0, tensor([[1]]))", "x.index_select(0, tensor([1.0]))",
    "x.index_select(0, tensor(0))", "x.take(tensor([0, 3, -1, 0]))", "x.take(tensor([99]))",
    "x.take(tensor([0.0]))", "x.take_along_dim(tensor([[[0]]]), 0)",
    "x.take_along_dim(tensor([0]), 1)", "x.scatter(0, tensor([[[0]]]), 5.0)",
    "x.scatter(1, tensor([[[0, 2]]]), torch.ones(1, 1, 2))", "x.scatter(0, tensor([[[9]]]), 1.0)",
    "x.scatter(0, tensor([[[0, 1]]]), torch.ones(1, 1, 1))",
    "x.scatter(0, tensor([[[0]]]), torch.ones(1, 1, 1, dtype=torch.int))",
    "x.scatter_add(2, tensor([[[0, 0, 1]]]), x.detach()[:1, :1, :3] * 2)",
    "x.scatter_reduce(2, tensor([[[0, 0, 1]]]), torch.ones(1, 1, 3), 'sum')",
    "x.scatter_reduce(2, tensor([[[0, 0, 1]]]), torch.ones(1, 1, 3), 'mean')",
    "x.scatter_reduce(2, tensor([[[0, 0, 1]]]), torch.ones(1, 1, 3), 'amax')",
    "x.scatter_reduce(2, tensor([[[0, 0]]]), torch.ones(1, 1, 2), 'amin', include_self=False)",
    "x.ravel().scatter_reduce(0, tensor([0]), torch.ones(1), 'foo') if x.numel() else 0",
    "x.index_add(0, tensor([0, 0]), x.detach()[:2])",
    "x.index_add(0, tensor([0, 9]), x.detach()[:2]) if x.numel() and x.ndim > 1 else 0",
    "x.index_add(0, tensor([1]), x.detach()[:1], alpha=2)",
    "x.index_add(0, tensor([0]), x.detach())",
    "x.index_copy(0, tensor([1]), x.detach()[:1] * 3)", "x.index_copy(0, tensor([1]), x.detach())",
    "x.index_fill(0, tensor([1]), 3.0)", "x.index_fill(0, tensor([1]), tensor(3.0))",
    "x.index_fill(0, tensor([1]), tensor([3.0]))",
    "x.index_fill(0, tensor([8]), 2.0) if x.numel() else 0",
    "x.index_put((tensor([0]),), tensor(5.0))",
    "x.index_put((tensor([0, 0]),), torch.ones_like(x.detach()[:1]), accumulate=True)",
    "x.index_put((tensor([0, 0]),), torch.ones(3, 5))",
    "x.index_put((x.detach() > 5,), tensor(0.0))",
    "x.put(tensor([0, 0]), tensor([1.0, 2.0]), accumulate=True) if x.ndim else 0",
    "x.put(tensor([0, 1]), tensor([1.0]))",
]  # fmt: skip

MASKS_AND_ORDER = [
    "x.masked_fill(x.detach() > 5, 0.0)", "x.masked_fill(x.detach() > 5, tensor(0.0))",
    "x.masked_fill(tensor([1]), 0)", "x.masked_fill(tensor([True]), 0)",
    "x.masked_fill(torch.ones(2, dtype=torch.bool), 0)",
    "x.masked_fill(tensor([True]), tensor([0.0]))",
    "x.masked_select(x.detach() > 5)", "x.masked_select(tensor([True, False, True, False]))",
    "x.masked_select(tensor([1]))", "x.masked_scatter(x.detach() > 5, torch.arange(24.0))",
    "x.masked_scatter(x.detach() > 5, torch.arange(0.0))", "x.tril()", "x.tril(1)", "x.triu(-1)",
    "torch.diag(x)", "torch.diag(x, 1)", "torch.diag_embed(x, 1)", "torch.diagflat(x, 1)",
    "x.roll(1)", "x.roll(1, 0)", "x.roll((1, 2), (0, 1))", "x.roll((1, 2), 0)", "x.roll(())",
    "x.flip(0)", "x.flip((0, -1))", "x.flip(0, 1)", "x.flip(7)", "x.flip(0, 0)", "x.flip(())",
    "x.fliplr()", "x.flipud()", "x.rot90()", "x.rot90(1, (0, 2))", "x.rot90(3, [1, 2])",
    "x.rot90(2, [1, 2])", "x.rot90(1, [0, 0])", "x.rot90(1, [0])", "x.rot90(4)",
    "[torch.argwhere(x.detach() > 5).tolist()]",
]  # fmt: skip


@pytest.mark.parametrize("code", BASIC + ADVANCED)
def test_getitem(same, code):
    _check(same, code)


@pytest.mark.parametrize("code", BY_INDEX)
def test_by_index(same, code):
    _check(same, code)


@pytest.mark.parametrize("code", MASKS_AND_ORDER)
def test_masks_and_order(same, code):
    _check(same, code)


def _check(same, code):
    program = compile(code, code, "eval")

    def run(torch):
        names = {"torch": torch, "tensor": torch.tensor, "np": np}
        return facts(torch, lambda x: eval(program, names | {"x": x}))

    same(run)


def test_source_gradients(same):
    def run(torch):
        x = torch.arange(12.0).reshape(3, 4)
        s = torch.tensor([[2.0, 3.0], [5.0, 7.0]], requires_grad=True)
        index, rows, mask = torch.tensor([[0, 0], [3, 1]]), torch.tensor([2, 0]), x > 8
        results = [
            x.scatter(1, index, s),
            x.scatter_add(1, index, s),
            x.scatter_reduce(1, index, s, "mean"),
            x.scatter_reduce(1, index, s, "prod"),
            x.index_add(0, rows, s.repeat(1, 2), alpha=3),
            x.index_copy(0, rows, s.repeat(1, 2)),
            x.index_put((rows, rows), s[0]),
            x.index_fill(0, rows, s[0, 0]),
            x.masked_fill(mask, s[1, 1]),
            x.masked_scatter(mask, s),
        ]
        weights = torch.arange(1.0, 13.0).reshape(3, 4)
        return [(r, torch.autograd.grad((r * weights).sum(), s)) for r in results]

    same(run)


def test_second_derivatives(same):
    def run(torch):
        x = torch.arange(1.0, 13.0).reshape(3, 4).requires_grad_()
        index = torch.tensor([[0, 0], [3, 1]])
        y = [
            x[[0, 0, 2], [1, 1, 3]], x[x.detach() > 5], x.gather(1, index), x.take(index),
            x.index_select(1, index[1]), x.scatter_add(1, index, x[:2, :2]), x.tril(), x.flip(0),
            x.masked_fill(x.detach() > 5, 0.0), x.index_put((index[0],), x[1]), x.roll(1, 1),
            x.rot90(),
        ]  # fmt: skip
        total = sum((part**3).sum() for part in y)
        (first,) = torch.autograd.grad(total, x, create_graph=True)
        return torch.autograd.grad((first**2).sum(), x)

    same(run, rtol=1e-4)


def test_a_changed_index_is_noticed(same):
    def run(torch):
        x, index = torch.arange(4.0, requires_grad=True), torch.tensor([0, 1])
        texts = []
        for result in (x[index], x.gather(0, index)):
            index += 1
            try:
                result.sum().backward()
            except RuntimeError as error:
                texts.append(str(error))
        return texts

    same(run)
