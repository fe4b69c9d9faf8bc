"""Leaks planted in decoding studies, each to be flagged; and clean designs, none to be.

Every design is run whole, on a small simulated sample; the audit sees only what the run measured
and what a user would have declared in good faith. ``tests/unit/studies/test_decoding_leaks.py``
holds each row to what is expected of it here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dolorimeter.audit import Prediction, Signature
from dolorimeter.core import Samples
from dolorimeter.samples import simulate_samples
from dolorimeter.studies.decoding import DecodingResult, DecodingStudy

Design = tuple[DecodingStudy, Samples]
PERMUTATIONS = 99
SMALL: dict[str, Any] = {
    "n_subjects": 8, "n_runs": 3, "n_trials": 4, "n_features": 60, "pattern": 1.0,
    "random_state": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leak:
    """A planted leak: its design, the rules that must flag it, and an inflation row if any."""

    make: Callable[[], Design]
    rules: tuple[str, ...]
    inflation: str = ""


def trials(**changed: Any) -> Samples:
    """Simulate trials of pain against baseline."""
    return simulate_samples(**SMALL | changed)


def salient(**changed: Any) -> Samples:
    """Simulate trials of baseline, pain and an equally salient touch."""
    given = {"n_subjects": 10, "n_runs": 4, "n_trials": 5, "modalities": ("pain", "touch")}
    return trials(**given | changed)


def prediction(population: str = "volunteers", **options: Any) -> DecodingStudy:
    """Declare a prediction; what is no option of the objective is one of the study."""
    names = ("normalization", "scheme", "within", "whom", "timing", "claims")
    own = {k: options.pop(k) for k in names if k in options}
    given = {"pain": True, "unrelated": True, "permutations": PERMUTATIONS} | options
    return DecodingStudy(Prediction(population=population, **own), **given)


def signature(**options: Any) -> DecodingStudy:
    """Declare a signature against touch."""
    names = ("normalization", "scheme", "within", "whom", "claims")
    own = {"scheme": "leave-one-run-out", "salience_margin": 1.0}
    own |= {k: options.pop(k) for k in names if k in options}
    given = {"pain": True, "modalities": ("touch",), "permutations": PERMUTATIONS} | options
    return DecodingStudy(Signature(population="volunteers", **own), **given)


def standardized(samples: Samples, *by: str) -> Samples:
    """Standardize each feature over samples that share names, as some do before they save."""
    names = np.full(len(samples), "")
    for name in by:
        names = np.char.add(np.char.add(names, "\x1f"), getattr(samples, name))
    features = samples.features.copy()
    for name in np.unique(names):
        own = features[names == name]
        features[names == name] = (own - own.mean(axis=0)) / own.std(axis=0)
    return replace(samples, features=features)


def doubled(samples: Samples) -> Samples:
    """Enter every person twice, under two names."""
    rows, again = np.tile(np.arange(len(samples)), 2), np.repeat(["", " again"], len(samples))
    return Samples.of(
        samples.features[rows],
        samples.target[rows],
        np.char.add(samples.subject[rows], again),
        run=samples.run[rows],
        condition=samples.condition[rows],
        n_averaged=samples.n_averaged[rows],
        class_names=samples.class_names,
    )


def renamed(samples: Samples) -> Samples:
    """Give each person another name in later runs; the family is still known."""
    later = np.where(samples.run.astype(int) > 2, "-b", "-a")
    return replace(samples, subject=np.char.add(samples.subject, later), family=samples.subject)


def twins(n_families: int = 40, n_features: int = 30, seed: int = 0) -> Samples:
    """Scan pairs of twins who share a brain and a sensitivity that have nothing to do."""
    rng = np.random.default_rng(seed)
    brain, trait = rng.standard_normal((n_families, n_features)), rng.standard_normal(n_families)
    family = np.repeat(np.arange(n_families), 2)
    features = brain[family] + 0.2 * rng.standard_normal((2 * n_families, n_features))
    return Samples.of(
        features, trait[family] + 0.1 * rng.standard_normal(2 * n_families),
        np.arange(2 * n_families), family=family, n_averaged=np.ones(2 * n_families),
    )  # fmt: skip


def traits(n: int = 60, n_features: int = 20, seed: int = 0) -> Samples:
    """Scan people of two sites once each; a pattern tells their sensitivity."""
    rng = np.random.default_rng(seed)
    trait = rng.standard_normal(n)
    features = np.outer(trait, rng.standard_normal(n_features)) * 0.5
    features += rng.standard_normal((n, n_features))
    site = np.where(np.arange(n) < n // 2, "Bochum", "Essen")
    return Samples.of(features, trait, np.arange(n), site=site, n_averaged=np.ones(n))


def timed(samples: Samples, late: float) -> Samples:
    """Let features use times up to so many seconds after the target was given."""
    onset = 10.0 * np.arange(len(samples))
    return replace(samples, onset=onset, features_until=onset + late)


def with_feature(samples: Samples, column: np.ndarray) -> Samples:
    """Add a feature."""
    names = (*samples.feature_names, "added")
    return replace(
        samples, features=np.column_stack([samples.features, column]), feature_names=names
    )


def levels() -> Samples:
    """Simulate three levels of pain."""
    samples = trials(kind="rating", pattern=2.0, n_trials=12)
    codes = np.digitize(samples.target, [33.3, 66.7]).astype(float)
    names = ("low", "middle", "high")
    return replace(
        samples, target=codes, class_names=names, condition=np.array(names)[codes.astype(int)]
    )


def blocked(samples: Samples) -> Samples:
    """Let every run hold one class only."""
    run = np.char.add(samples.run, samples.condition)
    return replace(samples, run=run)


NOISE: dict[str, Any] = {"pattern": 0.0, "n_features": 400, "n_subjects": 6}
LOGO = "leave-one-group-out"

LEAKS: dict[str, Leak] = {
    "subjects shared: runs left out of all subjects together": Leak(
        lambda: (prediction(scheme="leave-one-run-out"), trials()), ("W3",)
    ),
    "subjects shared: trials left out of all subjects together": Leak(
        lambda: (prediction(scheme="leave-one-trial-out"), trials()), ("W3",)
    ),
    "subjects shared: trained and tested within, claimed of others": Leak(
        lambda: (prediction(scheme="leave-one-run-out", within="subject"), trials()), ("W3",)
    ),
    "scaling outside the folds, declared": Leak(
        lambda: (prediction(outside=({"scale": True},)), trials()), ("K5",), "K5"
    ),
    "scaling outside the folds, done before": Leak(
        lambda: (prediction(), standardized(trials())), ("K5",)
    ),
    "scaling together with samples of other modalities": Leak(
        lambda: (prediction(modalities=("touch",)), standardized(salient())), ("K5",)
    ),
    "scaling over each run, done before": Leak(
        lambda: (signature(), standardized(salient(), "subject", "run")), ("K5",)
    ),
    "components of all samples": Leak(
        lambda: (prediction(outside=({"components": 10},)), trials()), ("K5",), "K5"
    ),
    "selection on all samples, of noise": Leak(
        lambda: (prediction(outside=({"select": 10},)), trials(**NOISE)), ("K5",), "K5"
    ),
    "test trials averaged by condition": Leak(
        lambda: (prediction(test_average=4), trials()), ("K2", "K3")
    ),
    "samples that are averages of a condition": Leak(
        lambda: (prediction(), trials(averaged=4)), ("K2", "K3")
    ),
    "ratings from averages of a condition": Leak(
        lambda: (
            prediction(estimator="ridge"),
            replace(levels(), target=levels().target + 0.1, class_names=(),
                    n_averaged=np.full(len(levels()), 4)),
        ),
        ("K2", "K3"),
    ),
    "samples entered twice under two names": Leak(
        lambda: (prediction(), doubled(trials())), ("K5",)
    ),
    "twins split across folds": Leak(
        lambda: (prediction(estimator="ridge", unrelated=False), twins()), ("W3",), "W3"
    ),
    "one person under two names, the family known": Leak(
        lambda: (prediction(unrelated=False), renamed(trials(n_runs=4))), ("W3",)
    ),
    "later times in a live prediction": Leak(
        lambda: (prediction(timing="live"), timed(trials(), 5.0)), ("K6",)
    ),
    "the class among the features": Leak(
        lambda: (prediction(), with_feature(trials(), 3.0 - 2.0 * trials().target)), ("K5",)
    ),
    "the rating among the features": Leak(
        lambda: (
            prediction(estimator="ridge"),
            with_feature(trials(kind="rating"), trials(kind="rating").target / 100),
        ),
        ("K5",),
    ),
    "the penalty with the best test score": Leak(
        lambda: (prediction(tune=(0.1, 10.0, 1000.0), tune_on="test"), trials()), ("K5",)
    ),
    "new groups claimed, sites shared": Leak(
        lambda: (prediction(whom="new-groups", estimator="ridge"), traits()), ("K5",)
    ),
    "new stays claimed, trials left out": Leak(
        lambda: (
            prediction(whom="new-stays", scheme="leave-one-trial-out", within="subject"), trials()
        ),
        ("K5",),
    ),
    "a nominal level of chance": Leak(lambda: (prediction(null="nominal"), trials()), ("V1",)),
    "labels exchanged that runs hold together": Leak(
        lambda: (
            signature(scheme="leave-one-trial-out"),
            blocked(salient(n_trials=3)),
        ),
        ("V1",),
    ),
    "standardizing over time taken for normalization": Leak(
        lambda: (signature(normalization="time"), salient()), ("N1", "N3", "K5")
    ),
    "amplitude in a signature": Leak(
        lambda: (signature(normalization="none"), salient()), ("N1", "N2")
    ),
    "a decoder of salience, pain the first of its classes": Leak(
        lambda: (signature(), pain_first(salient(shared=1.0))), ("S1",)
    ),
}  # fmt: skip


def pain_first(samples: Samples) -> Samples:
    """Code pain 0 and the baseline 1; let the baseline be rated too."""
    codes = np.array([1.0, 0.0, 2.0])[samples.target.astype(int)]
    rng = np.random.default_rng(0)
    rated = np.where(
        np.isnan(samples.salience), 5 + rng.standard_normal(len(samples)), samples.salience
    )
    names = ("pain", "baseline", "touch")
    return replace(samples, target=codes, class_names=names, salience=rated)


CLEAN: dict[str, tuple[Callable[[], Design], bool]] = {
    "signature, runs left out": (lambda: (signature(), salient()), True),
    "signature, trials left out": (
        lambda: (signature(scheme="leave-one-trial-out"), salient()), True
    ),
    "signature, pairs left out": (
        lambda: (signature(scheme="leave-one-pair-out"), salient()), True
    ),
    "signature, people left out": (
        lambda: (
            signature(scheme="leave-one-subject-out", within="", whom="new-subjects",
                      unrelated=True),
            salient(),
        ),
        True,
    ),
    "prediction, people left out": (lambda: (prediction(), trials()), True),
    "prediction, families left out": (
        lambda: (prediction(scheme=LOGO, group="family", unrelated=False), trials(families=5)), True
    ),
    "prediction of a rating": (
        lambda: (prediction(estimator="ridge", regularization=100.0),
                 trials(kind="rating", pattern=2.0)),
        True,
    ),
    "prediction of a trait, sites left out": (
        lambda: (prediction(estimator="ridge", scheme=LOGO, group="site", whom="new-groups",
                            regularization=10.0), traits()),
        True,
    ),
    "prediction of a trait, families left out": (
        lambda: (
            prediction(estimator="ridge", scheme=LOGO, group="family", unrelated=False), twins()
        ),
        False,
    ),
    "scaling and selection inside the folds": (
        lambda: (
            prediction(inside=({"scale": True}, {"select": 30}), permutations=24),
            trials(n_subjects=6),
        ),
        True,
    ),
    "scaling and components inside the folds": (
        lambda: (prediction(inside=({"scale": True}, {"components": 30})), trials()), True
    ),
    "selection of noise inside the folds": (
        lambda: (prediction(inside=({"select": 10},), permutations=9), trials(**NOISE)), False
    ),
    "the penalty chosen in training": (
        lambda: (prediction(tune=(0.1, 10.0, 1000.0), permutations=24), trials()), True
    ),
    "within subjects, claimed of them": (
        lambda: (
            prediction(within="subject", scheme="leave-one-run-out", whom="same-subjects"),
            trials(),
        ),
        True,
    ),
    "new stays of known people, runs left out": (
        lambda: (
            prediction(within="subject", scheme="leave-one-run-out", whom="new-stays"), trials()
        ),
        True,
    ),
    "live, from times before": (
        lambda: (prediction(timing="live"), timed(trials(), -1.0)), True
    ),
    "averages blind to the target, declared": (
        lambda: (prediction(grouped_by="blind"), trials(averaged=4)), True
    ),
    "three levels of pain, equal priors": (
        lambda: (prediction(priors="equal", regularization=10.0), levels()), True
    ),
    "nothing but noise": (lambda: (prediction(), trials(pattern=0.0)), False),
}  # fmt: skip


def violated(result: DecodingResult) -> list[str]:
    """Return the rules that a run violates, those of the claims themselves left out."""
    return [f.rule for f in result.claim.findings if f.status == "violated" and f.rule[0] != "C"]


def granted(result: DecodingResult) -> bool:
    """Tell whether the claim of the objective itself is granted: C1 or C2."""
    return any({"C1", "C2"} & set(said.rules) for said in result.claim.granted)


def main() -> dict[str, Any]:
    """Run every design; print and return what was flagged and granted."""
    found: dict[str, Any] = {"leaks": {}, "clean": {}}
    for name, leak in LEAKS.items():
        study, samples = leak.make()
        result = study.run(samples, random_state=0)
        rows = [r for r in result.content["inflation"] if r["rule"] == leak.inflation]
        found["leaks"][name] = {
            "expected": list(leak.rules), "flagged": violated(result),
            "granted": granted(result),
            "inflation": [{k: r[k] for k in ("value_a", "value_b", "difference", "ci95")}
                          for r in rows],
        }  # fmt: skip
        print(f"{name:<64}{', '.join(violated(result))}")
    for name, (make, deserved) in CLEAN.items():
        study, samples = make()
        result = study.run(samples, random_state=0)
        found["clean"][name] = {
            "violated": violated(result), "granted": granted(result), "deserved": deserved,
        }  # fmt: skip
        said = "granted" if granted(result) else "nothing granted"
        print(f"{name:<64}{', '.join(violated(result)) or said}")
    found["missed"] = [
        k for k, v in found["leaks"].items() if not set(v["expected"]) <= set(v["flagged"])
    ]
    found["granted in spite"] = [k for k, v in found["leaks"].items() if v["granted"]]
    found["false alarms"] = [k for k, v in found["clean"].items() if v["violated"]]
    return found


if __name__ == "__main__":
    main()
