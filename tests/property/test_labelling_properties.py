"""What holds of labelling for any decisions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dolorimeter.decoding.closed_form import (
    dprime_of_accuracy,
    forced_choice_accuracy,
    labelling_accuracy,
)
from dolorimeter.decoding.labelling import forced_choice, labelling_curve

SHARES = st.floats(0.501, 0.9)
SIZES = st.integers(1, 30)


@st.composite
def designs(draw):
    n = draw(st.integers(4, 12))
    y = np.array([0, 1, *draw(st.lists(st.integers(0, 1), min_size=n - 2, max_size=n - 2))])
    subject = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)))
    decisions = draw(arrays(np.float64, n, elements=st.integers(-8, 8).map(float)))
    return decisions, y, subject


@given(SHARES, SIZES)
def test_averaging_inflates_and_mirrors(share, m):
    assert labelling_accuracy(share, m + 1) >= labelling_accuracy(share, m) >= share - 1e-12
    assert abs(labelling_accuracy(1 - share, m) + labelling_accuracy(share, m) - 1) < 1e-9


@given(SHARES, SIZES)
def test_a_choice_among_two_is_worth_two_samples(share, m):
    assert abs(forced_choice_accuracy(share, m) - labelling_accuracy(share, 2 * m)) < 1e-9
    assert dprime_of_accuracy(share) > 0


@given(designs(), st.floats(0.25, 4))
def test_only_signs_and_order_count(design, scale):
    decisions, y, subject = design
    plain = labelling_curve(decisions, y, y, subject, ms=[1], draws=None)
    assert labelling_curve(decisions * scale, y, y, subject, ms=[1], draws=None) == plain
    mirrored = labelling_curve(-decisions, 1 - y, 1 - y, subject, ms=[1], draws=None)
    assert abs(mirrored[0].accuracy - plain[0].accuracy) < 1e-12
    assert 0 <= plain[0].accuracy <= 1


@given(designs(), st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(design, random):
    decisions, y, subject = design
    order = np.array(random.sample(range(len(y)), len(y)))
    one = labelling_curve(decisions, y, y, subject, ms=[1], draws=None)[0]
    two = labelling_curve(decisions[order], y[order], y[order], subject[order], ms=[1])[0]
    assert abs(one.accuracy - two.accuracy) < 1e-12
    assert (one.tests, one.cells, one.samples) == (two.tests, two.cells, two.samples)


@given(designs())
def test_a_constant_shift_leaves_the_choice(design):
    decisions, y, _ = design
    plain = forced_choice(decisions, y, y)
    assert forced_choice(decisions + 5, y, y).accuracy == plain.accuracy
    assert abs(forced_choice(-decisions, y, y).accuracy + plain.accuracy - 1) < 1e-12
