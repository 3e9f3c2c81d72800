# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% in-place-family
"""The in-place forms of all other operations that PyTorch gives one."""

from .inplace import in_place, modify
from .operations import NUMBERS
from .tensors import Tensor, method

_NAMES = """
abs absolute acos acosh addcdiv addcmul arccos arccosh arcsin arcsinh arctan arctan2 arctanh
asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or
bitwise_right_shift bitwise_xor ceil clamp clamp_max clamp_min clip copysign cos cosh cumprod
cumsum deg2rad divide eq erf erfc erfinv exp exp2 expm1 fix float_power floor floor_divide fmod
frac gcd ge greater greater_equal gt heaviside hypot lcm le lerp less less_equal lgamma log
log10 log1p log2 logical_and logical_not logical_or logical_xor logit lt multiply nan_to_num ne
neg negative not_equal pow rad2deg reciprocal remainder round rsqrt sgn sigmoid sign sin sinc
sinh sqrt square subtract tan tanh tril triu true_divide trunc xlogy addmm addmv addbmm baddbmm
masked_fill masked_scatter scatter scatter_add scatter_reduce index_add index_copy index_fill
index_put
"""

for _name in _NAMES.split():
    if hasattr(Tensor, _name):
        in_place(_name, getattr(Tensor, _name))


# %% in-place-operators
_OPERATORS = {
    "__ifloordiv__": "floor_divide",
    "__imod__": "remainder",
    "__ipow__": "pow",
    "__iand__": "bitwise_and",
    "__ior__": "bitwise_or",
    "__ixor__": "bitwise_xor",
    "__ilshift__": "bitwise_left_shift",
    "__irshift__": "bitwise_right_shift",
}


def _in_place_operator(dunder, name):
    def operator(tensor, other):
        if not isinstance(other, (Tensor, *NUMBERS)):
            return NotImplemented
        return modify(tensor, getattr(Tensor, name), other)

    method(dunder)(operator)


for _dunder, _name in _OPERATORS.items():
    _in_place_operator(_dunder, _name)


# %% public names
__all__ = []
