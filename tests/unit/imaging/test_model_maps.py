"""Maps of learning rates against refitting by hand, planted rates, and noise."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from dolorimeter.core import InputError
from dolorimeter.hemodynamics import canonical_hrf
from dolorimeter.imaging.design import Design, make_design
from dolorimeter.imaging.model_comparison_maps import compare_models
from dolorimeter.imaging.model_maps import map_rates, region_means, selection_facts
from dolorimeter.imaging.rate_choice import choose, training_profiles
from dolorimeter.imaging.region_rates import group_rates
from dolorimeter.imaging.regressors import Regressor
from dolorimeter.imaging.responses import modulated_columns
from dolorimeter.imaging.selected_voxels import selected_effects
from dolorimeter.learning.grid import simulate_grid
from dolorimeter.learning.task_presets import read_design
from dolorimeter.learning.task_trials import make_trials

TR, N = 2.0, 150
RATES = np.array([0.03, 0.06, 0.12, 0.25, 0.4, 0.6, 0.8, 0.95])
FRAMES = np.arange(N) * TR
NAMES = ("error",)


def design(rng, run):
    extra = rng.normal(size=(N, 2))
    matrix = np.column_stack([extra, FRAMES / FRAMES.max() - 0.5, np.ones(N)])
    names, kinds = ("x", "y", "drift", "constant"), ("confound", "confound", "drift", "constant")
    return Design(matrix, names, kinds, FRAMES, np.arange(N), "sub-1", run)


def errors_at(rate, outcomes, value=0.0):
    """Cue error and outcome error of a temporal-difference learner, trial by trial."""
    found = []
    for outcome in outcomes:
        found.append((value, outcome - value))
        value += rate * (outcome - value)
    return np.array(found)


def columns_of(rng, rates=RATES):
    onsets = 4.0 + np.arange(18) * 15.6
    outcomes = np.concatenate([rng.permutation(np.repeat([0.0, 1.0], [2, 7])), np.zeros(9)])
    cue = canonical_hrf(FRAMES[:, None] - onsets)
    outcome = canonical_hrf(FRAMES[:, None] - onsets - 4.0)
    blocks = []
    for rate in rates:
        delta = errors_at(rate, outcomes)
        blocks.append(cue @ delta[:, 0] + outcome @ delta[:, 1])
    return np.stack(blocks)[:, :, None]


def noise_of(rng, v, rho=0.3):
    noise = rng.normal(size=(N + 20, v))
    for t in range(1, len(noise)):
        noise[t] += rho * noise[t - 1]
    return noise[20:]


def person(rng, n_runs=3, effects=(0.0,), rate=0.25, v=None, **options):
    """Voxels with effects at one true rate, mean 100."""
    fixed = [design(rng, f"run-{i}") for i in range(n_runs)]
    columns = [columns_of(rng) for _ in range(n_runs)]
    place = int(np.flatnonzero(rate == RATES)[0])
    data = [
        100 + block[place] * np.asarray(effects) + noise_of(rng, v or len(effects))
        for block in columns
    ]
    return data, fixed, columns


def mapped(rng, **given):
    data, fixed, columns = person(rng, **given)
    return map_rates(data, fixed, columns, NAMES, RATES, scaling="none")


def test_held_out_gain_and_effect_equal_refitting_by_hand():
    rng = np.random.default_rng(0)
    data, fixed, columns = person(rng, effects=(1.0, 0.0))
    found = map_rates(data, fixed, columns, NAMES, RATES, scaling="none", noise="ols")
    fits = [
        [
            np.linalg.lstsq(np.column_stack([block[g], plan.matrix]), y, rcond=None)
            for g in range(len(RATES))
        ]
        for y, plan, block in zip(data, fixed, columns, strict=True)
    ]
    logs = np.array([[-0.5 * N * np.log(fit[1]) for fit in run] for run in fits])
    beta = np.array([[fit[0][0] for fit in run] for run in fits])
    variance = np.array([[fit[1] / (N - 5) for fit in run] for run in fits])
    expected = np.zeros(2)
    for k in range(3):
        rest = [i for i in range(3) if i != k]
        best = logs[rest].sum(axis=0).argmax(axis=0)
        np.testing.assert_allclose(found.chosen[k], RATES[best])
        left, plan = data[k], fixed[k].matrix
        hat = plan @ np.linalg.pinv(plan)
        null_variance = np.mean(
            [np.linalg.lstsq(fixed[i].matrix, data[i], rcond=None)[1] / (N - 4) for i in rest], 0
        )
        for voxel in range(2):
            g = best[voxel]
            mean = columns[k][g][:, 0] * beta[rest, g, voxel].mean()
            for sign, guess, s2 in (
                (1, mean, variance[rest, g, voxel].mean()),
                (-1, 0 * mean, null_variance[voxel]),
            ):
                e = left[:, voxel] - guess
                e = e - hat @ e
                expected[voxel] -= sign * 0.5 * ((N - 4) * np.log(2 * np.pi * s2) + e @ e / s2)
    np.testing.assert_allclose(found.gain, expected, rtol=1e-9)
    chosen = np.array([[RATES.searchsorted(r) for r in row] for row in found.chosen])
    by_hand = [[beta[k, chosen[k, v], v] for k in range(3)] for v in range(2)]
    np.testing.assert_allclose(found.effects[0], np.mean(by_hand, axis=1), rtol=1e-9)
    np.testing.assert_allclose(found.best, RATES[logs.sum(axis=0).argmax(axis=0)])


def test_a_run_left_out_has_no_say_in_its_rate():
    rng = np.random.default_rng(1)
    data, fixed, columns = person(rng, effects=(1.0, 0.5, 0.0))
    before = map_rates(data, fixed, columns, NAMES, RATES)
    data[1] = 100 + 5 * rng.normal(size=data[1].shape)
    after = map_rates(data, fixed, columns, NAMES, RATES)
    np.testing.assert_array_equal(before.chosen[1], after.chosen[1])
    np.testing.assert_array_equal(
        training_profiles(before.held_out)[1], training_profiles(after.held_out)[1]
    )
    assert not np.array_equal(before.profile, after.profile)


def test_a_planted_rate_is_recovered_and_noise_is_said_not_to_be_identified():
    rng = np.random.default_rng(2)
    regions = {"signal": np.arange(12) < 6, "noise": np.arange(12) >= 6}
    people = []
    for _ in range(12):
        effects = np.repeat([rng.normal(2.0, 0.3), 0.0], 6)
        data, fixed, columns = person(rng, effects=effects, rate=0.25)
        people.append(map_rates(region_means(data, regions), fixed, columns, NAMES, RATES))
    found = group_rates(people, random_state=0)
    assert found.best[0] == 0.25
    assert found.interval[0, 0] <= 0.25 <= found.interval[0, 1]
    assert found.identified.tolist() == [True, False]
    assert found.reasons[0].startswith("identified: 95 % interval")
    assert "not identified: the model foretells no run" in found.reasons[1]
    assert found.effects[:, 0, 0].mean() == pytest.approx(2.0, abs=0.3)
    assert found.gain_p[0] < 0.001 < 0.05 < found.gain_p[1]
    assert found.profile.max(axis=0).tolist() == [0.0, 0.0]
    again = group_rates(people, random_state=0)
    np.testing.assert_array_equal(found.interval, again.interval)


def test_the_group_chooses_a_rate_from_all_runs_but_the_one_left_out():
    rng = np.random.default_rng(9)
    people = [mapped(rng, effects=(0.7, 0.0)) for _ in range(4)]
    found = {how: group_rates(people, selection=how) for how in ("group", "own")}
    for i, one in enumerate(people):
        runs = [np.stack([run.log_likelihood for run in p.held_out.runs]) for p in people]
        for voxel in range(2):
            total = sum(block[..., voxel].sum(axis=0) for block in runs)
            effects = {"group": [], "own": []}
            for k, run in enumerate(one.held_out.runs):
                best = (total - runs[i][k, :, voxel]).argmax()
                effects["group"].append(run.estimates[best, 0, voxel])
                best = np.delete(runs[i], k, axis=0)[..., voxel].sum(axis=0).argmax()
                effects["own"].append(run.estimates[best, 0, voxel])
            for how, values in effects.items():
                assert found[how].effects[i, 0, voxel] == pytest.approx(np.mean(values))
    tested = ttest_1samp(found["own"].effects, 0.0).pvalue
    np.testing.assert_allclose(found["own"].effect_p, tested)


def test_double_dipping_makes_effects_of_noise_and_the_runs_left_out_do_not():
    """On noise, the rate chosen for the test it is then put to rejects far too often.

    Cross-validated gains and effects of the same people and voxels keep their level.
    """
    rng = np.random.default_rng(3)
    n_people, v = 10, 800
    people = [mapped(rng, v=v, effects=np.zeros(v)) for _ in range(n_people)]
    at_every_rate = np.stack(
        [np.mean([run.estimates[:, 0] for run in p.held_out.runs], axis=0) for p in people]
    )
    dipped = ttest_1samp(at_every_rate, 0.0).pvalue.min(axis=0)
    apart = ttest_1samp(np.stack([p.effects[0] for p in people]), 0.0).pvalue
    assert np.mean(dipped < 0.05) > 0.085
    assert np.mean(apart < 0.05) == pytest.approx(0.05, abs=0.02)
    own = np.stack([_likelihood_gain(p) for p in people])
    assert (own > 0).all()
    gain = np.stack([p.gain for p in people])
    assert gain.mean() < 0
    assert np.mean(ttest_1samp(gain, 0.0, alternative="greater").pvalue < 0.05) < 0.05
    assert selection_facts()["fitted_outside"] == ()
    assert selection_facts(apart=False)["fitted_outside"] == ("learning rate",)


def _likelihood_gain(found):
    """In-sample gain of the best rate over the worst, the same runs choosing and judging."""
    return -found.profile.min(axis=0)


def test_selected_voxels_are_tested_on_other_runs():
    rng = np.random.default_rng(4)
    v, regions = 60, {"noise": np.arange(60) < 30, "signal": np.arange(60) >= 30}
    effects = np.where(np.arange(v) >= 50, -1.5, 0.0)
    apart, dipped = [], []
    for _ in range(25):
        found = mapped(rng, v=v, effects=effects)
        apart.append(selected_effects(found, regions, {"error": -1.0}, share=0.1))
        rows = choose(found.profile)
        mean = np.mean([run.estimates for run in found.held_out.runs], axis=0)
        effect = -mean[rows, 0, np.arange(v)]
        dipped.append(np.sort(effect[regions["noise"]])[-3:].mean())
    apart = np.array(apart)
    assert abs(apart[:, 0].mean()) < 3 * apart[:, 0].std() / 5
    assert np.mean(dipped) > 4 * apart[:, 0].std() / 5
    assert apart[:, 1].mean() == pytest.approx(1.5, abs=0.2)


def test_constant_voxels_are_unknown_and_leave_the_others_alone():
    rng = np.random.default_rng(5)
    data, fixed, columns = person(rng, effects=(1.0, 0.0))
    plain = map_rates(data, fixed, columns, NAMES, RATES)
    flat = [np.column_stack([y[:, 0], np.full(N, 7.0), y[:, 1]]) for y in data]
    found = map_rates(flat, fixed, columns, NAMES, RATES)
    for name in ("best", "gain", "effects", "chosen", "profile"):
        ours, theirs = getattr(found, name), getattr(plain, name)
        assert np.isnan(ours[..., 1]).all()
        np.testing.assert_allclose(ours[..., [0, 2]], theirs, rtol=1e-7, atol=1e-9)
    with pytest.raises(InputError, match="no voxel that varies"):
        selected_effects(found, {"flat": np.array([False, True, False])}, {"error": 1.0})


def test_models_are_compared_on_what_they_were_not_fitted_to():
    rng = np.random.default_rng(6)
    gains = {"td": [], "lure": []}
    for _ in range(8):
        data, fixed, columns = person(rng, effects=(1.5, 0.0))
        lure = [np.abs(block - block.mean(axis=1, keepdims=True)) for block in columns]
        for name, grid in (("td", columns), ("lure", lure)):
            gains[name].append(map_rates(data, fixed, grid, NAMES, RATES).gain)
    found = compare_models({name: np.stack(g) for name, g in gains.items()}, reference="lure")
    assert found.winner[0] == 0
    assert found.gain_p[0, 0] < 0.001
    assert found.difference_p[0, 0] < 0.001
    assert found.gain[:, 1].max() < 0.5
    by_hand = ttest_1samp(np.array(gains["td"])[:, 0] - np.array(gains["lure"])[:, 0], 0)
    assert found.difference_t[0, 0] == pytest.approx(by_hand.statistic)
    assert np.isnan(found.difference_p[1]).all()
    assert found.lead[0] == pytest.approx(found.gain[0, 0] - found.gain[1, 0])
    np.testing.assert_allclose(found.summed, 8 * found.gain)


def test_no_model_wins_where_none_foretells_and_unknown_stays_unknown():
    gains = {"a": np.array([[-1.0, 2.0, np.nan]] * 2), "b": np.array([[-2.0, 1.0, 5.0]] * 2)}
    gains["a"][0] += 0.1
    found = compare_models(gains)
    assert found.reference == "a"
    assert found.winner.tolist() == [-1, 0, -1]
    assert np.isnan(found.lead[2])
    assert found.gain_p[0, 0] > 0.9
    assert np.isnan(found.gain_p[1]).all()  # all people alike: nothing to test by
    alone = compare_models({"b": np.array([[1.0], [2.0]])})
    assert alone.lead.tolist() == [1.5]


@pytest.mark.parametrize(
    ("gains", "reference", "match"),
    [
        ({}, None, "no model"),
        ({"td-4": np.ones((2, 3))}, "td-3", "Did you mean 'td-4'"),
        ({"td": np.ones((2, 3)), "rw": np.ones((3, 3))}, None, "gains of rw"),
        ({"td": np.ones((1, 3))}, None, "at least two people"),
    ],
)
def test_gains_that_cannot_be_compared_are_refused(gains, reference, match):
    with pytest.raises(InputError, match=match):
        compare_models(gains, reference)


def test_what_cannot_be_split_or_matched_is_refused():
    rng = np.random.default_rng(7)
    data, fixed, columns = person(rng)
    with pytest.raises(InputError, match="half a run is no second run"):
        map_rates(data[:1], fixed[:1], columns[:1], NAMES, RATES)
    with pytest.raises(InputError, match="run 2: the same data as run 1"):
        map_rates([data[0], data[0].copy()], fixed[:2], columns[:2], NAMES, RATES)
    with pytest.raises(InputError, match="columns of run 1: 8 models"):
        map_rates(data, fixed, columns, NAMES, RATES[:3])
    with pytest.raises(InputError, match="rising numbers"):
        map_rates(data, fixed, columns, NAMES, RATES[::-1])
    found = map_rates(data, fixed, columns, NAMES, RATES)
    with pytest.raises(InputError, match="weights of error"):
        selected_effects(found, {"r": np.array([True])}, {"value": 1.0})
    with pytest.raises(InputError, match="region r: 0 voxels"):
        region_means(data, {"r": np.array([False])})
    with pytest.raises(InputError, match="at least two people"):
        group_rates([found])
    with pytest.raises(InputError, match="'group' or 'own'"):
        group_rates([found, found], selection="all")


def test_rates_of_a_learner_through_the_rooms_own_columns():
    """From trials to values to columns to the rate: two error columns, one a cue."""
    rng = np.random.default_rng(8)
    frames = np.arange(260) * 3.0
    regressors = [
        Regressor(f"error_{cue}", ("cue", "outcome"), (cue,), modulator="appetitive_error")
        for cue in "AB"
    ]
    names = tuple(regressor.name for regressor in regressors)
    people = []
    for seed in range(6):
        trials = make_trials(read_design("relief2005", seed), seed, 1)
        data, fixed, columns = [], [], []
        for run in range(3):
            part = trials.take(np.arange(run * 30, run * 30 + 30))
            start = part.onset[0] - 9.0
            part = replace(part, onset=part.onset - start, outcome_onset=part.outcome_onset - start)
            learned = simulate_grid("td", part, RATES[:, None])
            given = {"cue_error": learned.cue_error, "outcome_error": learned.outcome_error}
            found = [
                modulated_columns(one, part, given, frames, convolution="exact")
                for one in regressors
            ]
            columns.append(np.stack(found, axis=2))
            nuisance = (Regressor("cue"), Regressor("outcome", ("outcome",)))
            fixed.append(make_design(part, nuisance, frames, convolution="exact"))
            noise = rng.normal(size=(len(frames), 2))
            signal = columns[-1][3] @ np.array([[1.0, 0.0], [0.8, 0.0]])
            data.append(100 + signal + noise)
        people.append(map_rates(data, fixed, columns, names, RATES))
    found = group_rates(people, random_state=0)
    assert found.best[0] == RATES[3]
    assert found.identified.tolist() == [True, False]
    effects, t, p = found.contrast({"error_A": 1.0, "error_B": 1.0})
    assert effects[:, 0].mean() == pytest.approx(1.8, abs=0.4)
    assert p[0] < 0.01 < p[1]
    assert t[0] == pytest.approx(ttest_1samp(effects[:, 0], 0.0).statistic)
    by_hand = people[0].effects[0] + people[0].effects[1]
    np.testing.assert_allclose(people[0].contrast({"error_A": 1.0, "error_B": 1.0}), by_hand)
    with pytest.raises(InputError, match="weights of error_A, error_B"):
        found.contrast({"error_C": 1.0})
