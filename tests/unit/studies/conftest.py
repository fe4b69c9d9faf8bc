"""A small simulated cohort, and one run of the whole study on it."""

import pytest

from dolorimeter.studies import VitalsStudy
from dolorimeter.tables import make_windows, simulate_cohort


@pytest.fixture(scope="session")
def cohort():
    """Return windows of 24 simulated stays of 12 patients with a strong signal."""
    return make_windows(simulate_cohort(12, 24, signal=4.0, random_state=1), "2h", "48h")


@pytest.fixture(scope="session")
def study():
    """Return a design small enough for a test."""
    return VitalsStudy(
        folds=4, null_bootstraps=400, learning_splits=2, n_bootstrap=200, permutations=2
    )


@pytest.fixture(scope="session")
def result(study, cohort):
    """Return the whole study, run once."""
    return study.run(cohort, random_state=3)
