"""Every model in the registry keeps the promises its line makes."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB as ForeignNB

from dolorimeter.core import InputError
from dolorimeter.states.gaussian_nb import GaussianNB
from dolorimeter.states.linear_regression import LinearRegressionStates
from dolorimeter.states.registry import MODELS, load_model, pack_model, unpack_model
from dolorimeter.states.state_space import StateSpace
from dolorimeter.states.storage import load_arrays, save_arrays

LENGTHS = (40, 1, 60, 49)
STORABLE = [name for name, spec in MODELS.items() if spec.storable]


def simulate(seed=0):
    rng = np.random.default_rng(seed)
    truth = []
    for length in LENGTHS:
        state = rng.integers(3)
        for _ in range(length):
            state = state if rng.random() < 0.85 else rng.integers(3)
            truth.append(state)
    truth = np.array(truth)
    X = truth[:, None] * [1.0, -0.7] + rng.normal(size=(len(truth), 2))
    X[rng.random(X.shape) < 0.2] = np.nan
    reported = rng.random(len(truth)) < 0.6
    return X, np.where(reported, truth, -1), np.where(reported, 3.0 * truth, np.nan)


def fit(name, **options):
    X, y, reports = simulate()
    spec = MODELS[name]
    options |= {"reports": True} if name == "boosting" else {}
    known = {"reports": reports} if spec.uses_reports else {}
    return spec.build(random_state=0, **options).fit(X, y, lengths=LENGTHS, **known)


def posterior(name, model, method, X, y, reports):
    known = {"reports": reports} if MODELS[name].uses_reports else {"known": y}
    return getattr(model, method)(X, lengths=LENGTHS, **known)


def changed(name, method, start, stop):
    """Windows whose posterior moves when vitals, classes and reports of some windows change."""
    X, y, reports = simulate()
    model = fit(name)
    before = posterior(name, model, method, X, y, reports)
    X[start:stop], y[start:stop], reports[start:stop] = 3.0, 2, 10.0
    after = posterior(name, model, method, X, y, reports)
    return set(np.flatnonzero((np.abs(after - before) > 1e-12).any(axis=1)))


def test_names_are_those_of_the_results():
    assert list(MODELS) == [
        "hmm",
        "hmm-labelled",
        "chain",
        "nb",
        "boosting",
        "boosting-reports",
        "linear",
        "state-space",
    ]
    assert all(name == spec.name and spec.summary for name, spec in MODELS.items())


@pytest.mark.parametrize("name", MODELS)
def test_fits_and_gives_probabilities(name):
    X, _, reports = simulate()
    model = fit(name)
    known = {"reports": reports} if MODELS[name].uses_reports else {}
    for found in (
        model.predict_proba(X, lengths=LENGTHS, **known),
        model.filter(X, lengths=LENGTHS, **known),
    ):
        assert found.shape == (150, 3)
        np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-12)
        assert (found >= 0).all()


@pytest.mark.parametrize("name", MODELS)
def test_looks_ahead_only_if_it_says_so_and_filters_never(name):
    spec, window = MODELS[name], 70
    earlier = set(range(41, window))
    assert bool(changed(name, "predict_proba", window, 101) & earlier) == spec.looks_ahead
    assert not changed(name, "filter", window, 101) & earlier


@pytest.mark.parametrize("name", MODELS)
def test_order_counts_only_where_it_says_so_and_never_across_stays(name):
    moved = changed(name, "filter", 60, 63)
    assert bool(moved - {60, 61, 62}) == MODELS[name].ordered
    assert moved <= set(range(60, 101))


@pytest.mark.parametrize("name", MODELS)
def test_vitals_count_only_where_it_says_so(name):
    X, y, reports = simulate()
    model = fit(name)
    noise = np.random.default_rng(1).normal(size=X.shape)
    one, other = (posterior(name, model, "filter", each, y, reports) for each in (X, noise))
    assert np.allclose(one, other, atol=1e-12) != MODELS[name].uses_vitals


@pytest.mark.parametrize("name", STORABLE)
def test_comes_back_from_storage_to_the_bit(name, tmp_path):
    X, y, reports = simulate()
    model = fit(name)
    model.save(tmp_path / "model")
    again = load_model(tmp_path / "model")
    packed = unpack_model(*pack_model(model))
    for other in (again, packed):
        assert type(other) is type(model)
        assert other.outcome_ == model.outcome_
        np.testing.assert_array_equal(
            posterior(name, other, "filter", X, y, reports),
            posterior(name, model, "filter", X, y, reports),
        )
    with pytest.raises(InputError, match="exists"):
        model.save(tmp_path / "model")


@pytest.mark.parametrize("name", [name for name in MODELS if name not in STORABLE])
def test_what_would_need_a_pickle_is_refused(name):
    with pytest.raises(InputError, match="BoostingBaseline; expected one that can be saved"):
        pack_model(fit(name))


def test_a_namesake_from_elsewhere_is_refused():
    with pytest.raises(InputError, match="one that can be saved"):
        pack_model(ForeignNB())


def test_options_reach_the_model_and_unknown_ones_do_not():
    assert MODELS["nb"].build(random_state=3, variance_floor=0.5).variance_floor == 0.5
    assert MODELS["hmm-labelled"].build().unlabeled_weight == 0.0
    for name, option in (("nb", "depth"), ("hmm-labelled", "unlabeled_weight")):
        with pytest.raises(InputError, match=f"option of the model '{name}': '{option}'"):
            MODELS[name].build(**{option: 1})


def test_something_else_that_was_saved_is_no_model(tmp_path):
    save_arrays(tmp_path / "m", "vitals-pipeline", {}, {})
    with pytest.raises(InputError, match=r"model\.json: kind: 'vitals-pipeline'; expected one of"):
        load_model(tmp_path / "m")


SPOIL = {
    "classes missing": ("header", lambda part: part.pop("classes")),
    "classes fall": ("header", lambda part: part.update(classes=[2, 1, 0])),
    "classes too few": ("header", lambda part: part.update(classes=[0, 1])),
    "classes mixed": ("header", lambda part: part.update(classes=[0, "1", 2])),
    "classes huge": ("header", lambda part: part.update(classes=[0, 1, 10**30])),
    "settings missing": ("header", lambda part: part.pop("settings")),
    "setting unknown": ("header", lambda part: part["settings"].update(extra=1)),
    "setting out of range": ("header", lambda part: part["settings"].update(unlabeled_weight=7)),
    "setting of another type": (
        "header",
        lambda part: part["settings"].update(class_prior={"a": 1}),
    ),
    "outcome of another type": ("header", lambda part: part["outcome"].update(n_iter="many")),
    "outcome without a field": ("header", lambda part: part["outcome"].pop("message")),
    "array missing": ("arrays", lambda part: part.pop("means")),
    "array of integers": (
        "arrays",
        lambda part: part.update(means=np.zeros((3, 2), dtype=np.int64)),
    ),
    "array of another shape": ("arrays", lambda part: part.update(means=np.zeros((2, 2)))),
    "array flat": ("arrays", lambda part: part.update(means=np.zeros(6), variances=np.ones(6))),
    "variance negative": ("arrays", lambda part: part.update(variances=-np.ones((3, 2)))),
    "prior over one": ("arrays", lambda part: part.update(class_prior=np.ones(3))),
}


@pytest.mark.parametrize(("part", "spoil"), SPOIL.values(), ids=SPOIL.keys())
def test_what_no_model_could_have_stored_is_refused_with_its_place(part, spoil, tmp_path):
    kind, header, arrays = pack_model(fit("nb"))
    header, arrays = json.loads(json.dumps(header)), dict(arrays)
    spoil({"header": header, "arrays": arrays}[part])
    save_arrays(tmp_path / "m", kind, header, arrays)
    with pytest.raises(InputError) as error:
        load_model(tmp_path / "m")
    file = {"header": "model.json: header", "arrays": "arrays.safetensors: "}[part]
    assert str(error.value).startswith(f"{tmp_path / 'm' / file}")


values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("ab1")
values = values | st.lists(values, max_size=3) | st.dictionaries(st.text("ab"), values, max_size=2)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["nb", "linear", "state-space"]), st.data())
def test_damaged_headers_give_a_model_or_an_input_error(name, data):
    kind, header, arrays = PACKED[name]
    header = json.loads(json.dumps(header))
    at = header
    while True:
        key = data.draw(st.sampled_from(sorted(at)))
        if not isinstance(at[key], dict) or data.draw(st.booleans()):
            break
        at = at[key]
    at[key] = data.draw(values)
    with TemporaryDirectory() as directory:
        try:
            save_arrays(Path(directory) / "m", kind, header, arrays)
            model = load_model(Path(directory) / "m")
        except InputError:
            return
    assert np.isfinite(model.predict_proba(np.zeros((2, 2)))).all()


PACKED = {
    name: pack_model(model.fit(*simulate()[:2]))
    for name, model in {
        "nb": GaussianNB(),
        "linear": LinearRegressionStates(n_iter=3),
        "state-space": StateSpace(n_iter=3),
    }.items()
}


def test_loaded_arrays_are_checked_as_arrays_first(tmp_path):
    fit("linear").save(tmp_path / "m")
    assert load_arrays(tmp_path / "m")[0] == "linear-regression"
    (tmp_path / "m" / "arrays.safetensors").write_bytes(b"\x80\x04N.")  # a pickle
    with pytest.raises(InputError, match=r"arrays\.safetensors: size"):
        load_model(tmp_path / "m")
