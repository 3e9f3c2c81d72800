"""grid_sample and affine_grid against PyTorch: values, gradients, borders, refusals."""

import warnings

import pytest

import eduflow
from tests.oracle import raised

MODES = ["bilinear", "nearest", "bicubic"]
PADDINGS = ["zeros", "border", "reflection"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("size", [(3, 4), (1, 2), (2, 3, 4)])
def test_reading(same, mode, padding, corners, size):
    def run(torch):
        if mode == "bicubic" and len(size) == 3:
            return None
        kind = torch.float64
        x = torch.randn(2, 2, *size, dtype=kind, requires_grad=True)
        grid = torch.randn(2, *[n + 1 for n in size], len(size), dtype=kind, requires_grad=True)
        result = torch.nn.functional.grid_sample(x, grid * 1.5, mode, padding, corners)
        numbers = torch.arange(float(result.numel()), dtype=kind).view(result.shape)
        (result * numbers.cos()).sum().backward()
        return [result, result.stride(), x.grad, grid.grad]

    same(run, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("corners", [True, False])
def test_borders_middles_and_far_away(same, mode, padding, corners):
    def run(torch):
        x = torch.arange(12.0).view(1, 1, 3, 4).requires_grad_()
        ticks = torch.tensor([-1.0, -0.75, -0.5, 0.0, 0.25, 1 / 3, 0.5, 1.0, 1.5, -3.0, 40.0])
        grid = torch.stack(torch.meshgrid(ticks, ticks, indexing="ij"), -1)[None].requires_grad_()
        result = torch.nn.functional.grid_sample(x, grid, mode, padding, corners)
        result.sum().backward()
        return [result, x.grad, grid.grad if padding != "reflection" else None]

    same(run, rtol=1e-4, atol=2e-4)


@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 3), (2, 1, 2, 3, 4)])
@pytest.mark.parametrize("corners", [True, False])
def test_affine_grids(same, size, corners):
    def run(torch):
        dims = len(size) - 2
        theta = torch.randn(2, dims, dims + 1, dtype=torch.float64, requires_grad=True)
        grid = torch.nn.functional.affine_grid(theta, size, corners)
        numbers = torch.arange(float(grid.numel()), dtype=theta.dtype).view(grid.shape)
        (grid * numbers.cos()).sum().backward()
        single = torch.nn.functional.affine_grid(theta.float(), torch.Size(size), corners)
        return [grid, grid.stride(), theta.grad, single]

    same(run)


def test_a_transformer_of_space(same):
    """Turned images, as the tutorial's network turns them."""

    def run(torch):
        functional = torch.nn.functional
        theta = torch.tensor([[[0.8, -0.6, 0.1], [0.6, 0.8, 0.0]]], requires_grad=True)
        x = torch.randn(1, 3, 6, 6, requires_grad=True)
        grid = functional.affine_grid(theta, x.size())
        turned = functional.grid_sample(x, grid)
        (turned**2).sum().backward()
        return [turned, theta.grad, x.grad]

    same(run, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_slopes(mode):
    """Second derivatives too, which PyTorch has of the first kind only."""
    grid = eduflow.tensor([[[[-0.31, 0.47], [0.13, -0.72]]]], dtype=eduflow.float64)
    grid.requires_grad_(mode != "nearest")
    x = eduflow.rand(1, 1, 3, 4, dtype=eduflow.float64, requires_grad=True)

    def function(x, grid):
        return eduflow.nn.functional.grid_sample(x, grid, mode, "zeros", False) ** 2

    assert eduflow.autograd.gradcheck(function, [x, grid])
    assert eduflow.autograd.gradgradcheck(function, [x, grid])


def test_nothing_to_read_or_to_give(same):
    def run(torch):
        sample, grid = torch.nn.functional.grid_sample, torch.zeros(2, 3, 3, 2)
        x = torch.ones(2, 2, 4, 4)
        shapes = [sample(x[:0], grid[:0]), sample(x[:, :0], grid), sample(x, grid[:, :0])]
        lost = torch.tensor([[[[float("nan"), 0.0], [float("inf"), 0.0], [1e10, -1e10]]]])
        return [[y.shape for y in shapes], sample(x[:1], lost), sample(x[:1], lost, "nearest"),
                torch.nn.functional.GRID_SAMPLE_PADDING_MODES,
                torch.nn.functional.GRID_SAMPLE_INTERPOLATION_MODES]  # fmt: skip

    same(run)


def _read(torch, shape=(1, 1, 3, 4), grid=(1, 2, 2, 2), *options, kind="float32", other="float32"):
    made = torch.zeros(shape, dtype=getattr(torch, kind))
    places = torch.zeros(grid, dtype=getattr(torch, other))
    return torch.nn.functional.grid_sample(made, places, *options)


def _affine(torch, shape=(1, 2, 3), size=(1, 1, 2, 2), kind="float32"):
    return torch.nn.functional.affine_grid(torch.zeros(shape, dtype=getattr(torch, kind)), size)


WRONG = {
    "mode": lambda t: _read(t, (1, 1, 3, 4), (1, 2, 2, 2), "x"),
    "padding": lambda t: _read(t, (1, 1, 3, 4), (1, 2, 2, 2), "nearest", "x"),
    "dims": lambda t: _read(t, (1, 3, 4), (1, 2, 2)),
    "dims that differ": lambda t: _read(t, (1, 1, 3, 4), (1, 2, 2, 2, 3)),
    "batch": lambda t: _read(t, grid=(2, 2, 2, 2)),
    "last dim": lambda t: _read(t, grid=(1, 2, 2, 3)),
    "empty": lambda t: _read(t, (1, 1, 3, 0)),
    "cubic volumes": lambda t: _read(t, (1, 1, 3, 4, 5), (1, 2, 2, 2, 3), "bicubic"),
    "dtypes": lambda t: _read(t, other="float64"),
    "integers": lambda t: _read(t, kind="int64", other="int64"),
    "no tensor": lambda t: t.nn.functional.grid_sample(3, t.zeros(1)),
    "matrices": lambda t: _affine(t, (1, 3, 3)),
    "matrices of volumes": lambda t: _affine(t, (1, 2, 3), (1, 1, 2, 2, 2)),
    "one matrix": lambda t: _affine(t, (2, 3)),
    "size of three": lambda t: _affine(t, size=(1, 1, 2)),
    "size with 0": lambda t: _affine(t, size=(1, 1, 0, 2)),
    "matrices of ints": lambda t: _affine(t, kind="int64"),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch)))


def test_a_matrix_for_each_sample():
    """PyTorch says so of a product of matrices."""
    theta = eduflow.zeros(1, 2, 3)
    with pytest.raises(RuntimeError, match="a matrix for each sample"):
        eduflow.nn.functional.affine_grid(theta, (2, 1, 2, 2), align_corners=False)


def test_warnings(same):
    def run(torch):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            _read(torch)
            _affine(torch)
            theta = torch.zeros(1, 2, 3)
            torch.nn.functional.affine_grid(theta, (1, 1, 1, 2), align_corners=True)
        return [str(w.message) for w in said]

    same(run)
