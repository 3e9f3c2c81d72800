"""The functions of layers, by family."""
