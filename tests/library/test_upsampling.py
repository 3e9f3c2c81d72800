"""interpolate, Upsample and their kin: values, gradients and errors as in PyTorch."""

import warnings

import pytest

import eduflow
from eduflow.autograd import gradcheck, gradgradcheck
from tests.library.graded import graded, numbers
from tests.oracle import raised

RESIZINGS = {
    "to a size": {"size": 5},
    "smaller": {"size": 2},
    "by a factor": {"scale_factor": 2},
    "by a fraction": {"scale_factor": 1.7},
    "recomputed": {"scale_factor": 1.7, "recompute_scale_factor": True},
    "to one": {"size": 1},
}
MODES = {
    "nearest": (1, 2, 3),
    "nearest-exact": (1, 2, 3),
    "linear": (1,),
    "bilinear": (2,),
    "trilinear": (3,),
    "bicubic": (2,),
    "area": (1, 2, 3),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("resizing", RESIZINGS)
def test_values_gradients_and_names(same, mode, resizing):
    def run(torch):
        found = []
        for dims in MODES[mode]:
            for align in (False, True) if mode.endswith(("linear", "cubic")) else (None,):
                options = dict(RESIZINGS[resizing], mode=mode, align_corners=align)
                x = numbers(1, 2, *(4, 3, 2)[:dims])
                found.append(
                    graded(torch, lambda t, x, o=options: t.nn.functional.interpolate(x, **o), x)
                )
        return found

    same(run)


@pytest.mark.parametrize("mode", ["nearest", "linear"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_many_outputs_of_one_input(same, mode, size):
    def run(torch):
        x = numbers(1, 2, size)
        return graded(torch, lambda t, x: t.nn.functional.interpolate(x, size=23, mode=mode), x)

    same(run)


@pytest.mark.parametrize("dtype", ["float32", "float16", "uint8", "int64", "bool", "complex64"])
def test_dtypes(same, dtype):
    def run(torch):
        x = torch.arange(6).reshape(1, 1, 6).to(getattr(torch, dtype))
        image = x.reshape(1, 1, 2, 3)
        found = [str(torch.nn.functional.interpolate(x, 9).dtype)] if dtype[0] in "fu" else []
        for mode, size in ("nearest", 9), ("nearest-exact", 4), ("linear", 8):
            if mode == "linear" and dtype == "uint8":
                continue
            y = []
            error = raised(
                lambda m=mode, n=size, y=y: y.append(torch.nn.functional.interpolate(x, n, mode=m))
            )
            found.append(error or y)
        error = raised(lambda: torch.nn.functional.interpolate(image, 3, mode="bicubic"))
        return found, error if dtype != "uint8" else None

    same(run, rtol=2e-3 if dtype == "float16" else 1e-5)


def test_bytes_are_refused_where_pytorch_rounds_in_its_own_way():
    image = eduflow.ones(1, 1, 2, 2, dtype=eduflow.uint8)
    with pytest.raises(NotImplementedError, match="not implemented for 'Byte'"):
        eduflow.nn.functional.interpolate(image, size=3, mode="bilinear")


ERRORS = {
    "neither": ((1, 2, 4), {}),
    "both": ((1, 2, 4), {"size": 8, "scale_factor": 2}),
    "align nearest": ((1, 2, 4), {"size": 8, "align_corners": True}),
    "too many sizes": ((1, 2, 4), {"size": (8, 8)}),
    "fractions of a size": ((1, 2, 4), {"size": (8.5,)}),
    "too many factors": ((1, 2, 4), {"scale_factor": (2, 2)}),
    "linear in 2 dims": ((1, 2, 4, 4), {"size": 8, "mode": "linear"}),
    "bilinear in 1 dim": ((1, 2, 4), {"size": 8, "mode": "bilinear"}),
    "trilinear in 2 dims": ((1, 2, 4, 4), {"size": 8, "mode": "trilinear"}),
    "bicubic in 3 dims": ((1, 2, 4, 4, 4), {"size": 8, "mode": "bicubic"}),
    "unknown mode": ((1, 2, 4), {"size": 8, "mode": "sharp"}),
    "no channels": ((2, 4), {"size": 8}),
    "six dims": ((1, 2, 3, 4, 5, 6), {"size": 8}),
    "antialias in 1 dim": ((1, 2, 4), {"size": 8, "mode": "linear", "antialias": True}),
    "antialias nearest": ((1, 2, 4, 4), {"size": 8, "antialias": True}),
    "lanczos": ((1, 2, 4, 4), {"size": 8, "mode": "lanczos"}),
    "size zero": ((1, 2, 4), {"size": 0}),
    "size zero in 2 dims": ((1, 2, 4, 4), {"size": (0, 3), "mode": "bilinear"}),
    "size zero in 3 dims": ((1, 2, 4, 4, 4), {"size": (3, 0, 3)}),
    "empty input": ((1, 2, 0), {"size": 3}),
    "empty channels": ((1, 0, 4), {"size": 3}),
    "empty batch": ((0, 2, 4), {"size": 3}),
    "recompute a size": ((1, 2, 4), {"size": 3, "recompute_scale_factor": True}),
    "factor too small": ((1, 2, 4), {"scale_factor": 0.1}),
    "negative factor": ((1, 2, 4), {"scale_factor": -1.0}),
}


def test_errors(same):
    def run(torch):
        interpolate = torch.nn.functional.interpolate
        return {
            name: raised(lambda s=shape, o=options: interpolate(torch.ones(*s), **o))
            for name, (shape, options) in ERRORS.items()
        }

    same(run)


def test_smoothing_is_refused():
    with pytest.raises(NotImplementedError, match="antialias=True is not built here"):
        eduflow.nn.functional.interpolate(
            eduflow.ones(1, 1, 4, 4), size=2, mode="bilinear", antialias=True
        )


@pytest.mark.parametrize("mode", MODES)
def test_derivatives_of_derivatives(mode):
    for dims in MODES[mode]:
        x = eduflow.tensor(numbers(1, 1, *(3, 2, 2)[:dims]), requires_grad=True)

        def run(x):
            return eduflow.nn.functional.interpolate(x * x, scale_factor=1.6, mode=mode)

        assert gradcheck(run, (x,))
        assert gradgradcheck(run, (x,))


def test_the_gradient_fits_the_values_where_the_factor_leaves_the_size():
    """A factor of 1.1 on a dim of 4; PyTorch's bicubic gradient is that of a plain copy there."""
    x = eduflow.tensor(numbers(1, 1, 4, 4), requires_grad=True)
    for mode in ("bicubic", "nearest"):
        assert gradcheck(
            lambda x, m=mode: eduflow.nn.functional.interpolate(x, scale_factor=1.1, mode=m), (x,)
        )


def test_old_names_warn(same):
    def run(torch):
        x = torch.arange(8.0).reshape(1, 1, 2, 4)
        functional, found = torch.nn.functional, []
        for name in ("upsample", "upsample_nearest", "upsample_bilinear"):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                found.append(getattr(functional, name)(x, scale_factor=2))
            found.append(str(caught[0].message))
        return found

    same(run)


def test_modules(same):
    def run(torch):
        nn, x = torch.nn, torch.arange(8.0).reshape(1, 1, 2, 4)
        made = [
            nn.Upsample(3),
            nn.Upsample(scale_factor=2),
            nn.Upsample(scale_factor=(2, 1.5), mode="bilinear", align_corners=True),
            nn.Upsample(size=(3, 2), mode="nearest-exact"),
            nn.UpsamplingNearest2d(scale_factor=2),
            nn.UpsamplingBilinear2d(size=(3, 5)),
        ]
        return [[repr(m), m.name, m(x)] for m in made], raised(lambda: nn.Upsample()(x))

    same(run)
