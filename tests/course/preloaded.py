"""What every kernel of `player.py` has imported before it starts."""

import importlib

for name in ("numpy", "IPython", "matplotlib.pyplot", "anywidget", "eduflow", "eduflow.course"):
    importlib.import_module(name)
importlib.import_module("eduflow.course.exercises").all_exercises()
