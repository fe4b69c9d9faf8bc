"""Which facts of a learning study stand in which list of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .decoding_words import block
from .formats import count, is_absent, plain
from .learning_words import HOW, cue_name, listed, measure_name, model_name
from .study_views import UNKNOWN, Pairs, said
from .words import option

Results = Mapping[str, Any]


def data_facts(data: Results) -> Pairs:
    """List what is known of the trials.

    Parameters
    ----------
    data : mapping
        The results' ``data``.

    Returns
    -------
    list of (str, str)
        Names and values, one line for each measure.
    """
    cues = {cue_name(name): n for name, n in block(data, "cues").items()}
    kinds = block(data, "notice_counts")
    measured = [
        (measure_name(plain(name)), _present(found or {}))
        for name, found in block(data, "measures").items()
    ]
    spec = plain(data.get("spec") or "")
    return [
        *([("How events became trials", f"by {spec}")] if spec else []),
        ("Trials by cue", _counts(cues)),
        ("Trials by outcome", _counts(block(data, "outcomes"))),
        *(measured or [("Measures", "none")]),
        *([("Notices by kind", _counts(kinds))] if kinds else []),
    ]


def _counts(named: Results) -> str:
    return ", ".join(f"{plain(name)} ({count(n)})" for name, n in named.items()) or UNKNOWN


def _present(found: Results) -> str:
    present, missing = found.get("present"), found.get("missing")
    if is_absent(present):
        return UNKNOWN
    return f"{count(present)} trials, {count(missing)} missing"


def design_facts(design: Results) -> Pairs:
    """List how the study was designed.

    Parameters
    ----------
    design : mapping
        The results' ``design``.

    Returns
    -------
    list of (str, str)
        Names and values, in the order of a study.
    """
    models = [model_name(plain(name)) for name in design.get("models") or ()]
    measures = [measure_name(plain(name)) for name in design.get("measures") or ()]
    how, reset = design.get("how"), design.get("reset_runs")
    return [
        ("Task", said(design, "task")),
        ("Models", ", ".join(models) or UNKNOWN),
        ("Measures", ", ".join(measures) or "none"),
        *([("Fitted", _how(how))] if how else []),
        ("Value before the first trial, v0", said(design, "v0")),
        ("Average reinforcement, a", said(design, "average")),
        *([("Values start anew in each run", option(reset))] if reset is not None else []),
        *(
            [("Taken out of measures and models", _nuisance(design))]
            if "nuisance" in design
            else []
        ),
        *([("Exchanged for p-values", _exchanged(design))] if design.get("exchange") else []),
        ("Bootstraps over subjects", said(design, "bootstraps")),
        ("Permutations", said(design, "permutations")),
        ("Seed", said(design, "random_state")),
    ]


def _nuisance(design: Results) -> str:
    names = [plain(name) for name in design.get("nuisance") or ()]
    return f"{listed(names) if names else 'nothing'}; for the claim, trend and practice besides"


def _exchanged(design: Results) -> str:
    what = plain(design["exchange"])
    words = {"signs": "the sign of each subject's correlations", "trials": "trials of one cue"}
    if what == "trials" and not design.get("exchange_declared"):
        return f"{words[what]}, whose independence was not declared"
    return words.get(what, what)


def _how(how: Any) -> str:
    names = [how] if isinstance(how, str) else how
    return listed(HOW.get(name, plain(name)) for name in names)


def parameter_words(parameters: Results) -> str:
    """Set the parameters of a model into a sentence.

    Parameters
    ----------
    parameters : mapping
        Names and values.

    Returns
    -------
    str
        Such as ``"alpha 0.3, v0 0"``.
    """
    return ", ".join(
        f"{plain(name)} {option(value)}".replace("-", "−")
        for name, value in parameters.items()
        if value is not None
    )
