"""Views and reshapes against PyTorch: window, memory, history, gradient and errors."""

import numpy as np
import pytest

from eduflow import from_numpy
from tests.library.windows import facts

SHAPES = [
    "x.view(-1)", "x.view(6, -1)", "x.view(2, 12)", "x.view(4, 3, 2, 1)", "x.view(1, 2, 3, 4)",
    "x.view(x.shape)", "x.view([24])", "x.view(size=(24,))", "x.view(1)", "x.view(())",
    "x.view(0)", "x.view(-1, 0)", "x.view(5, -1)", "x.view(-1, -1)", "x.view(-2, 3)",
    "x.view(2.0, 3)", "x.view()", "x.view_as(torch.zeros(24))", "x.reshape(-1)", "x.reshape(6, 4)",
    "x.reshape(x.shape)", "x.reshape(())", "x.reshape(2, 3, 4)", "x.reshape(shape=(24,))",
    "x.reshape()", "x.reshape('a')", "x.reshape(2.5)", "x.reshape((2.5,))",
    "torch.reshape(x, (4, 6))", "torch.reshape(x, 24)", "torch.reshape(x, (-1, 2))",
    "x.reshape_as(torch.zeros(4, 6))", "x.ravel()", "x.flatten()", "x.flatten(1)",
    "x.flatten(0, 1)", "x.flatten(1, 1)", "x.flatten(-2)", "x.flatten(2, 1)", "x.flatten(5)",
    "torch.flatten(x, start_dim=0, end_dim=4)", "torch.flatten(5)",
    "x[None].unflatten(1, (2, -1)) if x.ndim else 0",
    "x.unflatten(-1, (2, 2)) if x.ndim else 0", "x.contiguous()", "x.is_contiguous()",
    "x.mT.contiguous()",
]  # fmt: skip

DIMS = [
    "x.squeeze()", "x.squeeze(0)", "x[:1].squeeze((0, 1))", "x.squeeze((0, 0))", "x.squeeze(())",
    "x.squeeze(-7)", "x.unsqueeze(0)", "x.unsqueeze(1)", "x.unsqueeze(-1)", "x.unsqueeze(9)",
    "x.transpose(0, 1)", "x.transpose(0, -1)", "x.transpose(-1, -1)", "x.transpose(5, 0)",
    "x.swapaxes(0, 1)", "torch.swapdims(x, 0, -1)", "x.t()", "x.T", "x.mT", "x.H", "x.mH",
    "x.adjoint()", "x.permute(2, 0, 1)", "x.permute([1, 0, 2])", "x.permute(1, 0)",
    "x.permute(0, 0, 1)", "x.permute(0, 1, 7)", "torch.permute(x, (0, -1, 1))", "x.permute()",
    "x.permute(dims=(1, -2))", "x.movedim(0, -1)", "x.movedim((0, 1), (1, 2))",
    "x.movedim((0, 1), (1,))", "x.movedim((0, 0), (1, 2))", "torch.moveaxis(x, -1, 0)",
    "x.expand(2, *x.shape)", "torch.broadcast_to(x, (2, *x.shape))", "torch.atleast_1d(x)",
    "torch.atleast_2d(x)", "torch.atleast_3d(x)", "torch.atleast_2d(x, x)",
]  # fmt: skip

PARTS = [
    "x.narrow(0, 1, 1)", "x.narrow(0, 1, 5)", "x.narrow(0, -1, 1)", "x.narrow(0, 5, 1)",
    "x.narrow(0, 0, -1)", "x.narrow(-1, 0, 0)", "x.select(0, 1)", "x.select(-1, -1)",
    "x.select(0, 7)", "x.select(7, 0)", "x.split(0)", "x.split(1)", "x.split(2, 1)",
    "x.split(2, -1)", "x.split(-1)", "x.split([1, 2], 0)", "x.split([1, 1], 0)",
    "x.split((1, 0, 2), 1)", "torch.split(x, 2, dim=2)", "x.split(5)", "x.chunk(2)", "x.chunk(0)",
    "x.chunk(5, 1)", "x.chunk(3, 2)", "x.tensor_split(3, 1)", "x.tensor_split((1, 2), 2)",
    "x.tensor_split(0)", "x.tensor_split(torch.tensor([1, 2]), 1)", "x.hsplit(3)", "x.hsplit(2)",
    "x.vsplit([1])", "x.dsplit(2)", "x.vsplit(1)", "x.unbind()", "x.unbind(-1)", "x.unbind(7)",
    "x.unfold(-1, 2, 1)", "x.unfold(0, 2, 1)", "x.unfold(-1, 3, 2)", "x.unfold(0, 7, 1)",
    "x.unfold(0, 2, 0)", "x.unfold(0, -2, 1)", "x.diagonal()", "x.diagonal(1, 1, 2)",
    "x.diagonal(1, 0, -1)", "x.diagonal(-1)", "x.diagonal(-5)", "x.diagonal(0, 0, 0)",
    "x.diagonal(dim1=-2, dim2=-1)", "x.as_strided((2, 2), (1, 2))",
    "x.as_strided((2, 2), (1, 2), 3)", "x.as_strided((2, 2), (0, 1), 3)",
    "x.as_strided((200, 2), (1, 9), 3)", "x.as_strided((2, 2), (1,))",
    "x.as_strided((2, 2), (-1, 1))", "x.as_strided((2, 2), (1, 1), -1)",
]  # fmt: skip

DTYPES = [
    "x.view(torch.int32)", "x.view(torch.float64)", "x.view(torch.int16)", "x.view(torch.uint8)",
    "x[..., 1:3].view(torch.float64)", "x[..., ::2].view(torch.float64)",
    "x[..., 1:].view(torch.int64)",
]  # fmt: skip


@pytest.mark.parametrize("code", SHAPES + DIMS + PARTS)
def test_views(same, code):
    program = compile(code, code, "eval")
    same(lambda torch: facts(torch, lambda x: eval(program, {"torch": torch, "x": x})))


@pytest.mark.parametrize("code", DTYPES)
def test_view_with_another_dtype(same, code):
    program = compile(code, code, "eval")
    same(lambda torch: facts(torch, lambda x: eval(program, {"torch": torch, "x": x.detach()})))


def test_writing_through_a_view_shows_in_its_base(same):
    def write(torch):
        x = torch.zeros(3, 4)
        x.flatten()[-1] = 1
        x.t()[0, 1] = 2
        x.t().flatten()[0] = 3  # a copy: x stays as it is
        x.unfold(1, 2, 2)[2, 1, 0] = 4
        x.diagonal()[1] = 5
        x.split(2, 1)[1][0, 0] = 6
        return x

    same(write)


def test_views_know_their_base_and_share_its_version(same):
    def look(torch):
        x = torch.zeros(3, 4)
        y = x[1:].t().unsqueeze(0)
        x += 1
        return [y._base is x, y._is_view(), y._version, x._version, x.reshape(12)._base is x]

    same(look)


def test_second_derivatives_go_through_views(same):
    def twice(torch):
        x = torch.arange(1.0, 13.0).reshape(3, 4).requires_grad_()
        y = x.unfold(1, 2, 1)[:, 1:].transpose(0, 2).reshape(-1)
        y = (y**3).sum() + (x.diagonal() ** 3).sum() + (x.chunk(2, 1)[1].flatten() ** 3).sum()
        (first,) = torch.autograd.grad(y, x, create_graph=True)
        return torch.autograd.grad((first**2).sum(), x)

    same(twice)


@pytest.mark.parametrize(
    "part", [np.s_[::2], np.s_[:, ::2], np.s_[1:, 1:], np.s_[..., 1], np.s_[:0]]
)
def test_a_lent_array_with_holes_is_viewed_where_the_rule_allows_it(part):
    array = np.arange(24.0).reshape(4, 3, 2)[part]
    x = from_numpy(array)
    assert x.stride() == tuple(step // 8 for step in array.strides) or not array.size
    assert x.storage_offset() == 0
    assert x.unsqueeze(0)[0].tolist() == array.tolist()
    assert x.reshape(-1).tolist() == array.reshape(-1).tolist()
    assert x[-1:].tolist() == array[-1:].tolist()
    if array.size:
        x.view(x.shape).numpy()[...] = 7
        assert (array == 7).all()
