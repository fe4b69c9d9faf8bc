"""Connectivity of each scan by itself, people matched and excluded, and the composite target."""

import numpy as np
import pandas as pd
import pytest

from dolorimeter.core import InputError
from dolorimeter.samples import connectivity_samples, read_samples
from dolorimeter.samples.sensitivity import pain_sensitivity, reference_of

pytest.importorskip("nilearn")

REGIONS = ["GlobSig", "A", "B", "C", "D"]


def scans(n, length, seed):
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((n, 5, 5))
    return [rng.standard_normal((length, 5)) @ m for m in mixing]


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(4)
    near, far = scans(5, 60, 1), scans(4, 80, 2)
    near_keys = {
        f"near-{i:03d}_x-{9 - i}": s for i, s in zip((4, 5, 10, 11, 12), near, strict=True)
    }
    far_keys = {f"far-{i:03d}_x+0{40 + i}": s for i, s in zip((1, 2, 3, 4), far, strict=True)}
    np.savez(tmp_path / "near_timeseries.npz", regions=np.array(REGIONS), **near_keys)
    np.savez(tmp_path / "far_timeseries.npz", regions=np.array(REGIONS), **far_keys)
    # Rows stand in another order than scans; 10 is excluded, 12 has no heat threshold.
    pd.DataFrame(
        {
            "ID": [12, 4, 5, 10, 11],
            "Excluded": [0, 0, 0, 1, 0],
            "Age": [20, 21, 22, 23, 24],
            "CPT": [10.0, 12, 14, 99, 20],
            "HPT": [np.nan, 45, 43, 99, 41],
            "MPT_log_geom": [3.0, 4, 3.5, 99, 2],
        }
    ).to_csv(tmp_path / "near_sample.csv", index=False)
    raw = {"ID": [1, 2, 3, 4], "Excluded": [0, 0, 0, 0], "years": [30, 31, 32, 33]}
    for kind, middle in (("cpt", 15), ("hpt", 43)):
        raw |= {f"qst_{kind}_{i}": middle + rng.standard_normal(4) for i in range(1, 7)}
    for i in range(1, 6):
        raw |= {f"qst_mpt_{i}_pain": [8, 16, 32, 64], f"qst_mpt_{i}_no_pain": [8, 8, 16, 4]}
    pd.DataFrame(raw).to_csv(tmp_path / "far_sample.csv", index=False)
    return tmp_path, near, far


def test_people_are_matched_by_number_and_excluded_ones_left_out(folder):
    path, near, far = folder
    samples = read_samples(path, target={"column": {"near": "Age", "far": "years"}})
    assert samples.subject.tolist() == [
        *(f"far-{i:03d}" for i in (1, 2, 3, 4)),
        *(f"near-{i:03d}" for i in (12, 4, 5, 11)),
    ]
    assert samples.target.tolist() == [30, 31, 32, 33, 20, 21, 22, 24]
    assert samples.site.tolist() == ["far"] * 4 + ["near"] * 4
    assert samples.n_averaged.tolist() == [1] * 8
    assert "0 of far, 1 of near" in samples.source
    rows = [*far, near[4], near[0], near[1], near[3]]
    expected = [np.corrcoef(r[:, 1:].T)[np.triu_indices(4, k=1)] for r in rows]
    exact = read_samples(path, target={"column": "ID"}, covariance="empirical", fisher=False)
    np.testing.assert_allclose(exact.features, expected, atol=1e-12)
    assert exact.feature_names == ("A ~ B", "A ~ C", "A ~ D", "B ~ C", "B ~ D", "C ~ D")
    fisher = read_samples(path, target={"column": "ID"}, covariance="empirical")
    np.testing.assert_allclose(fisher.features, np.arctanh(expected), atol=1e-10)


def test_partial_correlations_are_those_of_the_inverse(folder):
    path, _, far = folder
    samples = read_samples(
        path, sites="far", kind="partial correlation", covariance="empirical", fisher=False,
        leave_out=["D"], target={"column": "ID"},
    )  # fmt: skip
    precision = np.linalg.inv(np.cov(far[0][:, :4].T))
    scale = np.sqrt(np.diag(precision))
    expected = (-precision / np.outer(scale, scale))[np.triu_indices(4, k=1)]
    np.testing.assert_allclose(samples.features[0], expected, atol=1e-10)
    assert samples.feature_names[0] == "GlobSig ~ A"


def test_a_scan_does_not_know_of_the_others(folder):
    path, *_ = folder
    for kind in ("correlation", "partial correlation"):
        every = read_samples(path, kind=kind, target={"column": "ID"})
        few = read_samples(path, kind=kind, target={"column": "ID"}, where={"ID": [1, 2]})
        np.testing.assert_array_equal(few.features, every.features[:2])


def test_the_composite_is_one_formula_at_both_sites(folder):
    path, *_ = folder
    samples = read_samples(path, target={"composite": "pain-sensitivity", "reference": "near"})
    table = pd.read_csv(path / "near_sample.csv").query("Excluded == 0")
    mean, spread = table.mean(), table.std()
    raw = pd.read_csv(path / "far_sample.csv")
    cold = raw[[f"qst_cpt_{i}" for i in range(2, 7)]].mean(axis=1)
    heat = raw[[f"qst_hpt_{i}" for i in range(2, 7)]].mean(axis=1)
    needle = np.log([8.0, 128**0.5, 512**0.5, 16.0])
    expected = (
        (cold - mean.CPT) / spread.CPT
        - (heat - mean.HPT) / spread.HPT
        - (needle - mean.MPT_log_geom) / spread.MPT_log_geom
    ) / 3
    np.testing.assert_allclose(samples.target[:4], expected, rtol=1e-12)
    # Without a heat threshold the mean of the other two stands.
    first = ((10 - mean.CPT) / spread.CPT - (3 - mean.MPT_log_geom) / spread.MPT_log_geom) / 2
    assert samples.target[4] == pytest.approx(first, rel=1e-12)
    assert "of near at every site" in samples.source


def test_the_reference_is_a_choice_and_is_told(folder):
    path, *_ = folder
    own = read_samples(path, target={"composite": "pain-sensitivity", "reference": "each-site"})
    assert abs(own.target[:4].mean()) < 1e-12
    assert "its own" in own.source
    norms = {"CPT": [0, 1], "HPT": [0, 1], "MPT_log_geom": [0, 1]}
    fixed = read_samples(path, target={"composite": "pain-sensitivity", "reference": norms})
    assert fixed.target[5] == pytest.approx((12 - 45 - 4) / 3)
    # The reference may be a site that is not read.
    alone = read_samples(
        path, sites=["far"], target={"composite": "pain-sensitivity", "reference": "near"}
    )
    both = read_samples(path, target={"composite": "pain-sensitivity", "reference": "near"})
    np.testing.assert_array_equal(alone.target, both.target[:4])


def test_more_sensitive_is_higher():
    values = {
        "CPT": np.array([5.0, 25]),
        "HPT": np.array([48.0, 40]),
        "MPT_log_geom": np.array([5.0, 2]),
    }
    low, high = pain_sensitivity(values, reference_of(values))
    assert low < 0 < high
    nothing = {name: np.array([np.nan]) for name in values}
    assert np.isnan(pain_sensitivity(nothing, reference_of(values))).all()


def test_regions_without_signal_are_left_out_and_named(folder):
    path, *_ = folder
    with np.load(path / "near_timeseries.npz") as arrays:
        changed = dict(arrays)
    changed["near-005_x-4"] = changed["near-005_x-4"] * [1, 1, 0, 1, 1]
    np.savez(path / "near_timeseries.npz", **changed)
    samples = read_samples(path, target={"column": "ID"})
    assert samples.feature_names == ("A ~ C", "A ~ D", "C ~ D")
    assert "left out: B" in samples.source
    with pytest.raises(InputError, match=r"near-005: region 'B' does not vary"):
        read_samples(path, target={"column": "ID"}, flat="refuse")


@pytest.mark.parametrize(
    ("changed", "fragments"),
    [
        ({"kind": "tangent"}, ["'tangent'", "fitted on all scans", "inside the folds"]),
        ({"kind": "corelation"}, ["'corelation'", "'correlation'?"]),
        ({"covariance": "none"}, ["covariance"]),
        ({"sites": ["neer"]}, ["'neer'", "'near'?"]),
        ({"leave_out": ["Z"]}, ["data.leave_out", "'Z'"]),
        ({"target": {"column": "Age"}}, ["far_sample.csv", "'Age'"]),
        ({"target": {"column": {"near": "Age"}}}, ["no column for far"]),
        ({"target": {"column": {"near": "Age", "fa": "ID"}}}, ["'fa'", "'far'?"]),
        ({"target": {"composite": "pain"}}, ["'pain'"]),
        ({"target": {"composite": "pain-sensitivity", "reference": "x"}}, ["'x'", "each-site"]),
        ({"target": {"composite": "pain-sensitivity", "trials": 7}}, ["trials", "at most 6"]),
        (
            {"target": {"composite": "pain-sensitivity", "reference": {"CPT": [1, 0]}}},
            ["target.reference.CPT"],
        ),
    ],
)
def test_each_fault_is_one_line(folder, changed, fragments):
    with pytest.raises(InputError) as caught:
        read_samples(folder[0], **changed)
    assert "\n" not in str(caught.value)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_people_and_scans_must_match(folder):
    path, *_ = folder
    table = pd.read_csv(path / "far_sample.csv")
    table[table.ID != 3].to_csv(path / "far_sample.csv", index=False)
    with pytest.raises(InputError, match="no row for scan 3"):
        read_samples(path)
    table.assign(ID=[1, 2, 3, 7]).to_csv(path / "far_sample.csv", index=False)
    with pytest.raises(InputError, match="no scan of ID 7"):
        read_samples(path)
    table.assign(ID=[1, 2, 3, 3]).to_csv(path / "far_sample.csv", index=False)
    with pytest.raises(InputError, match="ID 3 twice"):
        read_samples(path)


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (np.ones((10, 3)), "shape"),
        (np.full((10, 2), np.nan), "time 1, region 'A'"),
        (np.column_stack([np.arange(9.0)] * 2), "coefficient of 1"),
    ],
)
def test_faults_of_a_scan_name_whose_it_is(scan, said):
    with pytest.raises(InputError, match=rf"p1.*{said}"):
        connectivity_samples([scan], [0], ["p1"], ["A", "B"], covariance="empirical")
