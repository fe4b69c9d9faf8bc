"""Does the relabelling test keep its level where labels and vitals are autocorrelated?

Cohorts of the paper's shape (46 patients, 105 stays) in which vitals know nothing of pain: both
are sticky within a stay and lean by stay; in half of the cohorts by patient too. A nearest-mean
classifier is refitted on ten folds of whole patients for every exchange, and its VUS tested.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.signal import lfilter

from dolorimeter.evaluation import vus
from dolorimeter.evaluation.folds import make_folds
from dolorimeter.evaluation.relabeling import exchange_labels
from dolorimeter.evaluation.significance import relabeling_p

Floats = NDArray[np.float64]
N_PATIENTS, N_STAYS, N_VITALS, N_FOLDS = 46, 105, 6, 10
LEVEL = 0.05
# How strongly vitals and pain lean by patient; whether whole patients are exchanged; least block.
CONDITIONS = {
    "stays alike, stays exchanged": (0.0, False, 5),
    "stays alike, blocks of 10": (0.0, False, 10),
    "patients lean, stays exchanged": (1.0, False, 5),
    "patients lean, blocks of 10": (1.0, False, 10),
    "patients lean, patients exchanged": (1.0, True, 5),
}


class Cohort:
    """Vitals and classes without any tie between them."""

    def __init__(self, leaning: float, rng: np.random.Generator) -> None:
        again = rng.integers(0, N_PATIENTS, N_STAYS - N_PATIENTS)
        self.patient = np.sort(np.concatenate([np.arange(N_PATIENTS), again]))
        self.lengths = 24 + rng.exponential(30.0, N_STAYS).astype(int)
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)])
        stay = np.repeat(np.arange(N_STAYS), self.lengths)
        self.vitals = np.column_stack([self._series(leaning, rng, stay) for _ in range(N_VITALS)])
        pain = self._series(leaning, rng, stay)
        labels = np.searchsorted(np.quantile(pain, [0.6, 0.9]), pain)
        reported = rng.random(len(pain)) < rng.uniform(0.1, 0.4, N_STAYS)[stay]
        self.labels = np.where(reported, labels, -1)
        counts = np.zeros((N_STAYS, 3))
        np.add.at(counts, (stay[reported], labels[reported]), 1.0)
        names = np.array([f"s{i:03d}" for i in range(N_STAYS)])
        folds = make_folds(self.patient, names, N_FOLDS, "patient", counts, rng)
        self.fold = np.empty(len(pain), int)
        for f, test in enumerate(folds.test):
            self.fold[np.isin(stay, test)] = f

    def _series(self, leaning: float, rng: np.random.Generator, stay: NDArray[np.int64]) -> Floats:
        parts = [lfilter([0.44], [1.0, -0.9], rng.normal(size=n + 60)) for n in self.lengths]
        values: Floats = np.concatenate([part[60:] for part in parts])
        own: Floats = leaning * rng.normal(size=N_PATIENTS)[self.patient] + 0.7 * rng.normal(
            size=N_STAYS
        )
        return values + own[stay]

    def value(self, labels: NDArray[np.int64]) -> float:
        """Return the out-of-fold VUS of the nearest-mean classifier."""
        rows = np.zeros((len(labels), 3))
        for f in range(N_FOLDS):
            train, test = (labels >= 0) & (self.fold != f), (labels >= 0) & (self.fold == f)
            means = np.array([self.vitals[train & (labels == k)].mean(axis=0) for k in range(3)])
            scale = self.vitals[train].std(axis=0)
            away = ((self.vitals[test][:, None] - means) / scale) ** 2
            log = -0.5 * away.sum(axis=2)
            powers = np.exp(log - log.max(axis=1, keepdims=True))
            rows[test] = powers / powers.sum(axis=1, keepdims=True)
        known = labels >= 0
        return vus(rows[known], labels[known], folds=self.fold[known]).value


def run(seed: int, condition: str, permutations: int) -> tuple[float, float]:
    """Return the p-value of one cohort, and the share of labels that an exchange loses."""
    leaning, patients, block = CONDITIONS[condition]
    rng = np.random.default_rng([seed, sorted(CONDITIONS).index(condition)])
    cohort = Cohort(leaning, rng)
    groups = cohort.patient if patients else None
    drawn = [
        exchange_labels(cohort.labels, cohort.offsets, rng, groups, block)
        for _ in range(permutations)
    ]
    p = relabeling_p(cohort.value(cohort.labels), [cohort.value(labels) for labels in drawn])
    lost = 1.0 - np.mean([(labels >= 0).sum() for labels in drawn]) / (cohort.labels >= 0).sum()
    return float(p or 0.0), float(lost)


def main(runs: int = 400, permutations: int = 99) -> dict[str, Any]:
    """Print how often each kind of exchange calls noise a finding at the nominal 5 %."""
    found: dict[str, Any] = {"runs": runs, "permutations": permutations}
    print(f"{runs} cohorts without signal, {permutations} exchanges each")
    for condition in CONDITIONS:
        done = Parallel(n_jobs=-1)(delayed(run)(i, condition, permutations) for i in range(runs))
        p, lost = np.array(done).T
        found[condition] = {"rejected": np.mean(p <= LEVEL), "labels_lost": lost.mean()}
        rejected = 100 * found[condition]["rejected"]
        print(f"  {condition}: rejected {rejected:.1f} %, {100 * lost.mean():.1f} % of labels lost")
    return found


if __name__ == "__main__":
    main()
