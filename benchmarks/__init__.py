"""Ratios against named peers, one file a claim: ``python -m benchmarks``."""
