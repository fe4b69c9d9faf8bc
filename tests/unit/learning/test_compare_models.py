"""Model comparison: BIC, runs left out, and models that cannot be told apart."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from dolorimeter.core import InputError
from dolorimeter.learning.compare import compare_models, merge_same
from dolorimeter.learning.cross_validation import left_out_likelihood
from dolorimeter.learning.fit import FitOptions
from dolorimeter.learning.measures import neutral_trials
from dolorimeter.learning.observations import sort_by_subject
from dolorimeter.learning.simulate import simulate_learning


@pytest.fixture(scope="module")
def study():
    strong = {"rt": 0.9, "heart-rate": 0.9}
    return simulate_learning(
        n_subjects=5, alpha=0.3, spread=0.0, correlations=strong, random_state=0
    )


def test_the_planted_model_wins(study):
    found = compare_models(
        study.trials, ("td", "rw", "pearce-hall"), ("rt", "preference"),
        preferences=study.preferences,
    )  # fmt: skip
    rt, preference = found
    assert rt.models == ("td = rw", "pearce-hall", "no-learning")
    assert rt.table.index[rt.table["bic"].argmin()] == "td = rw"
    assert rt.table.index[rt.table["left_out"].argmax()] == "td = rw"
    assert rt.selection.exceedance[0] > 0.9
    assert rt.selection_left_out is not None
    assert preference.left_out is None
    json.dumps([one.to_dict() for one in found], allow_nan=False)


def test_runs_left_out_equal_a_loop(study):
    """Without parameters to find (alpha nearly fixed by data), the loop has the same numbers."""
    trials = sort_by_subject(study.trials)
    found = left_out_likelihood(trials, ("td",), "heart-rate")
    raw, used = trials.measures["heart-rate"], ~neutral_trials(trials)
    for u, name in enumerate(pd.unique(trials.subject)):
        own = trials.subject == name
        total = 0.0
        for run in np.unique(trials.run):
            train, test = own & (trials.run != run), own & used & (trials.run == run)
            z = (raw - raw[train].mean()) / raw[train].std()
            y = z[train & used]
            total += stats.norm.logpdf(z[test], y.mean(), y.std()).sum()
        assert found[u, -1] == pytest.approx(total, rel=1e-9)
    assert (found[:, 0] > found[:, -1]).all()


def test_what_is_left_out_never_reaches_the_fit(study):
    """A run left out may change: what the others teach, and their share, stay."""
    trials = sort_by_subject(study.trials)
    runs = np.unique(trials.run)
    values = trials.measures["heart-rate"].copy()
    values[trials.run == runs[0]] = np.nan
    blind = replace(trials, measures={"heart-rate": values})
    missing = left_out_likelihood(blind, ("td",), "heart-rate")
    assert np.isfinite(missing).all()


def test_one_run_or_run_constants_are_refused(study):
    trials = sort_by_subject(study.trials)
    single = replace(trials, run=np.full(len(trials), "1"))
    with pytest.raises(InputError, match="1 run; expected at least two"):
        left_out_likelihood(single, ("td",), "rt")
    with pytest.raises(InputError, match="nuisance: 'run'"):
        left_out_likelihood(trials, ("td",), "rt", FitOptions(nuisance=("run",)))
    with pytest.raises(InputError, match="models: none"):
        compare_models(trials, ())


def test_same_likelihood_is_one_model():
    scores = np.array([[1.0, 2.0, 1.0], [3.0, 3.5, 3.0]])
    assert merge_same(("a", "b", "c"), scores) == (("a = c", "b"), [0, 1])


def test_shared_rates_predict_a_run_left_out_better_than_own(study):
    """Own rates, read off later runs alone, say little about the acquisition in the first."""
    weak = simulate_learning(
        n_subjects=12, alpha=0.3, spread=0.0, correlations={"heart-rate": 0.5}, random_state=1
    )
    trials = sort_by_subject(weak.trials)
    shared, own = (
        left_out_likelihood(trials, ("td",), "heart-rate", how=how).sum(axis=0)
        for how in ("pooled", "subject")
    )
    assert shared[1] == own[1]
    assert shared[0] > own[0]
    assert shared[0] > shared[1]
    with pytest.raises(InputError, match="how: 'hierarchical'"):
        left_out_likelihood(trials, ("td",), "heart-rate", how="hierarchical")  # type: ignore[arg-type]
