"""Compiling, as a pass: what is given comes back as it is, and runs as it is written."""


def compile(
    model=None,
    *,
    fullgraph=False,
    dynamic=None,
    backend=None,
    mode=None,
    options=None,
    name=None,
    disable=False,
    recompile_limit=None,
    isolate_recompiles=False,
    shapes_spec=None,
):
    """`model` itself, a module or function; without one, a decorator. Nothing is compiled here.

    AssertionError for what cannot be called. Mirrors torch.compile, whose module would have
    `_orig_mod.` before the names in its `state_dict`.
    """
    if model is None:
        return compile
    assert callable(model), f"A callable function is expected, but {type(model)} is provided."
    return model


def is_compiling():
    """Whether this runs while something is compiled: never. Mirrors torch.compiler.is_compiling."""
    return False


def disable(fn=None, recursive=True, *, reason=None):
    """`fn` itself; nothing is compiled anyway. Mirrors torch.compiler.disable."""
    return disable if fn is None else fn
