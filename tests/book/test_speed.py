"""The page of speed: made of the recorded measurement, and every workload stands on it."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.bench.workloads import FAMILIES, WORKLOADS

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "bench" / "recorded.json"


def made():
    spec = importlib.util.spec_from_file_location("speed_page", ROOT / "book" / "speed_page.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_workload_has_its_row_with_the_recorded_figure():
    page = made().speed_page(RECORDED, FAMILIES)
    times = json.loads(RECORDED.read_text(encoding="utf-8"))["1"]["times"]
    assert set(times) == set(WORKLOADS), "make bench ARGS=--record"
    for name, found in times.items():
        (row,) = re.findall(rf"^\| `{name}`: .*\*\*.*$", page, re.MULTILINE)
        assert f"**{found['eduflow ratio'][0]:.2f}**" in row
        assert WORKLOADS[name].__doc__.split()[0] in row


def test_the_picture_is_svg_with_a_dot_and_a_ring_for_each_and_words_instead():
    page, times = made(), json.loads(RECORDED.read_text(encoding="utf-8"))["1"]["times"]
    svg = ElementTree.fromstring(page.picture(times).partition("\n")[0])
    assert len(svg.findall("circle")) == 2 * len(times)
    slowest = max(times, key=lambda name: times[name]["eduflow ratio"][0])
    assert svg.get("role") == "img"
    assert slowest in svg.get("aria-label")


def test_what_is_slow_is_explained_while_it_is_slow():
    page, times = made(), json.loads(RECORDED.read_text(encoding="utf-8"))["1"]["times"]
    assert set(page.BOUNDS) <= set(times)
    text = page.speed_page(RECORDED, FAMILIES)
    for name in page.BOUNDS:
        slow = times[name]["eduflow ratio"][0] > 1
        assert (f"- `{name}`:" in text) == slow
