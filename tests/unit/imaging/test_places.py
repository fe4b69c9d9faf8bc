"""Our regions lie in the brain, where their source says, and in a fitting label of AAL2."""

import numpy as np
import pytest
from nilearn.datasets import load_mni152_brain_mask

from dolorimeter.core import Grid
from dolorimeter.imaging.atlas_files import installed_folder, read_atlas
from dolorimeter.imaging.places import A_PRIORI, REGIONS, nearest_voxels, voxel_centers
from dolorimeter.imaging.truth import EVOKED, SITES

SINGLE = {name: region for name, region in REGIONS.items() if len(region.spheres) == 1}
# What each sphere is the centre of mass of: atlas, labels (side filled in), from and to (mm).
COMPUTED = {
    "amygdala": ("aal", ["Amygdala"], {}),
    "caudate": ("aal", ["Caudate"], {}),
    "putamen ventral": ("aal", ["Putamen"], {"z": (None, -2)}),
    "putamen dorsal": ("aal", ["Putamen"], {"z": (1, None)}),
    "thalamus": ("aal", ["Thalamus"], {}),
    "insula anterior": ("aal", ["Insula"], {"y": (8, None)}),
    "insula posterior": ("aal", ["Insula"], {"y": (None, -1)}),
    "orbitofrontal lateral": ("aal", ["OFClat", "Frontal_Inf_Orb_2"], {}),
    "orbitofrontal medial": ("aal", ["OFCmed"], {}),
    "cerebellum 4-5": ("aal", ["Cerebelum_4_5"], {}),
    "cerebellum 6": ("aal", ["Cerebelum_6"], {}),
    "cerebellum crus 1": ("aal", ["Cerebelum_Crus1"], {}),
    "cerebellum 8": ("aal", ["Cerebelum_8"], {}),
    "cingulate genual": ("aal", ["Cingulate_Ant"], {"y": (30, None), "z": (None, 14)}),
    "cingulate dorsal": ("aal", ["Cingulate_Ant"], {"z": (18, None)}),
    "cingulate middle": ("aal", ["Cingulate_Mid"], {"y": (0, None)}),
    "substantia nigra": ("talairach-area", ["Substania_Nigra"], {}),
}
# Labels that most of a sphere's labelled voxels may carry, where they are not the source's own.
FITTING = {"striatum ventral": {"Caudate", "Putamen", "Olfactory"}}
DRAWN = {"ventral tegmental area", "raphe dorsal", "raphe median", "tegmentum"}

needs_atlas = pytest.mark.skipif(installed_folder() is None, reason="needs the extra atlases")


def brain(resolution):
    image = load_mni152_brain_mask(resolution=resolution)
    return Grid(np.asarray(image.dataobj) > 0, image.affine)


def parts_of(name):
    for side in ("left", "right"):
        if name.endswith(f" {side}"):
            return name.removesuffix(f" {side}"), side
    return name, None


@pytest.fixture(scope="module")
def aal():
    return read_atlas("aal")


@pytest.fixture(scope="module")
def fine():
    return brain(3)


def test_every_sphere_lies_in_the_brain(fine):
    grid = fine
    ball = np.stack(np.meshgrid(*[np.linspace(-1, 1, 13)] * 3), axis=-1).reshape(-1, 3)
    ball = ball[(ball**2).sum(axis=1) <= 1]
    for name, region in SINGLE.items():
        *center, radius = region.spheres[0]
        points = np.concatenate([[center], np.asarray(center) + radius * ball])
        indices, within = nearest_voxels(points, grid.mask.shape, grid.affine)
        inside = grid.mask[tuple(indices.T)] & within
        assert inside[0], name
        assert inside.mean() > 0.85, name


def test_every_region_has_voxels_at_six_millimetres():
    centers = voxel_centers(brain(6))
    assert min(region.holds(centers).sum() for region in REGIONS.values()) >= 2


def test_sides_are_sides_and_wholes_are_unions():
    centers = voxel_centers(brain(4))
    for name in REGIONS:
        if f"{name} left" not in REGIONS:
            continue
        left, right = (REGIONS[f"{name} {side}"] for side in ("left", "right"))
        assert all(sphere[0] < 0 for sphere in left.spheres)
        assert all(sphere[0] > 0 for sphere in right.spheres)
        both = left.holds(centers) | right.holds(centers)
        assert np.array_equal(REGIONS[name].holds(centers), both), name
    striatum = REGIONS["striatum"].holds(centers)
    assert not (REGIONS["putamen ventral"].holds(centers) & ~striatum).any()
    assert REGIONS["midbrain"].holds(np.array([[-10.0, -18, -8], [0, -18, -12]])).all()


def test_the_names_of_the_paper_are_there():
    assert set(A_PRIORI) <= set(REGIONS)
    for name in ("amygdala left", "cingulate genual", "orbitofrontal lateral right", "midbrain"):
        assert name in REGIONS


def test_planted_sites_lie_in_the_regions_of_their_names():
    assert {site.name for site in SITES} <= set(REGIONS)
    for site in (*SITES, *EVOKED):
        if site.name in REGIONS:
            assert REGIONS[site.name].holds(np.array([site.center])).all(), site.name


def test_no_region_without_a_source():
    for name, region in REGIONS.items():
        assert region.name == name
        assert "centre of mass of" in region.source or "drawn by us" in region.source
    assert {name for name, region in SINGLE.items() if "drawn by us" in region.source} == DRAWN


@needs_atlas
@pytest.mark.parametrize("name", [name for name in SINGLE if parts_of(name)[0] in COMPUTED])
def test_centers_are_the_centers_of_mass_that_they_say(name, aal):
    part, side = parts_of(name)
    source, labels, chosen = COMPUTED[part]
    atlas = aal if source == "aal" else read_atlas(source)
    ending = {None: ("_l", "_r"), "left": ("_l",), "right": ("_r",)}[side]
    if source == "aal":
        wanted = {f"{label}{end}".casefold() for label in labels for end in ending}
    else:
        wanted = {label.casefold() for label in labels}
    rows = [row for row, label in enumerate(atlas.names) if label.casefold() in wanted]
    assert len(rows) == len(wanted)
    places = np.argwhere(np.isin(atlas.codes, rows)) @ atlas.affine[:3, :3].T + atlas.affine[:3, 3]
    if source != "aal":
        places = places[places[:, 0] < 0] if side == "left" else places[places[:, 0] > 0]
    for axis, (least, most) in chosen.items():
        along = places[:, "xyz".index(axis)]
        least, most = -np.inf if least is None else least, np.inf if most is None else most
        places = places[(along >= least) & (along <= most)]
    assert np.abs(places.mean(axis=0) - SINGLE[name].spheres[0][:3]).max() <= 0.5 + 1e-9


@needs_atlas
def test_the_ventral_striatum_is_the_accumbens_of_harvard_oxford():
    import nibabel

    folder = installed_folder()
    labels = (folder / "labels_harvard_oxford.csv").read_text().splitlines()[1:]
    image = nibabel.load(folder / "atlas_harvard_oxford.nii.gz")
    volumes = np.asarray(image.dataobj[..., 104:113], dtype=float)  # one pass through the file
    for name, volume in (("left", 104), ("right", 112)):
        assert labels[volume] == f"{volume},{name.title()}_Accumbens"
        percent = volumes[..., volume - 104]
        places = np.argwhere(percent >= 25)
        center = np.average(places, axis=0, weights=percent[percent >= 25])
        center = image.affine[:3, :3] @ center + image.affine[:3, 3]
        sphere = REGIONS[f"striatum ventral {name}"].spheres[0]
        assert np.abs(center - sphere[:3]).max() <= 0.5


@needs_atlas
@pytest.mark.parametrize("name", [name for name in SINGLE if parts_of(name)[0] not in DRAWN])
def test_spheres_lie_in_fitting_labels(name, aal, fine):
    part, side = parts_of(name)
    centers = voxel_centers(fine)
    codes, _ = aal.codes_at(centers[SINGLE[name].holds(centers)])
    found = [aal.names[code] for code in codes[codes >= 0]]
    if part == "substantia nigra":  # AAL2 leaves the midbrain out
        assert len(found) <= 0.05 * len(codes)
        return
    fitting = FITTING.get(part) or set(COMPUTED[part][1])
    sides = {None: "LR", "left": "L", "right": "R"}[side]
    fitting = {f"{label}_{end}" for label in fitting for end in sides}
    assert np.mean([label in fitting for label in found]) > 0.5


def test_voxel_centers_are_in_the_order_of_the_mask():
    mask = np.zeros((3, 3, 3), dtype=bool)
    mask[0, 1, 2] = mask[2, 0, 1] = True
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = -10, 5, 1
    assert voxel_centers(Grid(mask, affine)).tolist() == [[-10, 8, 9], [-6, 5, 5]]


def test_nearest_voxels():
    affine = np.diag([-2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = 10, 0, 0
    points = np.array([[10.0, 0, 0], [8.9, 0.9, 1.1], [-40, 0, 0]])
    indices, inside = nearest_voxels(points, (4, 4, 4), affine)
    assert indices.tolist() == [[0, 0, 0], [1, 0, 1], [3, 0, 0]]
    assert inside.tolist() == [True, True, False]
