"""Answers to the exercises: wrong ones with what the check must say, right ones in other styles."""
