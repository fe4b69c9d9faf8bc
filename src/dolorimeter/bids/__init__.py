"""BIDS data sets in and out: runs, events, derivatives."""
