"""Other frameworks' conventions, spelled with this one. Nothing here is in PyTorch."""
