"""Steps that are fitted: scaling, selection, components, inside the folds or outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest, f_classif, f_regression
from sklearn.preprocessing import StandardScaler

from dolorimeter.core import InputError

STEPS = ("scale", "select", "components")


def make_step(step: Mapping[str, Any], classes: bool) -> Any:
    """Build one transformer.

    Parameters
    ----------
    step : mapping
        ``{"scale": True}``: each feature to mean 0 and deviation 1; ``{"select": k}``: the k
        features with the largest F statistic; ``{"components": k}``: the first k principal
        components.
    classes : bool
        Whether the target has classes.

    Returns
    -------
    transformer
        Of scikit-learn, not fitted.

    Raises
    ------
    InputError
        If the step is unknown, or its number cannot be.
    """
    if not isinstance(step, Mapping) or len(step) != 1 or set(step) - set(STEPS):
        raise InputError("step", repr(step), "one of scale: true, select: 100, components: 20")
    ((name, value),) = step.items()
    if name == "scale":
        if value is not True:
            raise InputError("step scale", repr(value), "true")
        return StandardScaler()
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(f"step {name}", repr(value), "a whole number of at least 1")
    if name == "select":
        return SelectKBest(f_classif if classes else f_regression, k=value)
    return PCA(n_components=value, svd_solver="full")


def check_steps(steps: Iterable[Mapping[str, Any]], n_features: int) -> int:
    """Refuse steps of which one asks for more features than those before it leave.

    Parameters
    ----------
    steps : iterable of mapping
        As for :func:`make_step`, in the order in which they are taken.
    n_features : int
        Features before the first.

    Returns
    -------
    int
        Features after the last.

    Raises
    ------
    InputError
        If one does, or cannot be built.
    """
    source = "there are"
    for step in steps:
        make_step(step, classes=True)
        ((name, value),) = step.items()
        if name == "scale":
            continue
        if value > n_features:
            rule = f"at most {n_features}, the features {source}"
            raise InputError(f"step {name}", str(value), rule)
        n_features, source = value, f"left by {name}: {value} before it"
    return n_features


def uses_labels(step: Mapping[str, Any]) -> bool:
    """Tell whether a step is fitted with the labels.

    Parameters
    ----------
    step : mapping
        As for :func:`make_step`.

    Returns
    -------
    bool
        True for selection.
    """
    return "select" in step


def step_words(step: Mapping[str, Any]) -> str:
    """Say what a step does.

    Parameters
    ----------
    step : mapping
        As for :func:`make_step`.

    Returns
    -------
    str
        Such as ``"scaling of features"``.
    """
    ((name, value),) = step.items()
    return {
        "scale": "scaling of features",
        "select": f"selection of {value} features with the labels",
        "components": f"{value} principal components",
    }[name]
