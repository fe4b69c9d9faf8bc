"""A saved model gives the same posteriors, and its filter never looks ahead."""

from dataclasses import replace

import numpy as np
import pytest

from dolorimeter.core import InputError
from dolorimeter.studies import VitalsModel, fit_vitals_model, save_table
from dolorimeter.tables import Target

STORABLE = ("hmm", "hmm-labelled", "chain", "nb", "linear", "state-space")
DIRECT = Target("direct")


def posterior(table):
    return table.filter(like="p_").to_numpy()


@pytest.mark.parametrize("name", STORABLE)
def test_saved_and_loaded_is_the_same(cohort, tmp_path, name):
    model = fit_vitals_model(cohort, DIRECT, name)
    model.save(tmp_path / "m")
    assert sorted(p.name for p in (tmp_path / "m").iterdir()) == [
        "arrays.safetensors",
        "model.json",
    ]
    loaded = VitalsModel.load(tmp_path / "m")
    assert loaded.name == name
    assert loaded.target == DIRECT
    assert loaded.width == cohort.width
    before, after = model.infer(cohort), loaded.infer(cohort)
    assert np.array_equal(posterior(before), posterior(after))
    assert before.equals(after)


@pytest.mark.parametrize("name", STORABLE)
def test_filter_is_causal_and_smoothing_is_not(cohort, name):
    model = fit_vitals_model(cohort, DIRECT, name)
    vitals = cohort.vitals.copy()
    last = cohort.offsets[1:] - 1
    vitals[last] += 30.0
    changed = replace(cohort, vitals=vitals)
    earlier = np.setdiff1d(np.arange(cohort.n_windows), last)
    np.testing.assert_array_equal(
        posterior(model.infer(cohort))[earlier], posterior(model.infer(changed))[earlier]
    )
    smooth = [posterior(model.infer(each, mode="smooth"))[earlier] for each in (cohort, changed)]
    if name in ("hmm", "hmm-labelled", "state-space"):
        assert np.abs(smooth[0] - smooth[1]).max() > 1e-6


def test_viterbi_is_one_path(cohort):
    table = fit_vitals_model(cohort, DIRECT, "hmm").infer(cohort, mode="viterbi")
    assert set(table["class"]) <= {"low", "medium", "high"}
    assert not list(table.filter(like="p_"))


def test_forecast_tends_to_the_stationary_distribution(cohort):
    model = fit_vitals_model(cohort, DIRECT, "hmm")
    table = model.forecast(cohort, steps=400)
    values, vectors = np.linalg.eig(model.estimator.transmat_.T)
    stationary = np.real(vectors[:, np.argmax(np.real(values))])
    stationary /= stationary.sum()
    far = posterior(table[table["step"] == 400])
    np.testing.assert_allclose(far, np.tile(stationary, (cohort.n_stays, 1)), atol=1e-6)
    first = table[table["step"] == 1]
    assert (first["time"].to_numpy() == cohort.times[cohort.offsets[1:] - 1] + cohort.width).all()


def test_reports_sharpen_the_filter(cohort):
    model = fit_vitals_model(cohort, DIRECT, "hmm")
    blind, told = (posterior(model.infer(cohort, history=h)) for h in ("none", "reports"))
    assert np.abs(blind - told).max() > 0.1


def test_whole_stay_reference_is_not_for_live_use(cohort):
    model = fit_vitals_model(cohort, Target("median-referenced"), "hmm")
    with pytest.raises(InputError, match="--reference causal"):
        model.infer(cohort)
    with pytest.raises(InputError, match="whole stay"):
        model.forecast(cohort)
    model.infer(cohort, mode="smooth")
    live = fit_vitals_model(cohort, Target("median-referenced", reference="causal"), "hmm")
    live.infer(cohort, history="reports")


def test_what_a_model_cannot_do_is_said(cohort):
    with pytest.raises(InputError, match="boosting"):
        fit_vitals_model(cohort, DIRECT, "boosting")
    bayes = fit_vitals_model(cohort, DIRECT, "nb")
    for call in (lambda: bayes.forecast(cohort), lambda: bayes.infer(cohort, mode="viterbi")):
        with pytest.raises(InputError, match="no order"):
            call()
    model = fit_vitals_model(cohort, DIRECT, "hmm")
    with pytest.raises(InputError, match="mode"):
        model.infer(cohort, mode="smooth", history="reports")
    with pytest.raises(InputError, match="windows of"):
        model.infer(replace(cohort, width=np.timedelta64(3600, "s").astype("timedelta64[us]")))
    with pytest.raises(InputError, match="pulse"):
        few = replace(cohort, vitals=cohort.vitals[:, 1:], vital_names=cohort.vital_names[1:])
        model.infer(few)


def test_a_constant_vital_is_named_with_its_remedy(cohort):
    vitals = cohort.vitals.copy()
    vitals[:, 2] = np.where(np.isnan(vitals[:, 2]), np.nan, 97.0)
    with pytest.raises(InputError, match=r"'spo2'.*always 97.*--vitals pulse,respiratory_rate,sys"):
        fit_vitals_model(replace(cohort, vitals=vitals), DIRECT)


def test_a_table_replaces_a_file_only_by_force(cohort, tmp_path):
    table = fit_vitals_model(cohort, DIRECT).infer(cohort)
    save_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError, match="--force"):
        save_table(table, tmp_path / "t.parquet")
    save_table(table, tmp_path / "t.parquet", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["t.parquet"]
