"""Complete results of decoding studies that never took place: they drive the report's tests."""

from math import erf, sqrt
from typing import Any

import numpy as np

TRIPOD = "dolorimeter.studies.tripod"
RULES = {
    "N1": ("Spatial normalization of each sample", "Signal Normalization"),
    "N2": ("Bulk amplitude", "Objectives 1 and 2"),
    "N3": ("Standardizing over time is not normalization", "Signal Normalization"),
    "N4": ("Residual amplitude after normalization", "inferred here, not in the paper"),
    "N5": ("Compared with univariate and amplitude alone", "Box 1, Objective 1"),
    "W1": ("Within-subject cross-validation", "Within-Subject versus Between-Subject"),
    "W2": ("Between-subject cross-validation", "Within-Subject versus Between-Subject"),
    "W3": ("Nobody on both sides of a fold", "Within-Subject versus Between-Subject, Fig 2"),
    "K1": ("Labels in training", "Use of Prior Knowledge"),
    "K2": ("Test samples grouped by condition", "Use of Prior Knowledge"),
    "K3": ("One test sample per unknown target", "Use of Prior Knowledge"),
    "K5": ("Nothing fitted outside the folds", "inferred here, not in the paper"),
    "S1": ("Specificity against equally salient sensations", "Objective 1"),
    "V1": ("Null by relabelling", "inferred here, not in the paper"),
    "C1": ("Claim of a signature", "Objective 1, Concluding Remarks"),
    "C2": ("Claim “predicts pain”", "Concluding Remarks"),
    "C4": ("Claim of cause, necessity, sufficiency", "Box 1, Outstanding Questions"),
}


def fabricated_decoding(kind: str) -> dict[str, Any]:
    """Return results in format 1: ``"signature"``, ``"labelling"`` or ``"minimal"``."""
    return {"signature": _signature, "labelling": _labelling, "minimal": _minimal}[kind]()


def fabricated_map(kind: str = "mni", name: str = "weights") -> tuple[Any, ...]:
    """Return values, mask, affine and name of a map, on the ``"mni"`` or a ``"coarse"`` grid."""
    rng = np.random.default_rng(4)
    if kind == "coarse":
        mask = np.ones((6, 10, 10), bool)
        affine = np.diag([-25.0, 25.0, 25.0, 1.0])
        return rng.normal(size=mask.sum()), mask, affine, name
    shape, edge = (38, 46, 38), 5.0
    affine = np.diag([edge, edge, edge, 1.0])
    affine[:3, 3] = (-92.0, -128.0, -70.0)
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1) * edge + affine[:3, 3]
    center, radii = np.array([0.0, -20.0, 10.0]), np.array([58.0, 78.0, 52.0])
    mask = (((grid - center) / radii) ** 2).sum(-1) < 1
    spots = [((38, 8, 2), 1.0), ((-38, 8, 2), 0.9), ((0, 16, 36), 0.7), ((14, -70, 0), -0.8)]
    values = 0.05 * rng.normal(size=shape)
    for at, height in spots:
        values += height * np.exp(-((grid - at) ** 2).sum(-1) / (2 * 12.0**2))
    return values[mask], mask, affine, name


def _score(value: float, null_mean: float, deviation: float, **more: Any) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    counts, edges = np.histogram(rng.normal(null_mean, deviation, 1000), bins=28)
    return {
        "metric": "accuracy",
        "value": value,
        "chance": 0.5,
        "null_mean": null_mean,
        "null_deviation": deviation,
        "null_histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
        "p": 0.000999,
        "ci95": [value - 0.04, value + 0.04],
        "n": 1080,
    } | more


def _expected(m: int, dprime: float = 1.196) -> float:
    return 0.5 * (1 + erf(dprime * sqrt(m) / (2 * sqrt(2))))


def _finding(rule: str, status: str, reason: str, remedy: str = "") -> dict[str, Any]:
    title, section = RULES[rule]
    severity = "blocks" if rule[0] in "KC" else "advises"
    return {
        "rule": rule,
        "status": status,
        "reason": reason,
        "remedy": remedy,
        "title": title,
        "section": section,
        "severity": severity,
        "analysis": "",
    }


def _tripod(results: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill the checklist with the real thing; it is not imported by reporting itself."""
    from importlib import import_module

    return import_module(TRIPOD).fill_tripod(results)


def _signature() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    subjects = [f"sub-{i:02d}" for i in range(1, 13)]
    results: dict[str, Any] = {
        "format": 1,
        "study": "decoding",
        "version": "0.1.0",
        "created": "2026-11-23T15:04:05+00:00",
        "title": "A normalized pattern for contact heat",
        "summary": [
            "After spatial normalization the pattern tells heat pain from rest in single trials "
            "(accuracy 0.725, null mean 0.424, p < 0.001).",
            "It separates pain from touch, sound and light of matched salience.",
            "Bulk amplitude alone reaches 0.655; after matching it across classes 0.688 remains.",
        ],
        "data": {
            "source": "simulated heat, touch, sound and light; 12 subjects of 90 trials",
            "samples": 1080,
            "subjects": 12,
            "runs": 6,
            "features": 23817,
            "families": 0,
            "sites": 1,
            "conditions": {"heat 47 °C": 540, "baseline": 540},
            "modalities": {"pain": 540, "touch": 240, "sound": 240, "vision": 240},
            "target": {
                "kind": "classes",
                "name": "state",
                "class_names": ["baseline", "pain"],
                "class_counts": [540, 540],
                "mean": None,
                "deviation": None,
            },
            "trials_behind": {"least": 1, "most": 1, "unknown": 0},
            "has_space": True,
        },
        "design": {
            "objective": "signature",
            "scheme": "leave-one-trial-out",
            "unit": "trial",
            "within_subject": True,
            "whom": "same-subjects",
            "timing": "after-the-fact",
            "population": "healthy volunteers",
            "normalization": "sample",
            "estimator": "lda",
            "regularization": 1.0,
            "priors": None,
            "permutations": 1000,
            "exchanged": "trials within run and subject",
            "folds": 90,
            "fold_fingerprint": "6f1c2a90be5d4e37",
            "fold_sizes": [1] * 90,
            "shared": {"subject": 12, "family": 0, "site": 1},
            "test_average": 1,
            "outside": [],
            "departures": [],
            "random_state": 0,
            "drawing": [
                {
                    "fold": f"trial {i + 1}",
                    "test": [f"{i + 1}"],
                    "train": [f"{j + 1}" for j in range(90) if j != i],
                    "n_test": 1,
                    "n_train": 89,
                }
                for i in range(12)
            ],
        },
        "accuracy": _score(0.725, 0.424, 0.031),
        "folds": [
            {"name": str(i), "n": 1, "score": float(rng.uniform() < 0.72)} for i in range(90)
        ],
        "subjects": [
            {"subject": s, "n": 90, "score": round(float(rng.normal(0.725, 0.07)), 3)}
            for s in subjects
        ],
        "confusion": {
            "rows": ["baseline", "pain"],
            "columns": ["baseline", "pain"],
            "counts": [[398, 142], [155, 385]],
        },
        "regression": None,
        "labelling": {
            "grouped_by": "condition",
            "dprime": 1.196,
            "curve": [
                {
                    "m": m,
                    "accuracy": min(1.0, _expected(m) + (0.006 if m % 4 else -0.005))
                    if m > 1
                    else 0.725,
                    "expected": _expected(m),
                    "tests": 1080 // m,
                }
                for m in (1, 2, 4, 8, 16, 20)
            ],
            "forced_choice": {"accuracy": 0.91, "pairs": 540},
            "note": "The single-trial accuracy of 0.725 would read 0.884 with groups of four.",
        },
        "comparators": {
            "bulk_amplitude": _score(0.655, 0.49, 0.03),
            "other_normalization": _score(0.81, 0.43, 0.03),
            "residual_amplitude": _score(0.688, 0.42, 0.03),
            "univariate": {
                "largest_t": 7.31,
                "threshold_t": 4.66,
                "n_above": 812,
                "features": 23817,
            },
        },
        "specificity": {
            "trained_on": "pain against baseline",
            "modalities": [
                _modality("touch", 0.94, 0.81, 1.07, 0.02, 0.27),
                _modality("sound", 1.21, 1.02, 1.4, -0.11, 0.31),
                _modality("vision", 1.02, 0.85, 1.2, 0.19, 0.55),
            ],
            "confusion": {
                "rows": ["pain", "touch", "sound", "vision"],
                "columns": ["called baseline", "called pain"],
                "counts": [[155, 385], [171, 69], [190, 50], [180, 60]],
            },
            "reverse_inference": {
                "base_rate": 0.2,
                "sensitivity": 0.713,
                "specificity": 0.751,
                "probability": 0.417,
                "ci95": [0.35, 0.49],
                "curve": [
                    {
                        "prior": p,
                        "probability": 0.713 * p / (0.713 * p + 0.249 * (1 - p)),
                    }
                    for p in np.linspace(0, 1, 41).tolist()
                ],
            },
        },
        "maps": [
            {"name": "weights", "file": "maps/weights.nii.gz", "largest": 0.91},
            {"name": "pattern", "file": "maps/pattern.nii.gz", "largest": 1.4},
            {"name": "univariate", "file": "maps/univariate.nii.gz", "largest": 7.31},
        ],
        "top_features": [],
        "claim": {
            "objective": "signature",
            "scope": "Healthy volunteers, within the 12 people of this study, single trials, after "
            "the fact.",
            "granted": [
                {
                    "text": "The normalized pattern separates pain from the tested, "
                    "salience-matched modalities (touch, sound).",
                    "rules": ["C1", "N1", "N2", "N4", "S1", "V1", "K5", "W3"],
                }
            ],
            "refused": [
                {"text": "That the pattern predicts pain.", "rules": ["C2", "C3"]},
                {
                    "text": "That it is caused by, necessary or sufficient for pain.",
                    "rules": ["C4"],
                },
            ],
            "unproven": [
                {"text": "That the pattern is unique to pain.", "rules": ["C1"]},
                {"text": "That it separates pain from vision of equal salience.", "rules": ["S1"]},
            ],
            "findings": [
                _finding(
                    "N1", "passed", "every sample has mean 0 and deviation 1 over 23,817 voxels"
                ),
                _finding("N2", "passed", "bulk amplitude was removed by the normalization"),
                _finding("N4", "passed", "0.688 with amplitude matched, p < 0.001"),
                _finding("N5", "passed", "compared with the univariate map and bulk amplitude"),
                _finding("W1", "warned", "within-subject, limited use", "test new people too"),
                _finding("W3", "not-applicable", "the claim is about the people of this study"),
                _finding("K2", "passed", "no test sample was grouped by condition"),
                _finding("K5", "passed", "nothing was fitted outside the training folds"),
                _finding(
                    "S1",
                    "unknown",
                    "vision is not shown to be equally salient: 0.19 to 0.55 at a margin of 0.4",
                    "match the salience of vision, or take more ratings",
                ),
                _finding("V1", "passed", "1000 relabellings of trials within run and subject"),
                _finding("C1", "passed", "all that a signature needs has passed"),
                _finding("C4", "violated", "an observational study tests no cause", "intervene"),
            ],
        },
        "tripod": None,
    }
    results["tripod"] = _tripod(results)
    return results


def _modality(
    name: str, separation: float, low: float, high: float, salience_low: float, salience_high: float
) -> dict[str, Any]:
    return {
        "modality": name,
        "n": 240,
        "called_pain": 60,
        "rate": 0.25,
        "separation": separation,
        "separation_ci95": [low, high],
        "salience_difference": (salience_low + salience_high) / 2,
        "salience_ci95": [salience_low, salience_high],
        "margin": 0.4,
        "equivalent": salience_high < 0.4,
    }


def _labelling() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    families = [f"family {i:03d}" for i in range(243)]
    observed = rng.normal(120, 40, 500)
    predicted = 120 + 0.35 * (observed - 120) + rng.normal(0, 22, 500)
    r2 = {**_score(0.118, -0.004, 0.012), "metric": "r2", "chance": None, "n": 2352}
    histogram = np.histogram(rng.normal(-0.004, 0.012, 1000), bins=30)
    r2["null_histogram"] = {"edges": histogram[1].tolist(), "counts": histogram[0].tolist()}
    r2["ci95"] = [0.08, 0.15]
    results: dict[str, Any] = {
        "format": 1,
        "study": "decoding",
        "version": "0.1.0",
        "created": "2026-11-23T15:04:05+00:00",
        "title": "Rated intensity from 34 brain measures of 392 twins",
        "summary": [
            "R² 0.118 for ratings of condition means; each sample averages several trials of one "
            "condition, so this is labelling and not prediction."
        ],
        "data": {
            "source": "paingen/pain_evoked_brain_measures.csv.gz; 14 rows without a rating were "
            "dropped",
            "samples": 2352,
            "subjects": 392,
            "runs": 0,
            "features": 34,
            "families": 243,
            "sites": 0,
            "conditions": {"low": 784, "medium": 784, "high": 784},
            "modalities": {"heat": 1176, "pressure": 1176},
            "target": {
                "kind": "number",
                "name": "rated intensity",
                "class_names": [],
                "class_counts": [],
                "mean": 121.3,
                "deviation": 40.2,
            },
            "trials_behind": {"least": 2, "most": 2, "unknown": 2352},
            "has_space": False,
        },
        "design": {
            "objective": "prediction",
            "scheme": "leave-one-group-out",
            "unit": "family",
            "within_subject": False,
            "whom": "new-groups",
            "timing": "after-the-fact",
            "population": "adult twins",
            "normalization": "none",
            "estimator": "ridge",
            "regularization": 10.0,
            "priors": None,
            "permutations": 1000,
            "exchanged": "whole families of like size",
            "folds": 243,
            "fold_fingerprint": "aa1c2a90be5d4e37",
            "fold_sizes": [6 * int(n) for n in rng.integers(1, 3, 243)],
            "shared": {"subject": 0, "family": 0, "site": None},
            "test_average": 1,
            "outside": [],
            "departures": [
                "Samples are condition means, not single trials, as a prediction would need."
            ],
            "random_state": 0,
            "drawing": [
                {
                    "fold": name,
                    "test": [name],
                    "train": [other for other in families if other != name],
                    "n_test": 6 if i % 3 else 12,
                    "n_train": 2346 if i % 3 else 2340,
                }
                for i, name in enumerate(families[:12])
            ],
        },
        "accuracy": r2,
        "folds": [
            {"name": f, "n": 6, "score": float(s)}
            for f, s in zip(families, rng.normal(0.1, 0.4, 243), strict=True)
        ],
        "subjects": [
            {"subject": f"{i}", "n": 6, "score": float(s)}
            for i, s in enumerate(rng.normal(0.1, 0.3, 392))
        ],
        "confusion": None,
        "regression": {
            "r2": r2,
            "within_subject_r": {"mean": 0.41, "ci95": [0.36, 0.46], "p": 0.0002, "subjects": 392},
            "scatter": {"observed": observed.tolist(), "predicted": predicted.tolist()},
        },
        "labelling": None,
        "comparators": {
            "bulk_amplitude": {**r2, "value": 0.061, "ci95": [0.03, 0.09]},
            "other_normalization": {**r2, "value": 0.09, "ci95": [0.05, 0.12]},
            "residual_amplitude": None,
            "univariate": None,
        },
        "specificity": None,
        "maps": [],
        "top_features": [
            {
                "feature": f"canlab2018_mean_region_{i:02d}" if i else "nps",
                "weight": float(w),
                "pattern": float(p),
            }
            for i, (w, p) in enumerate(
                zip(np.sort(rng.normal(0, 4, 20))[::-1], rng.normal(0, 1, 20), strict=True)
            )
        ],
        "claim": {
            "objective": "prediction",
            "scope": "Adult twins of new families, after the fact.",
            "granted": [],
            "refused": [
                {
                    "text": "That the brain measures predict pain: test samples are averages of "
                    "trials of one condition, which is labelling.",
                    "rules": ["C2", "K2", "K3"],
                },
                {"text": "A signature of pain.", "rules": ["C1", "N1", "N2"]},
                {"text": "Use in a clinic, in court or at work.", "rules": ["C6"]},
            ],
            "unproven": [
                {"text": "That the mass-univariate map says less.", "rules": ["N5"]},
            ],
            "findings": [
                _finding("N1", "violated", "samples are not normalized", "normalize each sample"),
                _finding("N5", "unknown", "the univariate map was not made", "run it"),
                _finding("W2", "passed", "leave-one-family-out"),
                _finding("W3", "passed", "0 families stand on both sides of a fold"),
                _finding(
                    "K2",
                    "violated",
                    "test samples average an unknown number of trials of one condition",
                    "test single trials",
                ),
                _finding(
                    "K3", "violated", "at least 2 trials behind a test sample", "do not average"
                ),
                _finding("V1", "passed", "1000 relabellings of whole families"),
                _finding("C2", "violated", "K2 and K3 are violated"),
            ],
        },
        "tripod": None,
    }
    results["tripod"] = _tripod(results)
    return results


def _minimal() -> dict[str, Any]:
    """Everything but the frame is missing, or null, or as empty as the format lets it be."""
    return {
        "format": 1,
        "study": "decoding",
        "version": "0.1.0",
        "created": "2026-11-23T15:04:05+00:00",
        "title": "Nearly nothing",
        "summary": [],
        "data": {"source": "objects.npz", "samples": 1, "target": None, "trials_behind": None},
        "design": {"scheme": "leave-one-run-out", "folds": 1, "drawing": [], "shared": None},
        "accuracy": {
            "metric": "accuracy",
            "value": 0.5,
            "chance": 0.5,
            "null_mean": None,
            "p": None,
        },
        "folds": None,
        "subjects": [{"subject": "only", "n": 1, "score": None}],
        "confusion": None,
        "regression": None,
        "labelling": {"grouped_by": None, "dprime": None, "curve": [], "forced_choice": None},
        "comparators": None,
        "specificity": {"modalities": [], "confusion": None, "reverse_inference": None},
        "maps": None,
        "top_features": None,
        "claim": {
            "objective": "",
            "scope": "",
            "granted": [],
            "refused": [],
            "unproven": [{"text": "Anything.", "rules": []}],
            "findings": [],
        },
        "tripod": None,
    }
