"""The page of speed: made of the recorded measurement, and every workload stands on it."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import eduflow
from tests.bench import profile
from tests.bench.workloads import FAMILIES, WORKLOADS, bounds
from tests.machine import needs_timer

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


def test_what_falls_short_has_a_measured_bound_on_the_page():
    page, times = made(), json.loads(RECORDED.read_text(encoding="utf-8"))["1"]["times"]
    short, text = page.fall_short(times), page.speed_page(RECORDED, FAMILIES)
    wanted = {name: bounds.TARGETS.get(name, 1) for name in times}
    assert short == [name for name in times if times[name]["eduflow ratio"][0] > wanted[name]]
    for name in short:
        assert bounds.BOUNDS.get(name), f"say in workloads/bounds.py what bounds {name}"
        assert f"- `{name}`, {times[name]['eduflow ratio'][0]:.2f}: {bounds.BOUNDS[name]}" in text
    for name in set(times) - set(short):
        assert f"- `{name}`, " not in text


def test_bounds_and_targets_are_of_workloads_and_hold_figures():
    assert {*bounds.BOUNDS, *bounds.TARGETS} <= set(WORKLOADS)
    for name, why in bounds.BOUNDS.items():
        other = re.match(r"As for (\w+)", why)
        assert other[1] in bounds.BOUNDS if other else re.search(r"\d", why), name


@needs_timer
def test_a_profile_tells_of_rooms_files_lines_and_calls(capsys):
    profile.tell("tiny_no_grad", 0.2, lines=3)
    first, rooms, files, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"tiny_no_grad: \d+\.\d+ ms, \d+ calls in Python, \d+ of .* in C", first)
    assert "_core" in rooms
    assert "_core/dispatch.py" in files
    assert re.match(r" +\d+%  [\w/]+\.py:\d+  \S", lines[0])


@needs_timer
def test_what_takes_the_time_is_what_the_profile_finds():
    def run():
        other = eduflow.ones(300, 300)
        for _ in range(20):
            other = other.matmul(other) / 300

    found, runs, took = profile.sampled(run, 0.3)
    files = [Path(place[0]).name for place, count in found.most_common() if place]
    assert runs >= 1
    assert took > 0
    assert files[0] == "blas.py"


@pytest.mark.parametrize("name", ["a product of 4 numbers", "a matrix product"])
def test_bare_speeds_are_of_this_machine(name):
    figure, unit = profile.bare_speeds()[name]
    assert figure > 0
    assert unit
