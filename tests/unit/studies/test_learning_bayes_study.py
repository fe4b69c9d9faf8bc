"""Full Bayes in a study: which pairs are sampled, and how results and words tell it."""

import importlib
from types import SimpleNamespace

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.learning import FitOptions, Sampling
from dolorimeter.studies.learning import LearningStudy

bayes = importlib.import_module("dolorimeter.studies.learning.bayes")
PRIORS = dict.fromkeys(
    ("logit_location", "logit_scale", "logit_deviation", "slope_scale", "slope_deviation",
     "noise_scale", "noise_deviation"), 0.7
)  # fmt: skip


def block(trusted):
    return {
        "group": {"alpha": {"mean": 0.3, "ci95": [0.2, 0.4]}, "slope": {"mean": 0.5}},
        "divergences": 0, "chains": 4, "warm_up": 500, "draws": 1000, "priors": PRIORS,
        "trusted": trusted, "reason": "The largest R-hat is known.",
    }  # fmt: skip


def test_each_pair_that_can_be_is_sampled_with_a_stream_of_its_own(monkeypatch):
    asked = []

    def fit_bayes(trials, model, measure, *, options, sampling, random_state):
        asked.append((model, measure, options, sampling, random_state.integers(2**40)))
        return SimpleNamespace(to_dict=lambda: {"of": (model, measure)})

    monkeypatch.setattr(bayes, "fit_bayes", fit_bayes)
    options, sampling = FitOptions(nuisance=("trend",)), Sampling(draws=50)
    fits = {m: {"td": {}, "rw": {}, "transitions": {}} for m in ("rt", "preference")}
    found = bayes.add_bayes(fits, None, options, sampling, 0)
    assert [row[:4] for row in asked] == [(m, "rt", options, sampling) for m in ("td", "rw")]
    assert len(np.unique([row[4] for row in asked])) == 2
    assert found["rt"]["rw"]["bayes"] == {"of": ("rw", "rt")}
    assert found["rt"]["transitions"]["bayes"] is found["preference"]["td"]["bayes"] is None


def test_words_give_numbers_only_of_what_is_trusted():
    content = {
        "fits": {
            "rt": {
                "td": {"parameters": {"alpha": {}}, "bayes": block(True)},
                "rw": {"parameters": {"alpha": {}}, "bayes": block(False)},
                "transitions": {"parameters": {}, "bayes": None},
                "hybrid": {"parameters": {}},
            }
        }
    }
    good, bad, none = bayes.bayes_sentences(content)
    assert "alpha 0.30 (95 % 0.20 to 0.40). The largest R-hat is known." in good
    assert "slope" not in good
    assert "NOT to be trusted. The largest R-hat is known." in bad
    assert "0.30" not in bad
    assert "no full Bayes" in none
    (paragraph,) = bayes.bayes_methods(content)
    assert "4 chains of 1,000 draws after 500 of warm-up" in paragraph
    del content["fits"]["rt"]["td"], content["fits"]["rt"]["rw"]
    assert list(bayes.bayes_methods(content)) == []


def test_a_design_takes_a_sampling_or_nothing():
    assert LearningStudy().bayes is None
    with pytest.raises(InputError, match="a Sampling"):
        LearningStudy(bayes=True)


def test_the_missing_extra_is_told_before_any_fit(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "numpyro", None)
    with pytest.raises(InputError, match=r"dolorimeter\[bayes\]"):
        LearningStudy(bayes=Sampling()).run(None, random_state=0)
