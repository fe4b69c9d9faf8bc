"""The whole road of a learning study: learn, fit, compare, recover, audit, result."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dolorimeter._version import __version__
from dolorimeter.audit import audit_study
from dolorimeter.learning import MODELS
from dolorimeter.learning.bayes_recursion import load_samplers
from dolorimeter.learning.compare import Comparison, compare_models
from dolorimeter.learning.exchange import Exchange
from dolorimeter.learning.fit import FitOptions, fit_learning
from dolorimeter.learning.fitted import LearningFit
from dolorimeter.learning.observations import sort_by_subject
from dolorimeter.studies.streams import stream

from .bayes import add_bayes
from .behaviour import behaviour_block
from .blocks import data_block, design_block, learned_block
from .data import PREFERENCE, LearningData
from .design import LearningStudy
from .drift import add_holm, choose_exchange, without_drift
from .facts import analyses
from .fits import can_leave_runs_out, comparison_block, criterion_block, fit_blocks
from .recovering import CORRELATION, recovery_block
from .result import LearningResult
from .sequences import sequence_blocks
from .words import methods, summarize


def run(study: LearningStudy, data: LearningData, seed: int) -> LearningResult:
    """Run a study.

    Parameters
    ----------
    study : LearningStudy
        The design.
    data : LearningData
        Trials and choices.
    seed : int
        Seed of everything random.

    Returns
    -------
    LearningResult
        Results as data, and trials with what the first model says.

    Raises
    ------
    InputError
        If the data cannot carry the design.
    """
    if study.bayes is not None:
        load_samplers()  # or say what is missing before hours of other fits
    data = replace(data, trials=sort_by_subject(data.trials))
    models, measures = study.models_for(data), study.measures_for(data)
    first = models[0]
    parameters = {spec.name: spec.default for spec in MODELS[first].parameters}
    learned = MODELS[first].build().simulate(data.trials, reset_runs=study.reset_runs)
    options = FitOptions(nuisance=study.nuisance, reset_runs=study.reset_runs)
    exchange = choose_exchange(study, len(set(data.trials.subject.tolist())))
    fit = _fit(study, data, models, measures, options, exchange, seed)
    compared = _compare(data, models, measures, options)
    content: dict[str, Any] = {
        "format": 1,
        "study": "learning",
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "title": study.title or "Learning from pain and relief",
        "data": data_block(data),
        "design": design_block(study, data, measures, exchange, seed),
        "learned": learned_block(first, parameters, data.trials, learned),
        "sequences": sequence_blocks(data, models, study.reset_runs),
        "behaviour": behaviour_block(data),
        "fits": {} if fit is None else fit_blocks(fit, compared),
        "criterion": {} if fit is None else _criteria(study, data, fit, exchange, seed),
        "comparison": {name: comparison_block(found) for name, found in compared.items()},
        "recovery": _recover(study, data, models, options, seed),
    }
    if study.bayes is not None:
        add_bayes(content["fits"], data.trials, options, study.bayes, seed)
    content["summary"] = summarize(content)
    content["methods"] = methods(content)
    claim = audit_study(analyses(content), _scope(content))
    content["claim"] = claim.to_dict()
    # What JSON cannot hold must not get as far as the disk.
    content = json.loads(json.dumps(content, allow_nan=False))
    return LearningResult(content, claim, learned.attach(data.trials))


def _fit(
    study: LearningStudy,
    data: LearningData,
    models: tuple[str, ...],
    measures: tuple[str, ...],
    options: FitOptions,
    exchange: Exchange,
    seed: int,
) -> LearningFit | None:
    if not measures:
        return None
    return fit_learning(
        data.trials, models, measures, preferences=data.preferences, options=options,
        permutations=study.permutations, exchange=exchange, bootstrap=study.n_bootstrap,
        sensitivity=study.sensitivity, random_state=stream(seed, "fit"),
    )  # fmt: skip


def _criteria(
    study: LearningStudy, data: LearningData, fit: LearningFit, exchange: Exchange, seed: int
) -> dict[str, Any]:
    steady = without_drift(study, data, fit, exchange, seed)
    blocks = {
        name: criterion_block(fit.of(fit.models[0], name), steady.get(name))
        for name in fit.measures
    }
    return add_holm({name: block for name, block in blocks.items() if block is not None})


def _compare(
    data: LearningData, models: tuple[str, ...], measures: tuple[str, ...], options: FitOptions
) -> dict[str, Comparison]:
    if not measures or len(models) < 2:
        return {}
    found = {}
    for name in measures:
        (found[name],) = compare_models(
            data.trials, models, (name,), preferences=data.preferences, options=options,
            leave_out_runs=can_leave_runs_out(data.trials, name, options.nuisance),
        )  # fmt: skip
    return found


def _recover(
    study: LearningStudy,
    data: LearningData,
    models: tuple[str, ...],
    options: FitOptions,
    seed: int,
) -> dict[str, Any] | None:
    if not study.recovery:
        return None
    return recovery_block(data.trials, models, study.recovery, CORRELATION, options, seed)


def _scope(content: dict[str, Any]) -> str:
    data = content["data"]
    measured = ", ".join(n for n in content["fits"] if n != PREFERENCE) or "no trial-wise measure"
    return (
        f"The {data['subjects']} people studied; after the fact; associations of {measured} with "
        "what models of learning say."
    )
