"""Random streams of their own for each purpose of a study."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return a random stream of its own for one purpose.

    Adding a model or a task must not change the numbers of another; so each purpose draws from
    a stream named after it.

    Parameters
    ----------
    seed : int
        Seed of the study.
    *names : str
        What the stream is for.

    Returns
    -------
    numpy.random.Generator
        Independent of the streams of other names.
    """
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])
