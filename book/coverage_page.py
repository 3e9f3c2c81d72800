"""How much of PyTorch there is, by area, and why the rest is not: the page `coverage`.

PyTorch's names are those that `dir` gives there, recorded in tests/recorded/face.json.
"""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

# What is left out on purpose, by pattern; each name is counted by the first that fits.
LEFT_OUT = {
    "modules and types that Python files of PyTorch import, and no part of its interface": (
        r"Any|Callable|Capsule|Counter|DType|Enum|FileLike|Generic|IO|Iterable|Literal|Mapping|"
        r"NamedTuple|NewType|Optional|OrderedDict|ParamSpec|Self|Sequence|SupportsFloat|T|Type|"
        r"TYPE_CHECKING|TypeAlias|TypeIs|TypeVar|TypedDict|annotations|bind|bisect_right|builtins|"
        r"cast|classes|classproperty|closing|contextlib|contextmanager|copyreg|ctypes|dataclasses|"
        r"deprecated|difflib|functools|glob|importlib|inspect|io|lru_cache|math|mkdtemp|np|os|"
        r"overload|override|partial|pickle|platform|re|ref|set_module|shutil|struct|sys|tarfile|"
        r"tempfile|textwrap|threading|torch|traceback|types|warnings|weak|weakref|wraps|"
        r"[A-Z_]*NOTES?|\w+_notes|BroadcastingList\d|boolean_dispatch|assert_int_or_pair|"
        r"USE_\w+|PRIVATE_OPS|PYTORCH_\w+|common_types|factory_kwargs|return_types"
    ),
    "compiling, tracing and exporting programs": (
        r"Script\w*|.*Type|\w*Script\w*|sym_\w+|Sym\w+|jit|fx|export|compiler|library|package|func|"
        r"Graph\w*|Node|Block|Value|Argument\w*|CallStack|Code|CompilationUnit|AliasDb|ErrorReport|"
        r"Execution\w+|FunctionSchema|Gradient|IODescriptor|LiteScript\w+|OperatorInfo|"
        r"PyTorchFile\w+|StaticModule|TracingState|Use|import_ir\w*|parse_\w+|merge_type\w*|"
        r"unify_type_list|FileCheck|Concrete\w+|DeepCopyMemo\w+|\w+StorageContext|Future|fork|wait|"
        r"futures|cond|while_loop|JITException|Tag|Dispatch\w+|ExcludeDispatch\w+|"
        r"DisableTorchFunction\w*|Inferred\w+|LockingLogger|NoopLogger|LoggerBase|overrides|"
        r"has_torch_function\w*|handle_torch_function|BufferDict|ModuleDict|ParameterDict|stateless"
    ),
    "quantization and numbers of fewer than 8 bits": (
        r"q\w*int\w*|Q[UI]\w+|quant\w*|.*quantiz\w*|q_\w+|qscheme|fbgemm\w*|per_(channel|tensor)\w*|"
        r"u?int[1-7]|bits?\w*|float[48]_\w+|int_repr|fused_moving\w+|choose_qparams\w*|ao|intrinsic|"
        r"qat|scaled_(grouped_)?mm|grouped_mm|ScalingType|SwizzleType"
    ),
    "sparse and nested tensors": (
        r".*sparse\w*|Sparse\w+|\w*(crow|ccol|col|row)_indices\w*|indices_copy|values_copy|"
        r"hsmm|hspmm|smm|spmm|dsmm|saddmm|sspaddmm|nested|jagged|masked|segment_reduce"
    ),
    "other devices and more than one process": (
        r"cudnn\w*|miopen\w*|mkldnn\w*|cuda\w*|xpu|mps|mtia|cpu|distributed|Distributed\w+|\w*[Ss]tream\w*|"
        r"Event|.*Error|CUDA\w*|Green\w+|green\w+|Mem\w+|parallel|DataParallel|SyncBatchNorm|"
        r"get_device_module|is_vulkan\w*|\w*privateuse\w*|multiprocessing|prepare_multiproc\w+"
    ),
    "autocast, profiling and other tools around the framework": (
        r"\w*autocast\w*|GradScaler|amp|profiler\w*|Profiler\w+|kineto\w+|monitor|\w*[Tt]hroughput\w*|"
        r"Benchmark\w+|hub|testing|collect_env|cpp\w*|cmake\w*|\w*cpp_backtrace|hash_tensor|"
        r"DeviceType|AggregationType|AVG|SUM|AcceleratorError|windows"
    ),
    "names that PyTorch itself calls old or inner": (
        r"\w+Storage(Base)?|StorageBase|Storage|\w+_legacy|batch_norm_\w+|native_\w+|"
        r"\w+_with_indices|conv_tbc|constant_pad_nd|convolution|Container|backcompat|"
        r"eig|symeig|solve|lstsq|matrix_rank|legacy_\w+|has_(lapack|mkl|openmp|spectral|half|magma)|"
        r"unsafe_\w+|\w+Tensor|upsample|\w+Mixin"
    ),
}
AREAS = {
    "": "torch",
    "nn": "torch.nn",
    "nn.functional": "torch.nn.functional",
    "nn.init": "torch.nn.init",
    "nn.utils": "torch.nn.utils",
    "nn.utils.rnn": "torch.nn.utils.rnn",
    "autograd": "torch.autograd",
    "optim": "torch.optim",
    "optim.lr_scheduler": "torch.optim.lr_scheduler",
    "utils.data": "torch.utils.data",
    "random": "torch.random",
    "linalg": "torch.linalg",
    "special": "torch.special",
    "fft": "torch.fft",
    "distributions": "torch.distributions",
}


def coverage_page(recorded: Path) -> str:
    """The page: a table by area, then what is missing, by reason."""
    theirs = json.loads(recorded.read_text(encoding="utf-8"))
    lines = [
        "# How much of PyTorch there is",
        "",
        "What `dir` shows under each path of PyTorch 2.13, built for the CPU, and how much of it "
        "is here. Names left out on purpose are listed below with the reason; the others are not "
        "here yet. What is here, does what PyTorch does: [tests compare it](contributing.md).",
        "",
        "| path | names in PyTorch | here | left out on purpose | not yet |",
        "|---|--:|--:|--:|--:|",
    ]
    details = []
    for place, name in AREAS.items():
        here, out, missing = sorted_out(place, theirs[place])
        left_out = sum(map(len, out.values()))
        lines.append(
            f"| `{name}` | {len(theirs[place])} | {len(here)} | {left_out} | {len(missing)} |"
        )
        if missing or left_out:
            details += ["", f"## {name}", ""]
            if missing:
                details += [f"*Not yet:* {_listed(missing)}.", ""]
            details += [f"*Left out, {why}:* {_listed(names)}.\n" for why, names in out.items()]
    return "\n".join([*lines, *details, ""])


def sorted_out(place: str, theirs: list[str]) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """PyTorch's names under a path: those that are here, those left out by reason, the others."""
    ours = set(dir(importlib.import_module(f"eduflow.{place}" if place else "eduflow")))
    here, out, missing = [], {}, []
    for name in sorted(theirs):
        why = next((why for why, form in LEFT_OUT.items() if re.fullmatch(form, name)), "")
        if name in ours:
            here.append(name)
        elif why:
            out.setdefault(why, []).append(name)
        else:
            missing.append(name)
    return here, out, missing


def _listed(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)
