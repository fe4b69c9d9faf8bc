"""May a decoder of salience pass for one of pain? How often is separation found, and granted?

Twelve subjects feel pain, touch, sound and nothing, 16 trials each, in 4 runs. Every felt stimulus
expresses one pattern in proportion to its salience; pain may have a pattern of its own beside it,
and may be more salient. A decoder of pain against baseline is asked about touch and sound.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dolorimeter.core import Samples
from dolorimeter.decoding.specificity import specificity
from dolorimeter.decoding.specificity_result import Specificity

N_SUBJECTS, N_RUNS, N_TRIALS, N_FEATURES = 12, 4, 16, 80
MODALITIES = ("pain", "touch", "sound", "baseline")
MARGIN = 0.75  # of a rating from 0 to 10 with a deviation of 1 between trials
SCHEMES = (
    "leave-one-trial-out",
    "leave-one-pair-out",
    "leave-one-run-out",
    "leave-one-subject-out",
)


def simulate(
    own: float, surplus: float, rng: np.random.Generator, n_subjects: int = N_SUBJECTS
) -> Samples:
    """Draw samples: strength of pain's own pattern, surplus of its salience."""
    salient, painful = rng.normal(size=(2, N_FEATURES)) / np.sqrt(N_FEATURES)
    modality = np.tile(np.repeat(MODALITIES, N_TRIALS), n_subjects)
    subject = np.repeat([f"s{i:02d}" for i in range(n_subjects)], N_TRIALS * len(MODALITIES))
    run = np.tile(np.arange(N_TRIALS) % N_RUNS, n_subjects * len(MODALITIES))
    level = rng.normal(5.0, 0.5, n_subjects).repeat(N_TRIALS * len(MODALITIES))
    salience = level + rng.normal(size=len(modality)) + surplus * (modality == "pain")
    felt = modality != "baseline"
    X = rng.normal(size=(len(modality), N_FEATURES)) * 0.7
    X += np.outer(0.4 * salience * felt, salient) + np.outer(own * (modality == "pain"), painful)
    rated = np.where(felt, salience + rng.normal(size=len(modality)), np.nan)
    return Samples.of(
        X, felt * 1.0, subject, modality=modality, run=run.astype(str), salience=rated,
        class_names=("nothing", "felt"),
    )  # fmt: skip


def granted(found: Specificity) -> dict[str, list[bool]]:
    """Return what each comparator shows: separated (either way, rightly), matched, and both."""
    rows = []
    for each in found.modalities:
        low, high = each.separation.ci95
        matched = each.salience is not None and each.salience.equivalent
        p = each.separation.p_value
        rows.append(
            [
                low > 0 or high < 0,
                low > 0,
                matched,
                low > 0 and matched,
                p is not None and p <= 0.05,
            ]
        )
    names = (
        "interval without zero",
        "interval above zero",
        "salience matched",
        "granted",
        "relabelling p <= 0.05",
    )
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def rates(
    own: float,
    surplus: float,
    n_cohorts: int,
    n_subjects: int = N_SUBJECTS,
    random_state: int = 0,
    **options: Any,
) -> dict[str, float]:
    """Share of comparators, over cohorts, that show each thing, with the mean separation."""
    rng = np.random.default_rng(random_state)
    shares: dict[str, list[bool]] = {}
    values = []
    for _ in range(n_cohorts):
        samples = simulate(own, surplus, rng, n_subjects)
        found = specificity(samples, margin=MARGIN, random_state=rng, **options)
        values += [each.separation.value for each in found.modalities]
        for name, shown in granted(found).items():
            shares.setdefault(name, []).extend(shown)
    return {"mean separation": float(np.mean(values))} | {
        name: float(np.mean(shown)) for name, shown in shares.items()
    }


def main(n_cohorts: int = 200) -> dict[str, Any]:
    """Print rates without and with a pattern of pain's own, matched and not."""
    results: dict[str, Any] = {"cohorts": n_cohorts, "margin": MARGIN}
    runs: list[tuple[str, dict[str, Any]]] = [
        (
            f"salience only, matched, {scheme}",
            {"own": 0.0, "surplus": 0.0, "scheme": scheme, "permutations": 199},
        )
        for scheme in SCHEMES
    ]
    loso = {"scheme": "leave-one-subject-out", "permutations": 199}
    pairs = {"scheme": "leave-one-pair-out", "permutations": 99, "training": "modality"}
    runs += [
        (
            "salience only, one subject, leave-one-run-out",
            {
                "own": 0.0,
                "surplus": 0.0,
                "n_subjects": 1,
                "scheme": "leave-one-run-out",
                "permutations": 199,
            },
        ),
        ("salience only, pain more salient", {"own": 0.0, "surplus": 2.0, **loso}),
        ("pattern of its own, matched", {"own": 1.0, "surplus": 0.0, **loso}),
        ("salience only, trained pain against modality", {"own": 0.0, "surplus": 0.0, **pairs}),
        (
            "pattern of its own, trained pain against modality",
            {"own": 1.0, "surplus": 0.0, **pairs},
        ),
    ]
    for name, options in runs:
        results[name] = rates(n_cohorts=n_cohorts, **options)
        print(name)
        for what, value in results[name].items():
            print(f"  {what:<24}{value:.3f}")
    return results


if __name__ == "__main__":
    main()
