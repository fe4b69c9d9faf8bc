"""Summary and methods of a recovery, every number from the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Content = Mapping[str, Any]


def recovery_summary(content: Content) -> list[str]:
    """Say what came back of what was planted.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Plain sentences.
    """
    design = content["design"]
    first = (
        f"{design['simulations']:,} simulated groups of {design['subjects']} people for each of "
        f"{len(design['models'])} models on {design['trials']:,} trials; correlation planted "
        f"within subjects: {design['correlation']:g}."
    )
    return [first, *_parameters(content["recovery"]), *_models(content["recovery"]["models"])]


def _parameters(recovery: Content) -> Iterator[str]:
    for row in recovery["each"]:
        r = "not defined" if row["r"] is None else f"{row['r']:.2f}"
        yield (
            f"{row['name']} of {row['model']}, person by person: correlation of planted and "
            f"recovered {r}, bias {row['bias']:+.2f}, root mean squared error {row['rmse']:.2f}."
        )


def _models(found: Content) -> Iterator[str]:
    for planted, group, single in zip(
        found["planted"], found["confusion"], found["by_subject"], strict=True
    ):
        at = next(i for i, name in enumerate(found["names"]) if planted in name.split(" = "))
        most = max(range(len(group)), key=group.__getitem__)
        wrong = "" if most == at else f"; most often {found['names'][most]} was chosen"
        yield (
            f"{planted} planted: {found['names'][at]} chosen in {100 * group[at]:.0f} % of groups "
            f"and for {100 * single[at]:.0f} % of people (BIC){wrong}."
        )


def recovery_methods(content: Content) -> list[str]:
    """Write the methods, ready to paste.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        One paragraph.
    """
    design = content["design"]
    taken = ", ".join(design["nuisance"])
    return [
        f"Parameter and model recovery were examined on the trials of {design['subjects']} people "
        f"with dolorimeter {content['version']}, random state {design['random_state']}: for each "
        f"of {', '.join(design['models'])}, {design['simulations']:,} groups were simulated, each "
        "person's parameters drawn evenly from the middle four fifths of their range, a measure "
        f"correlating {design['correlation']:g} within people with the magnitude of the value, and "
        "fitted by maximum likelihood for each person; models were chosen by BIC."
        + (f" Taken out of measures and models: {taken}." if taken else "")
    ]
