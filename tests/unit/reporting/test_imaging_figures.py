"""The drawings and tables of an imaging report: what they show, and what they leave out."""

import base64
import io
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.image import imread

from dolorimeter.reporting import BrainMap, imaging_parts, render_imaging_report
from dolorimeter.reporting.brain_map import heights, shown
from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.figures_brain import Portrait, portrait
from dolorimeter.reporting.figures_imaging_courses import FIXED, RANDOM, by_type
from dolorimeter.reporting.figures_imaging_design import courses, matrices
from dolorimeter.reporting.figures_imaging_inflation import inflation
from dolorimeter.reporting.figures_imaging_models import comparison, profiles
from dolorimeter.reporting.imaging_parts import through
from dolorimeter.reporting.imaging_words import drawn_words
from dolorimeter.reporting.palette import ACCENT, SOFT
from dolorimeter.reporting.tables_imaging import motion, place
from dolorimeter.reporting.tables_imaging_design import correlations
from dolorimeter.reporting.tables_imaging_maps import overlaps
from dolorimeter.reporting.tables_imaging_peaks import peaks

NAN = float("nan")
FABRICATED = runpy.run_path(str(Path(__file__).with_name("fabricated_imaging.py")))


def drawn(plate: Any, panel: int = 0) -> str:
    return str(plate.panels[panel].drawing.markup("f-"))


def matrix(values: Any, kinds: list[str]) -> dict[str, Any]:
    columns = [f"c{i}" for i in range(len(kinds))]
    times = [60.0 * i for i in range(len(values))]
    return {"columns": columns, "kinds": kinds, "frame_times": times, "values": values}


def images(svg: str) -> list[Any]:
    """Return the pixels of each image of a drawing."""
    found = re.findall(r'href="data:image/png;base64,([^"]+)"', svg)
    return [imread(io.BytesIO(base64.b64decode(data)))[..., 0] for data in found]


def test_the_matrix_is_drawn_pixel_by_pixel_each_column_by_its_own_scale() -> None:
    values = [[0.0, 5.0, 1.0], [2.0, -10.0, 1.0], [-4.0, 0.0, 1.0]]
    with house_style():
        plate = matrices([matrix(values, ["regressor", "modulator", "constant"])], "")
        pixels = images(drawn(plate))
    assert [image.shape for image in pixels] == [(1, 3)] * 3
    scaled = np.array(values).T / np.array([[4.0], [10.0], [1.0]])
    assert np.vstack(pixels) == pytest.approx((scaled + 1) / 2, abs=0.005)
    assert plate.panels[0].note == "3 volumes, 3 columns"


def test_the_matrix_is_as_wide_as_its_axis() -> None:
    with house_style():
        plate = matrices([matrix(np.eye(300)[:, :1].tolist(), ["regressor"])], "")
        svg = drawn(plate)
    scale = re.search(r'<image [^>]*transform="matrix\(([\d.]+)', svg)
    wide = plate.panels[0].drawing.figure.axes[0].get_window_extent().width
    assert scale is not None
    assert 300 * float(scale[1]) == pytest.approx(wide, abs=0.2)


def test_columns_that_clean_the_signal_share_a_band() -> None:
    kinds = ["regressor", "drift", "confound", "drift", "confound", "confound"]
    with house_style():
        svg = drawn(matrices([matrix(np.eye(6).tolist(), kinds)], ""))
        pixels = images(svg)
    assert [image.shape for image in pixels] == [(1, 6), (3, 6), (2, 6)]
    assert "confounds (3)" in svg
    assert "drift (2)" in svg
    assert pixels[2].argmax(axis=1).tolist() == [1, 3]


def test_courses_are_those_of_interest_alone() -> None:
    values = np.arange(12.0).reshape(3, 4).tolist()
    kinds = ["regressor", "modulator", "confound", "constant"]
    with house_style():
        svg = drawn(courses(matrix(values, kinds), ""))
    assert ">c0<" in svg
    assert ">c1<" in svg
    assert ">c2<" not in svg


@pytest.mark.parametrize(
    "change",
    [{"values": [[1.0], [2.0]]}, {"frame_times": [0.0]}, {"frame_times": [0.0, None]},
     {"kinds": []}, {"values": None}],
)  # fmt: skip
def test_a_matrix_that_does_not_fit_itself_is_not_drawn(change: dict[str, Any]) -> None:
    entry = matrix([[1.0, 2.0], [3.0, 4.0]], ["regressor", "drift"]) | change
    with house_style():
        assert matrices([entry], "") is None
        assert courses(entry, "") is None


def test_the_warning_line_stands_at_five() -> None:
    entries = [{"column": "a", "median": 5.0, "largest": 5.0}, {"column": "b", "median": 1.5,
                "largest": 40.0}]  # fmt: skip
    with house_style():
        svg = drawn(inflation(entries, ""))
    line = re.search(r'<path d="M([\d.]+) [\d.]+L\1 [\d.]+ *"[^>]*stroke-dasharray', svg)
    marks = [float(x) for x in re.findall(r'<use [^>]*\bx="([\d.]+)"', svg)]
    assert line is not None
    assert any(x == pytest.approx(float(line[1]), abs=0.1) for x in marks)
    assert "warned above 5" in svg
    assert "40.0" in svg


def test_inflation_without_numbers_is_not_drawn() -> None:
    with house_style():
        assert inflation([{"column": "a", "median": None, "largest": NAN}], "") is None


def course(**more: Any) -> dict[str, Any]:
    return {"name": "A, then relief", "mean": [0.0, 1.0, 0.0], "se": [0.1] * 3, **more}


def test_types_of_a_cue_share_a_panel_and_all_panels_a_scale() -> None:
    types = [course(), course(name="A, then nothing", mean=[0, -0.5, 0]), course(name="C",
             mean=[0, 3.0, 0])]  # fmt: skip
    with house_style():
        plate = by_type({"times": [0, 3, 6], "types": types}, RANDOM, "")
    assert [panel.title for panel in plate.panels] == ["Cue A", "Cue C"]
    scales = [panel.drawing.figure.axes[0].get_ylim() for panel in plate.panels]
    assert scales[0] == scales[1]
    assert scales[0][1] > 3.1
    assert [name for name, _ in plate.legend] == ["Relief", "Nothing", "C"]
    assert "A, then relief: 1.00 at 3.0 s" in plate.panels[0].drawing.label


def test_band_and_prediction_are_drawn_where_they_are() -> None:
    entry = {"times": [0, 3, 6], "types": [course(predicted=[0.1, 0.9, 0.2])]}
    with house_style():
        axes = by_type(entry, RANDOM, "").panels[0].drawing.figure.axes[0]
        band = axes.collections[0].get_paths()[0].vertices
        lines = [line.get_ydata() for line in axes.lines]
        bare = by_type({"times": [0, 3, 6], "types": [course(se=None)]}, RANDOM, "")
        assert by_type(entry, FIXED, "") is None
    assert band[:, 1].max() == pytest.approx(1.1)
    assert band[:, 1].min() == pytest.approx(-0.1)
    assert any(np.array_equal(y, [0.1, 0.9, 0.2]) for y in lines)
    assert len(bare.panels[0].drawing.figure.axes[0].lines) == 2


def test_a_profile_shows_its_best_and_interval() -> None:
    region = {"region": "insula", "profile": [0, 4.0, None, 1], "best": 0.3, "ci95": [0.2, 0.5],
              "identified": True, "voxels": 12}  # fmt: skip
    block = {"parameter": "alpha", "grid": [0.1, 0.3, 0.5, 0.9], "regions": [region]}
    with house_style():
        plate = profiles(block, "")
        assert "alpha 0.30, 0.20 to 0.50" in drawn(plate)
        assert profiles({**block, "grid": []}, "") is None
    assert plate.panels[0].note == "12 voxels, identified"
    assert "highest at 0.30" in plate.panels[0].drawing.label


def test_bars_start_from_zero_and_the_best_is_blue() -> None:
    region = {"region": "insula", "gain": [-1.0, 2.0], "best": "td", "ci95": [[-2, 0], [1, 3]]}
    block = {"models": ["surprise", "td"], "regions": [region]}
    with house_style():
        plate = comparison(block, "")
        bars = plate.panels[0].drawing.figure.axes[0].patches
        assert comparison({**block, "models": ["td"]}, "") is None
    assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(0, -1.0), (0, 2.0)]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == [SOFT.light, ACCENT.light]


def test_correlations_are_a_lower_triangle() -> None:
    block = {"columns": ["a", "b_c", "d"], "values": [[1, 0.5, 2], [0.5, 1, 3], [-0.25, None, 1]]}
    table = correlations(block, "")
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", ""], ["0.50", ""], ["−0.25", "–"]]  # fmt: skip
    assert table.rows[2].cells[0].share == 0.25
    assert correlations({"columns": ["a"], "values": []}, "") is None


def test_motion_has_a_bar_for_each_run() -> None:
    entries = [
        {"subject": "01", "run": "1", "volumes": 150, "scrubbed": 0, "mean_fd": 0.1, "max_fd": 0.4},
        {"subject": "02", "run": None, "mean_fd": 0.2, "max_fd": None},
    ]
    rows = motion(entries, "").rows
    assert [row.head for row in rows] == ["01 1", "02"]
    assert [row.cells[2].share for row in rows] == [0.5, 1.0]
    assert rows[1].cells[3].text == "–"


def test_an_overlap_without_voxels_says_none() -> None:
    rows = overlaps([{"first": "a", "second": "b", "how": "exclusive", "voxels": 0}], "").rows
    assert [cell.text for cell in rows[0].cells] == ["0", "–", "–", "–", "none"]


@pytest.mark.parametrize(
    ("peak", "said"),
    [
        ({"region": "insula", "p_fwe": 0.3}, ["insula", "no"]),
        ({"region": "insula", "p_fwe": 0.01}, ["insula", "yes"]),
        ({"region": None, "p_fwe": 0.05}, ["none", "yes"]),
        ({"region": None, "p_fwe": 0.051}, ["none", "no"]),
        ({"region": None, "p_fwe": None}, ["none", "not known"]),
    ],
)
def test_found_uncorrected_and_family_wise_stand_apart(
    peak: dict[str, Any], said: list[str]
) -> None:
    table = peaks([peak, {"p_fwe": 0.5}], "")
    assert table.columns[-2:] == ("Found in (uncorrected)", "Family-wise")
    assert [cell.text for cell in table.rows[0].cells[-2:]] == said
    assert "not granted" in " ".join(table.notes)


def test_peaks_without_correction_have_no_column_of_it() -> None:
    table = peaks([{"region": "insula", "p": 0.0004}], "")
    assert table.columns[-1] == "Found in (uncorrected)"
    assert "No p of this table is corrected" in table.notes[0]


def test_places_are_written_in_millimetres() -> None:
    assert place({"x": -22.0, "y": 3.5, "z": 0}) == "−22, 3.5, 0"
    assert place({"x": 1.0, "y": None, "z": 2.0}) == "–"


def test_slices_go_through_the_strongest_peaks_apart() -> None:
    peaks = [{"z": 10.0, "t": 3.0}, {"z": 12.0, "t": -8.0}, {"z": 30.0, "t": 4.0}, {"z": None}]
    assert through(peaks) == (12.0, 30.0)


def cube(values: Any, **more: Any) -> BrainMap:
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = (-12.0, -30.0, -20.0)
    return BrainMap(np.asarray(values, float), np.ones((4, 4, 8), bool), affine, "t", **more)


def test_slices_asked_for_are_kept_and_the_row_is_filled() -> None:
    at = heights(cube(np.ones(128), cuts=(3.0, 500.0)))
    assert 3 in at
    assert 500 not in at
    assert len(at) > 3
    assert all(abs(z - 3) >= 8 for z in at if z != 3)


def test_only_what_reaches_the_threshold_is_shown() -> None:
    map_ = cube(np.linspace(-4, 4, 128), threshold=3.0)
    kept = shown(map_)
    assert kept[kept != 0] == pytest.approx([v for v in map_.values if abs(v) >= 3.0])


def test_a_map_below_its_threshold_is_told_and_not_drawn() -> None:
    with house_style():
        seen = portrait(cube(np.ones(128), threshold=3.0), "Colored: something.")
    assert seen.pictures == ()
    assert "No voxel reaches the threshold" in seen.caption


@pytest.mark.parametrize("outline", [None, 3.5, 50.0])
def test_a_map_with_thresholds_is_drawn_on_the_template(outline: float | None) -> None:
    pytest.importorskip("nilearn")
    with house_style():
        seen = portrait(cube(np.linspace(-4, 4, 128), threshold=3.0, outline=outline), "Note.")
    assert len(seen.pictures) == 2
    assert "Note." in seen.caption
    assert "above its threshold" in seen.pictures[1].label


def test_the_outline_changes_the_slices() -> None:
    pytest.importorskip("nilearn")
    with house_style():
        plain, lined = (
            portrait(cube(np.linspace(-4, 4, 128), threshold=2.0, outline=at)).pictures
            for at in (None, 3.0)
        )
    assert plain[0].source != lined[0].source


def test_what_goes_the_other_way_is_never_outlined() -> None:
    pytest.importorskip("nilearn")
    with house_style():
        plain, lined = (
            portrait(cube(np.linspace(-4, 2.5, 128), threshold=2.0, outline=at)).pictures
            for at in (None, 3.0)
        )
    assert plain[0].source == lined[0].source


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "in the direction tested, t above 6.02: 38 voxels."),
        ({"n_fwe": 1}, "t above 6.02: 1 voxel."),
        ({"n_fwe": 0}, "t above 6.02: no voxel."),
        ({"n_fwe": None}, "t above 6.02."),
        ({"threshold_fwe_t": None}, "too few rearrangements exist"),
        ({"threshold_fwe_t": None, "n_fwe": None}, "no family-wise correction was computed"),
    ],
)
def test_the_outline_is_said_to_be_of_one_direction(change: dict[str, Any], said: str) -> None:
    group = {"direction": "controls less patients", "cluster_p": 0.001}
    words = drawn_words(group, {"threshold_fwe_t": 6.02, "n_fwe": 38, **change}, 3.61)
    assert said in words
    assert "in the direction tested (controls less patients), t at least 3.61. Blue:" in words
    assert "Blue: the opposite direction, t at most −3.61, uncorrected" in words


def test_the_page_draws_the_maps_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nilearn", None)
    full = FABRICATED["fabricated_imaging"]("full")
    results = {key: full[key] for key in ("format", "study", "group", "model_maps")}
    results["model_maps"] |= {"regions": [], "comparison": None}
    made = FABRICATED["fabricated_maps"]("coarse")
    maps = {name: BrainMap(*parts) for name, parts in made.items() if "aversive" not in name}
    page = render_imaging_report(results, maps)
    assert page.count("<img ") == 5  # two of t, overlap, one factor, best alpha
    assert "The map is not drawn here: it is kept as maps/aversive_t.nii.gz." in page
    assert page.count("Red: p &lt; 0.001 uncorrected in the direction tested, t at least 3.61") == 2
    assert page.count("Outlined: family-wise p ≤ 0.05 over the brain in the direction tested") == 2
    assert "|t|" not in page


def test_a_map_is_cut_through_its_peaks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[BrainMap] = []
    monkeypatch.setattr(
        imaging_parts, "portrait", lambda brain, note: seen.append(brain) or Portrait("", note, ())
    )
    group = FABRICATED["fabricated_imaging"]("full")["group"]
    made = FABRICATED["fabricated_maps"]("coarse").items()
    imaging_parts.mapped(group, {name: BrainMap(*parts) for name, parts in made})
    assert seen[0].cuts == through(group["maps"][0]["peaks"]) != ()
    assert (seen[0].threshold, seen[0].outline) == (3.61, 6.02)


def test_a_map_without_a_known_threshold_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nilearn", None)
    full = FABRICATED["fabricated_imaging"]("full")
    entry = full["group"]["maps"][0] | dict.fromkeys(("threshold_t", "threshold_fwe_t", "n_fwe"))
    results = {"format": 1, "study": "imaging", "group": {**full["group"], "maps": [entry]}}
    name = entry["files"]["t"]
    parts = FABRICATED["fabricated_maps"]("coarse")[name]
    page = render_imaging_report(results, {name: BrainMap(*parts)})
    assert "is not known: nothing is cut off" in page
    assert "no family-wise correction was computed" in page
    own = render_imaging_report(results, {name: BrainMap(*parts, threshold=2.0)})
    assert "t at least 2.00" in own
