"""Run a script with a learner's package, and write down whose lines of it ran.

python run_trace.py NAME FOLDER RESULT SCRIPT [WORDS...]
"""

import importlib
import json
import os
import runpy
import sys

if __name__ == "__main__":
    name, folder, result, script, *words = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    sys.path.insert(1, folder)
    importlib.import_module(name)
    traced = importlib.import_module(f"{name}.course.traced")
    sys.argv = [script, *words]
    code = 0

    def run():
        """The script, as if it had been started by itself."""
        global code
        try:
            runpy.run_path(script, run_name="__main__")
        except SystemExit as left:
            code = left.code

    files = traced.tally_files(run)
    with open(result, "w", encoding="utf-8") as stream:
        json.dump(files, stream)
    sys.exit(code)
