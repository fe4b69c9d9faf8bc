"""A sound analysis finds what was planted, where it was planted, and nothing where nothing was.

The full-size version, with 19 people and smoothing, is the proof. Here are ten people, unsmoothed,
and effects 1.5 times the default: places and signs are tested, not power.
"""

import numpy as np
import pytest
from scipy.stats import t as student

from dolorimeter.imaging.design import make_design
from dolorimeter.imaging.glm import fit_first_level
from dolorimeter.imaging.grids import brain_grid
from dolorimeter.imaging.regressors import PRESETS
from dolorimeter.imaging.simulate import simulate_study_data
from dolorimeter.imaging.truth import EVOKED, SITES
from dolorimeter.learning import simulate_grid, simulate_learning

CONTRASTS = {
    "appetitive": {"error_A": 1, "error_B": 1},
    "relief": {"error_A": 1},
    "exacerbation": {"error_B": -1},
}
MOTION = [f"{kind}_{axis}" for kind in ("trans", "rot") for axis in "xyz"]
N_SUBJECTS, TR = 10, 3.0


@pytest.fixture(scope="module")
def study():
    """Return t maps of planted effects, and where their voxels lie."""
    learned = simulate_learning(n_subjects=N_SUBJECTS, random_state=0)
    errors = {name: np.array(learned.truth[name]) for name in ("cue_error", "outcome_error")}
    planted = learned.trials.with_quantities(**errors)
    # The analysis knows no person's learning rate: 0.3 for all, as in the paper.
    fixed = simulate_grid("td", learned.trials, np.array([[0.3]]), ("alpha",))
    assumed = learned.trials.with_quantities(
        cue_error=fixed.cue_error[0], outcome_error=fixed.outcome_error[0]
    )
    brain = brain_grid()
    places = np.argwhere(brain.mask) @ brain.affine[:3, :3].T + brain.affine[:3, 3]
    centers = np.array([site.center for site in (*SITES, *EVOKED)])
    near = np.linalg.norm(places[:, None] - centers, axis=2).min(axis=1) <= 17
    people = simulate_study_data(planted, TR, brain, effect=1.5, random_state=1)
    maps = {name: [] for name in CONTRASTS}
    for person in people:
        own = assumed.take(assumed.subject == person.subject)
        data = [run.data[:, near].astype(np.float64) for run in person.runs]
        designs = [design(own.take(own.run == run.run), run) for run in person.runs]
        fitted = fit_first_level(data, designs, CONTRASTS)
        for name in CONTRASTS:
            maps[name].append(fitted.contrasts[name].effect)
    return {name: t_map(np.array(effects)) for name, effects in maps.items()}, places[near]


def design(trials, run):
    confounds = run.confounds[MOTION] - run.confounds[MOTION].mean()
    outliers = run.confounds.filter(like="motion_outlier").sum(axis=1).to_numpy() > 0
    frames = np.arange(len(run.data)) * TR
    return make_design(
        trials, PRESETS["two-errors"], frames, confounds=confounds, scrubbed=outliers
    )


def t_map(effects):
    return effects.mean(axis=0) / effects.std(axis=0, ddof=1) * np.sqrt(len(effects))


def statistic(maps, site):
    if len(site.responses) == 2:
        return np.minimum(maps["relief"], maps["exacerbation"])
    return maps["appetitive"] * (1 if site.responses[0].kind == "appetitive" else -1)


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_each_site_is_found_in_its_place(study, site):
    maps, places = study
    values = statistic(maps, site)
    distance = np.linalg.norm(places - np.array(site.center), axis=1)
    # The greatest value within 16 mm (the nearest other site is farther) lies within 8 mm.
    around = np.flatnonzero(distance <= 16)
    peak = around[values[around].argmax()]
    assert values[peak] > student.isf(0.001, N_SUBJECTS - 1)
    assert distance[peak] <= 8


@pytest.mark.parametrize("site", EVOKED, ids=lambda site: site.name)
def test_places_that_respond_to_events_alone_show_no_errors(study, site):
    maps, places = study
    center = np.linalg.norm(places - np.array(site.center), axis=1).argmin()
    for values in maps.values():
        assert abs(values[center]) < student.isf(0.0005, N_SUBJECTS - 1)
