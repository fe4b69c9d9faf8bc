"""A fitted model on disk: model.json and arrays.safetensors, transform and window inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.states import MODELS, NormalScores, pack_model, unpack_model
from dolorimeter.states.storage import MODEL_FILE, load_arrays, save_arrays
from dolorimeter.tables import OutlierRule, Target

from .preparation import Preparation

if TYPE_CHECKING:
    from .model import VitalsModel

KIND = "vitals-model"
ESTIMATOR, SCORES = "estimator.", "scores."


def save_vitals_model(model: VitalsModel, directory: str | Path, force: bool = False) -> None:
    """Save a model with its preparation.

    Parameters
    ----------
    model : VitalsModel
        Fitted.
    directory : str or Path
        To create.
    force : bool, default False
        Replace a directory that exists.
    """
    kind, estimator_header, estimator_arrays = pack_model(model.estimator)
    header = {
        "name": model.name,
        "width_us": int(model.width / np.timedelta64(1, "us")),
        "target": asdict(model.target),
        "outliers": model.preparation.outliers.to_dict(),
        "vital_names": list(model.preparation.vital_names),
        "estimator": {"kind": kind, "header": estimator_header},
        "record": dict(model.record),
    }
    arrays = _prefixed(ESTIMATOR, estimator_arrays)
    arrays |= _prefixed(SCORES, model.preparation.scores.to_arrays())
    save_arrays(directory, KIND, header, arrays, force=force)


def load_vitals_model(directory: str | Path) -> VitalsModel:
    """Load what :func:`save_vitals_model` wrote.

    Parameters
    ----------
    directory : str or Path
        Where it was saved.

    Returns
    -------
    VitalsModel
        Gives the same posteriors, bit for bit.

    Raises
    ------
    InputError
        If the files are missing, malformed, or hold something else.
    """
    if not (Path(directory) / MODEL_FILE).is_file():
        raise InputError(
            str(directory), f"no {MODEL_FILE} in it", "a model that `vitals fit` or evaluate saved",
            "MODEL comes before DATA.",
        )  # fmt: skip
    kind, header, arrays = load_arrays(directory)
    where = str(Path(directory) / MODEL_FILE)
    if kind != KIND:
        raise InputError(
            where,
            f"kind {kind!r}",
            f"{KIND!r}",
            "Pass a model that `vitals fit` or evaluate saved.",
        )
    try:
        return _rebuild(header, arrays)
    except InputError as error:
        raise InputError(
            f"{where}: {error.where}", error.found, error.rule, error.remedy
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # The file is not ours to trust: whatever its header leads to is the file's fault.
        found = f"a header that cannot be read ({type(error).__name__}: {error})"
        raise InputError(where, found, "a header that save wrote") from error


def _rebuild(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> VitalsModel:
    from .model import VitalsModel

    if header["name"] not in MODELS:
        raise InputError("header.name", repr(header["name"]), f"one of {', '.join(MODELS)}")
    names = tuple(str(name) for name in header["vital_names"])
    target = Target(**{**header["target"], "cuts": tuple(header["target"]["cuts"])})
    scores = NormalScores.from_arrays(_part(SCORES, arrays))
    outliers = OutlierRule.from_dict(header["outliers"])
    estimator = unpack_model(
        header["estimator"]["kind"], header["estimator"]["header"], _part(ESTIMATOR, arrays)
    )
    width = np.timedelta64(int(header["width_us"]), "us")
    if width <= np.timedelta64(0, "us"):
        raise InputError("header.width_us", str(header["width_us"]), "a positive whole number")
    for what, size in (
        ("outliers", len(outliers.vital_names)),
        ("scores", len(scores.counts_)),
        ("estimator", estimator.n_features_in_),
    ):
        if size != len(names):
            raise InputError(f"header.{what}", f"{size} vitals", f"{len(names)}, as vital_names")
    preparation = Preparation(target, outliers, scores, names)
    return VitalsModel(header["name"], preparation, estimator, width, dict(header["record"]))


def _prefixed(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {prefix + name: array for name, array in arrays.items()}


def _part(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}
