"""Pain sensitivity from quantitative sensory testing: one formula for every site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.core.containers import Floats

from .arguments import as_number, check_keys, hint
from .tabular import Table

# Sign of each threshold: feeling pain at a warmer cold, a cooler heat or a weaker needle is
# being more sensitive.
SIGNS = {"CPT": 1.0, "HPT": -1.0, "MPT_log_geom": -1.0}
EACH = "each-site"
NEEDLES, THERMODE_TRIALS = 5, 6


def thresholds(table: Table, trials: int = 5) -> dict[str, Floats]:
    """Return cold, heat and mechanical pain thresholds.

    Parameters
    ----------
    table : Table
        Either with columns CPT, HPT (Celsius) and MPT_log_geom, or with the raw trials
        qst_cpt_1 … 6, qst_hpt_1 … 6 (Celsius) and qst_mpt_1_pain, qst_mpt_1_no_pain … 5 (mN).
    trials : int, default 5
        Thermal thresholds are means of the last so many of six trials: the first is practice.

    Returns
    -------
    dict
        CPT, HPT and MPT_log_geom: for raw trials the natural logarithm of the geometric mean of
        the ten forces. NaN where missing.
    """
    if all(name in table.frame.columns for name in SIGNS):
        return {name: table.numbers(name, "target.composite") for name in SIGNS}
    last = range(THERMODE_TRIALS + 1 - trials, THERMODE_TRIALS + 1)
    forces = [f"qst_mpt_{i}_{felt}" for i in range(1, NEEDLES + 1) for felt in ("pain", "no_pain")]
    return {
        "CPT": _mean(table, [f"qst_cpt_{i}" for i in last]),
        "HPT": _mean(table, [f"qst_hpt_{i}" for i in last]),
        "MPT_log_geom": np.log(_numbers(table, forces)).mean(axis=1),
    }


def _numbers(table: Table, names: list[str]) -> Floats:
    return np.column_stack([table.numbers(name, "target.composite") for name in names])


def _mean(table: Table, names: list[str]) -> Floats:
    return np.asarray(_numbers(table, names).mean(axis=1))


Reference = Mapping[str, tuple[float, float]]


def reference_of(values: Mapping[str, Floats]) -> Reference:
    """Return mean and standard deviation of each threshold over people.

    Parameters
    ----------
    values : mapping
        From names of thresholds to one value a person, NaN where missing.

    Returns
    -------
    mapping
        From names to mean and deviation (over n - 1).
    """
    return {k: (float(np.nanmean(v)), float(np.nanstd(v, ddof=1))) for k, v in values.items()}


def pain_sensitivity(values: Mapping[str, Floats], reference: Reference) -> Floats:
    """Return the composite pain sensitivity.

    The mean of ``(CPT - m) / s``, ``-(HPT - m) / s`` and ``-(MPT - m) / s`` (Zunhammer et al.
    2016, Pain 157:2248; Spisak et al. 2020, Nat. Commun. 11:187, Methods), over those that were
    measured. With Bochum as the reference it equals that site's own column to 1e-13.

    Parameters
    ----------
    values : mapping
        CPT and HPT (Celsius) and MPT_log_geom (log mN), one value a person, NaN where missing.
    reference : mapping
        Mean m and deviation s of each.

    Returns
    -------
    ndarray of shape (n_people,), float64
        More is more sensitive; NaN where none of the three was measured.
    """
    scores = np.column_stack(
        [
            sign * (values[name] - reference[name][0]) / reference[name][1]
            for name, sign in SIGNS.items()
        ]
    )
    known = np.isfinite(scores)
    total = np.where(known, scores, 0).sum(axis=1)
    return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)


def references(
    given: object, values: Mapping[str, Mapping[str, Floats]]
) -> tuple[dict[str, Reference], str]:
    """Choose the reference of each site.

    Parameters
    ----------
    given : object
        A site, ``"each-site"``, or a mapping from CPT, HPT and MPT_log_geom to mean and deviation.
    values : mapping
        From sites to their thresholds.

    Returns
    -------
    dict
        From sites to their reference.
    str
        The same in words.

    Raises
    ------
    InputError
        If it is none of these.
    """
    if isinstance(given, Mapping):
        fixed = _fixed(given)
        return dict.fromkeys(values, fixed), "z-scores against fixed norms"
    if given == EACH:
        words = "z-scores against each site's own people: a test site's scale is then its own"
        return {site: reference_of(v) for site, v in values.items()}, words
    if given not in values:
        names = [*values, EACH]
        rule = f"one of {', '.join(names)}, or mean and deviation of {', '.join(SIGNS)}"
        raise InputError("target.reference", repr(given), rule, hint(given, names))
    words = f"z-scores against mean and deviation of {given} at every site"
    return dict.fromkeys(values, reference_of(values[str(given)])), words


def _fixed(given: Mapping[str, Any]) -> Reference:
    check_keys("target.reference", given, SIGNS)
    fixed = {}
    for name in SIGNS:
        pair = given.get(name)
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise InputError(f"target.reference.{name}", repr(pair), "[mean, deviation]")
        where = f"target.reference.{name}"
        fixed[name] = (as_number(where, pair[0]), as_number(where, pair[1], 1e-12))
    return fixed
