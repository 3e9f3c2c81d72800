"""Matrix products of all ranks: values, gradients, layouts, PyTorch's errors."""

import itertools

import numpy as np
import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers

SHAPES = [(3,), (2, 3), (3, 2), (4, 2, 3), (4, 3, 5), (5, 4, 3, 2), (5, 1, 2, 3), (0, 3), (3, 0)]
BATCH_OF_ONE = {(0, 3)}  # PyTorch takes another way here, which shows in the node's name


@pytest.mark.parametrize("left", SHAPES, ids=str)
def test_matmul(same, left):
    same(
        lambda torch: {
            f"{left} {right}": graded(
                torch, lambda torch, x, y: x @ y, numbers(*left), numbers(*right, seed=1)
            )
            for right in SHAPES
            if not (left in BATCH_OF_ONE and len(right) > 2)
        }
    )


@pytest.mark.parametrize("name", ["mm", "mv", "dot", "bmm", "outer", "inner", "vdot", "ger"])
def test_products_of_fixed_ranks(same, name):
    def call(torch, x, y):
        return getattr(torch, name)(x, y)

    same(
        lambda torch: {
            f"{a} {b}": graded(torch, call, numbers(*a), numbers(*b, seed=1))
            for a, b in itertools.product(SHAPES[:6], SHAPES[:6])
        }
    )


INTEGERS = np.arange(6, dtype="int64").reshape(2, 3)
MIXED = [
    ("mm", INTEGERS, INTEGERS.T),
    ("mm", INTEGERS, INTEGERS),
    ("mm", INTEGERS.astype("uint8") * 50, INTEGERS.T.astype("uint8")),
    ("mm", INTEGERS, INTEGERS.T.astype("float32")),
    ("mm", INTEGERS > 1, INTEGERS.T > 1),
    ("matmul", INTEGERS > 1, INTEGERS[0] > 1),
    ("dot", INTEGERS[0] > 1, INTEGERS[0] > 1),
    ("dot", INTEGERS[0], INTEGERS[1]),
    ("dot", numbers(3), numbers(3, dtype="float32")),
    ("mv", numbers(2, 3), numbers(3, dtype="float32")),
    ("bmm", numbers(2, 2, 3), numbers(2, 3, 3, dtype="float32")),
    ("matmul", numbers(2, 2, 3), numbers(3, 2, dtype="float32")),
    ("matmul", numbers(2, 2, 3), numbers(3, dtype="float32")),
    ("matmul", numbers(3), numbers(3, 2, dtype="float32")),
    ("matmul", numbers(), numbers(3)),
    ("outer", np.arange(3, dtype="int64"), numbers(2)),
    ("outer", numbers(3, dtype="float32"), numbers(2)),
    ("inner", numbers(2, 3), numbers()),
    ("inner", numbers(2, 0), numbers(3, 0)),
    ("inner", numbers(2, 3), numbers(2)),
]


@pytest.mark.parametrize("case", range(len(MIXED)))
def test_dtypes(same, case):
    name, *arrays = MIXED[case]
    same(lambda torch: graded(torch, lambda torch, x, y: getattr(torch, name)(x, y), *arrays))


def test_half_and_complex(same):
    half = [numbers(2, 3, dtype="float16"), numbers(3, 2, dtype="float16")]
    same(lambda torch: graded(torch, lambda torch, x, y: x @ y, *half), rtol=2e-3, atol=2e-3)
    z, w = numbers(2, 3) + 1j * numbers(2, 3, seed=1), numbers(3, 2) - 2j * numbers(3, 2, seed=1)
    same(
        lambda torch: [
            graded(torch, lambda torch, x, y: x @ y, z, w),
            graded(torch, lambda torch, x, y: torch.vdot(x, y), z[0], z[1]),
            graded(torch, lambda torch, x, y: torch.dot(x, y), z[0], z[1]),
            graded(torch, lambda torch, x, y: torch.mv(x, y), z, w[:, 0]),
            graded(torch, lambda torch, x, y: torch.outer(x, y), z[0], w[0]),
        ]
    )


def test_not_tensors(same):
    same(
        lambda torch: [
            graded(torch, lambda torch, x: x @ 3, numbers(2, 2)),
            graded(torch, lambda torch, x: 3 @ x, numbers(2, 2)),
            graded(torch, lambda torch, x: torch.mm(x, 2), numbers(2, 2)),
            graded(torch, lambda torch, x: torch.matmul(x, 2), numbers(2, 2)),
            graded(torch, lambda torch, x: torch.matmul(2, x), numbers(2, 2)),
        ]
    )


ADDED = {
    "addmm": [(), (5,), (1, 5), (2, 1), (2, 5), (3,)],
    "baddbmm": [(), (5,), (4, 2, 5), (4, 1, 1), (1, 2, 5)],
    "addbmm": [(), (5,), (2, 5), (2, 1)],
}


@pytest.mark.parametrize("name", list(ADDED))
def test_products_that_are_added(same, name):
    batch = () if name == "addmm" else (4,)
    a, b = numbers(*batch, 2, 3), numbers(*batch, 3, 5)

    def call(torch, x, a, b):
        return getattr(torch, name)(x, a, b, beta=0.5, alpha=2)

    same(
        lambda torch: (
            [graded(torch, call, numbers(*shape), a, b) for shape in ADDED[name]]
            + [graded(torch, lambda torch, x, a, b: getattr(x, name)(a, b), numbers(5), a, b)]
        )
    )


def test_addmv_addr_and_wrong_input(same):
    a, v = numbers(2, 3), numbers(3)
    nan = np.full(5, np.nan)

    def addmv(torch, x, a, v):
        return torch.addmv(x, a, v, beta=0.5, alpha=2)

    def addmm(torch, x, a, b):
        return torch.addmm(x, a, b, beta=0)

    same(
        lambda torch: [
            *[graded(torch, addmv, numbers(*s), a, v) for s in ((), (1,), (2,), (3,))],
            graded(torch, addmv, numbers(2), a, numbers(4)),
            graded(torch, lambda torch, x, a, v: torch.addr(x, a, v), a, numbers(2), v),
            graded(torch, addmm, nan, a, numbers(3, 5)),
            graded(torch, addmm, np.arange(5, dtype="int64"), a, numbers(3, 5)),
            graded(torch, addmm, numbers(5), a, a),
        ]
    )
    same(lambda torch: torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 1)))


def test_any_layout_comes_out_right():
    """Turned, stepped and stride-0 arrays, which BLAS does not take as they are."""
    base = numbers(6, 6)
    layouts = [base, base.T, base[::2, ::2], base[:, ::-1], np.broadcast_to(base[0], (6, 6))]
    for a, b in itertools.product(layouts, layouts):
        a = a[:, :3] if len(b) == 3 else a
        if a.shape[1] != b.shape[0]:
            continue
        product = wrapped(a) @ wrapped(b)
        assert np.allclose(product.numpy(), np.einsum("ij,jk->ik", a, b))
        assert product.is_contiguous()


def wrapped(array):
    """A tensor on an array with any strides."""
    x = eduflow.empty(0)
    x._array = array
    return x


RANKS = [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 2)), ((2, 2, 3), (3, 2))]
RANKS += [((2, 2, 3), (2, 3, 2)), ((2, 3), (2, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,))]
RANKS += [((1, 2, 3), (2, 3, 2))]


@pytest.mark.parametrize("shapes", RANKS, ids=str)
def test_matmul_derivatives_are_the_slopes(shapes):
    arrays = [numbers(*shape, seed=i) for i, shape in enumerate(shapes)]
    gradients_are_slopes(eduflow, lambda torch, x, y: x @ y, *arrays)


SLOPES = {
    "outer": [(2,), (3,)],
    "inner": [(2, 3), (2, 3)],
    "vdot": [(3,), (3,)],
    "addmm": [(2,), (2, 3), (3, 2)],
    "baddbmm": [(2,), (2, 2, 3), (2, 3, 2)],
    "addbmm": [(2,), (2, 2, 3), (2, 3, 2)],
    "addmv": [(2,), (2, 3), (3,)],
    "addr": [(2, 3), (2,), (3,)],
}


@pytest.mark.parametrize("name", list(SLOPES))
def test_derivatives_are_the_slopes(name):
    arrays = [numbers(*shape, seed=i) for i, shape in enumerate(SLOPES[name])]
    options = {"beta": 0.5, "alpha": 2} if name.startswith(("add", "badd")) else {}
    gradients_are_slopes(eduflow, lambda torch, *x: getattr(torch, name)(*x, **options), *arrays)
