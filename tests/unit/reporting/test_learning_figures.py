"""The drawings and tables of a learning report: what they show, and what they leave out."""

import re
from typing import Any

import pytest

from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.figures_learning import SERIES, cue_looks, limits, outcome_marks, points
from dolorimeter.reporting.figures_learning_behaviour import measures_by_cue, preferences
from dolorimeter.reporting.figures_learning_comparison import comparison, recovery_scatter
from dolorimeter.reporting.figures_learning_course import course, trial_types
from dolorimeter.reporting.figures_learning_design import MOST_RUNS, timeline
from dolorimeter.reporting.figures_learning_fits import alpha_profile, parameters, subjects_behind
from dolorimeter.reporting.tables_learning import efficiency, notices, paired
from dolorimeter.reporting.tables_learning_fits import comparison as comparison_table
from dolorimeter.reporting.tables_learning_fits import fits, model_confusion, sensitivity

NAN = float("nan")


def drawn(plate: Any, panel: int = 0, narrow: bool = False) -> str:
    shown = plate.panels[panel].narrow if narrow else plate.panels[panel].drawing
    return str(shown.markup("f-"))


def trials(*outcomes: str, run: str = "1", start: float | None = 0.0) -> list[dict[str, Any]]:
    return [
        {
            "trial": i,
            "run": run,
            "cue": "A",
            "outcome": outcome,
            "onset": None if start is None else start + 10 * i,
        }
        for i, outcome in enumerate(outcomes)
    ]


def strokes(svg: str, color: Any) -> list[tuple[float, float]]:
    """Return from where to where each stroke of a color goes, in pixels downward."""
    found = []
    for path in re.findall(r"<path [^>]*>", svg):
        numbers = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+) *"', path)
        if numbers and f"stroke:var(--{color.name})" in path:
            found.append((float(numbers[2]), float(numbers[4])))
    return found


def test_a_stroke_points_where_pain_goes():
    with house_style():
        svg = drawn(timeline(trials("relief", "exacerbation", "none", "relief"), ""))
    middle = sum(strokes(svg, SERIES[2])[0]) / 2
    down, up = strokes(svg, SERIES[0]), strokes(svg, SERIES[1])
    assert len(down) == 2
    assert all(min(ends) == pytest.approx(middle, abs=0.1) for ends in down)
    assert all(max(ends) > middle + 5 for ends in down)
    assert len(up) == 1
    assert max(up[0]) == pytest.approx(middle, abs=0.1)
    assert min(up[0]) < middle - 5


def test_every_trial_is_drawn_once_and_runs_stand_apart():
    many = [t for r in range(3) for t in trials(*["high", "low"] * 40, run=f"0{r}")]
    with house_style():
        plate = timeline(many, "")
        for narrow in (False, True):
            svg = drawn(plate, narrow=narrow)
            assert len(strokes(svg, SERIES[0])) == len(strokes(svg, SERIES[1])) == 120
            assert all(f">Run 0{r}, 80 trials<" in svg for r in range(3))
    assert [name for name, _ in plate.legend] == ["Low (down)", "High (up)"]


def test_time_is_that_of_the_run_unless_it_is_unknown_or_goes_back():
    late = trials("none", "none", start=5000.0)
    back = [*trials("none", "none"), *trials("none", "none")]
    with house_style():
        assert "minutes since the first trial" in drawn(timeline(late, ""))
        axes = timeline(late, "").panels[0].drawing.figure.axes[0]
        assert axes.get_xlim()[1] == pytest.approx(10 / 60, rel=0.02)  # minutes
        for order in (back, trials("none", start=None)):
            assert ">trial of the run<" in drawn(timeline(order, ""))


def test_there_is_an_end_to_runs_and_none_without_trials():
    many = [t for r in range(MOST_RUNS + 3) for t in trials("none", run=f"r{r}")]
    with house_style():
        assert drawn(timeline(many, "")).count(">Run ") == MOST_RUNS
    assert timeline([], "") is None


def test_cues_and_outcomes_of_the_paper_share_their_colors():
    looks, marks = cue_looks("ABC"), outcome_marks(["none", "exacerbation", "money", "relief"])
    assert looks["A"].color == marks["relief"].color
    assert looks["B"].color == marks["exacerbation"].color
    assert len({str(look.dashes) for look in looks.values()}) == 3
    assert [marks[o].direction for o in ("relief", "exacerbation", "none", "money")] == [
        -1,
        1,
        0,
        2,
    ]
    assert len(cue_looks(str(i) for i in range(20))) == 20


def test_courses_end_in_the_names_of_their_cues():
    entry = {"presentation": [1, 2, 3], "value": [0.0, 0.3, None], "outcome_error": [1.0, 0.7, 0.5]}
    with house_style():
        plate = course({"A": entry, "B": entry, "gone": None}, "")
        assert [panel.title for panel in plate.panels] == ["Value", "Error at the outcome"]
        svg = drawn(plate)
    assert ">A<" in svg
    assert ">B<" in svg
    heights = [float(y) for y in re.findall(r'y="([\d.]+)"[^>]*>[AB]<', svg)]
    assert abs(heights[0] - heights[1]) >= 12  # equal values, and yet both can be read
    assert course({"A": {"presentation": [1], "value": [None]}}, "") is None
    assert course({"A": {"presentation": None, "value": [0.3]}}, "") is None
    assert course({}, "") is None


def test_a_long_sequence_is_drawn_wide_and_its_errors_as_dots():
    n = 300
    long = {"presentation": list(range(n)), "value": [0.5] * n, "outcome_error": [1.0, -1.0] * 150}
    with house_style():
        plate = course({"": long}, "")
        assert plate.panels[0].drawing.width > 800
        assert drawn(plate, 1).count("<use") >= n
        assert drawn(plate, 0).count("<use") < 50
        assert ">trial<" in drawn(plate)


def test_errors_of_reinforced_trials_are_filled_and_others_hollow():
    entries = [
        {"cue": "A", "outcome": "relief", "cue_error": 0.4, "outcome_error": 0.57},
        {"cue": "A", "outcome": "none", "cue_error": 0.5, "outcome_error": None},
    ]
    with house_style():
        plate = trial_types(entries, "")
        svg = drawn(plate)
        assert svg.count(f"fill:var(--{SERIES[0].name})") == 1
        assert re.search(rf"fill:var\(--surface\);stroke:var\(--{SERIES[0].name}\)", svg)
        assert ">A, then nothing<" in svg
        assert ">A, then nothing<" not in drawn(plate, 1)
    assert trial_types([{"cue": "A", "outcome": "none"}], "") is None


def test_every_subject_has_a_dot_even_where_scores_are_equal():
    block = {"scores": {"A": {"mean": 12.0, "se": 0.5, "values": [12.0] * 19}}, "most": 20}
    with house_style():
        svg = drawn(preferences(block, ""))
        places = re.findall(r'<use [^>]*x="([\d.]+)" y="([\d.]+)"', svg)
        dots = [place for place in places if sum(p[0] == place[0] for p in places) >= 19]
        assert len(set(dots)) == 19
        assert "of 20" in svg
        assert "stroke-dasharray" in svg  # half of all choices
        assert "stroke-dasharray" not in drawn(preferences({**block, "most": None}, ""))
    assert preferences({"scores": {"A": None}}, "") is None


def test_measures_without_numbers_have_no_panel():
    by_cue = {
        "rt": {"A": {"mean": 0.6, "se": None}},
        "heart-rate": {"A": {"mean": NAN}},
        "sweat": None,
    }
    with house_style():
        plate = measures_by_cue(by_cue, "")
    assert [panel.title for panel in plate.panels] == ["Reaction time (s)"]


def profile(**more: Any) -> dict[str, Any]:
    curve = {
        "alpha": [0.1, 0.3, 0.5],
        "r": [0.18, 0.19, 0.185],
        "log_likelihood": [-9.0, -5.0, NAN],
    }
    return {"alpha": 0.3, "ci95": [0.2, 0.4], "profile": curve} | more


def test_a_flat_profile_looks_flat():
    with house_style():
        axes = alpha_profile(profile(), "").panels[0].drawing.figure.axes[0]
    assert axes.get_ylim()[0] < 0 < 0.19 < axes.get_ylim()[1]


def test_the_profile_marks_alpha_and_its_interval():
    with house_style():
        plate = alpha_profile(profile(), "")
        assert "alpha 0.30, 0.20 to 0.40" in drawn(plate)
        assert "highest at 0.30" in plate.panels[1].drawing.label
        bare = alpha_profile(profile(ci95=None), "")
        assert ">alpha 0.30<" in drawn(bare)
        only_r = {"alpha": [0.1, 0.2], "r": [0.2, 0.1]}
        assert len(alpha_profile(profile(profile=only_r), "").panels) == 1
    assert alpha_profile(profile(profile={"alpha": [0.1], "r": [0.2]}), "") is None
    assert alpha_profile(profile(profile=None), "") is None


def test_rates_share_one_scale_and_other_parameters_have_their_own():
    fit = {
        "subjects": 2,
        "parameters": {
            "alpha": {"group": 0.3, "ci95": [0.1, 0.6], "each": [0.2, None]},
            "v0": {"group": -0.2, "ci95": None, "each": []},
            "gone": None,
        },
    }
    with house_style():
        plate = parameters([("TD", fit), ("RW", {"parameters": None})], "")
        assert [panel.title for panel in plate.panels] == ["Rates and other shares, 0 to 1", "v0"]
        assert plate.panels[0].drawing.figure.axes[0].get_xlim() == (-0.02, 1.02)
        assert ">TD: alpha<" in drawn(plate)
    assert parameters([("TD", {})], "") is None
    assert subjects_behind([("TD", fit)]) == "2 subjects"
    assert subjects_behind([("TD", fit), ("RW", {"subjects": 19})]) == "2 to 19 subjects"
    assert subjects_behind([("TD", {})]) == ""


def test_models_are_drawn_by_their_distance_from_the_best():
    block = {
        "models": ["a", "b"],
        "bic": [110.0, 100.0],
        "cv": [-50.0, -53.5],
        "frequencies": [0.7, 0.3],
        "exceedance": [0.95, 0.05],
        "protected": [0.6, 0.4],
    }
    with house_style():
        plate = comparison(block, ["a", "b"], "")
        labels = [panel.drawing.label for panel in plate.panels]
        assert "a 10.0; b 0.0" in labels[0]
        assert "a 0.0; b 3.5" in labels[1]
        assert "a 0.70; b 0.30" in labels[2]
        assert "diamond" in plate.panels[3].note
        few = comparison({"bic": [1.0, None], "cv": [1.0]}, ["a", "b"], "")
        assert len(few.panels) == 1
    assert comparison({"bic": [None, None]}, ["a", "b"], "") is None
    table = comparison_table({**block, "cv": None}, ["a", "b"], "")
    assert table.columns == ("Model", "BIC", "Expected share", "Exceedance", "Protected exceedance")


def test_recovery_is_drawn_against_equality():
    with house_style():
        plate = recovery_scatter({"name": "alpha", "true": [0.3, 0.3], "recovered": [0.2, 0.4]}, "")
        assert drawn(plate).count("stroke-dasharray") == 1
        assert ">recovered alpha<" in drawn(plate)
    assert recovery_scatter({"true": [0.3], "recovered": [None]}, "") is None


def test_shares_of_the_confusion_are_shaded_by_size():
    table = model_confusion(
        {"confusion": [[0.75, 0.25], [NAN, 1.0]]}, ["a", "b"], ["a", "b = c"], ""
    )
    assert [cell.text for cell in table.rows[0].cells] == ["75\u00a0%", "25\u00a0%"]
    assert [cell.share for cell in table.rows[1].cells] == [None, 1.0]
    assert table.columns[1:] == ("a", "b = c")
    assert model_confusion({}, ["a"], ["a"], "") is None


def test_overlapping_regressors_are_marked():
    table = efficiency({"regressors": ["cue", "outcome"], "variance_inflation": [5.01, 5.0]}, "")
    assert [row.cells[1].text for row in table.rows] == ["above 5", ""]
    assert efficiency({}, "") is None


def test_a_notice_of_a_whole_file_has_no_row():
    table = notices([{"file": "a.tsv", "row": None, "what": "x"}, {"row": 3, "what": None}], "")
    assert [row.cells[0].text for row in table.rows] == ["", "3"]
    assert table.rows[1].head == "the data set"


def test_tables_of_nothing_are_not_there():
    assert fits([], "") is None
    assert paired([], "") is None
    assert sensitivity({"alpha": 0.3, "v0": None, "without_first_ten": None}, "") is None


def test_an_unexamined_fit_is_neither_identified_nor_not():
    words = [
        row.cells[-1].text
        for row in fits([("a", {}), ("b", {"identified": False, "reason": "Too wide."})], "").rows
    ]
    assert words == ["Not examined", "Not identified: too wide."]


def test_what_cannot_be_drawn_is_left_out():
    assert points([1, 2, None, 4], [1, None, 3, NAN]) == ([1], [1])
    assert limits([]) == (-1.0, 1.0)
    low, high = limits([0.2, 0.5])
    assert low < 0 < 0.5 < high
