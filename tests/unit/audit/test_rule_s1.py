"""S1: specificity against equally salient stimuli. Signature: required. Prediction: recommended."""

import pytest

from dolorimeter.audit import Comparator

FINE = Comparator("touch", (-0.2, 0.3), 0.5, (0.1, 0.3))
BAD = {
    "more salient": Comparator("sound", (0.1, 0.6), 0.5, (0.1, 0.3)),
    "less salient": Comparator("sound", (-0.5, 0.2), 0.5, (0.1, 0.3)),  # the margin itself is out
    "not separated": Comparator("sound", (-0.2, 0.3), 0.5, (-0.01, 0.3)),
    "at none": Comparator("sound", (-0.2, 0.3), 0.5, (0.0, 0.3)),
    "the other way": Comparator("sound", (-0.2, 0.3), 0.5, (-0.3, -0.1)),
}
OPEN = {
    "salience": Comparator("sound", None, 0.5, (0.1, 0.3)),
    "margin": Comparator("sound", (-0.2, 0.3), None, (0.1, 0.3)),
    "separation": Comparator("sound", (-0.2, 0.3), 0.5, None),
    "name": Comparator("", (-0.2, 0.3), 0.5, (0.1, 0.3)),
}


def test_all_comparators_must_pass(status, signature):
    assert status("S1", signature, comparators=(FINE,)) == "passed"
    assert status("S1", signature, comparators=()) == "violated"
    assert status("S1", signature, comparators=None) == "unknown"


@pytest.mark.parametrize("kind", BAD)
def test_one_that_fails(status, signature, prediction, kind):
    assert status("S1", signature, comparators=(FINE, BAD[kind])) == "violated"
    assert status("S1", prediction, comparators=(FINE, BAD[kind])) == "warned"


@pytest.mark.parametrize("kind", OPEN)
def test_one_that_is_open(status, signature, kind):
    assert status("S1", signature, comparators=(FINE, OPEN[kind])) == "unknown"


def test_prediction_recommends_it(status, prediction, association):
    assert status("S1", prediction, comparators=(FINE,)) == "passed"
    assert status("S1", prediction, comparators=()) == "warned"
    assert status("S1", prediction) == "unknown"
    assert status("S1", association) == "not-applicable"
    assert status("S1", association, objective=None) == "unknown"
