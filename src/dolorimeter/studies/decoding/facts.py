"""What a decoding study did, as the audit sees it: measured from its folds and samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dolorimeter.audit import Comparator, Facts, Test, leaks
from dolorimeter.core import Samples

from .crossfit import Crossfit
from .plan import Plan
from .steps import step_words

# What the samples or the software declare of themselves: no run can measure it.
TOLD = {
    "trials_per_test_sample", "grouped_by", "forced_choice", "failures_reported", "exchangeable",
}  # fmt: skip


def gather_facts(
    plan: Plan,
    found: Crossfit,
    others: Sequence[Crossfit],
    content: Mapping[str, Any],
    comparators: tuple[Comparator, ...] | None,
) -> Facts:
    """Gather the facts of a run.

    Parameters
    ----------
    plan : Plan
        Samples and design.
    found : Crossfit
        The result.
    others : sequence of Crossfit
        Comparators, which must stand on the same folds.
    content : mapping
        Scores and blocks as results.json holds them.
    comparators : tuple of Comparator or None
        Other modalities tested.

    Returns
    -------
    Facts
        Each measured where the run can tell, declared where it cannot.
    """
    study, objective = plan.study, plan.study.objective
    folds = found.folds()
    known = {
        **_who(plan, folds),
        **_what(plan, folds),
        **_null(plan, found, content),
        **_compared(content, comparators),
        "folds_agree": _folds_agree(plan, folds, others),
    }
    declared: dict[str, Any] = {
        "signal": study.signal or f"{plan.samples.features.shape[1]} features",
        "pain": None if study.pain and _may_not_be_pain(plan) else study.pain,
        "objective": study.kind,
        "claims": tuple(objective.claims)
        + ((study.kind,) if study.kind not in objective.claims else ()),
        "whom": objective.whom,
        "population": objective.population or None,
        "timing": objective.timing,
    }
    if study.unrelated and known["shared_families"] is None:
        known["shared_families"] = 0
        declared["shared_families"] = 0
    measured = frozenset(k for k, v in known.items() if v is not None) - set(declared) - TOLD
    return Facts(**{**known, **declared}, measured=measured)


def _may_not_be_pain(plan: Plan) -> bool:
    """Tell whether the modalities of the samples speak against a target that is pain.

    None of them is pain, or there are several beside it, so that what is told need not be pain.
    """
    kinds = set(plan.samples.modality.tolist()) - {""}
    return bool(kinds) and ("pain" not in kinds or (len(plan.class_names) > 2 and len(kinds) > 2))


def _who(plan: Plan, folds: Any) -> dict[str, Any]:
    shared = leaks.shared_members(folds, plan.samples.subject)
    return {
        "shared_subjects": shared,
        "shared_families": leaks.shared_members(folds, plan.samples.family),
        "shared_sites": leaks.shared_members(folds, plan.samples.site),
        "cross_validation": "within-subject" if shared else "between-subject",
    }


def _what(plan: Plan, folds: Any) -> dict[str, Any]:
    study, samples = plan.study, plan.samples
    standardized = leaks.samples_standardized(plan.features)
    trials = leaks.trials_behind(folds, samples.n_averaged)
    if study.test_average > 1:
        trials = study.test_average * (trials or 1)
    return {
        "normalization": study.objective.normalization,
        "samples_standardized": standardized,
        "amplitude_used": not standardized,
        "duplicates": leaks.duplicates(folds, samples.features),
        "trials_per_test_sample": trials,
        "grouped_by": _grouped_by(plan, trials),
        "forced_choice": False,
        "fitted_outside": fitted_outside(plan),
        "target_in_features": leaks.target_in_features(
            samples.features,
            plan.labels.astype(np.float64),
            samples.feature_names,
            plan.has_classes,
        ),
        "looks_ahead": leaks.looks_ahead(samples.features_until, samples.onset),
        "failures_reported": True
        if plan.study.modalities or len(set(samples.site.tolist())) > 1
        else None,
    }


def _grouped_by(plan: Plan, trials: int | None) -> str | None:
    """Tell how test samples were grouped: averages of a condition hold what is to be told."""
    if plan.study.test_average > 1:
        return "condition"
    if trials == 1:
        return "nothing"
    if plan.study.grouped_by is not None:
        return plan.study.grouped_by
    # Where all have one condition it says nothing of how trials were chosen.
    condition = plan.samples.condition
    named = bool((condition != "").all()) and len(np.unique(condition)) > 1
    return "condition" if trials is not None and named else None


def fitted_outside(plan: Plan) -> tuple[str, ...]:
    """Name what was fitted outside the training folds.

    Parameters
    ----------
    plan : Plan
        Samples and design.

    Returns
    -------
    tuple of str
        Empty: nothing. Features that come scaled over all samples are seen too.
    """
    study = plan.study
    outside = [step_words(step) for step in study.outside]
    if study.objective.normalization == "time":
        outside.append("standardizing over the trials of each run")
    if study.tune and study.tune_on == "test":
        outside.append("the penalty, chosen by its test score")
    over = _scaled_over(plan.given) or _scaled_over(plan.samples)
    if over:
        outside.append(f"scaling: features came standardized over {over}")
    return tuple(outside)


def _scaled_over(samples: Samples) -> str:
    """Say over what features came standardized; empty where they did not."""
    run = np.char.add(np.char.add(samples.subject, "\x1f"), samples.run)
    for words, names in (
        ("all samples", None),
        ("all samples of each subject", samples.subject),
        ("all samples of each run", run),
        ("all samples of each site", samples.site),
    ):
        if leaks.scaled_over_samples(samples.features, names):
            return words
    return ""


def _null(plan: Plan, found: Crossfit, content: Mapping[str, Any]) -> dict[str, Any]:
    study, score = plan.study, content["accuracy"]
    interval = None if score["ci95"] is None else tuple(score["ci95"])
    relabelled = len(found.null) > 0 and study.null == "relabelling"
    single = Test(
        value=score["value"],
        null_mean=score["null_mean"] if relabelled else score["chance"],
        p=score["p"] if relabelled else None,
        ci95=interval,
        metric="accuracy" if score["metric"] == "accuracy" else "predictive R²",
    )
    if plan.has_classes and score["value"] <= commonest_share(plan) and single.p is not None:
        # Above its null by relabelling, and yet always naming one class would do better.
        said = f"accuracy (always naming the commonest class: {commonest_share(plan):.3f})"
        single = replace(single, p=None, metric=said)
    result: Test | None = single
    if study.test_average > 1:
        result = _averaged(study.test_average, content)
    null = "nominal" if study.null == "nominal" else "relabelling" if len(found.null) else "none"
    return {
        "null": null,
        "exchanged": plan.exchange.words if relabelled else None,
        "exchangeable": plan.exchange.exchangeable if relabelled else None,
        "result": result,
    }


def commonest_share(plan: Plan) -> float:
    """Return the accuracy of always naming the commonest class.

    Parameters
    ----------
    plan : Plan
        With classes.

    Returns
    -------
    float
        Over all samples; over subjects where decoders are trained within them.
    """
    shares = [
        np.bincount(plan.labels[rows].astype(np.int64)).max() / len(rows) for _, rows in plan.parts
    ]
    return float(np.mean(shares))


def _averaged(m: int, content: Mapping[str, Any]) -> Test | None:
    """The headline of a study that averages its test samples; no null belongs to it."""
    curve = (content["labelling"] or {"curve": []})["curve"]
    for point in curve:
        if point["m"] == m:
            ci95 = None if point["ci95"] is None else tuple(point["ci95"])
            return Test(point["accuracy"], ci95=ci95, metric=f"accuracy of averages of {m}")
    return None


def _compared(
    content: Mapping[str, Any], comparators: tuple[Comparator, ...] | None
) -> dict[str, Any]:
    residual = content["comparators"]["residual_amplitude"]
    inferred = (content["specificity"] or {}).get("reverse_inference")
    test = None
    if residual is not None and residual["value"] is not None:
        test = Test(residual["value"], residual["null_mean"], residual["p"])
    return {
        "residual_amplitude": test,
        "comparators": comparators,
        "mass_univariate": content["comparators"]["univariate"] is not None,
        "bulk_amplitude": content["comparators"]["bulk_amplitude"] is not None,
        "base_rate": inferred and inferred["base_rate"],
        "pattern_given_pain": inferred and inferred["sensitivity"],
        "pattern_given_no_pain": inferred and 1 - inferred["specificity"],
    }


def _folds_agree(plan: Plan, folds: Any, others: Sequence[Crossfit]) -> bool | None:
    whole: bool | None = True
    if plan.groups is not None:
        units = plan.groups
        if plan.study.within_subject:
            units = np.char.add(np.char.add(plan.samples.subject, "\x1f"), units)
        whole = leaks.kept_whole(folds, units)
    same = leaks.same_folds(folds, *(other.folds() for other in others))
    parts = (whole, _claimed_kept(plan, folds), same)
    return False if False in parts else None if None in parts else True


def _claimed_kept(plan: Plan, folds: Any) -> bool | None:
    """Tell whether folds keep whole what the claim calls new; of people W3 asks that."""
    samples, whom = plan.samples, plan.study.objective.whom
    if whom == "new-stays":
        run = np.char.add(np.char.add(samples.subject, "\x1f"), samples.run)
        return leaks.kept_whole(folds, np.where(samples.run == "", "", run))
    if whom == "new-groups":
        named = [names for names in (samples.family, samples.site) if (names != "").any()]
        kept = [leaks.kept_whole(folds, names) for names in named]
        return False if False in kept else None if None in kept or not kept else True
    return True
