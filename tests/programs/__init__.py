"""Random programs, run under eduflow and under PyTorch; whatever can be seen must agree."""
