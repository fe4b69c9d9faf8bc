"""Words that the claim and the summary share."""

from __future__ import annotations

from typing import Any

Content = dict[str, Any]


def whom(design: Content) -> str:
    """Return to whom the folds let a result apply.

    Parameters
    ----------
    design : dict
        Design block of the results.

    Returns
    -------
    str
        ``"patients not seen in training"``, or stays of patients who were.
    """
    if design["shared_patients"] == 0:
        return "patients not seen in training"
    return "new stays of patients who may have been seen in training"


def population(content: Content) -> str:
    """Return of what kind the patients and stays are.

    Parameters
    ----------
    content : dict
        Results.

    Returns
    -------
    str
        Numbers, stays, windows and source.
    """
    data, design = content["data"], content["design"]
    return (
        f"of the kind in this cohort: {data['patients']} patients taken to be unrelated, "
        f"{data['stays']} stays of at least {design['min_stay']}, windows of {design['window']}, "
        f"source {data['source']}"
    )


def interval(cell: Content) -> str:
    """Write an interval.

    Parameters
    ----------
    cell : dict
        A metric or comparison of results.json; the ends are None where too few patients take part.

    Returns
    -------
    str
        Both ends, or that there are none.
    """
    low, high = cell["ci95"]
    return "no interval" if low is None or high is None else f"{low:.3f} to {high:.3f}"
