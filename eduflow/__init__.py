"""Temporary, until `make gather` writes this file: everything that is there."""
import importlib as _i, pathlib as _p
from .tensors import Tensor, Size
_order = ["dtypes","devices","type_info","creation","random","printing","grad_mode","autograd","pointwise","comparison","conversion","broadcasting","reduction","sorting","softmax","matmul","einsum"]
_here = {f.stem for f in _p.Path(__file__).parent.glob("*.py")} | {"autograd"}
for _m in _order + sorted(_here - set(_order) - {"__init__", "_floors"}):
    if _m in _here:
        _mod = _i.import_module("." + _m, __name__)
        if _m in ("autograd", "cuda", "accelerator"): continue
        for _n, _v in list(vars(_mod).items()):
            if not _n.startswith("_") and (getattr(_v, "__module__", None) == _mod.__name__ or type(_v).__name__ == "dtype" or _n in ("default_generator","pi","inf","nan","e")):
                globals()[_n] = _v
long = int64; float = float32; double = float64; half = float16; int = int32; short = int16  # noqa
