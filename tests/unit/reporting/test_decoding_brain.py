"""Maps on the brain: the template where they fit it, plain slices where they do not."""

import base64
import runpy
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dolorimeter.reporting import BrainMap, render_decoding_report
from dolorimeter.reporting.drawing import house_style
from dolorimeter.reporting.figures_brain import Portrait, portrait

FABRICATED = runpy.run_path(str(Path(__file__).with_name("fabricated_decoding.py")))
PNG = b"\x89PNG\r\n\x1a\n"


def brain(kind: str = "mni") -> BrainMap:
    return BrainMap(*FABRICATED["fabricated_map"](kind))


def shifted(map_: BrainMap, millimetres: float) -> BrainMap:
    affine = map_.affine.copy()
    affine[1, 3] += millimetres
    return BrainMap(map_.values, map_.mask, affine, map_.name)


def draw(map_: BrainMap) -> Portrait:
    with house_style():
        return portrait(map_)


def assert_pictures(drawn: Portrait, n: int) -> None:
    assert len(drawn.pictures) == n
    for picture in drawn.pictures:
        head, data = picture.source.split(",")
        assert head == "data:image/png;base64"
        assert base64.b64decode(data).startswith(PNG)
        assert drawn.title in picture.label


def test_a_map_in_the_brain_is_drawn_on_the_template():
    pytest.importorskip("nilearn")
    drawn = draw(brain())
    assert_pictures(drawn, 2)
    assert "nothing was registered" in drawn.caption
    assert plt.get_fignums() == []  # nothing is left open behind the page


@pytest.mark.parametrize("values", [np.full(64, -0.7), np.linspace(0.5, 1, 64)])
def test_a_map_that_is_nowhere_weak_is_drawn_on_the_template(values: Any) -> None:
    pytest.importorskip("nilearn")
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    affine[:3, 3] = (-12.0, -30.0, 10.0)
    drawn = draw(BrainMap(values, np.ones((4, 4, 4), bool), affine, "offset"))
    assert_pictures(drawn, 2)


def test_a_map_of_zeros_is_drawn_as_plain_slices():
    nothing = brain()
    drawn = draw(BrainMap(0 * nothing.values, nothing.mask, nothing.affine, "nothing"))
    assert_pictures(drawn, 1)


def test_a_map_elsewhere_is_drawn_as_plain_slices():
    pytest.importorskip("nilearn")
    drawn = draw(shifted(brain(), 60.0))
    assert_pictures(drawn, 1)
    assert "does not lie where the MNI152 brain does" in drawn.caption


def test_coarse_voxels_are_drawn_as_plain_slices():
    drawn = draw(brain("coarse"))
    assert_pictures(drawn, 1)
    assert "plain slices" in drawn.caption
    assert "600 voxels of 25 mm" in drawn.caption


def test_without_nilearn_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "nilearn", None)
    drawn = draw(brain())
    assert_pictures(drawn, 1)
    assert "dolorimeter[images]" in drawn.caption


@pytest.mark.parametrize("values", [np.zeros(8), np.full(8, np.nan), np.r_[np.inf, np.ones(7)]])
def test_what_has_no_scale_is_drawn_all_the_same(
    values: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nilearn", None)
    assert_pictures(draw(BrainMap(values, np.ones((2, 2, 2), bool), np.eye(4), "flat")), 1)


def test_one_voxel_is_enough(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "nilearn", None)
    mask = np.zeros((3, 4, 5), bool)
    mask[1, 2, 3] = True
    assert_pictures(draw(BrainMap(np.ones(1), mask, np.diag([2, 3, 4, 1.0]), "one")), 1)


def test_the_page_shows_the_maps_it_is_given_and_names_the_others(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setitem(sys.modules, "nilearn", None)
    results = FABRICATED["fabricated_decoding"]("minimal")
    results["maps"] = [
        {"name": "weights", "file": "maps/weights.nii.gz", "largest": 1.0},
        {"name": "pattern", "file": "maps/pattern.nii.gz", "largest": 1.0},
    ]
    page = render_decoding_report(results, {"weights": brain("coarse")})
    assert page.count("<img ") == 1
    assert 'alt="weights as slices of its grid' in page
    assert "Kept, not drawn here: pattern (maps/pattern.nii.gz)." in page
