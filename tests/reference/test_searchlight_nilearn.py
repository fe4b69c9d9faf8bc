"""The same spheres and the same scores as nilearn's SearchLight."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import LeaveOneGroupOut, LeaveOneOut, cross_val_predict

from dolorimeter.decoding.searchlight import searchlight
from dolorimeter.decoding.spheres import sphere_neighborhoods

nibabel = pytest.importorskip("nibabel")
decoding = pytest.importorskip("nilearn.decoding")
spheres_masker = pytest.importorskip("nilearn.maskers.nifti_spheres_masker")

OBLIQUE = np.array(
    [[2.9, 0.4, 0.0, -31.7], [-0.4, 2.9, 0.1, 12.2], [0.0, -0.1, 3.3, 0.4], [0, 0, 0, 1]]
)


def ragged_mask(seed=0):
    return np.random.default_rng(seed).random((7, 6, 5)) < 0.7


@pytest.mark.parametrize("affine", [np.diag([3.0, 3.0, 3.0, 1.0]), OBLIQUE])
@pytest.mark.parametrize("radius", [2.0, 3.0, 5.999, 6.0, 9.1])
def test_spheres_equal_nilearns(affine, radius):
    mask = ragged_mask()
    places = np.column_stack(np.nonzero(mask)) @ affine[:3, :3].T + affine[:3, 3]
    image = nibabel.Nifti1Image(mask.astype(np.uint8), affine)
    _, adjacency = spheres_masker.apply_mask_and_get_affinity(
        places, None, radius, True, mask_img=image
    )
    indptr, indices = sphere_neighborhoods(mask, affine, radius)
    rows = [indices[a:b].tolist() for a, b in pairwise(indptr)]
    assert rows == [sorted(row) for row in adjacency.rows]


@pytest.mark.parametrize(("n_classes", "by_run"), [(2, False), (2, True), (3, True)])
def test_scores_equal_nilearns(n_classes, by_run):
    rng = np.random.default_rng(4)
    mask = np.zeros((6, 6, 6), bool)
    mask[1:4, 1:4, 1:3] = rng.random((3, 3, 2)) < 0.8
    y, runs = rng.permutation(np.arange(24) % n_classes), np.repeat([2, 0, 1, 3], 6)
    X = rng.normal(100.0, 3.0, (24, mask.sum()))
    X[:, 5] += 3.0 * y
    volume = np.zeros((*mask.shape, 24))
    volume[mask] = X.T
    image = nibabel.Nifti1Image(volume, OBLIQUE)
    mask_image = nibabel.Nifti1Image(mask.astype(np.uint8), OBLIQUE)
    peer = decoding.SearchLight(
        mask_image,
        radius=5.0,
        estimator=RidgeClassifier(alpha=1.0),
        cv=LeaveOneGroupOut() if by_run else LeaveOneOut(),
        scoring="accuracy",
    )
    with pytest.warns(UserWarning, match="custom estimator"):
        peer.fit(image, y, groups=runs if by_run else None)
    scheme = "leave-one-run-out" if by_run else "leave-one-trial-out"
    found = searchlight(X, y, sphere_neighborhoods(mask, OBLIQUE, 5.0), scheme, runs)
    np.testing.assert_allclose(found.scores, peer.scores_[mask], rtol=0, atol=1e-12)
    assert found.scores.max() > found.scores.min()


def test_nilearns_adjacency_is_accepted():
    rng = np.random.default_rng(7)
    mask = ragged_mask(3)
    image = nibabel.Nifti1Image(mask.astype(np.uint8), OBLIQUE)
    places = np.column_stack(np.nonzero(mask)) @ OBLIQUE[:3, :3].T + OBLIQUE[:3, 3]
    _, adjacency = spheres_masker.apply_mask_and_get_affinity(
        places[:20], None, 5.0, True, mask_img=image
    )
    X, y = rng.normal(size=(20, mask.sum())), np.arange(20) % 2
    found = searchlight(X, y, adjacency)
    assert found.scores.shape == (20,)
    sphere = X[:, adjacency.rows[13]]
    predicted = cross_val_predict(RidgeClassifier(), sphere, y, cv=LeaveOneOut())
    assert found.scores[13] == pytest.approx(np.mean(predicted == y))
