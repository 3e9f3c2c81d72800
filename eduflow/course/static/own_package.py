"""My own framework: my files first, eduflow's for all that is not here."""

import sys
from importlib.abc import MetaPathFinder
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path

_eduflow = find_spec("eduflow")
if _eduflow is None or not _eduflow.origin:
    raise ImportError(f"{__name__} stands on eduflow: install it first (pip install eduflow)")
__path__ = [*sys.modules[__name__].__path__, *_eduflow.submodule_search_locations]


class _MineFirst(MetaPathFinder):
    """A folder may lie in both places: a file of mine is found before the one of the same name."""

    serves = __name__

    def find_spec(self, fullname, path=None, target=None):
        root, *rest = fullname.split(".")
        if root != __name__ or not rest:
            return None
        places = [Path(folder).joinpath(*rest) for folder in __path__]
        for place in places:
            file = place / "__init__.py"
            if file.is_file():
                inside = [str(item) for item in places if item.is_dir()]
                return spec_from_file_location(fullname, file, submodule_search_locations=inside)
            file = place.with_suffix(".py")
            if file.is_file():
                return spec_from_file_location(fullname, file)
        return None


sys.meta_path[:] = [item for item in sys.meta_path if getattr(item, "serves", "") != __name__]
sys.meta_path.insert(0, _MineFirst())
exec(compile(Path(_eduflow.origin).read_text(encoding="utf-8"), _eduflow.origin, "exec"))

# What you have written and passed, and what is eduflow's until you do: lesson and cell of each.
