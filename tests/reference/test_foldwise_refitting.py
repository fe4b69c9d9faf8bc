"""Steps prepared in each fold equal a scikit-learn Pipeline refitted in each fold."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dolorimeter.core import InputError
from dolorimeter.decoding import cross_validate


def data(n, p, n_classes):
    rng = np.random.default_rng(n + p)
    y = np.arange(n) % n_classes if n_classes else rng.normal(size=n)
    X = rng.normal(size=(n, p)) * rng.uniform(0.1, 30, p) + rng.normal(size=p) * 5
    X[:, 0] += 20 * y
    return X, y, np.arange(n) // 6


@pytest.mark.parametrize(("n", "p"), [(36, 8), (36, 90)])
@pytest.mark.parametrize("n_classes", [0, 2, 3])
@pytest.mark.parametrize("step", [StandardScaler(), PCA(5, svd_solver="full")])
@pytest.mark.parametrize("scheme", ["leave-one-trial-out", "leave-one-run-out"])
def test_equals_refitting(n, p, n_classes, step, scheme):
    X, y, groups = data(n, p, n_classes)
    groups = None if scheme == "leave-one-trial-out" else groups
    last = RidgeClassifier(alpha=2.0) if n_classes else Ridge(alpha=2.0)
    name = "lda" if n_classes else "ridge"
    options = {"permutations": 3, "random_state": 1, "blocks": np.zeros(n)}
    fast = cross_validate(X, y, scheme, groups, name, 2.0, prepare=step, **options)
    slow = cross_validate(X, y, scheme, groups, make_pipeline(step, last), **options)
    np.testing.assert_allclose(fast.decisions, slow.decisions, atol=1e-10)
    np.testing.assert_array_equal(fast.predictions, slow.predictions) if n_classes else None
    assert fast.score == pytest.approx(slow.score, abs=1e-10)
    assert fast.null.shape == (3,)


def test_the_null_is_a_refit_of_relabelled_targets():
    X, y, groups = data(36, 8, 2)
    found = cross_validate(
        X, y, "leave-one-run-out", groups, permutations=5, random_state=0, prepare=StandardScaler()
    )
    from dolorimeter.decoding import relabellings

    # The same draws: cross_validate spawns nothing before it relabels for a named estimator.
    rows = relabellings(y, 5, np.random.default_rng(0), groups)
    for null, row in zip(found.null, rows, strict=True):
        alone = cross_validate(X, y[row], "leave-one-run-out", groups, prepare=StandardScaler())
        assert alone.score == null


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"regularization": 0.0}, "regularization"),
        ({"priors": "equal"}, "prepare"),
        ({"estimator": RidgeClassifier()}, "prepare"),
        ({"scheme": "leave-one-pair-out", "groups": None}, "scheme"),
        ({"prepare": PCA(50)}, "prepare"),
    ],
)
def test_what_cannot_be_prepared_is_refused(options, where):
    X, y, groups = data(36, 8, 2)
    given = {"scheme": "leave-one-run-out", "groups": groups, "prepare": StandardScaler()}
    with pytest.raises(InputError) as caught:
        cross_validate(X, y, **(given | options))
    assert caught.value.where == where
