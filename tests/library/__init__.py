"""Tests of the library: against PyTorch, and against its own definitions."""
