"""Record what PyTorch says to lesson 15's script: losses, and a file of weights. Needs PyTorch."""

import json
import shutil
import tempfile
from pathlib import Path

from eduflow.course import graduation


def main() -> None:
    """Write recorded.json and pytorch.pt beside the script."""
    with tempfile.TemporaryDirectory() as folder:
        place = graduation.pack(folder)
        losses = {"one": graduation.by_pytorch(place), "two": graduation.by_two(place)}
        shutil.copy(Path(folder) / "pytorch" / "digits.pt", graduation.from_pytorch())
    text = json.dumps({name: [round(x, 9) for x in run] for name, run in losses.items()}, indent=1)
    (graduation.HOME / "recorded.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
