"""The TRIPOD+AI checklist, filled in as far as a run can know; the rest stays a visible gap."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

Results = Mapping[str, Any]
Answer = Callable[[Results], str]
NONE_UPDATED = "No model was updated after its evaluation."


def fill_tripod(results: Results) -> list[dict[str, Any]]:
    """Fill in the checklist of TRIPOD+AI (Collins et al. 2024, BMJ 385:e078378).

    Parameters
    ----------
    results : mapping
        What results.json holds, of a decoding study or of a vital-signs study; any block may be
        missing or None.

    Returns
    -------
    list of dict
        The 52 parts of the 27 items in their order, each with ``item``, ``section``, ``text``,
        ``filled`` (bool) and ``value``: what the run knows of it, and what remains to be written;
        empty where the run knows nothing.
    """
    answers = ANSWERS.get(str(results.get("study")), {})
    return [_filled(item, answers, results) for item in _checklist()]


def _filled(
    item: Mapping[str, str], answers: Mapping[str, Answer], results: Results
) -> dict[str, Any]:
    answer = answers.get(item["item"])
    known = answer(results) if answer else ""
    rest = item.get("rest", "")
    value = f"{known} Still to be written: {rest}." if known and rest else known
    named = {key: item[key] for key in ("item", "section", "text")}
    return {**named, "filled": bool(known), "value": value}


@cache
def _checklist() -> tuple[Mapping[str, str], ...]:
    text = files("dolorimeter.studies").joinpath("tripod.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["items"])


def _block(results: Results, name: str) -> Results:
    return results.get(name) or {}


def _said(*parts: str | None) -> str:
    """Join what is known into sentences."""
    return " ".join(f"{part[0].upper()}{part[1:].rstrip('.')}." for part in parts if part)


def _list(values: Any) -> str:
    return ", ".join(map(str, values))


def _counts(named: Mapping[str, Any]) -> str:
    return _list(f"{name} {n}" for name, n in named.items())


def _title(results: Results) -> str:
    return _said(results.get("title"))


def _abstract(results: Results) -> str:
    return " ".join(results.get("summary") or ())


def _version(results: Results) -> str:
    version = results.get("version")
    return f"dolorimeter {version}, with results.json beside this report." if version else ""


def _limitations(results: Results) -> str:
    findings = _block(results, "claim").get("findings") or ()
    weak = ("violated", "warned", "unknown")
    rules = dict.fromkeys(f["rule"] for f in findings if f.get("status") in weak)
    if rules:
        return f"The rules {_list(rules)} were violated, warned of or left unknown."
    return "No rule of the audit was violated, warned of or left unknown." if findings else ""


def _decoding_objective(results: Results) -> str:
    objective = _block(results, "design").get("objective")
    about = "a model is developed, and evaluated by cross-validation"
    return _said(f"{objective}: {about}") if objective else ""


def _decoding_source(results: Results) -> str:
    return _said(_block(results, "data").get("source"))


def _decoding_sites(results: Results) -> str:
    n = _block(results, "data").get("sites")
    return f"{n} {'site' if n == 1 else 'sites'}." if n else ""


def _decoding_preparation(results: Results) -> str:
    design = _block(results, "design")
    outside = design.get("outside")
    return _said(
        design.get("normalization") and f"normalization: {design['normalization']}",
        None if outside is None else f"fitted outside the folds: {_list(outside) or 'nothing'}",
    )


def _decoding_outcome(results: Results) -> str:
    target = _block(results, "data").get("target") or {}
    name = target.get("name") or "the target"
    if target.get("kind") == "classes":
        return _said(f"classes of {name}: {_list(target.get('class_names') or ())}")
    if target.get("kind") == "number":
        spread = (target.get("mean"), target.get("deviation"))
        known = all(value is not None for value in spread)
        return _said(f"{name}, a number" + (_spread(*spread) if known else ""))
    return ""


def _spread(mean: Any, deviation: Any) -> str:
    return f" of mean {mean:.3g} and deviation {deviation:.3g}"


def _decoding_predictors(results: Results) -> str:
    n = _block(results, "data").get("features")
    return f"{n} features." if n else ""


def _decoding_chosen(results: Results) -> str:
    outside = _block(results, "design").get("outside")
    known = _decoding_predictors(results)
    if not known or outside is None:
        return ""
    return f"{known} Selected or fitted outside the training folds: {_list(outside) or 'nothing'}."


def _decoding_missing(results: Results) -> str:
    n = _block(results, "data").get("samples")
    return f"None of the {n} samples lacks a feature or its target; none was imputed." if n else ""


def _decoding_parted(results: Results) -> str:
    design = _block(results, "design")
    n = design.get("folds")
    return _said(
        design.get("scheme") and f"cross-validation: {design['scheme']}",
        n and f"{n} folds",
        design.get("unit") and f"what a fold keeps whole: {design['unit']}",
    )


def _decoding_transformed(results: Results) -> str:
    normalization = _block(results, "design").get("normalization")
    said = {"sample": "every sample standardized over its features", "none": "features as they are"}
    return _said(said.get(normalization or "", normalization and f"standardized: {normalization}"))


def _decoding_model(results: Results) -> str:
    design = _block(results, "design")
    strength = design.get("regularization")
    return _said(
        design.get("estimator"),
        None if strength is None else f"regularization {strength}",
    )


def _decoding_clusters(results: Results) -> str:
    n = len(results.get("subjects") or ())
    return f"Scores are given for each of {n} subjects." if n else ""


def _decoding_measures(results: Results) -> str:
    metric = _block(results, "accuracy").get("metric")
    design = _block(results, "design")
    n = design.get("permutations")
    exchanged = design.get("exchanged")
    return _said(
        metric and f"{metric}, with neither calibration nor clinical utility",
        n and f"null by {n} relabellings" + (f", exchanging {exchanged}" if exchanged else ""),
    )


def _decoding_computed(results: Results) -> str:
    known = _version(results) and _decoding_parted(results)
    return f"Out of fold, by {_version(results)}" if known else ""


def _decoding_imbalance(results: Results) -> str:
    target = _block(results, "data").get("target") or {}
    if target.get("kind") != "classes" or not target.get("class_counts"):
        return ""
    counts = _counts(dict(zip(target["class_names"], target["class_counts"], strict=False)))
    priors = _block(results, "design").get("priors")
    return _said(f"class counts: {counts}", f"class priors: {priors or 'not adjusted'}")


def _decoding_output(results: Results) -> str:
    kind = (_block(results, "data").get("target") or {}).get("kind")
    classes = "A class, that of the largest decision value; no threshold was tuned."
    return {"classes": classes, "number": "A number."}.get(kind or "", "")


def _decoding_difference(results: Results) -> str:
    shared = _block(results, "design").get("shared") or {}
    known = {name: n for name, n in shared.items() if n is not None}
    about = "training and test folds come from one source; in both of a fold stand"
    return _said(f"{about}: {_counts(known)}") if known else ""


def _decoding_flow(results: Results) -> str:
    data = _block(results, "data")
    known = {name: data.get(name) for name in ("subjects", "samples") if data.get(name)}
    target = data.get("target") or {}
    counts = dict(
        zip(target.get("class_names") or (), target.get("class_counts") or (), strict=False)
    )
    return (
        _said(_counts(known), f"outcomes: {_counts(counts)}" if counts else None) if known else ""
    )


def _decoding_sizes(results: Results) -> str:
    sizes = _block(results, "design").get("fold_sizes")
    n = _block(results, "data").get("samples")
    if not sizes or not n:
        return ""
    return f"{n} samples; test folds of {min(sizes)} to {max(sizes)}, trained on the others."


def _decoding_specification(results: Results) -> str:
    found = [m["file"] for m in results.get("maps") or () if m.get("name") == "weights"]
    return f"Weights in {_list(found)}." if found else ""


def _decoding_performance(results: Results) -> str:
    score = _block(results, "accuracy")
    if score.get("value") is None:
        return ""
    ends = score.get("ci95") or (None, None)
    known = None not in ends
    between = f" (95 % interval {ends[0]:.3f} to {ends[1]:.3f})" if known else ", without interval"
    return f"{str(score.get('metric', 'score')).capitalize()} {score['value']:.3f}{between}."


def _decoding_spread(results: Results) -> str:
    scores = [s["score"] for s in results.get("subjects") or () if s.get("score") is not None]
    return f"By subject from {min(scores):.3f} to {max(scores):.3f}." if scores else ""


def _not_updated(results: Results) -> str:
    return NONE_UPDATED if _block(results, "data") else ""


def _vitals_source(results: Results) -> str:
    return _said(_block(results, "data").get("source"))


def _vitals_flow(results: Results) -> str:
    data = _block(results, "data")
    names = ("patients", "stays", "windows", "windows_with_pain")
    known = {name.replace("_", " "): data.get(name) for name in names if data.get(name)}
    return _said(_counts(known)) if known else ""


def _vitals_outcome(results: Results) -> str:
    tasks = _block(results, "tasks")
    return _said(f"pain reported by patients, in the tasks {_list(tasks)}") if tasks else ""


def _vitals_predictors(results: Results) -> str:
    vitals = _block(results, "design").get("vitals")
    return _said(f"window means of {_list(vitals)}") if vitals else ""


def _vitals_missing(results: Results) -> str:
    known = _block(results, "data").get("percent_present")
    return "Missing values are integrated out; none was imputed." if known else ""


def _vitals_parted(results: Results) -> str:
    design = _block(results, "design")
    n, group = design.get("folds"), design.get("group")
    return f"Cross-validation: {n} folds, each {group} whole in one of them." if n else ""


def _vitals_measures(results: Results) -> str:
    if not _block(results, "tasks"):
        return ""
    return "VUS, accuracy, precision, recall, F1 and calibration; the models compared in pairs."


_SHARED: Mapping[str, Answer] = {
    "1": _title,
    "2": _abstract,
    "12f": _not_updated,
    "18f": _version,
    "24": _not_updated,
    "26": _limitations,
}
ANSWERS: Mapping[str, Mapping[str, Answer]] = {
    "decoding": {
        **_SHARED,
        "4": _decoding_objective,
        "5a": _decoding_source,
        "6a": _decoding_sites,
        "7": _decoding_preparation,
        "8a": _decoding_outcome,
        "9a": _decoding_chosen,
        "9b": _decoding_predictors,
        "11": _decoding_missing,
        "12a": _decoding_parted,
        "12b": _decoding_transformed,
        "12c": _decoding_model,
        "12d": _decoding_clusters,
        "12e": _decoding_measures,
        "12g": _decoding_computed,
        "13": _decoding_imbalance,
        "15": _decoding_output,
        "16": _decoding_difference,
        "20a": _decoding_flow,
        "21": _decoding_sizes,
        "22": _decoding_specification,
        "23a": _decoding_performance,
        "23b": _decoding_spread,
    },
    "vitals": {
        **_SHARED,
        "5a": _vitals_source,
        "8a": _vitals_outcome,
        "9b": _vitals_predictors,
        "11": _vitals_missing,
        "12a": _vitals_parted,
        "12e": _vitals_measures,
        "20a": _vitals_flow,
    },
}
