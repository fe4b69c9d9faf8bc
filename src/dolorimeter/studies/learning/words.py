"""Summary and methods of a learning study, every number from the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dolorimeter.studies.words import p_words

from .asked_words import asked_methods, asked_sentences
from .bayes import bayes_methods, bayes_sentences

Content = Mapping[str, Any]
LARGE_INFLATION = 5.0  # science 2.4


def summarize(content: Content) -> list[str]:
    """Say what a run found.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Plain sentences.
    """
    data = content["data"]
    first = (
        f"{data['subjects']} subjects, {data['trials']:,} trials in {data['runs']:,} runs; "
        f"{sum(data['notice_counts'].values()):,} notices about the files."
    )
    rest = (part(content) for part in _PARTS)
    said = [first, *(sentence for part in rest for sentence in part)]
    return [*said, *_overlapping(content["design"])]


def _overlapping(design: Content) -> Iterator[str]:
    found = design["efficiency"]
    if found is None:
        why = design["efficiency_reason"]
        yield f"Variance inflation of planned regressors not computed: {why}."
        return
    pairs = zip(found["regressors"], found["variance_inflation"], strict=True)
    poor = [
        f"{name} {'without limit' if value is None else f'{value:.1f}'}"
        for name, value in pairs
        if value is None or value > LARGE_INFLATION
    ]
    if poor:
        yield (
            f"Planned regressors of {found['model']} overlap after convolution: variance inflation "
            f"above {LARGE_INFLATION:g} for {', '.join(poor)} (median over subjects)."
        )


def _asked(content: Content) -> Iterator[str]:
    yield from asked_sentences(content["behaviour"])


def _sequences(content: Content) -> Iterator[str]:
    for row in content["sequences"]:
        yield (
            f"{row['label']}, {row['parameters']}: {row['surprise']:.3f} bits a trial "
            f"({_interval(row['ci95'])}); "
            "1 bit is what always expecting both alike costs."
        )


def _interval(ci95: list[float] | None) -> str:
    if ci95 is None:
        return "one subject, no interval"
    return f"95 % interval over subjects {ci95[0]:.3f} to {ci95[1]:.3f}"


def _preferences(content: Content) -> Iterator[str]:
    found = content["behaviour"]["preferences"]
    if found is None:
        return
    scores = ", ".join(f"{cue} {row['mean']:.1f}" for cue, row in found["scores"].items())
    tests = "; ".join(f"{t['a']} against {t['b']} {p_words(t['p'])}" for t in found["tests"])
    yield f"Preference scores of at most {found['most']}: {scores} (signed-rank tests: {tests})."


def _criteria(content: Content) -> Iterator[str]:
    for measure, row in content["criterion"].items():
        fixed, reason = row["default"], row["reason"].rstrip(".")
        yield (
            f"{measure}: correlation with the {row['regressor']} within subjects "
            f"{fixed['r']:.3f} at the learning rate fixed beforehand ({p_words(fixed['p'])}); "
            f"largest, {row['r']:.3f}, at {row['alpha']:.2f} (with the search repeated "
            f"{p_words(row['p_search'])}). Learning rate "
            f"{'identified' if row['identified'] else 'NOT identified'}: {reason}."
            f"{_steady(row['without_drift'])}"
        )


def _steady(row: Content | None) -> str:
    if row is None:
        return " Too few trials to take a drift out."
    return (
        f" With a drift over trials taken out: {row['default']['r']:.3f} "
        f"({p_words(row['p_holm'])}) and {row['r']:.3f} at {row['alpha']:.2f} "
        f"({p_words(row['p_search_holm'])}), adjusted over measures."
    )


def _compared(content: Content) -> Iterator[str]:
    for measure, row in content["comparison"].items():
        best = max(range(len(row["models"])), key=lambda i: row["protected"][i])
        yield (
            f"{measure}: of {len(row['models'])} candidates {row['models'][best]} has the largest "
            f"protected exceedance probability, {row['protected'][best]:.2f}, by {row['evidence']}."
        )


_PARTS = (_sequences, _asked, _preferences, _criteria, bayes_sentences, _compared)


def _exchanged(content: Content) -> str:
    said = {row["exchanged"] for row in content["criterion"].values()}
    return ", ".join(sorted(said - {""})) or "none"


def methods(content: Content) -> list[str]:
    """Write the methods, ready to paste.

    Parameters
    ----------
    content : mapping
        Results in the shape of results.json.

    Returns
    -------
    list of str
        Paragraphs.
    """
    data, design, learned = content["data"], content["design"], content["learned"]
    settings = ", ".join(f"{k} = {v:g}" for k, v in learned["parameters"].items())
    said = [
        f"We analysed {data['trials']:,} trials of {data['subjects']} people "
        f"({data['runs']:,} runs) with dolorimeter {content['version']}, random state "
        f"{design['random_state']}. Values and prediction errors are those of the model "
        f"{learned['model']!r} ({learned['label']}; {settings}), following Seymour et al. (2005)."
    ]
    if content["fits"]:
        said.append(
            f"Models ({', '.join(design['models'])}) were held against "
            f"{', '.join(content['fits'])} by maximum likelihood for each person, pooled, and "
            f"hierarchically (empirical Bayes, Laplace approximation), with intervals from "
            f"{design['bootstraps']:,} bootstrap draws of people. Reaction times were turned into "
            "normal scores of a gamma distribution fitted to each person; other measures were "
            "standardized within person. Cues that nothing follows were left out."
        )
    if content["criterion"]:
        said.append(
            "The learning rate was also taken as the one whose values correlate best with a "
            "measure within people (mean Fisher z, one-sample t over people), with a p-value from "
            f"{design['permutations']:,} exchanges ({_exchanged(content)}) in each of which the "
            "search was repeated. Claims rest on the same tests with a linear trend and the "
            "logarithm of the trial's number taken out of measures and values (practice and "
            "fatigue change over trials as values do), adjusted over measures (Holm)."
        )
    said += bayes_methods(content)
    said += asked_methods(content["behaviour"])
    return said
