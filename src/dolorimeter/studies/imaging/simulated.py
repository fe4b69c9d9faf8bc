"""A simulated imaging study on disk: raw events, preprocessed images, the truth, study.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter.core import output_directory
from dolorimeter.imaging import SITES, Site, frames_of, write_simulated
from dolorimeter.learning import relief2005, simulate_learning
from dolorimeter.studies.learning import save_simulated
from dolorimeter.studies.streams import stream

TRUTH = "truth_imaging.json"
PIPELINE = Path("derivatives") / "fmriprep"
RESPONDS = {
    ("appetitive",): ("appetitive",),
    ("aversive",): ("aversive",),
    ("appetitive", "aversive"): ("relief", "exacerbation"),
}


def save_simulated_imaging(
    folder: str | Path,
    n_subjects: int = 19,
    alpha: float = 0.3,
    effect: float = 1.0,
    repetition_time: float = 3.0,
    voxel_size: float = 6.0,
    random_state: int = 0,
    force: bool = False,
) -> dict[str, Any]:
    """Simulate people who learn in a scanner, and write what a study would find on its disk.

    Parameters
    ----------
    folder : str or Path
        The BIDS data set to create, whole or not at all; with ``study.yaml``.
    n_subjects : int, default 19
        The paper's 14 to 19.
    alpha : float, default 0.3
        Learning rate at the center over people.
    effect : float, default 1.0
        Planted effects as a multiple of their documented size; 0: noise alone.
    repetition_time : float, default 3.0
        Seconds.
    voxel_size : float, default 6.0
        In mm.
    random_state : int, default 0
        Seed.
    force : bool, default False
        Replace a folder that exists.

    Returns
    -------
    dict
        Counts, and the names of the planted sites.

    Raises
    ------
    InputError
        If the folder exists without ``force``, a number cannot be used, or the disk refuses.
    """
    # Each outcome in each run: a run without one has no column for it.
    task = relief2005(random_state=stream(random_state, "task"), balance="run")
    study = simulate_learning(
        task, n_subjects, alpha=alpha, random_state=stream(random_state, "people")
    )
    learned = {name: np.array(study.truth[name]) for name in ("cue_error", "outcome_error")}
    trials = study.trials.with_quantities(**learned)
    with output_directory(folder, force) as scratch:
        save_simulated(study, scratch, force=True)
        truth = write_simulated(
            trials, scratch / PIPELINE, tr=repetition_time, voxel_size=voxel_size,
            effect=effect, random_state=stream(random_state, "images"),
        )  # fmt: skip
        truth["targets"] = [_target(site, effect) for site in SITES] if effect else []
        text = json.dumps(truth, indent=1, allow_nan=False)
        (scratch / "sourcedata" / TRUTH).write_text(text, encoding="utf-8")
        (scratch / "study.yaml").write_text(STUDY, encoding="utf-8")
    runs = sorted(set(zip(trials.subject.tolist(), trials.run.tolist(), strict=True)))
    volumes = [
        frames_of(trials.take((trials.subject == s) & (trials.run == r)), repetition_time)
        for s, r in runs
    ]
    return {
        "subjects": n_subjects,
        "runs": len(runs),
        "volumes": sum(volumes),
        "voxels": truth["n_voxels"],
        "sites": [site["name"] for site in truth["targets"]],
    }


def _target(site: Site, effect: float) -> dict[str, Any]:
    """Say which contrast a site should be found in."""
    kinds = tuple(response.kind for response in site.responses)
    words = " and ".join(
        f"{r.kind} errors" + (f" at cue {', '.join(r.cues)}" if r.cues else "")
        for r in site.responses
    )
    return {
        "name": site.name,
        "center": list(site.center),
        "effect": site.effect * effect,
        "responds_to": words,
        "contrasts": list(RESPONDS[kinds]),
    }


STUDY = """\
# An imaging study (docs/formats/study-imaging.md): dolorimeter imaging run study.yaml --out out/
format: 1
study: imaging
title: Prediction errors for relief and exacerbation, simulated
pain: true                      # what is learned is pain and relief of it
random_state: 0

data:                           # paths are relative to this file
  bids: .
  derivatives: derivatives/fmriprep

learning:                       # gives the errors; fixed before the images were seen
  model: td
  parameters: {alpha: 0.3}

design:                         # Seymour et al. 2005: errors apart by cue, at cue and outcome
  regressors: two-errors
  hrf: spm
  high_pass: 128
  confounds: [motion]
  confound_options: {motion: basic}
  scrub: {fd: 0.5}

first_level: {smoothing: 6, noise: ar1}

contrasts:
  appetitive: {error_A: 0.5, error_B: 0.5}
  aversive: {error_A: -0.5, error_B: -0.5}
  relief: {error_A: 1}
  exacerbation: {error_B: -1}   # the aversive error where exacerbation may follow

group: {test: one-sample, cluster_p: 0.001, extent: 5, permutations: 1000}

regions: [amygdala left, midbrain, orbitofrontal lateral right, cingulate genual,
          putamen ventral left, putamen ventral right]

overlap:
  - {first: relief, second: exacerbation, how: inclusive, p: 0.001}

factors: {relief: relief, exacerbation: exacerbation}

time_courses:
  regions: [amygdala left, orbitofrontal lateral right, putamen ventral left]
  window: 24
  signs: {putamen ventral left: {A: 1, B: -1}}

model_maps:
  contrast: appetitive
  models: [td, rw, pearce-hall]
"""
