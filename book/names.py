"""The library by PyTorch's names: one page a family, and for each name where it is shown."""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pages import write

from eduflow.course.edition import title
from eduflow.course.notebook import read_notebook

# A page, its sentence, and whose names stand on it: a place as in PyTorch, and the files, below
# eduflow/, that define them ("" takes all that the place has left).
FAMILIES: dict[str, tuple[str, str, dict[str, str]]] = {
    "creating": (
        "Creating tensors, random numbers",
        "From numbers, by pattern, by chance: from the same seed the numbers are PyTorch's.",
        {
            "torch": "ops.factories ops.distributions random _core.generator ops.dlpack "
            "ops.window_functions",
            "torch.random": "",
        },
    ),
    "elementwise": (
        "Operations on each element",
        "Shapes are broadcast, dtypes promoted, and each has a derivative where there is one.",
        {
            "torch": "ops.unary ops.binary ops.ternary ops.special ops.complex ops.compare "
            "ops.gamma ops.bessel"
        },
    ),
    "reductions": (
        "Reductions, sorting, counting",
        "Sums, extremes, running sums, orders and counts, over all elements or along a dimension.",
        {
            "torch": "ops.reduce ops.minmax ops.cumulative ops.quantile ops.histogram ops.norm "
            "ops.unique ops.sort ops.softmax ops.correlation ops.trapezoid"
        },
    ),
    "shapes": (
        "Views, shapes, joining",
        "Which of these are views, and which copies, is what lesson 03 is about.",
        {
            "torch": "ops.shape ops.join ops.split ops.flip ops.diagonal ops.broadcast "
            "ops.as_strided ops.copy"
        },
    ),
    "indexing": (
        "Choosing, gathering, scattering",
        "Reading and writing at places that a tensor names.",
        {
            "torch": "ops.choose ops.gather ops.scatter ops.masked ops.index_write ops.index",
        },
    ),
    "products": (
        "Products",
        "Of matrices, of batches of them, and by a formula of letters.",
        {"torch": "ops.linalg ops.einsum"},
    ),
    "linalg": (
        "Linear algebra",
        "Solving, factors, eigenvalues, norms of matrices.",
        {
            "torch": "ops.decomposition ops.inverse ops.lu ops.matrix_power ops.matrix_norm",
            "torch.linalg": "",
        },
    ),
    "fft": ("Fourier transforms", "Over one dim, two or several.", {"torch.fft": ""}),
    "special": ("Special functions", "Each on every element.", {"torch.special": ""}),
    "distributions": (
        "Distributions",
        "Drawn from the same seed, the numbers are PyTorch's.",
        {"torch.distributions": ""},
    ),
    "settings": (
        "Types, files, settings",
        "What a tensor may be made of, where it is kept, and what is remembered.",
        {"torch": "", "torch.serialization": "", "torch.cuda": "", "torch.accelerator": ""},
    ),
    "tensor": (
        "The tensor and its methods",
        "Most methods are functions of the same name; with `_` at the end they write in place.",
        {"torch.Tensor": ""},
    ),
    "autograd": (
        "Autograd",
        "Gradients, functions of your own, and what says where a gradient went wrong.",
        {
            "torch": "autograd.grad_mode",
            "torch.autograd": "",
            "torch.autograd.functional": "",
        },
    ),
    "modules": (
        "Modules and containers",
        "What keeps parameters, and what keeps what keeps them.",
        {
            "torch.nn": "nn.modules.module nn.modules.container nn.parameter nn.modules.lazy "
            "nn.modules.flatten",
            "torch.nn.utils": "",
            "torch.nn.utils.rnn": "",
        },
    ),
    "activations": (
        "Activations and dropout",
        "As functions, and as modules that call them.",
        {
            "torch": "nn._functional.activation nn._functional.rectifier nn._functional.dropout",
            "torch.nn": "nn.modules.activation nn.modules.dropout",
            "torch.nn.functional": "nn._functional.activation nn._functional.rectifier "
            "nn._functional.dropout",
        },
    ),
    "convolution": (
        "Convolution and pooling",
        "Windows that slide over signals, images and volumes, and the way back.",
        {
            "torch": "nn._functional.conv nn._functional.pooling",
            "torch.nn": "nn.modules.conv nn.modules.pooling nn.modules.fold",
            "torch.nn.functional": "nn._functional.conv nn._functional.pooling nn._functional.fold",
        },
    ),
    "normalization": (
        "Normalization",
        "By batch, layer, instance or group.",
        {
            "torch.nn": "nn.modules.normalization nn.modules.batchnorm nn.modules.instancenorm",
            "torch.nn.functional": "nn._functional.normalization",
        },
    ),
    "losses": (
        "Losses and distances",
        "What is to become small.",
        {
            "torch": "nn._functional.distance ops.distance",
            "torch.nn": "nn.modules.loss nn.modules.distance",
            "torch.nn.functional": "nn._functional.loss nn._functional.margin_loss "
            "nn._functional.distance",
        },
    ),
    "layers": (
        "Linear, recurrent and other layers",
        "Linear layers, embeddings, recurrent networks, padding, resizing.",
        {
            "torch": "nn._functional.linear nn._functional.sparse nn._functional.pixelshuffle",
            "torch.nn": "",
            "torch.nn.functional": "",
        },
    ),
    "init": ("Initialization", "How weights begin.", {"torch.nn.init": ""}),
    "optimizers": (
        "Optimizers and schedulers",
        "What changes the weights, and what changes the rate.",
        {"torch.optim": "", "torch.optim.lr_scheduler": ""},
    ),
    "data": ("Data", "From samples to batches.", {"torch.utils.data": "", "torch.utils": ""}),
}
LIKE = ("torch", "torch.nn.functional", "torch.linalg")  # where names of `torch` have their like
SHORT = {"torch.nn.functional": "F", "torch.nn": "nn", "torch.Tensor": "Tensor"}
# Marks of Markdown outside `code`.
MARKS = re.compile(r"(?<!\\)([*_<\[])")


@dataclass
class Entry:
    """A public name: where PyTorch has it, what it is, and which file defines it."""

    place: str
    name: str
    value: Any
    file: str

    @property
    def path(self) -> str:
        """The name in full, as PyTorch's documentation writes it."""
        return f"{self.place}.{self.name}"


def entries(place: str) -> Iterator[Entry]:
    """The public names under a place, with the file below eduflow/ that defines each."""
    home = _home(place)
    for name in sorted(name for name in dir(home) if not name.startswith("_")):
        value = inspect.getattr_static(home, name) if inspect.isclass(home) else getattr(home, name)
        module = str(getattr(value, "__module__", None) or "")
        ours = place == "torch" and name in ("course", "datasets", "show")
        if not inspect.ismodule(value) and not ours:
            yield Entry(place, name, value, module.removeprefix("eduflow").removeprefix("."))


def _home(place: str) -> Any:
    if place == "torch.Tensor":
        return importlib.import_module("eduflow").Tensor
    return importlib.import_module("eduflow" + place.removeprefix("torch"))


def families() -> dict[str, list[Entry]]:
    """The entries of each page; every public name stands on exactly one."""
    left = {place: list(entries(place)) for _, _, places in FAMILIES.values() for place in places}
    pages: dict[str, list[Entry]] = {slug: [] for slug in FAMILIES}

    def take(slug: str, place: str, mine: list[Entry]) -> None:
        pages[slug] += mine
        left[place] = [entry for entry in left[place] if entry not in mine]

    claims = [(slug, *claim) for slug, (*_, places) in FAMILIES.items() for claim in places.items()]
    # Pages that name files choose first, then those that take the rest of a place. Of `torch` a
    # name goes before to where its like stands: `abs_` beside `abs`, `kl_div` beside F's.
    for slug, place, files in claims:
        take(slug, place, [e for e in left[place] if e.file in files.split()])
    for slug, place, files in claims:
        if not files and place != "torch":
            take(slug, place, list(left[place]))
    where = {e.name: slug for slug, found in pages.items() for e in found if e.place in LIKE}
    for entry in list(left["torch"]):
        if slug := where.get(entry.name.rstrip("_")):
            take(slug, "torch", [entry])
    take("settings", "torch", list(left["torch"]))
    order = list(left)
    return {slug: sorted(pages[slug], key=lambda e: order.index(e.place)) for slug in pages}


def write_name_pages(lessons: Path, galleries: Path, target: Path) -> None:
    """Write one page a family and the page that lists them."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shown = Shown(lessons, galleries)
    pages = families()
    lines = ["# The library by PyTorch's names", ""]
    lines += [
        "Each name means what it means in PyTorch 2.13; where something differs, it says so.",
        "",
    ]
    for slug, (heading, sentence, _) in FAMILIES.items():
        lines.append(f"- [{heading}]({slug}.md): {sentence} ({len(pages[slug])} names)")
        write(target / f"{slug}.md", page(heading, sentence, pages[slug], shown))
    lines += ["", "```{toctree}", ":hidden:", ":maxdepth: 1", "", *FAMILIES, "```", ""]
    write(target / "index.md", "\n".join(lines))


def page(heading: str, sentence: str, found: list[Entry], shown: Shown) -> str:
    """A family's page; methods that only repeat what another name says are listed in short."""
    short = repeated({entry.name for entry in found if entry.place == "torch.Tensor"})
    lines = [f"# {heading}", "", sentence, ""]
    if short:
        lines += ["In short, since functions say the same of a tensor given first:", ""]
        lines += [" ".join(f"`{name}`" for name in sorted(short)), ""]
    for entry in found:
        if entry.name in short:
            continue
        lines += [f"## {entry.path}", "", *described(entry), ""]
        if places := shown.places(entry):
            lines += ["Shown in " + ", ".join(places) + ".", ""]
    return "\n".join(lines)


def repeated(methods: set[str]) -> set[str]:
    """Methods that are functions as well, or write into the tensor what another returns."""
    functions = set(dir(_home("torch")))
    written = {name for name in methods if name[-1] == "_" and name[:-1] in methods}
    return written | methods & functions


def described(entry: Entry) -> list[str]:
    """Signature and docstring as Markdown."""
    lines = []
    if callable(entry.value) and (taken := signature(entry)):
        lines += ["```python", taken, "```", ""]
    words = inspect.getdoc(entry.value) if _has_words(entry.value) else None
    return lines + (_marked(words).splitlines() if words else [f"`{entry.value!r}`"])


def signature(entry: Entry) -> str:
    """How a thing is called, on lines of its own where it is long; empty if Python cannot say."""
    try:
        taken = inspect.signature(entry.value)
    except (TypeError, ValueError):
        return ""
    bare = [p.replace(annotation=p.empty) for p in taken.parameters.values()]
    taken = taken.replace(parameters=bare, return_annotation=taken.empty)
    name = f"{SHORT.get(entry.place, entry.place)}.{entry.name}"
    line = f"{name}{taken}"
    if len(line) <= 72:
        return line
    inside = ",\n    ".join(re.split(r", (?![^(]*\))", str(taken)[1:-1]))
    return f"{name}(\n    {inside},\n)"


def _has_words(value: Any) -> bool:
    """Numbers and dtypes have only the docstring of their class."""
    return callable(value) or isinstance(value, property)


def _marked(text: str) -> str:
    """A docstring as Markdown: what is neither code between backticks nor indented is plain."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("    "):
            parts = re.split("(`+[^`]*`+)", line)
            parts[::2] = [MARKS.sub(r"\\\1", part) for part in parts[::2]]
            line = "".join(parts)
        lines.append(line)
    return "\n".join(lines)


class Shown:
    """Where lessons and galleries use a name: their links, in order, by what follows a dot."""

    def __init__(self, lessons: Path, galleries: Path) -> None:
        self._links: dict[str, list[str]] = defaultdict(list)
        for folder, path in [("lessons", p) for p in sorted(lessons.glob("*.ipynb"))] + [
            ("reference", p) for p in sorted(galleries.glob("*.ipynb"))
        ]:
            book = read_notebook(path)
            link = f"[{title(book)}](../{folder}/{path.name})"
            used = {
                name
                for cell in book.cells
                if cell.is_code
                for name in re.findall(r"\.(\w+)\b", cell.source)
            }
            for name in used:
                self._links[name].append(link)

    def places(self, entry: Entry, most: int = 3) -> list[str]:
        """The first notebooks that use the name."""
        return self._links[entry.name][:most]
