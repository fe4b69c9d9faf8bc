"""Two sound analyses, one for each objective; tests change one fact at a time."""

from dataclasses import replace

import pytest

from dolorimeter.audit import RULES, Comparator, Facts, Test

BEATEN = Test(0.7, null_mean=0.49, p=0.001, ci95=(0.6, 0.8))
SHARED = {
    "signal": "responses",
    "pain": True,
    "population": "volunteers",
    "timing": "after-the-fact",
    "fitted_outside": (),
    "target_in_features": (),
    "duplicates": 0,
    "folds_agree": True,
    "null": "relabelling",
    "exchanged": "trials within run and subject",
    "exchangeable": True,
    "result": BEATEN,
    "mass_univariate": True,
    "bulk_amplitude": True,
    "tested_in_use": False,
}


@pytest.fixture
def signature():
    """Return the facts of a sound signature study."""
    touch = Comparator("touch", (-0.2, 0.2), 0.5, (0.1, 0.3))
    return Facts(
        objective="signature",
        whom="same-subjects",
        cross_validation="within-subject",
        normalization="sample",
        samples_standardized=True,
        amplitude_used=False,
        residual_amplitude=BEATEN,
        comparators=(touch,),
        **SHARED,
    )


@pytest.fixture
def prediction():
    """Return the facts of a sound prediction study."""
    return Facts(
        objective="prediction",
        whom="new-subjects",
        cross_validation="between-subject",
        normalization="none",
        amplitude_used=True,
        shared_subjects=0,
        shared_families=0,
        trials_per_test_sample=1,
        grouped_by="nothing",
        forced_choice=False,
        looks_ahead=(),
        failures_reported=True,
        **SHARED,
    )


@pytest.fixture
def association():
    """Return the facts of a sound study of another kind."""
    return Facts(objective="association", whom="same-subjects", looks_ahead=(), **SHARED)


@pytest.fixture
def status():
    """Return a function that says what a rule finds once some facts are changed."""

    def find(rule, facts, **changes):
        finding = RULES[rule](replace(facts, **changes))
        assert finding.rule == rule
        assert finding.reason
        assert finding.title
        assert finding.section
        assert bool(finding.remedy) == (finding.status in ("violated", "warned", "unknown"))
        return finding.status

    return find
