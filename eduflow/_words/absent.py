"""What PyTorch has and eduflow leaves out on purpose: the words for who asks for it."""

from __future__ import annotations

import re

# Patterns of names under `torch`, and what to say of them.
ABSENT = {
    r"bfloat16|BFloat16\w*": "NumPy has no bfloat16. Use float32, or float16 where memory counts",
    r"sparse\w*|\w+_sparse\w*|hspmm|smm|spmm": "sparse tensors are not built here",
    r"q?u?int[248]_?x?\w*|quint\w+|qint\w+|quantiz\w+|quantize_\w+|dequantize|ao": (
        "quantization is not built here"
    ),
    r"float8_\w+|float4_\w+|complex32|chalf|uint16|uint32|uint64|bits\w+": (
        "this dtype is not built here; see the dtypes of lesson 01"
    ),
    r"distributed|multiprocessing": (
        "several processes are PyTorch's: lesson 15 shows how to take a model there"
    ),
    r"export|fx|func|vmap|library|package|onnx": (
        "programs are not captured here, they run in Python"
    ),
    r"xpu|mps|mtia|Event|Stream": "there is no device but the CPU",
    r"profiler|monitor|hub|testing": "this tool around PyTorch is not built here",
}


def absent(module: str, name: str, reasons: dict[str, str] | None = None) -> AttributeError:
    """The error for a name that is not there; of what is left out on purpose it says so.

    `reasons`, patterns of names like ABSENT, are those of that module.
    """
    error = AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
    known = ABSENT if reasons is None else reasons
    why = next((why for pattern, why in known.items() if re.fullmatch(pattern, name)), "")
    if why:
        error.add_note(f"Left out on purpose: {why}.")
    return error
