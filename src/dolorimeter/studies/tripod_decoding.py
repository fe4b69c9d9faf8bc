"""What a decoding study knows of the TRIPOD+AI checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .tripod_words import Results, block, counted, listed, said, version_said


def _objective(results: Results) -> str:
    objective = block(results, "design").get("objective")
    about = "a model is developed, and evaluated by cross-validation"
    return said(f"{objective}: {about}") if objective else ""


def _source(results: Results) -> str:
    return said(block(results, "data").get("source"))


def _sites(results: Results) -> str:
    n = block(results, "data").get("sites")
    return f"{n} {'site' if n == 1 else 'sites'}." if n else ""


def _preparation(results: Results) -> str:
    design = block(results, "design")
    outside = design.get("outside")
    return said(
        design.get("normalization") and f"normalization: {design['normalization']}",
        None if outside is None else f"fitted outside the folds: {listed(outside) or 'nothing'}",
    )


def _outcome(results: Results) -> str:
    target = block(results, "data").get("target") or {}
    name = target.get("name") or "the target"
    if target.get("kind") == "classes":
        return said(f"classes of {name}: {listed(target.get('class_names') or ())}")
    if target.get("kind") == "number":
        spread = (target.get("mean"), target.get("deviation"))
        known = all(value is not None for value in spread)
        return said(f"{name}, a number" + (_spread(*spread) if known else ""))
    return ""


def _spread(mean: Any, deviation: Any) -> str:
    return f" of mean {mean:.3g} and deviation {deviation:.3g}"


def _predictors(results: Results) -> str:
    n = block(results, "data").get("features")
    return f"{n:,} features." if n else ""


def _chosen(results: Results) -> str:
    outside = block(results, "design").get("outside")
    known = _predictors(results)
    if not known or outside is None:
        return ""
    return f"{known} Selected or fitted outside the training folds: {listed(outside) or 'nothing'}."


def _missing(results: Results) -> str:
    n = block(results, "data").get("samples")
    return (
        f"None of the {n:,} samples lacks a feature or its target; none was imputed." if n else ""
    )


def _parted(results: Results) -> str:
    design = block(results, "design")
    n = design.get("folds")
    return said(
        design.get("scheme") and f"cross-validation: {design['scheme']}",
        n and f"{n:,} folds",
        design.get("unit") and f"what a fold keeps whole: {design['unit']}",
    )


def _transformed(results: Results) -> str:
    normalization = block(results, "design").get("normalization")
    ways = {"sample": "every sample standardized over its features", "none": "features as they are"}
    return said(ways.get(normalization or "", normalization and f"standardized: {normalization}"))


def _model(results: Results) -> str:
    design = block(results, "design")
    strength = design.get("regularization")
    return said(
        design.get("estimator"),
        None if strength is None else f"regularization {strength}",
    )


def _clusters(results: Results) -> str:
    n = len(results.get("subjects") or ())
    return f"Scores are given for each of {n:,} subjects." if n else ""


def _measures(results: Results) -> str:
    metric = block(results, "accuracy").get("metric")
    design = block(results, "design")
    n = design.get("permutations")
    exchanged = design.get("exchanged")
    return said(
        metric and f"{metric}, with neither calibration nor clinical utility",
        n and f"null by {n:,} relabellings" + (f", exchanging {exchanged}" if exchanged else ""),
    )


def _computed(results: Results) -> str:
    known = version_said(results) and _parted(results)
    return f"Out of fold, by {version_said(results)}" if known else ""


def _imbalance(results: Results) -> str:
    target = block(results, "data").get("target") or {}
    if target.get("kind") != "classes" or not target.get("class_counts"):
        return ""
    counts = counted(dict(zip(target["class_names"], target["class_counts"], strict=False)))
    priors = block(results, "design").get("priors")
    return said(f"class counts: {counts}", f"class priors: {priors or 'not adjusted'}")


def _output(results: Results) -> str:
    kind = (block(results, "data").get("target") or {}).get("kind")
    classes = "A class, that of the largest decision value; no threshold was tuned."
    return {"classes": classes, "number": "A number."}.get(kind or "", "")


def _difference(results: Results) -> str:
    shared = block(results, "design").get("shared") or {}
    known = {name: n for name, n in shared.items() if n is not None}
    about = "training and test folds come from one source; in both of a fold stand"
    return said(f"{about}: {counted(known)}") if known else ""


def _flow(results: Results) -> str:
    data = block(results, "data")
    known = {name: data.get(name) for name in ("subjects", "samples") if data.get(name)}
    target = data.get("target") or {}
    counts = dict(
        zip(target.get("class_names") or (), target.get("class_counts") or (), strict=False)
    )
    return said(counted(known), f"outcomes: {counted(counts)}" if counts else None) if known else ""


def _sizes(results: Results) -> str:
    sizes = block(results, "design").get("fold_sizes")
    n = block(results, "data").get("samples")
    if not sizes or not n:
        return ""
    return f"{n:,} samples; test folds of {min(sizes)} to {max(sizes)}, trained on the others."


def _specification(results: Results) -> str:
    found = [m["file"] for m in results.get("maps") or () if m.get("name") == "weights"]
    return f"Weights in {listed(found)}." if found else ""


def _performance(results: Results) -> str:
    score = block(results, "accuracy")
    if score.get("value") is None:
        return ""
    ends = score.get("ci95") or (None, None)
    known = None not in ends
    between = f" (95 % interval {ends[0]:.3f} to {ends[1]:.3f})" if known else ", without interval"
    return f"{str(score.get('metric', 'score')).capitalize()} {score['value']:.3f}{between}."


def _differences(results: Results) -> str:
    scores = [s["score"] for s in results.get("subjects") or () if s.get("score") is not None]
    return f"By subject from {min(scores):.3f} to {max(scores):.3f}." if scores else ""


DECODING_ANSWERS: Mapping[str, Callable[[Results], str]] = {
    "4": _objective,
    "5a": _source,
    "6a": _sites,
    "7": _preparation,
    "8a": _outcome,
    "9a": _chosen,
    "9b": _predictors,
    "11": _missing,
    "12a": _parted,
    "12b": _transformed,
    "12c": _model,
    "12d": _clusters,
    "12e": _measures,
    "12g": _computed,
    "13": _imbalance,
    "15": _output,
    "16": _difference,
    "20a": _flow,
    "21": _sizes,
    "22": _specification,
    "23a": _performance,
    "23b": _differences,
}
