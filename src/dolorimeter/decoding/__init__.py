"""Decoding: exact fast cross-validation, searchlight, specificity, signatures."""
