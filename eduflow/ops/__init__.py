"""Operations on tensors, a definition and its derivative, by family."""
