"""What the group's tests may claim: one family of contrasts, exchangeable maps, a direction."""

import numpy as np
import pytest
from scipy import stats

from dolorimeter.audit import audit_study
from dolorimeter.core import Grid, InputError
from dolorimeter.imaging import permutation_test
from dolorimeter.studies.imaging import ImagingStudy
from dolorimeter.studies.imaging.blocks import Group, Overlap
from dolorimeter.studies.imaging.contents import contrast_block
from dolorimeter.studies.imaging.facts import analyses
from dolorimeter.studies.imaging.group_maps import run_group
from dolorimeter.studies.imaging.joint import Joint
from dolorimeter.studies.imaging.people import Sample
from dolorimeter.studies.imaging.words import methods, summarize

EDGE = 5
GRID = Grid(np.ones((EDGE, EDGE, EDGE), bool), np.diag([6.0, 6.0, 6.0, 1.0]))
REGIONS = {"near": np.arange(EDGE**3) < 10, "far": np.arange(EDGE**3) >= 110}
PAIR = {"relief": {"error_A": 1.0}, "exacerbation": {"error_B": -1.0}}
ALIKE = {"up": {"error": 1.0}, "down": {"error": -1.0}}


def noise(n, seed=0):
    return np.random.default_rng(seed).standard_normal((n, EDGE**3))


def stage_of(maps, options=None, regions=None, sample=None, **further):
    contrasts = {name: (PAIR | ALIKE)[name] for name in maps}
    study = ImagingStudy(
        contrasts=contrasts, group=options or Group(permutations=499), pain=True, **further
    )
    return study, run_group(study, maps, sample or Sample(), GRID, regions or {}, 0, named=False)


def content_of(study, stage):
    return {
        "data": {"subjects": [0] * stage.blocks["subjects"], "left_out": [], "notices": [],
                 "runs": 1, "voxels": EDGE**3},
        "group": stage.blocks,
        "contrasts": contrast_block(study),
        "learning": None,
        "design": {"pain": study.pain, "uncovered": {}, "warnings": []},
        "model_maps": None,
        "truth": None,
    }  # fmt: skip


def claim_of(maps, **given):
    content = content_of(*stage_of(maps, **given))
    return audit_study(analyses(content), "these"), content


def all_signs(n):
    return 1.0 - 2.0 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)


def largest(maps, signs, voxels=slice(None)):
    """Return the largest t over voxels and contrasts under each flip."""
    tops = []
    for flip in signs:
        flipped = [stats.ttest_1samp(flip[:, None] * m[:, voxels], 0).statistic for m in maps]
        tops.append(np.max(flipped))
    return np.array(tops)


def test_the_null_is_the_largest_over_contrasts_under_the_same_flips():
    maps = {"relief": noise(6) + 0.8, "exacerbation": noise(6, 1) + 0.4}
    _, stage = stage_of(maps, Group(permutations=64))
    null = largest(maps.values(), all_signs(6))
    assert stage.blocks["null_mean"]["brain"] == pytest.approx(null.mean())
    for found in stage.blocks["maps"]:
        expected = (null >= found["largest_t"] - 1e-9).mean()
        assert found["p_brain_adjusted"] == pytest.approx(expected)
        own = largest([maps[found["contrast"]]], all_signs(6))
        assert found["p_brain"] == pytest.approx((own >= found["largest_t"] - 1e-9).mean())


def test_drawn_flips_are_those_of_every_contrast():
    # A map and its double have one t under one flip: joined they are as one contrast.
    maps = noise(12) + 0.6
    one = stage_of({"relief": maps})[1].blocks["maps"][0]
    both = stage_of({"relief": maps, "exacerbation": 2 * maps})[1].blocks["maps"]
    assert [found["p_brain_adjusted"] for found in both] == [one["p_brain"]] * 2


def test_brain_and_regions_are_two_searches():
    maps = {"relief": noise(6) + 0.8, "exacerbation": noise(6, 1) + 0.4}
    _, alone = stage_of(maps, Group(permutations=64))
    _, stage = stage_of(maps, Group(permutations=64), REGIONS)
    inside = np.any(list(REGIONS.values()), axis=0)
    null = largest(maps.values(), all_signs(6), inside)
    for found, same in zip(stage.blocks["maps"], alone.blocks["maps"], strict=True):
        assert found["p_brain_adjusted"] == min(1.0, 2 * same["p_brain_adjusted"])
        for row in found["regions"]:
            expected = 2 * (null >= row["t"] - 1e-9).mean()
            assert row["p_svc_adjusted"] == pytest.approx(min(1.0, expected))


def test_a_conjunction_is_the_smaller_t_against_the_same_null():
    maps = {"relief": noise(7), "exacerbation": noise(7, 1)}
    for values in maps.values():
        values[:, 4] += 3.0
    maps["relief"][:, 60] += 30.0  # high in one alone, and outside the regions
    pairs = (Overlap("relief", "exacerbation"),)
    _, stage = stage_of(maps, Group(permutations=128), REGIONS, overlap=pairs)
    (pair,) = stage.blocks["overlap"]
    inside = np.any(list(REGIONS.values()), axis=0)
    null = largest(maps.values(), all_signs(7), inside)
    t = np.min([stats.ttest_1samp(m, 0).statistic for m in maps.values()], axis=0)
    best = np.flatnonzero(inside)[np.argmax(t[inside])]
    assert pair["best"]["t"] == pytest.approx(t[best])
    place = np.argwhere(GRID.mask)[best] * 6.0
    assert [pair["best"][axis] for axis in "xyz"] == place.tolist()
    assert pair["p_conjunction"] == pytest.approx(min(1.0, 2 * (null >= t[best] - 1e-9).mean()))


def test_six_people_and_opposite_contrasts_could_not_have_shown_it():
    strong = noise(6) + 9.0
    claim, content = claim_of(
        {"up": strong, "down": -strong}, options=Group(permutations=64), regions=REGIONS
    )
    # A flip and its opposite share the maximum: 2 of 64, twice.
    assert content["group"]["smallest_p"] == {"brain": 0.0625, "regions": 0.0625}
    assert any("no effect in the brain can be shown" in n for n in content["group"]["notes"])
    assert not claim.granted
    unproven = [s.text for s in claim.unproven if "BOLD followed" in s.text]
    assert len(unproven) == 4
    assert all("could not have been shown" in text for text in unproven)
    assert not any("tested and not shown" in text for text in unproven)


def test_where_it_could_be_shown_nothing_is_excused():
    strong = noise(7) + 9.0
    claim, content = claim_of(
        {"up": strong, "down": -strong}, options=Group(permutations=128), regions=REGIONS
    )
    assert content["group"]["smallest_p"]["brain"] == pytest.approx(4 / 128)
    assert content["group"]["notes"] == [
        n for n in content["group"]["notes"] if "smallest" not in n
    ]
    assert [s for s in claim.granted if "'up'" in s.text]
    assert all("tested and not shown" in s.text for s in claim.unproven if "'down'" in s.text)


def test_too_few_draws_could_not_have_shown_it_either():
    claim, _ = claim_of({"relief": noise(12) + 9.0}, options=Group(permutations=10))
    (said,) = [s.text for s in claim.unproven if "BOLD followed" in s.text]
    assert "could not have been shown" in said


@pytest.fixture
def two_groups():
    """Return maps of 10 controls without an effect and 10 patients with a negative one."""
    maps = noise(20)
    maps[10:] -= 3.0
    return maps, Sample(groups=np.array(["controls"] * 10 + ["patients"] * 10))


def test_a_difference_says_its_direction(two_groups):
    maps, sample = two_groups
    options = Group("two-sample", between="group", permutations=199)
    claim, content = claim_of({"relief": maps}, options=options, sample=sample, regions=REGIONS)
    assert content["group"]["direction"] == "controls less patients"
    assert content["group"]["groups"] == [
        {"name": "controls", "subjects": 10}, {"name": "patients", "subjects": 10},
    ]  # fmt: skip
    said = [s.text for s in claim.granted if "BOLD followed" in s.text]
    assert len(said) == 2
    assert all("more in controls than in patients" in text for text in said)
    (told,) = [text for text in summarize(content) if "controls less patients" in text]
    assert "opposite direction is not tested" in told
    assert "10 controls" in told
    other, _ = claim_of({"relief": -maps}, options=options, sample=sample)
    assert not other.granted


def test_one_group_has_no_direction():
    claim, content = claim_of({"relief": noise(12) + 2.0})
    assert (content["group"]["direction"], content["group"]["groups"]) == (None, None)
    assert not any("more in" in s.text for s in claim.granted)


def test_factors_are_not_compared_between_groups():
    with pytest.raises(InputError, match="two-sample"):
        ImagingStudy(
            contrasts=PAIR, factors={"a": "relief", "b": "exacerbation"},
            group=Group("two-sample", between="group"),
        )  # fmt: skip


def skewed(n, seed=0, shape=2.37):
    """Return maps of mean 0 whose skewness over people is -2 / sqrt(shape), -1.3."""
    return shape - np.random.default_rng(seed).gamma(shape, 1.0, (n, EDGE**3))


@pytest.mark.parametrize(
    "bent", [skewed(12), -np.exp(noise(12)), skewed(20)], ids=["gamma", "lognormal", "more people"]
)
def test_skewed_maps_are_not_exchangeable(bent):
    # Strong enough that p alone would grant it.
    claim, content = claim_of({"relief": bent + 9.0, "exacerbation": noise(len(bent), 3) + 9.0})
    first, second = content["group"]["maps"]
    assert (first["exchangeable"], second["exchangeable"]) == (None, True)
    assert first["p_brain_adjusted"] <= 0.05
    granted = [s.text for s in claim.granted]
    assert granted
    assert all("'exacerbation'" in text for text in granted)
    notes = content["group"]["notes"]
    assert any(n.startswith("relief: people's maps are skewed") for n in notes)


@pytest.mark.parametrize("n", [8, 12, 20])
def test_symmetric_maps_with_effects_are_still_granted(n):
    granted = []
    for seed in range(30):
        scale = np.exp(0.3 * np.random.default_rng([seed, 1]).standard_normal((n, 1)))
        maps = scale * noise(n, seed)  # some people's maps are noisier
        maps[:, 4:30] += 2.0
        claim, _ = claim_of({"relief": maps}, options=Group(permutations=199))
        granted.append(bool([s for s in claim.granted if "Somewhere" in s.text]))
    assert sum(granted) >= 27


@pytest.mark.parametrize(("sizes", "known"), [((5, 15), None), ((10, 10), True)])
def test_unequal_groups_of_unequal_spread_are_not_exchangeable(sizes, known):
    maps = noise(20)
    maps[: sizes[0]] = 2.5 * maps[: sizes[0]] + 9.0
    sample = Sample(groups=np.repeat(["a", "b"], sizes))
    options = Group("two-sample", between="group", permutations=199)
    claim, content = claim_of({"relief": maps}, options=options, sample=sample)
    (found,) = content["group"]["maps"]
    assert found["exchangeable"] is known
    assert found["p_brain_adjusted"] <= 0.05
    assert bool(claim.granted) == (known is True)
    assert any("differ in variance" in n for n in content["group"]["notes"]) == (known is None)


def test_one_person_in_a_group_has_no_variance():
    sample = Sample(groups=np.repeat(["a", "b"], (1, 29)))
    maps = noise(30)
    maps[0] += 99.0
    options = Group("two-sample", between="group", permutations=199)
    claim, _ = claim_of({"relief": maps}, options=options, sample=sample)
    assert not claim.granted


def test_groups_of_equal_spread_are_exchangeable():
    maps = noise(20)
    maps[:5] += 3.0
    sample = Sample(groups=np.repeat(["a", "b"], (5, 15)))
    options = Group("two-sample", between="group", permutations=199)
    claim, content = claim_of({"relief": maps}, options=options, sample=sample)
    assert content["group"]["assumed"] == "equal variances of the groups"
    assert claim.granted


def test_the_evidence_is_the_voxel_that_gave_p():
    maps = noise(16)
    maps -= maps.mean(axis=0)
    maps[:, 0] += 3.0  # one voxel: no cluster
    cluster = np.zeros((EDGE, EDGE, EDGE), bool)
    cluster[2:, 2:, 2:] = True
    maps[:, cluster.ravel()] += 0.9
    t = stats.ttest_1samp(maps, 0).statistic
    claim, content = claim_of({"relief": maps}, regions=REGIONS)
    assert content["group"]["maps"][0]["peaks"][0]["t"] < t.max()
    (said,) = [s.text for s in claim.granted if "Somewhere" in s.text]
    assert f"largest t = {t[0]:.2f} at (0, 0, 0) mm" in said
    (said,) = [s.text for s in claim.granted if "In near" in s.text]
    assert f"near p = 0.004, t = {t[0]:.2f} at (0, 0, 0) mm" in said
    assert "family-wise over voxels of all 2 regions and one contrast" in said


def test_one_region_is_called_by_its_name():
    claim, _ = claim_of({"relief": noise(12)}, regions={"near": REGIONS["near"]})
    (said,) = [s.text for s in claim.unproven if "named before" in s.text]
    assert "in near, the one region named before" in said
    assert "any of" not in said


def test_only_the_rates_are_missing_for_an_inference_to_pain():
    claim, _ = claim_of({"relief": noise(12) + 3.0})
    (said,) = [s.text for s in claim.unproven if "inferred from the pattern" in s.text]
    assert said.endswith("BOLD: base rate, pattern given pain, pattern given no pain not known.")


def test_scope_and_finding_say_the_same_of_whom(imaging_run):
    claim = imaging_run[0].claim
    assert "The 6 people studied, and people like them as far as these stand" in claim.scope
    (found,) = [f for f in claim.findings if f.rule == "W3"]
    assert "the subjects studied, and people like them as far as these stand" in found.reason


def test_methods_say_what_is_assumed(imaging_run):
    said = " ".join(methods(imaging_run[0].content))
    assert "symmetric errors assumed" in said
    assert "voxels and 2 contrasts, times 2 for brain and regions" in said
    assert "smoothed with a Gaussian of 8 mm full width at half maximum" in said


def test_no_permutations_leave_the_assumption_open(imaging_run):
    _, stage = stage_of({"relief": noise(12)}, Group(permutations=0), REGIONS)
    (found,) = stage.blocks["maps"]
    blank = ("p_brain", "p_brain_adjusted", "p_assumed", "exchangeable")
    assert [found[key] for key in blank] == [None] * 4
    assert stage.blocks["smallest_p"] == {"brain": None, "regions": None}


def test_contrasts_regions_and_brain_together_err_as_told():
    wrong = 0
    inside = np.any(list(REGIONS.values()), axis=0)
    for seed in range(150):
        first, second = noise(12, seed), noise(12, seed + 1000)
        made = [
            permutation_test(m, regions={"own": inside}, n_permutations=99, random_state=seed)
            for m in (first, -first, second, first + second)
        ]
        brain, regions = Joint.of(made, 2), Joint.of(made, 2, "own")
        tops = [float(p.t.max()) for p in made], [float(p.t[inside].max()) for p in made]
        wrong += min(brain.p(max(tops[0])), regions.p(max(tops[1]))) <= 0.05
    assert wrong <= 15  # 7.5 are expected at most; 16 or more have p = 0.004
