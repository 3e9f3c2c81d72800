"""What is timed: each workload is made for one library and returns a function to run."""

from tests.bench.workloads import around, arrays, networks, small

# By family: the functions.
FAMILIES = {
    "small steps": small.WORKLOADS,
    "training": networks.WORKLOADS,
    "large arrays": arrays.WORKLOADS,
    "around training": around.WORKLOADS,
}
WORKLOADS = {work.__name__: work for works in FAMILIES.values() for work in works}
