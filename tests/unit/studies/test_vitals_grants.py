"""What "predicts" takes: 199 relabellings and a signal, and a model that sees vital signs."""

import pytest

from dolorimeter.core import InputError
from dolorimeter.studies import VitalsStudy
from dolorimeter.tables import make_windows, simulate_cohort


def claim_of(signal, **options):
    cohort = make_windows(simulate_cohort(16, 20, signal=signal, random_state=5), "2h", "48h")
    study = VitalsStudy(
        task="direct", folds=4, history="none", permutations=199,
        null_bootstraps=50, learning_splits=0, n_bootstrap=100, **options,
    )  # fmt: skip
    return study.run(cohort, random_state=1).claim


def test_a_strong_signal_is_granted_and_the_chain_never():
    claim = claim_of(12.0, models=("hmm", "chain", "nb"))
    granted = [s.text for s in claim.granted]
    assert any(
        text.startswith("HMM, semi-supervised, on the direct task predicts") for text in granted
    )
    assert not any("chain" in text for text in granted)
    assert {f.status for f in claim.findings if f.rule == "V1"} == {"passed"}


def test_no_signal_is_not_granted():
    claim = claim_of(0.0, models=("hmm", "nb"))
    assert claim.granted == ()
    assert "does not beat its null" in claim.unproven[0].text


def test_a_chain_alone_is_a_study_without_a_claim(cohort):
    study = VitalsStudy(
        task="direct", models=("chain",), folds=4, history="none",
        null_bootstraps=20, learning_splits=0, n_bootstrap=20,
    )  # fmt: skip
    result = study.run(cohort, random_state=0)
    assert result.claim.granted == ()
    assert len(result.summary) == 1


def test_folds_that_leave_no_fold_with_all_classes_are_refused(cohort):
    study = VitalsStudy(task="direct", models=("nb",), group="stay", folds="leave-one-out")
    few = cohort.select([0, 1])
    with pytest.raises(InputError, match="fold"):
        study.run(few, random_state=0)


def test_relabelling_is_about_vital_signs_alone():
    with pytest.raises(InputError, match="reports"):
        VitalsStudy(history="reports", permutations=199)
