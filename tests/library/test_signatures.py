"""What functions and methods take, and `help()` says: the names that PyTorch documents."""

import inspect
import json
import re

import pytest

import eduflow
from tests.oracle import RECORDED, TORCH_INSTALLED

NUMPY_WORDS = {"axis", "keepdims"}  # taken besides `dim` and `keepdim`, by PyTorch as well

# Where eduflow says something else than PyTorch's documentation, and why. Names of methods have a
# leading dot.
DIFFERENT = {
    "PyTorch's documentation names another word than its function takes": """
        broadcast_to std_mean var_mean
        searchsorted true_divide .true_divide .true_divide_ .map_ .resize_as_
        .type_as .where .broadcast_to .index_copy_ .bitwise_and_ .bitwise_or_ .bitwise_xor_
        .logical_and_ .logical_or_ .logical_xor_ .div_ .divide_ .floor_divide_ .fmod_ .mul_
        .multiply_ .remainder_ .atanh_ .arctanh_ .masked_scatter .put concatenate histogramdd
    """,
    "PyTorch takes it without saying so": """
        bernoulli .bernoulli F.rrelu_ rand_like randn_like randint_like argmax
        argmin diff nansum prod sum take softmax scatter_add
        scatter_reduce scatter .scatter .scatter_ rrelu_ std var .std .var save .logit_
        zeros_like ones_like empty_like full_like tensor .type isin
    """,
    "sizes, or bounds, one by one or as one keyword: no `def` can give both the same name": """
        arange empty ones zeros rand randn randint normal randint_like .flip .permute
        .repeat .reshape .tile .view .expand .new_empty .new_ones .new_zeros .resize_
        .random_ .uniform_ .to
    """,
    "functions with several forms, which PyTorch documents one by one": """
        max min .max .min unique unique_consecutive einsum trapz hamming_window lu
        F.max_pool1d F.max_pool2d
        F.max_pool3d F.adaptive_max_pool1d F.adaptive_max_pool2d F.adaptive_max_pool3d
    """,
    "named options in another order, and `pin_memory`, which PyTorch takes unsaid": """
        eye full linspace logspace randperm
    """,
    "a view of other memory is not to be set piece by piece": """
        .set_
    """,
    "arguments with names in capitals, which are not read out of the text": """
        cholesky_inverse cholesky_solve lu_solve lu_unpack matrix_exp triangular_solve vander
        .cholesky_solve .lu_solve .triangular_solve
    """,
    "a layout other than strided is nowhere taken": """
        .new_tensor empty_strided
    """,
}
KNOWN = {name for names in DIFFERENT.values() for name in names.split()}


def documented(name, function):
    """The parameters' names that PyTorch gives, one list for each form it documents."""
    try:
        return [list(inspect.signature(function).parameters)]
    except (TypeError, ValueError):
        pass
    line = re.compile(
        r"\s*(?:\.\. \w+:: )?(?:torch\.)?(?:Tensor\.)?"
        + re.escape(name)
        + r"\((.*?)\)(?: *(?:->|→).*)?$"
    )
    found = [line.match(text) for text in (function.__doc__ or "").splitlines()]
    return [names_in(match[1]) for match in found if match]


def names_in(text):
    """`input, *, dim=(0, 1), out=None` as its names, without stars."""
    while re.search(r"\([^()]*\)|\[[^\[\]]*\]", text):
        text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text)
    names = [re.split("[=:]", part)[0].split()[-1:] for part in text.split(",")]
    return [
        name[0].strip("*\\") for name in names if name and re.match(r"[*\\]*[a-z_]\w*$", name[0])
    ]


def taken(function):
    """The names of what a function of ours takes."""
    return [name for name in inspect.signature(function).parameters if name not in NUMPY_WORDS]


def public_functions():
    """Pairs (name, path of PyTorch's twin, function): of the root, `nn.functional`, methods."""
    places = (("", eduflow), ("F.", eduflow.nn.functional), (".", eduflow.Tensor))
    for prefix, place in places:
        for name in dir(place):
            found = getattr(place, name)
            ordinary = callable(found) and not isinstance(found, type)
            if ordinary and not name.startswith("_"):
                yield prefix + name, found


@pytest.fixture(scope="module")
def theirs(request):
    """PyTorch's documented parameters by name; live where it is installed, else recorded."""
    path = RECORDED / "signatures.json"
    if TORCH_INSTALLED:
        import torch

        homes = {"": torch, "F.": torch.nn.functional, ".": torch.Tensor}
        found = {}
        for name, _ in public_functions():
            prefix, bare = re.match(r"(F\.|\.|)(\w+)", name).groups()
            twin = getattr(homes[prefix], bare, None)
            forms = documented(bare, twin) if callable(twin) else []
            if forms:
                found[name] = forms
        if request.config.getoption("--record"):
            rows = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(found.items())]
            path.write_text("{\n" + ",\n".join(rows) + "\n}\n")
        assert json.loads(path.read_text()) == found, "stale record, run pytest --record"
    return json.loads(path.read_text())


def agrees(name, function, theirs):
    """Whether a function takes what one of PyTorch's forms takes; of a method, `out` aside.

    What the text of a method leaves out, that of the function of the same name may say.
    """
    ours, forms = taken(function), theirs[name]
    if name.startswith("."):
        function_forms = [form[1:] for form in theirs.get(name[1:], [])]
        forms = [form[form[:1] == ["self"] :] for form in forms] + function_forms
        ours, forms = ours[1:], [[x for x in form if x != "out"] for form in forms]
        ours = [x for x in ours if x != "out"]
    # `out` is always named, so its place is of no account.
    outs = [("out" in form, [x for x in form if x != "out"]) for form in [ours, *forms]]
    return outs[0] in outs[1:]


def test_parameters_have_the_names_that_pytorch_documents(theirs):
    functions = dict(public_functions())
    compared = [name for name in functions if name in theirs]
    different = {name for name in compared if not agrees(name, functions[name], theirs)}
    assert len(compared) > 800
    assert sorted(different - KNOWN) == []
    assert sorted(KNOWN - different) == []


def test_every_public_function_says_what_it_takes():
    for name, function in public_functions():
        assert name == ".to" or not {"args", "rest"} & set(taken(function)), name
        assert inspect.getdoc(function), name


@pytest.mark.parametrize("name", ["exp", "floor", "isnan", "mul", "add", "maximum", "addcmul"])
def test_a_surplus_argument_is_refused_and_not_written_into(name):
    """`out` must be named: what comes one place too many is a mistake."""
    function = getattr(eduflow, name)
    count = len(
        [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    )
    given, extra = [eduflow.ones(3) for _ in range(count)], eduflow.full((3,), 7.0)
    with pytest.raises(TypeError):
        function(*given, extra, extra)
    assert extra.tolist() == [7.0] * 3
    if name != "add":  # add(x, alpha, y), which PyTorch deprecates
        with pytest.raises(TypeError):
            function(*given, extra)
        assert extra.tolist() == [7.0] * 3


def test_signatures_read_well():
    assert str(inspect.signature(eduflow.exp)) == "(input, *, out=None)"
    assert str(inspect.signature(eduflow.mul)) == "(input, other, *, out=None)"
    assert str(inspect.signature(eduflow.Tensor.add_)) == "(input, other, *, alpha=1)"
    assert str(inspect.signature(eduflow.ones(2).exp_)) == "()"
    assert str(inspect.signature(eduflow.cumsum)) == "(input, dim=None, *, dtype=None, out=None)"
