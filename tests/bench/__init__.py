"""Benchmarks against PyTorch eager on the CPU; see `python -m tests.bench --help`."""
