"""Methods that change a tensor in place, as functions: PyTorch has `torch.exp_(x)`, too."""

from .._core.calls import answering
from .._core.dispatch import must_be_tensor
from .._core.signature import signature_of, takes, without
from .._core.tensor import Tensor
from .aliases import arccos, arccosh, arcsin, arcsinh, arctan, arctanh, fix, negative
from .bessel import i0
from .binary import gcd, lcm, ldexp, neg, reciprocal, xlogy
from .choose import clamp, clamp_max, clamp_min, clip
from .complex import conj_physical
from .index_write import index_put
from .linalg import addmv
from .special import erf, erfc
from .unary import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    ceil,
    cos,
    cosh,
    deg2rad,
    exp,
    exp2,
    expm1,
    floor,
    frac,
    log,
    log1p,
    log2,
    log10,
    logit,
    nan_to_num,
    rad2deg,
    round,
    rsqrt,
    sigmoid,
    sin,
    sinc,
    sinh,
    sqrt,
    square,
    tan,
    tanh,
    trunc,
)


def _twin(name, operation):
    """The method `name` as a function of the tensor into which it writes what `operation` gives."""

    def function(input, *rest, **options):
        must_be_tensor(name, ["input"], (input,))
        return getattr(Tensor, name)(input, *rest, **options)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`input.{name}(...)`. Mirrors torch.{name}."
    takes(function, without(signature_of(operation), "out"))
    return answering(function)


abs_ = _twin("abs_", abs)
acos_ = _twin("acos_", acos)
acosh_ = _twin("acosh_", acosh)
addmv_ = _twin("addmv_", addmv)
arccos_ = _twin("arccos_", arccos)
arccosh_ = _twin("arccosh_", arccosh)
arcsin_ = _twin("arcsin_", arcsin)
arcsinh_ = _twin("arcsinh_", arcsinh)
arctan_ = _twin("arctan_", arctan)
arctanh_ = _twin("arctanh_", arctanh)
asin_ = _twin("asin_", asin)
asinh_ = _twin("asinh_", asinh)
atan_ = _twin("atan_", atan)
atanh_ = _twin("atanh_", atanh)
ceil_ = _twin("ceil_", ceil)
clamp_ = _twin("clamp_", clamp)
clamp_max_ = _twin("clamp_max_", clamp_max)
clamp_min_ = _twin("clamp_min_", clamp_min)
clip_ = _twin("clip_", clip)
conj_physical_ = _twin("conj_physical_", conj_physical)
cos_ = _twin("cos_", cos)
cosh_ = _twin("cosh_", cosh)
deg2rad_ = _twin("deg2rad_", deg2rad)
erf_ = _twin("erf_", erf)
erfc_ = _twin("erfc_", erfc)
exp2_ = _twin("exp2_", exp2)
exp_ = _twin("exp_", exp)
expm1_ = _twin("expm1_", expm1)
fix_ = _twin("fix_", fix)
floor_ = _twin("floor_", floor)
frac_ = _twin("frac_", frac)
gcd_ = _twin("gcd_", gcd)
i0_ = _twin("i0_", i0)
index_put_ = _twin("index_put_", index_put)
lcm_ = _twin("lcm_", lcm)
ldexp_ = _twin("ldexp_", ldexp)
log10_ = _twin("log10_", log10)
log1p_ = _twin("log1p_", log1p)
log2_ = _twin("log2_", log2)
log_ = _twin("log_", log)
logit_ = _twin("logit_", logit)
nan_to_num_ = _twin("nan_to_num_", nan_to_num)
neg_ = _twin("neg_", neg)
negative_ = _twin("negative_", negative)
rad2deg_ = _twin("rad2deg_", rad2deg)
reciprocal_ = _twin("reciprocal_", reciprocal)
round_ = _twin("round_", round)
rsqrt_ = _twin("rsqrt_", rsqrt)
sigmoid_ = _twin("sigmoid_", sigmoid)
sin_ = _twin("sin_", sin)
sinc_ = _twin("sinc_", sinc)
sinh_ = _twin("sinh_", sinh)
sqrt_ = _twin("sqrt_", sqrt)
square_ = _twin("square_", square)
tan_ = _twin("tan_", tan)
tanh_ = _twin("tanh_", tanh)
trunc_ = _twin("trunc_", trunc)
xlogy_ = _twin("xlogy_", xlogy)


@answering
def as_strided_(input, size, stride, storage_offset=None):
    """`input.as_strided_(...)`. Mirrors torch.as_strided_."""
    return input.as_strided_(size, stride, storage_offset)


@answering
def detach_(input):
    """`input.detach_()`. Mirrors torch.detach_."""
    return input.detach_()


@answering
def fill_(input, value):
    """`input.fill_(value)`. Mirrors torch.fill_."""
    return input.fill_(value)


@answering
def resize_as_(input, the_template, *, memory_format=None):
    """`input.resize_as_(the_template)`. Mirrors torch.resize_as_."""
    return input.resize_as_(the_template, memory_format=memory_format)


@answering
def zero_(input):
    """`input.zero_()`. Mirrors torch.zero_."""
    return input.zero_()
