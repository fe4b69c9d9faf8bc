"""Nothing of the test stays reaches training, and nothing later reaches a causal posterior."""

from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.studies.vitals.arm import run_arm
from dolorimeter.studies.vitals.crossfit import Knowledge, cross_fit, prepare_folds, prepare_split
from dolorimeter.studies.vitals.dealing import deal_folds
from dolorimeter.studies.vitals.design import VitalsStudy
from dolorimeter.tables import Target, label_windows

MODELS = ("hmm", "hmm-labelled", "chain", "nb", "boosting")
DIRECT = Target("direct")


@pytest.fixture(scope="module")
def folds(cohort):
    return deal_folds(VitalsStudy(folds=4), cohort, 0)


def fitted(cohort, folds, labels, history, names=MODELS, target=DIRECT):
    prepared = prepare_folds(cohort, target, folds)
    return cross_fit(names, prepared, labels, Knowledge.of(target, history), {}, 0, 1)


def test_folds_keep_patients_whole(cohort, folds):
    for index, test in enumerate(folds.test):
        tested = set(cohort.patient_ids[test])
        assert not tested & set(cohort.patient_ids[folds.train(index)])


def test_posteriors_of_a_stay_ignore_its_own_labels(cohort, folds):
    labels = label_windows(cohort, DIRECT)
    masked = labels.copy()
    test = folds.test[0]
    masked[cohort.windows_of(test)] = -1
    seen = fitted(cohort, folds, labels, "none")
    blind = fitted(cohort, folds, masked, "none")
    windows = cohort.windows_of(test)
    for name in MODELS:
        assert np.array_equal(seen[name].probabilities[windows], blind[name].probabilities[windows])


def test_training_ignores_the_vitals_of_test_stays(cohort, folds):
    test = folds.test[0]
    changed = cohort.vitals.copy()
    changed[cohort.windows_of(test)] *= 1.3
    one = prepare_split(cohort, DIRECT, folds.train(0), test)
    other = prepare_split(replace(cohort, vitals=changed), DIRECT, folds.train(0), test)
    assert np.array_equal(one.train.features, other.train.features, equal_nan=True)
    assert not np.array_equal(one.test.features, other.test.features, equal_nan=True)


@pytest.mark.parametrize(
    "target", [DIRECT, Target("difference"), Target("median-referenced", reference="causal")]
)
def test_reports_enter_only_after_they_were_given(cohort, folds, target):
    """The posterior at t stays the same whatever is reported from t on, or measured after t."""
    names = (*MODELS, "boosting-reports")
    stay = folds.test[0][0]
    start, end = cohort.offsets[stay], cohort.offsets[stay + 1]
    known = np.flatnonzero(~np.isnan(cohort.pain[start:end]))
    t = start + int(known[len(known) // 2])
    pain = cohort.pain.copy()
    pain[t:end] = 10.0 - pain[t:end]
    vitals = cohort.vitals.copy()
    vitals[t + 1 : end] += 25.0
    changed = replace(cohort, pain=pain, vitals=vitals)
    # Training sets that hold the stay change, so compare only the fold that tests it.
    one = fitted(cohort, folds, label_windows(cohort, target), "reports", names, target)
    other = fitted(changed, folds, label_windows(changed, target), "reports", names, target)
    for name in names:
        before = slice(start, t + 1)
        np.testing.assert_allclose(
            one[name].probabilities[before], other[name].probabilities[before], rtol=0, atol=1e-12
        )
        if name not in ("nb",):
            after = slice(t + 1, end)
            assert not np.allclose(
                one[name].probabilities[after], other[name].probabilities[after], atol=1e-6
            )


def test_whole_stay_reference_refuses_reports():
    with pytest.raises(InputError, match="causal"):
        Knowledge.of(Target("median-referenced"), "reports")


def test_a_class_that_never_occurs_is_named(cohort):
    low = replace(cohort, pain=np.where(np.isnan(cohort.pain), np.nan, 1.0))
    study = VitalsStudy(task="direct", folds=4)
    folds = deal_folds(study, low, 0)
    with pytest.raises(InputError, match="'medium', 'high'"):
        run_arm(study, low, folds, "direct", "none", 0)
