"""W3: no sample of a test subject in training where the claim is about new ones: forbidden to both
objectives; for new stays of known patients a warning."""

from dataclasses import replace

import pytest

from dolorimeter.audit import RULES, audit_study


@pytest.mark.parametrize("whom", ["new-subjects", "new-groups"])
@pytest.mark.parametrize(
    ("subjects", "families", "how", "expected"),
    [
        (0, 0, "between-subject", "passed"),
        (1, 0, "between-subject", "violated"),
        (0, 2, "between-subject", "violated"),  # twins on both sides
        (0, 0, "within-subject", "violated"),
        (None, 0, "between-subject", "unknown"),
        (0, None, "between-subject", "unknown"),
        (0, 0, None, "unknown"),
        (3, None, None, "violated"),
    ],
)
def test_new_people(status, prediction, association, whom, subjects, families, how, expected):
    changes = {
        "whom": whom,
        "shared_subjects": subjects,
        "shared_families": families,
        "cross_validation": how,
        "shared_sites": 0,
    }
    assert status("W3", prediction, **changes) == expected
    assert status("W3", prediction, **changes | {"objective": "signature"}) == expected
    assert status("W3", association, **changes) == expected


@pytest.mark.parametrize(
    ("subjects", "expected"), [(5, "warned"), (0, "passed"), (None, "unknown")]
)
def test_new_stays_of_known_patients(status, prediction, subjects, expected):
    assert status("W3", prediction, whom="new-stays", shared_subjects=subjects) == expected


def test_the_same_subjects_share_by_design(status, signature):
    assert status("W3", signature, shared_subjects=30) == "passed"


def test_whom_must_be_said(status, prediction):
    assert status("W3", prediction, whom=None) == "unknown"


def test_new_stays_are_granted_as_such_and_new_patients_refused(prediction):
    facts = replace(prediction, whom="new-stays", shared_subjects=5)
    claim = audit_study([(facts, ())])
    assert "in new stays of known patients" in claim.granted[0].text
    assert "W3" not in claim.granted[0].rules
    assert next(s.text for s in claim.refused if s.rules == ("W3", "C2")).endswith("one fold: 5.")


@pytest.mark.parametrize(("sites", "expected"), [(0, "passed"), (2, "violated"), (None, "unknown")])
def test_new_groups_need_whole_sites_left_out(prediction, sites, expected):
    facts = replace(prediction, whom="new-groups", shared_sites=sites)
    assert RULES["W3"](facts).status == expected
