"""Complete results of a study that never took place: they drive the tests of the report."""

from collections.abc import Iterator
from typing import Any

import numpy as np

VITALS = ("pulse", "respiratory_rate", "spo2", "systolic", "diastolic", "temperature")
TYPICAL = {
    "pulse": (86, 12),
    "respiratory_rate": (19, 4),
    "spo2": (97, 2),
    "systolic": (121, 17),
    "diastolic": (64, 11),
    "temperature": (37.0, 0.5),
}
TASKS = {
    "direct": (("low", "medium", "high"), (696, 259, 89), 4276),
    "median-referenced": (("below", "at", "above"), (222, 532, 290), 4276),
    "difference": (("decrease", "no change", "increase"), (80, 104, 63), 5073),
}
FIVE = ("large decrease", "slight decrease", "no change", "slight increase", "large increase")
LABELS = {
    "hmm": "Hidden Markov model",
    "hmm-labelled": "Hidden Markov model, emissions from labelled windows",
    "chain": "Chain, vitals ignored",
    "nb": "Gaussian naive Bayes",
    "boosting": "Gradient boosting",
    "boosting-reports": "Gradient boosting, reports only",
    "random": "Random null",
    "mode": "Mode null",
}
METRICS = ("vus", "accuracy", "precision", "recall", "f1", "f1_of_means")
WEIGHTED = ("weighted_precision", "weighted_recall", "weighted_f1")


def fabricated_results(
    *,
    tasks: tuple[str, ...] = tuple(TASKS),
    reports: bool = True,
    learning_curve: bool = True,
    permutations: int = 0,
    five_classes: bool = False,
    n_windows: int = 96,
    seed: int = 0,
) -> dict[str, Any]:
    """Return results in format 1, with or without the parts that a run may leave out."""
    rng = np.random.default_rng(seed)
    shapes = {name: TASKS[name] for name in tasks}
    if five_classes:
        shapes["difference"] = (FIVE, (31, 49, 104, 40, 23), 5073)
    return {
        "format": 1,
        "study": "vitals",
        "version": "0.1.0",
        "created": "2026-11-23T15:04:05+00:00",
        "title": "Pain states from vital signs: MIMIC-IV demo",
        "summary": _summary(reports),
        "data": _data(rng),
        "design": _design(reports, permutations),
        "examples": _examples(rng, shapes, reports, n_windows),
        "tasks": {
            name: _task(rng, name, shape, reports, learning_curve, permutations)
            for name, shape in shapes.items()
        },
        "inflation": [*_inflation(tuple(shapes))],
        "claim": _claim(permutations),
    }


def _inflation(tasks: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Folds and smoothing for each task; the first has a note in place of its folds' figures."""
    pairs = (("W3", "folds of stays", "folds of patients"), ("K6", "smoothing", "filtering"))
    for task in tasks:
        for rule, a, b in pairs:
            empty = (task, rule) == (tasks[0], "W3")
            yield {
                "rule": rule,
                "question": "How much does it lift the VUS?",
                "task": task,
                "model": None if empty else "hmm",
                "a": a,
                "b": b,
                "metric": "vus",
                "windows": 0 if empty else 1044,
                "value_a": None if empty else 0.187,
                "value_b": None if empty else 0.171,
                "difference": None if empty else 0.016,
                "se": None if empty else 0.02,
                "ci95": [None, None] if empty else [-0.024, 0.056],
                "p": None if empty else 0.21,
                "p_holm": None if empty else 1.0,
                "note": "folds of stays share no patient here" if empty else "",
            }


def _summary(reports: bool) -> list[str]:
    sentences = [
        "From vital signs alone no model tells the classes of pain of new patients better than "
        "chance: in all three tasks the 95 % interval of every model’s VUS holds 0.167.",
        "The mode null has the best accuracy in the direct task, by naming “low” every time.",
        "The semi-supervised fit drifts from the labels: four of five windows are unlabelled, and "
        "the hidden Markov model falls behind the same model with emissions from labelled windows "
        "(direct task: 0.171 against 0.203).",
    ]
    if reports:
        sentences.append(
            "Knowing the patient’s own earlier reports helps much (direct task: VUS 0.512 with "
            "gradient boosting). What the vital signs add to those reports is small: 0.017, with "
            "an interval that holds zero."
        )
    return sentences


def _data(rng: np.random.Generator) -> dict[str, Any]:
    names = ["pain_score", *VITALS]
    noise = rng.normal(size=(len(names), 400)) + 0.35 * rng.normal(size=400)
    values = np.round(np.corrcoef(noise), 4).tolist()
    values[6][2] = values[2][6] = None
    present = dict(zip(names, (19.6, 93.1, 92.8, 92.4, 88.7, 88.6, 41.3), strict=True))
    return {
        "source": "meds",
        "path": "../shared/data/mimic-iv-demo-meds",
        "patients": 61,
        "stays": 74,
        "windows": 5320,
        "windows_with_pain": 1044,
        "percent_present": present,
        "correlation": {"names": names, "values": values},
        "scatter": {name: _scatter(rng, name) for name in VITALS},
        "ledger": [
            _entry("pain_score", "unable to score", "set missing", 643),
            _entry("pain_score", "outside every stay", "dropped", 57),
            _entry("temperature", "Fahrenheit to Celsius", "converted", 1914),
            _entry("temperature", "Celsius above 50, taken for Fahrenheit", "converted", 3),
            _entry("respiratory_rate", "outside the possible range 1–120", "set missing", 47),
            _entry("pulse", "outside the possible range 1–350", "set missing", 3),
            _entry("(any)", "stay shorter than 48 h", "dropped", 21873),
        ],
        "outliers": dict(zip(VITALS, (0, 0, 4, 1, 2, 0), strict=True)),
        "outliers_note": "Counted with the thresholds of the training folds.",
    }


def _entry(variable: str, reason: str, action: str, count: int) -> dict[str, Any]:
    return {"variable": variable, "reason": reason, "action": action, "count": count}


def _scatter(rng: np.random.Generator, name: str) -> dict[str, Any]:
    center, spread = TYPICAL[name]
    x = np.round(rng.choice([0, 0, 0, 2, 3, 4, 5, 6, 7, 8, 9.5], size=500), 2)
    y = np.round(center + spread * rng.normal(size=500) + 0.02 * spread * x, 2)
    slope, intercept = np.polyfit(x, y, 1)
    p = float(rng.uniform() ** 3)
    points = {"x": x.tolist(), "y": y.tolist()}
    return {"slope": float(slope), "intercept": float(intercept), "p": p, "n": 1017, **points}


def _design(reports: bool, permutations: int) -> dict[str, Any]:
    return {
        "window": "2h",
        "min_stay": "48h",
        "folds": 10,
        "group": "patient",
        "history": ["none", "reports"] if reports else ["none"],
        "random_state": 0,
        "fold_fingerprint": "6f1c2a90be5d4e37",
        "fold_sizes": [8, 7, 8, 7, 7, 8, 7, 7, 8, 7],
        "null_bootstraps": 10000,
        "permutations": permutations,
        "rule": "product",
        "bootstraps": 10000,
        "shared_patients": 0,
        "duplicate_stays": 0,
        "folds_kept_whole": True,
        "inference": {"none": "smoothed posterior", "reports": "filtered posterior"},
        "models": ["hmm", "hmm-labelled", "chain", "nb", "boosting"],
        "vitals": list(VITALS),
        "target_options": {"direct": {"cuts": [4.0, 7.0]}},
        "model_options": {},
    }


def _examples(
    rng: np.random.Generator, shapes: dict[str, Any], reports: bool, n: int
) -> list[dict[str, Any]]:
    found = [_example(rng, name, shape[0], "none", n) for name, shape in shapes.items()]
    if reports:
        name, shape = next(iter(shapes.items()))
        found.append(_example(rng, name, shape[0], "reports", n))
    return found


def _example(
    rng: np.random.Generator, task: str, classes: tuple[str, ...], history: str, n: int
) -> dict[str, Any]:
    pain = np.clip(np.round(4 + np.cumsum(rng.normal(scale=0.9, size=n)) * 0.6), 0, 10)
    scores = np.cumsum(rng.normal(scale=0.35, size=(n, len(classes))), axis=0)
    posterior = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    vitals = {}
    for name, (center, spread) in TYPICAL.items():
        values = center + 0.4 * spread * np.cumsum(rng.normal(scale=0.4, size=n))
        vitals[name] = _with_gaps(rng, values, 0.6 if name == "temperature" else 0.1)
    return {
        "stay": "30004530",
        "patient": "10002428",
        "task": task,
        "model": "hmm",
        "history": history,
        "class_names": list(classes),
        "hours": [2.0 * i for i in range(n)],
        "pain": _with_gaps(rng, pain, 0.75),
        "vitals": vitals,
        "posterior": np.round(posterior, 4).tolist(),
    }


def _with_gaps(rng: np.random.Generator, values: Any, share: float) -> list[float | None]:
    gone = rng.uniform(size=len(values)) < share
    return [None if g else round(float(v), 2) for v, g in zip(values, gone, strict=True)]


def _task(
    rng: np.random.Generator,
    name: str,
    shape: tuple[tuple[str, ...], tuple[int, ...], int],
    reports: bool,
    learning_curve: bool,
    permutations: int,
) -> dict[str, Any]:
    classes, counts, unknown = shape
    alone = ("hmm", "hmm-labelled", "chain", "nb", "boosting", "random", "mode")
    models = {m: _model(rng, m, shape, 0.0, permutations) for m in alone}
    task = _block(name, classes, counts, unknown, models)
    task["comparisons"] = [
        _comparison(
            rng, "hmm", "chance", "Do the vital signs tell the classes better than chance?"
        ),
        _comparison(rng, "hmm", "nb", "Does the order of the windows help?"),
        _comparison(rng, "hmm", "hmm-labelled", "Do unlabelled windows help, or mislead, the fit?"),
    ]
    if reports:
        informed = {
            m: _model(rng, m, shape, 0.0 if m in ("random", "mode") else 0.26, permutations)
            for m in (*alone[:3], "boosting", "boosting-reports", "random", "mode")
        }
        task["reports"] = _block(name, classes, counts, unknown, informed)
        task["reports"]["comparisons"] = [
            _comparison(
                rng, "hmm", "chain", "Do the vitals add anything to the patient’s own reports?"
            ),
            _comparison(rng, "boosting", "boosting-reports", "The same, asked of boosting?"),
        ]
    if learning_curve:
        task["learning_curve"] = {m: _curve(rng, len(classes)) for m in ("hmm", "nb", "boosting")}
    return task


def _block(
    name: str, classes: Any, counts: Any, unknown: int, models: dict[str, Any]
) -> dict[str, Any]:
    return {
        "class_names": list(classes),
        "class_counts": list(counts),
        "unknown": unknown,
        "chance": 1 / (1, 1, 2, 6, 24, 120)[len(classes)],
        "looks_ahead": name == "median-referenced",
        "ahead": ["the whole stay"] if name == "median-referenced" else [],
        "target_in_features": [],
        "description": {
            "direct": "The pain score of a window itself: low below 4, medium from 4 to below 7, "
            "high from 7.",
            "median-referenced": "Pain against the median of the same stay. The reference uses the "
            "whole stay, its future included.",
            "difference": "The change of pain from one window to the next.",
        }[name],
        "models": models,
    }


def _model(
    rng: np.random.Generator, name: str, shape: Any, gain: float, permutations: int
) -> dict[str, Any]:
    classes, counts, _ = shape
    k = len(classes)
    metrics = {m: _metric(rng, m, name, gain, k, permutations) for m in (*METRICS, *WEIGHTED)}
    confusion = [_split(rng, n, k, i, name) for i, n in enumerate(counts)]
    model = {
        "label": LABELS[name],
        "metrics": metrics,
        "confusion": confusion,
        "undefined_folds": 2,
        "calibration": _calibration(rng, classes) if name not in ("random", "mode") else None,
        "parameters": _parameters(rng, name, k),
        "notes": [],
    }
    if name == "hmm":
        model["notes"] = ["Four of five windows are unlabelled; the fit drifts from the labels."]
    return model


def _metric(
    rng: np.random.Generator, metric: str, name: str, gain: float, k: int, permutations: int
) -> dict[str, Any]:
    null = name in ("random", "mode")
    base = 1 / (1, 1, 2, 6, 24, 120)[k] if metric == "vus" else 0.38 + 0.1 * rng.uniform()
    mean = base if null else base + gain + 0.04 * rng.uniform()
    folds = [round(float(mean + 0.05 * rng.normal()), 4) for _ in range(10)]
    if metric == "vus":
        folds[3] = folds[7] = None
    se = 0.001 if null and metric == "vus" else 0.021
    p = {"random": None, "mode": None}
    if not null:
        p = {"random": 0.0001 + gain / 900, "mode": None if metric == "vus" else 0.0421}
    return {
        "mean": mean,
        "folds": folds,
        "se": se,
        "ci95": [mean - 1.96 * se, mean + 1.96 * se],
        "p_paper": p,
        "p_paper_holm": {key: None if v is None else min(1.0, v * 60) for key, v in p.items()},
        "p": 0.135 if permutations and not null else None,
        "p_holm": 0.54 if permutations and not null else None,
        "null_mean": base if permutations and not null else None,
    }


def _split(rng: np.random.Generator, n: int, k: int, i: int, name: str) -> list[float]:
    if name == "random":
        return [round(n / k, 2)] * k
    if name == "mode":
        return [n, *[0] * (k - 1)]
    return rng.multinomial(n, rng.dirichlet(np.ones(k) + 2 * (np.arange(k) == i))).tolist()


def _calibration(rng: np.random.Generator, classes: Any) -> dict[str, Any]:
    centers = np.linspace(0.05, 0.95, 10)
    bins = {}
    for name in classes:
        observed = np.clip(0.15 + 0.7 * centers + 0.08 * rng.normal(size=10), 0, 1)
        counts = (200 * np.exp(-3 * centers)).astype(int) * (rng.uniform(size=10) > 0.1)
        bins[name] = [
            {
                "predicted": float(c) if n else None,
                "observed": float(o) if n else None,
                "count": int(n),
            }
            for c, o, n in zip(centers, observed, counts, strict=True)
        ]
    return {"brier": 0.4 + 0.1 * float(rng.uniform()), "bins": bins}


def _parameters(rng: np.random.Generator, name: str, k: int) -> dict[str, Any]:
    if name in ("boosting", "boosting-reports", "random", "mode"):
        return {}
    sticky = 0.15 * rng.dirichlet(np.ones(k), size=k) + 0.85 * np.eye(k)
    parameters: dict[str, Any] = {
        "converged_folds": 9,
        "iterations": [100, 42, 48, 75, 65, 45, 27, 24, 73, 33],
        "floors_bound": [],
        "refit": {
            "n_windows": 5320,
            "n_stays": 74,
            "converged": True,
            "n_iter": 39,
            "log_likelihood": -41230.4,
            "aic": 82548.8,
            "bic": 82830.1,
            "floors_bound": ["variance[medium, spo2]"] if name == "hmm" else [],
            "message": "Converged after 39 iterations.",
        },
    }
    if name == "nb":
        parameters["class_prior"] = [1 / k] * k
    else:
        parameters["startprob"] = rng.dirichlet(np.ones(k)).tolist()
        parameters["transmat"] = sticky.tolist()
    if name != "chain":
        parameters["means"] = {v: rng.normal(scale=0.4, size=k).tolist() for v in VITALS}
        parameters["deviations"] = {v: rng.uniform(0.8, 1.2, size=k).tolist() for v in VITALS}
    return parameters


def _comparison(rng: np.random.Generator, a: str, b: str, question: str) -> dict[str, Any]:
    difference = float(0.02 * rng.normal())
    return {
        "a": a,
        "b": b,
        "metric": "vus",
        "question": question,
        "difference": difference,
        "se": 0.018,
        "ci95": [difference - 0.035, difference + 0.035],
        "p": 0.31,
        "p_holm": 1.0,
    }


def _curve(rng: np.random.Generator, k: int) -> dict[str, Any]:
    shares = [0.1, 0.153, 0.235, 0.361, 0.554, 0.85]
    base = 1 / (1, 1, 2, 6, 24, 120)[k]
    vus = [base + 0.02 * np.log(10 * s) + 0.004 * float(rng.normal()) for s in shares]
    return {
        "shares": shares,
        "n_stays": [round(63 * s) for s in shares],
        "vus": vus,
        "ci95": [[v - 0.03, v + 0.03] for v in vus],
        "slope": 0.0201,
        "slope_ci95": [-0.004, 0.0443],
        "splits": 20,
        "held_out": 0.15,
        "skipped": [2, 0, 0, 0, 0, 0],
        "unit": "patient",
        "note": "",
    }


def _claim(permutations: int) -> dict[str, Any]:
    return {
        "objective": "prediction",
        "scope": "New patients of the same hospital, after the fact: the posterior looks at the "
        "whole stay.",
        "granted": [
            {
                "text": "On new patients of this hospital, the models were compared with each "
                "other and with null models on identical folds.",
                "rules": ["K5", "W3"],
            }
        ],
        "refused": [
            {"text": "That the vital signs cause pain or are caused by it.", "rules": ["C4"]},
            {"text": "That the models can be used at the bedside as they stand.", "rules": ["C6"]},
            {
                "text": "That the median-referenced task could be run live: its reference knows "
                "the whole stay.",
                "rules": ["K6"],
            },
        ],
        "unproven": []
        if permutations
        else [
            {
                "text": "That any model predicts pain from vital signs: the relabelling test was "
                "not run.",
                "rules": ["V1", "C2"],
            }
        ],
        "findings": [
            _finding(
                "K5", "passed", "Outlier rule and normal scores were fitted inside the folds."
            ),
            _finding("W3", "passed", "Patients were kept whole in the folds."),
            _finding(
                "K6",
                "warned",
                "The posterior is smoothed, and the median reference uses the whole stay.",
                "reference='causal' and the filter look back only.",
            ),
            _finding(
                "V1",
                "passed" if permutations else "unknown",
                "199 relabellings."
                if permutations
                else "The null by relabelling was not computed.",
                "--permutations 199",
            ),
            _finding("C6", "not-applicable", "Nothing was tested in use."),
        ],
    }


def _finding(rule: str, status: str, reason: str, remedy: str = "") -> dict[str, Any]:
    more = {"title": "A rule", "section": "Box 1", "severity": "blocks"}
    analysis = "a model of the direct task" if rule == "K6" else ""
    return (
        {"rule": rule, "status": status, "reason": reason, "remedy": remedy}
        | more
        | {"analysis": analysis}
    )
