"""What the decoder weighs and what that stands for, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.pipeline import make_pipeline

from dolorimeter.core import Grid
from dolorimeter.core.containers import Floats
from dolorimeter.decoding import fit_linear, haufe_pattern
from dolorimeter.decoding.comparators import UnivariateMap

from .crossfit import make_estimator
from .plan import Plan

TOP = 20
LARGEST = 5000  # features up to which weights are read off steps through an identity matrix


@dataclass(frozen=True, slots=True)
class Maps:
    """Figures of each feature.

    Attributes
    ----------
    values : mapping of str to ndarray of shape (n_features,)
        ``"weights"``, ``"pattern"`` (Haufe et al. 2014), ``"univariate"``, ``"searchlight"``.
    feature_names : tuple of str
        Of the features.
    grid : Grid or None
        Where they lie.
    """

    values: Mapping[str, Floats]
    feature_names: tuple[str, ...]
    grid: Grid | None

    def images(self) -> dict[str, Any]:
        """Return the maps as the report draws them; empty without a grid."""
        from dolorimeter.reporting import BrainMap

        if self.grid is None:
            return {}
        return {
            name: BrainMap(values, self.grid.mask, self.grid.affine, name)
            for name, values in self.values.items()
        }

    def blocks(self) -> list[dict[str, Any]]:
        """Return what results.json says of the saved maps."""
        if self.grid is None:
            return []
        return [
            {"name": name, "file": f"maps/{name}.nii.gz", "largest": float(np.abs(values).max())}
            for name, values in self.values.items()
        ]

    def top(self) -> list[dict[str, Any]]:
        """Return the features with the largest weights, with their forward pattern."""
        if "weights" not in self.values:
            return []
        weights, pattern = self.values["weights"], self.values["pattern"]
        order = np.argsort(-np.abs(weights), kind="stable")[:TOP]
        return [
            {
                "feature": self.feature_names[i],
                "weight": float(weights[i]),
                "pattern": float(pattern[i]),
            }
            for i in order
        ]

    def save(self, directory: Path) -> None:
        """Write the maps: NIfTI images where there is a grid, else one table.

        Parameters
        ----------
        directory : Path
            That of the results.
        """
        import pandas as pd

        if not self.values:
            return
        if self.grid is None:
            table = pd.DataFrame({"feature": self.feature_names, **self.values})
            table.to_parquet(directory / "features.parquet", index=False)
            return
        import nibabel

        folder = directory / "maps"
        folder.mkdir()
        for name, values in self.values.items():
            volume = np.zeros(self.grid.mask.shape)
            volume[self.grid.mask] = values
            image = nibabel.Nifti1Image(volume, self.grid.affine)
            image.to_filename(folder / f"{name}.nii.gz")


def make_maps(plan: Plan, univariate: UnivariateMap | None, searched: Floats | None) -> Maps:
    """Fit the decoder on all samples for its weights, and gather the maps.

    Weights and patterns are averaged over subjects where decoders are trained within them. They
    describe the decoder, and test nothing.

    Parameters
    ----------
    plan : Plan
        Samples.
    univariate : UnivariateMap or None
        The mass-univariate map.
    searched : ndarray of shape (n_features,) or None
        Searchlight scores less what is expected by chance.

    Returns
    -------
    Maps
        Weights and pattern where the decoder is linear with one output.
    """
    values: dict[str, Floats] = {}
    tried = [_weights(plan, rows) for _, rows in plan.parts]
    fitted = [weights for weights in tried if weights is not None]
    if len(fitted) == len(tried):
        patterns = [
            haufe_pattern(plan.features[rows], weights)
            for (_, rows), weights in zip(plan.parts, fitted, strict=True)
        ]
        values["weights"] = np.mean(np.array(fitted), axis=0)
        values["pattern"] = np.mean(patterns, axis=0)
    if univariate is not None:
        values["univariate"] = univariate.statistic
    if searched is not None:
        values["searchlight"] = searched
    return Maps(values, plan.everything.feature_names, plan.everything.grid)


def _weights(plan: Plan, rows: Any) -> Floats | None:
    """Return the weights of one decoder; None where it has several outputs or is not linear."""
    study, X, y = plan.study, plan.features[rows], plan.labels[rows]
    if len(plan.class_names) > 2 or not isinstance(study.estimator, str):
        return None
    estimator, prepare = make_estimator(study, plan.has_classes)
    if estimator == "lda" or estimator == "ridge":
        if prepare is None:
            return fit_linear(X, y, estimator, study.regularization).weights
        last = (RidgeClassifier if plan.has_classes else Ridge)(alpha=study.regularization)
        estimator = make_pipeline(*prepare, last)
    if X.shape[1] > LARGEST:
        return None
    estimator.fit(X, y)
    decide = estimator.decision_function if plan.has_classes else estimator.predict
    # Steps and decoder are affine: one unit of a feature changes the decision by its weight.
    units = np.vstack([np.zeros(X.shape[1]), np.eye(X.shape[1])])
    decisions = decide(units)
    weights: Floats = decisions[1:] - decisions[0]
    return weights
