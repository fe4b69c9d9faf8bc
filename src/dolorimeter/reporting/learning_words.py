"""The words of a learning report: what cues, measures and models are called, what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .decoding_words import block, counted
from .formats import is_absent, plain
from .words import sentence_case

Results = Mapping[str, Any]
MEASURES: Mapping[str, tuple[str, str]] = {
    "rt": ("Reaction time", "s"),
    "heart-rate": ("Heart rate", ""),
    "preference": ("Preference", ""),
    "pain": ("Rated pain", ""),
    "unpleasantness": ("Rated unpleasantness", ""),
    "pleasantness": ("Rated pleasantness", ""),
}
MODELS: Mapping[str, str] = {
    "td": "Temporal difference",
    "rw": "Rescorla–Wagner",
    "pearce-hall": "Pearce–Hall",
    "hybrid": "Hybrid",
    "dual-rate": "Dual learning rates",
    "valence-independent": "Valence-independent error",
    "surprise": "Surprise",
    "beta-bernoulli": "Beta-Bernoulli",
    "transitions": "Transitions",
    "no-learning": "No learning",
}
HOW: Mapping[str, str] = {
    "subject": "each subject by itself",
    "pooled": "all subjects pooled",
    "hierarchical": "hierarchical",
}
NO_CUE = "no cue"
NOTHING = ("none", "nothing", "omission", "")  # outcomes that leave a trial unreinforced


def measure_name(name: str) -> str:
    """Return the printed name of a measure.

    Parameters
    ----------
    name : str
        Its name in the results.

    Returns
    -------
    str
        Such as ``"Reaction time"``.
    """
    return MEASURES[name][0] if name in MEASURES else sentence_case(name)


def measure_with_unit(name: str) -> str:
    """Return the printed name of a measure with its unit, where it has one.

    Parameters
    ----------
    name : str
        Its name in the results.

    Returns
    -------
    str
        Such as ``"Reaction time (s)"``.
    """
    unit = MEASURES.get(name, ("", ""))[1]
    return f"{measure_name(name)} ({unit})" if unit else measure_name(name)


def model_name(name: str, label: Any = None) -> str:
    """Return the printed name of a model.

    Parameters
    ----------
    name : str
        Its name in the results; ``"td = rw"`` for models that no trial can tell apart.
    label : str, optional
        What the results call it, for a model that has no printed name here.

    Returns
    -------
    str
        Such as ``"Temporal difference"``.
    """
    if " = " in name:
        return " = ".join(model_name(part) for part in name.split(" = "))
    return MODELS.get(name) or (plain(label) if label else sentence_case(name))


def cue_name(name: Any) -> str:
    """Return the printed name of a cue.

    Parameters
    ----------
    name : str
        Its name in the results, empty for a task without cues.

    Returns
    -------
    str
        Such as ``"A"``.
    """
    return plain(name) if name not in ("", None) else NO_CUE


def trial_type(cue: Any, outcome: Any) -> str:
    """Name a kind of trial by its cue and what followed.

    Parameters
    ----------
    cue, outcome : str
        Names in the results; the cue may be empty.

    Returns
    -------
    str
        Such as ``"A, then relief"`` or ``"C, then nothing"``.
    """
    followed = "nothing" if (outcome or "") in NOTHING else plain(outcome)
    return f"{cue_name(cue)}, then {followed}" if cue not in ("", None) else sentence_case(followed)


def listed(names: Iterable[str]) -> str:
    """Set names into a sentence.

    Parameters
    ----------
    names : iterable of str
        What to name.

    Returns
    -------
    str
        Such as ``"a, b and c"``.
    """
    *head, last = [*names] or [""]
    return f"{', '.join(head)} and {last}" if head else last


def lower_first(text: str) -> str:
    """Set a name of measure or model inside a sentence.

    Parameters
    ----------
    text : str
        As it stands alone; names of people and abbreviations keep their capital.

    Returns
    -------
    str
        Its first letter small, unless it is a name.
    """
    names = ("Rescorla", "Pearce", "Beta", "NumPy")
    capital = text.startswith(names) or text[1:2].isupper()
    return text if capital else text[:1].lower() + text[1:]


def question(results: Results) -> str:
    """Say what was asked of the data.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    str
        One sentence.
    """
    data, design = block(results, "data"), block(results, "design")
    whom = counted(data["subjects"], "subject") if data.get("subjects") else "the subjects"
    names = design.get("measures") or ()
    measures = [lower_first(measure_name(plain(name))) for name in names]
    models = [lower_first(model_name(plain(m))) for m in design.get("models") or ()]
    model = f" ({listed(models)})" if models else ""
    if not measures:
        return f"what do models of learning{model} say of every trial that {whom} met?"
    return f"do {listed(measures)} of {whom} follow a model of learning{model}, and how fast?"


def not_done(results: Results) -> list[str]:
    """Say what the results do not hold, and what that leaves open.

    Parameters
    ----------
    results : mapping
        The content of ``results.json``.

    Returns
    -------
    list of str
        One sentence each; never empty, for some things are never done.
    """
    recovery, behaviour = block(results, "recovery"), block(results, "behaviour")
    fits = [fit for models in block(results, "fits").values() for fit in (models or {}).values()]
    gaps = {
        "No model was fitted to a measure: parameters are assumed, not estimated.": not fits,
        "Models were compared by BIC alone, not on held-out runs.": bool(fits)
        and all(is_absent((fit or {}).get("cv_log_likelihood")) for fit in fits),
        "The learning rate was not sought by the correlation criterion, so no test repeats that "
        "search.": not results.get("criterion"),
        "Models were not compared.": not results.get("comparison"),
        "Whether known parameters come back was not tested.": not recovery.get("parameters"),
        "Whether the true model is chosen was not tested.": not recovery.get("models"),
        "Preferences between cues were not asked.": not behaviour.get("preferences"),
        "Whether the decrease of pain was pleasant was not asked.": not behaviour.get("screening"),
        "Whether people could report what followed which cue was not asked.": not behaviour.get(
            "awareness"
        ),
        "How separable the planned regressors are was not examined.": not block(
            results, "design"
        ).get("efficiency"),
    }
    never = (
        "No brain signal was analyzed: the trial tables are made for that, and stop before it.",
        "No prediction error was measured in a person: models compute them from the trials.",
        "A measure that follows a model’s value is associated with it; nothing here shows that "
        "the value caused it.",
    )
    return [*(sentence for sentence, missing in gaps.items() if missing), *never]
