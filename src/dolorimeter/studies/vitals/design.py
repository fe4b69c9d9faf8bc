"""The vital-signs study as its user declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dolorimeter.core import InputError
from dolorimeter.states import MODELS
from dolorimeter.tables import Cohort, Target

if TYPE_CHECKING:
    from .result import VitalsResult

TASKS = ("direct", "median-referenced", "difference")
HISTORIES = ("none", "reports")
DEFAULT_MODELS = ("hmm", "hmm-labelled", "chain", "nb", "boosting")
REPORTS_ONLY = "boosting-reports"

History = Literal["none", "reports"]


@dataclass(frozen=True, slots=True)
class VitalsStudy:
    """Pain states from vital signs: design of one study (Panaggio et al. 2021).

    Parameters
    ----------
    task : str or tuple of str, default "all"
        ``"direct"``, ``"median-referenced"``, ``"difference"``, several of them, or ``"all"``.
    models : tuple of str
        Names from :data:`dolorimeter.states.MODELS`. The nulls always stand beside them, and
        with ``history="reports"`` and boosting, boosting on the reports alone.
    folds : int or "leave-one-out", default 10
        Number of folds, or one fold for each stay or patient.
    group : str, default "patient"
        What is kept whole: ``"patient"`` for claims about new patients, ``"stay"`` as in the
        paper.
    history : str, default "both"
        What is known at test time: ``"none"`` (vital signs only), ``"reports"`` (also the
        patient's own earlier reports), or ``"both"``, reported apart.
    rule : str, default "product"
        Assignment rule of the VUS.
    null_bootstraps : int, default 10000
        Replicates of the null models behind ``p_paper``.
    permutations : int, default 0
        Refits on exchanged label sequences behind ``p``; 0 leaves the claim "predicts" unproven.
    learning_splits : int, default 20
        Splits of the learning curve; 0 leaves it out.
    inflation : bool, default True
        Measure how far looser designs lift the VUS: folds of stays, standardization over the whole
        stay, smoothing. It needs history ``"none"``, and the HMM or naive Bayes.
    n_bootstrap : int, default 10000
        Patient-clustered resamples behind intervals and paired comparisons.
    target_options : mapping
        Options of :class:`dolorimeter.tables.Target` by task, such as
        ``{"difference": {"large": 2}}``.
    model_options : mapping
        Options of the estimators by model, such as ``{"hmm": {"n_iter": 50}}``.
    vitals : tuple of str, optional
        Which vitals to use; by default the vital signs that were observed. Further numeric
        signals of a table are used only when they are named.
    n_jobs : int, default -1
        Threads; -1 uses all cores.

    Examples
    --------
    >>> import dolorimeter as dm
    >>> cohort = dm.make_windows(dm.simulate_cohort(random_state=0), width="2h")
    >>> study = dm.VitalsStudy(task="direct", models=("hmm", "nb"), null_bootstraps=1000)
    >>> result = study.run(cohort, random_state=0)  # doctest: +SKIP
    """

    task: str | tuple[str, ...] = "all"
    models: tuple[str, ...] = DEFAULT_MODELS
    folds: int | Literal["leave-one-out"] = 10
    group: Literal["patient", "stay"] = "patient"
    history: Literal["none", "reports", "both"] = "both"
    rule: Literal["product", "sum", "distance"] = "product"
    null_bootstraps: int = 10_000
    permutations: int = 0
    learning_splits: int = 20
    inflation: bool = True
    n_bootstrap: int = 10_000
    target_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    model_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    vitals: tuple[str, ...] | None = None
    n_jobs: int = -1

    def __post_init__(self) -> None:
        _require_known("task", self.tasks, TASKS)
        _require_known("models", self.models, tuple(MODELS))
        _require_known("history", self.histories, HISTORIES)
        _require_known("group", (self.group,), ("patient", "stay"))
        _require_known("rule", (self.rule,), ("product", "sum", "distance"))
        _require_known("target_options", tuple(self.target_options), TASKS)
        _require_known("model_options", tuple(self.model_options), tuple(MODELS))
        for name, least in (
            ("null_bootstraps", 1),
            ("permutations", 0),
            ("learning_splits", 0),
            ("n_bootstrap", 1),
        ):
            if getattr(self, name) < least:
                raise InputError(name, str(getattr(self, name)), f"at least {least}")
        if self.permutations and "none" not in self.histories:
            raise InputError(
                "permutations",
                f"{self.permutations} with history 'reports' alone",
                "history 'none' or 'both': the relabelling test is about vital signs alone",
            )
        if self.folds != "leave-one-out" and (not isinstance(self.folds, int) or self.folds < 2):
            raise InputError("folds", repr(self.folds), 'at least 2, or "leave-one-out"')

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks to run, in the paper's order where all are asked for."""
        if self.task == "all":
            return TASKS
        return (self.task,) if isinstance(self.task, str) else tuple(self.task)

    @property
    def histories(self) -> tuple[str, ...]:
        """What is known at test time, each answered apart."""
        return HISTORIES if self.history == "both" else (self.history,)

    def target(self, task: str, history: str) -> Target:
        """Return the target of a task under a history.

        Parameters
        ----------
        task : str
            Name of the task.
        history : str
            With ``"reports"`` the median-referenced task takes the causal reference, since the
            whole-stay median holds the future (science.md 1.7).

        Returns
        -------
        Target
            With the user's options.
        """
        options = dict(self.target_options.get(task, {}))
        if history == "reports" and task == "median-referenced":
            options["reference"] = "causal"
        return make_target(task, options)

    def models_for(self, history: str) -> tuple[str, ...]:
        """Return the models of one history.

        Parameters
        ----------
        history : str
            With ``"reports"``, boosting brings boosting on the reports alone with it.

        Returns
        -------
        tuple of str
            Without the nulls.
        """
        chosen = tuple(m for m in self.models if m != REPORTS_ONLY)
        if history == "reports" and ({"boosting", REPORTS_ONLY} & set(self.models)):
            return (*chosen, REPORTS_ONLY)
        return chosen

    def run(self, cohort: Cohort, random_state: int | None = None) -> VitalsResult:
        """Fit, evaluate and audit on a cohort.

        Parameters
        ----------
        cohort : Cohort
            Windows of stays, from :func:`dolorimeter.make_windows`.
        random_state : int, optional
            Seed of folds, nulls, resamples and restarts. Without one a seed is drawn and
            recorded in the result.

        Returns
        -------
        VitalsResult
            Table, claim, and all that the report draws.
        """
        from .run import run

        fresh = int(np.random.default_rng().integers(2**32))
        return run(self, cohort, fresh if random_state is None else random_state)


def make_target(task: str, options: Mapping[str, Any]) -> Target:
    """Return a target, refusing options that no task has.

    Parameters
    ----------
    task : str
        Name of the task.
    options : mapping
        Other fields of :class:`dolorimeter.tables.Target`.

    Returns
    -------
    Target
        With the options.

    Raises
    ------
    InputError
        If an option is unknown, or has a value that cannot be.
    """
    known = [f.name for f in fields(Target) if f.name != "task"]
    unknown = [name for name in options if name not in known]
    if unknown:
        raise InputError(f"option of the task {task!r}", repr(unknown[0]), f"one of {known}")
    try:
        return Target(task=task, **options)  # type: ignore[arg-type]
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        rule = "values of the kinds that dolorimeter.tables.Target documents"
        raise InputError(f"options of the task {task!r}", str(error), rule) from error


def _require_known(where: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown or len(set(given)) < len(given) or (not given and where in ("task", "models")):
        found = repr(unknown[0]) if unknown else f"{given}, empty or repeated"
        raise InputError(where, found, f"one or more of {', '.join(known)}, each once")
