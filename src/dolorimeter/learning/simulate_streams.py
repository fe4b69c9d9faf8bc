"""One stream of random numbers for each purpose and person."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return random numbers of their own for one purpose.

    Adding a measure or a person must not change the numbers of another, so each draws from a
    stream named after it.

    Parameters
    ----------
    seed : int
        Of the study.
    *names : str
        What the stream is for, such as ``"rt"``, ``"07"``.

    Returns
    -------
    numpy.random.Generator
        Independent of the streams of other names.
    """
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])
