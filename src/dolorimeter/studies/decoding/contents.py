"""The blocks of results.json that say what was decoded, and how."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dolorimeter.audit import Prediction, Signature, leaks

from .crossfit import Crossfit
from .facts import fitted_outside
from .plan import Plan
from .scores import hits
from .steps import step_words

DRAWN = 12
DEPARTURES = {
    "normalization": "Normalization",
    "within": "Decoders trained within",
    "whom": "The claim is about",
}
POINTS = 1000


def data_block(plan: Plan) -> dict[str, Any]:
    """Describe the samples.

    Parameters
    ----------
    plan : Plan
        Samples.

    Returns
    -------
    dict
        The block ``"data"``.
    """
    samples, given = plan.samples, plan.given
    averaged = given.n_averaged[given.n_averaged > 0]
    return {
        "source": given.source,
        "samples": len(given),
        "trained_on": len(samples),
        "subjects": _distinct(given.subject),
        "runs": _distinct(given.run),
        "families": _distinct(given.family),
        "sites": _distinct(given.site),
        "features": given.features.shape[1],
        "conditions": _counts(given.condition),
        "modalities": _counts(given.modality),
        "target": _target(plan),
        "trials_behind": {
            "least": int(averaged.min()) if len(averaged) else None,
            "most": int(averaged.max()) if len(averaged) else None,
            "unknown": int((given.n_averaged == 0).sum()),
        },
        "has_space": given.grid is not None,
    }


def design_block(plan: Plan, found: Crossfit) -> dict[str, Any]:
    """Describe the design as it was run.

    Parameters
    ----------
    plan : Plan
        Design.
    found : Crossfit
        With its folds.

    Returns
    -------
    dict
        The block ``"design"``.
    """
    study, folds = plan.study, found.folds()
    first = found.parts[0][2].scheme
    return {
        "objective": study.kind,
        "scheme": study.scheme,
        "unit": first.unit,
        "within_subject": study.within_subject,
        "whom": study.objective.whom,
        "timing": study.objective.timing,
        "population": study.objective.population,
        "normalization": study.objective.normalization,
        "estimator": study.estimator if isinstance(study.estimator, str) else repr(study.estimator),
        # Tuned in training, each fold has its own.
        "regularization": None
        if study.tune and study.tune_on == "training"
        else found.regularization,
        "priors": study.priors,
        "permutations": study.permutations,
        "exchanged": plan.exchange.words,
        "folds": len(folds),
        "fold_fingerprint": _fingerprint(found),
        "fold_sizes": [len(test) for _, test in folds][:500],
        "shared": {
            name: leaks.shared_members(folds, getattr(plan.samples, name))
            for name in ("subject", "family", "site")
        },
        "test_average": study.test_average,
        "inside": [step_words(step) for step in study.inside],
        "outside": list(fitted_outside(plan)),
        "tuned": f"penalty of {len(study.tune)} chosen on {study.tune_on} scores"
        if study.tune
        else "",
        "departures": departures(plan),
        "random_state": plan.seed,
        "drawing": _drawing(plan, found),
    }


def departures(plan: Plan) -> list[str]:
    """Say where a study departs from the protocol of its objective.

    Parameters
    ----------
    plan : Plan
        Design.

    Returns
    -------
    list of str
        Sentences; empty where it keeps to it.
    """
    study, objective = plan.study, plan.study.objective
    default = (Signature if study.kind == "signature" else Prediction)()
    said = [
        f"{DEPARTURES[name]}: {_told(objective, name)} instead of {_told(default, name)}."
        for name in DEPARTURES
        if getattr(objective, name) != getattr(default, name)
    ]
    if study.test_average > 1:
        said.append(f"Test samples are averaged by condition in groups of {study.test_average}.")
    if study.null == "nominal":
        said.append("The result is judged against a nominal level of chance.")
    said += [f"Outside the folds: {what}." for what in fitted_outside(plan)]
    return said


def fold_blocks(found: Crossfit) -> list[dict[str, Any]]:
    """Return the score of each fold.

    Parameters
    ----------
    found : Crossfit
        Held-out predictions.

    Returns
    -------
    list of dict
        Empty where trials are left out one at a time: a fold is a sample then.
    """
    blocks = []
    for name, _, part in found.parts:
        if part.scheme.unit in ("trial", "pair"):
            return []
        prefix = f"{name}, " if len(found.parts) > 1 else ""
        for fold, test, score in zip(
            part.scheme.fold_names, part.scheme.tests, part.scores, strict=True
        ):
            blocks.append({"name": f"{prefix}{fold}", "n": len(test), "score": _finite(score)})
    return blocks


def subject_blocks(plan: Plan, found: Crossfit) -> list[dict[str, Any]]:
    """Return the score of each subject; empty where a subject has too few samples for one.

    Parameters
    ----------
    plan : Plan
        Samples.
    found : Crossfit
        Held-out predictions.

    Returns
    -------
    list of dict
        Accuracy, or the correlation of observed and predicted numbers.
    """
    subject = plan.samples.subject
    if len(found.parts) > 1:
        return [{"subject": n, "n": len(r), "score": p.score} for n, r, p in found.parts]
    if plan.has_classes:
        right = hits(plan, found)
        return [
            {"subject": str(n), "n": int((subject == n).sum()), "score": right[subject == n].mean()}
            for n in np.unique(subject)
        ]
    return [{"subject": n, "n": size, "score": r} for n, size, r in _correlations(plan, found)]


def regression_block(plan: Plan, found: Crossfit) -> dict[str, Any] | None:
    """Describe the prediction of a number [science 3.2].

    Parameters
    ----------
    plan : Plan
        Samples.
    found : Crossfit
        Held-out predictions.

    Returns
    -------
    dict or None
        None for classes.
    """
    if plan.has_classes:
        return None
    shown = np.linspace(0, len(plan.labels) - 1, min(POINTS, len(plan.labels))).astype(int)
    return {
        "r2": None,
        "within_subject_r": _within_subject(plan, found),
        "scatter": {
            "observed": plan.labels[shown].tolist(),
            "predicted": found.predictions[shown].tolist(),
        },
    }


def _within_subject(plan: Plan, found: Crossfit) -> dict[str, Any] | None:
    """Average Fisher's z of the correlations within subjects, one-sample t over subjects."""
    from scipy.stats import t as student

    r = np.array([r for _, _, r in _correlations(plan, found)])
    if len(r) < 3:
        return None
    z = np.arctanh(np.clip(r, -0.999999, 0.999999))
    error = z.std(ddof=1) / np.sqrt(len(z))
    half = student.ppf(0.975, len(z) - 1) * error
    ends = np.tanh([z.mean() - half, z.mean() + half])
    p = 2 * student.sf(abs(z.mean()) / error, len(z) - 1) if error > 0 else None
    return {
        "mean": float(np.tanh(z.mean())),
        "ci95": ends.tolist(),
        "p": None if p is None else float(p),
        "subjects": len(r),
    }


def _correlations(plan: Plan, found: Crossfit) -> list[tuple[str, int, float]]:
    """Correlate observed with predicted numbers within each subject of three samples or more."""
    rows = []
    for name in np.unique(plan.samples.subject):
        own = plan.samples.subject == name
        observed, predicted = plan.labels[own], found.predictions[own].astype(np.float64)
        if own.sum() >= 3 and observed.std() > 0 and predicted.std() > 0:
            r = float(np.corrcoef(observed, predicted)[0, 1])
            rows.append((str(name), int(own.sum()), r))
    return rows


def _target(plan: Plan) -> dict[str, Any]:
    labels = plan.labels
    if plan.has_classes:
        counts = np.bincount(labels.astype(np.int64), minlength=len(plan.class_names))
        return {
            "kind": "classes",
            "class_names": list(plan.class_names),
            "class_counts": counts.tolist(),
            "mean": None,
            "deviation": None,
        }
    return {
        "kind": "number",
        "class_names": [],
        "class_counts": [],
        "mean": float(labels.mean()),
        "deviation": float(labels.std()),
    }


def _drawing(plan: Plan, found: Crossfit) -> list[dict[str, Any]]:
    """Show the first folds: the units tested and the units trained on."""
    drawn: list[dict[str, Any]] = []
    for name, rows, part in found.parts:
        units = plan.samples.subject if plan.groups is None else plan.groups
        if part.scheme.unit in ("trial", "pair"):
            units = plan.samples.sample_ids
        for fold, (train, test) in zip(part.scheme.fold_names, part.folds, strict=True):
            if len(drawn) == DRAWN:
                return drawn
            prefix = f"{name}, " if len(found.parts) > 1 else ""
            drawn.append(
                {
                    "fold": f"{prefix}{fold}",
                    "test": np.unique(units[rows[test]]).tolist(),
                    "train": np.unique(units[rows[train]]).tolist(),
                    "n_test": len(test),
                    "n_train": len(train),
                }
            )
    return drawn


def _distinct(names: NDArray[np.str_]) -> int:
    return len(set(names.tolist()) - {""})


def _counts(names: NDArray[np.str_]) -> dict[str, int]:
    found, counts = np.unique(names[names != ""], return_counts=True)
    return {str(name): int(count) for name, count in zip(found, counts, strict=True)}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _told(objective: Signature | Prediction, name: str) -> str:
    value = str(getattr(objective, name))
    return value.replace("-", " ") or "all subjects together"


def _fingerprint(found: Crossfit) -> str:
    """Hash of the members of each test set, over all parts."""
    digest = hashlib.sha256()
    for name, _, part in found.parts:
        digest.update(f"{name}\x1f{part.scheme.fingerprint}\x1e".encode())
    return digest.hexdigest()[:16]
