"""Complete results of imaging studies that never took place: they drive the report's tests."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np

SITES = {
    "amygdala left": ((-22, -4, -18), "appetitive error", "appetitive"),
    "midbrain": ((2, -16, -12), "appetitive error", "appetitive"),
    "orbitofrontal lateral right": ((38, 34, -12), "aversive error", "aversive"),
    "cingulate genual": ((2, 40, 8), "aversive error", "aversive"),
    "putamen ventral left": ((-24, 8, -6), "both, by cue", "relief"),
}
REGIONS = tuple(SITES)
CONTRASTS = ("appetitive", "aversive", "relief")
COLUMNS = {
    "cue": "regressor",
    "relief": "regressor",
    "exacerbation": "regressor",
    "error_A": "modulator",
    "error_B": "modulator",
    **{f"rot_{axis}": "confound" for axis in "xyz"},
    **{f"trans_{axis}": "confound" for axis in "xyz"},
    **{f"cosine{i:02d}": "drift" for i in range(7)},
    "spike_12": "spike",
    "spike_40": "spike",
    "constant": "constant",
}
TYPES = ("A, then relief", "A, then nothing", "B, then exacerbation", "B, then nothing", "C")
TR = 3.0


def fabricated_imaging(kind: str) -> dict[str, Any]:
    """Return results in format 1: ``"full"``, ``"real"`` (nothing planted) or ``"minimal"``."""
    if kind == "minimal":
        return _minimal()
    results = _full()
    return results if kind == "full" else {**results, "truth": None, "model_maps": None}


def fabricated_maps(kind: str = "mni") -> dict[str, tuple[Any, ...]]:
    """Return what BrainMap is made of, by file name."""
    path = Path(__file__).with_name("fabricated_decoding.py")
    values, mask, affine, _ = runpy.run_path(str(path))["fabricated_map"](kind)
    files = [f"maps/{name}_t.nii.gz" for name in CONTRASTS]
    return {
        **{file: (8 * values * (-1) ** i, mask, affine, file) for i, file in enumerate(files)},
        "maps/overlap.nii.gz": (np.where(values > 0.7, 5 * values, 0), mask, affine, "overlap"),
        "maps/alpha.nii.gz": (np.clip(np.abs(values), 0, 1), mask, affine, "best alpha"),
        "maps/both.nii.gz": (6 * values, mask, affine, "both"),
    }


def _column(rng: Any, kind: str, name: str, frames: int) -> Any:
    if kind == "drift":
        return np.cos(np.pi * (np.arange(frames) + 0.5) * (1 + int(name[-2:])) / frames)
    if kind == "constant":
        return np.ones(frames)
    if kind == "spike":
        return np.eye(frames)[int(name.split("_")[1])]
    if kind == "confound":
        return np.cumsum(rng.normal(size=frames)) / 10
    events = (rng.random(frames) < 0.12) * (rng.normal(size=frames) if kind == "modulator" else 1.0)
    response = np.exp(-((np.arange(8) * TR - 6) ** 2) / 12)
    return np.convolve(events, response)[:frames]


def _matrix(rng: Any, subject: str, run: str, frames: int = 150) -> dict[str, Any]:
    columns = [_column(rng, kind, name, frames) for name, kind in COLUMNS.items()]
    return {
        "subject": subject,
        "run": run,
        "columns": list(COLUMNS),
        "kinds": list(COLUMNS.values()),
        "frame_times": [TR * i for i in range(frames)],
        "values": np.round(np.array(columns).T, 3).tolist(),
    }


def _regressor(name: str, at: list[str], modulator: str | None = None, **more: Any) -> Any:
    plain = {"cues": [], "outcomes": [], "duration": 0.0}
    return {"name": name, "at": at, "modulator": modulator, **plain, **more}


def _design(rng: Any) -> dict[str, Any]:
    interest = [name for name, kind in COLUMNS.items() if kind in ("regressor", "modulator")]
    both = np.corrcoef(rng.normal(size=(5, 12)))
    return {
        "regressors": [
            _regressor("cue", ["cue"]),
            _regressor("relief", ["outcome"], outcomes=["relief"]),
            _regressor("exacerbation", ["outcome"], outcomes=["exacerbation"]),
            _regressor("error_A", ["cue", "outcome"], "appetitive_error", cues=["A"]),
            _regressor("error_B", ["cue", "outcome"], "appetitive_error", cues=["B"]),
        ],
        "hrf": "spm",
        "derivatives": [],
        "convolution": "nilearn",
        "high_pass": 128.0,
        "drift": "cosine",
        "orthogonalize": "none",
        "confounds": ["motion", "high_pass"],
        "scrub": {"fd": 0.5, "std_dvars": 1.5},
        "noise": "ar1",
        "engine": "fast",
        "scaling": "percent",
        "matrices": [_matrix(rng, "01", "1"), _matrix(rng, "01", "2", 152)],
        "variance_inflation": [
            {"column": name, "median": m, "largest": m * 1.3, "subject": "07", "run": "3"}
            for name, m in zip(interest, (1.8, 2.4, 2.2, 4.6, 3.1), strict=True)
        ],
        "correlations": {"columns": interest, "values": np.round(both, 3).tolist()},
        "efficiency": [{"contrast": name, "value": 0.123} for name in CONTRASTS],
        "warnings": [
            "error A shares much with relief: variance inflation 6.0 in run 3 of subject 07."
        ],
    }


def _peak(cluster: int, peak: int, at: Any, t: float, region: str | None) -> dict[str, Any]:
    return {
        "cluster": cluster,
        "peak": peak,
        **dict(zip("xyz", map(float, at), strict=True)),
        "t": t,
        "z_score": round(0.75 * t, 2),
        "p": 0.00002,
        "p_fwe": 0.012 if t > 6 else 0.31,
        "p_fdr": 0.02,
        "p_tfce": None,
        "p_cluster": 0.03,
        "extent": 42,
        "volume": 9072.0,
        "label": region or "Precuneus right",
        "region": region,
    }


def _map(name: str) -> dict[str, Any]:
    here = [(region, at) for region, (at, _, contrast) in SITES.items() if contrast == name]
    peaks = [_peak(i, 0, at, 7.2 - i, region) for i, (region, at) in enumerate(here, 1)]
    peaks[1:1] = [_peak(1, 1, np.add(here[0][1], 9), 4.1, here[0][0])]
    peaks.append(_peak(9, 0, (6, -62, 40), 4.3, None))
    return {
        "contrast": name,
        "df": 18,
        "largest_t": 8.47,
        "smallest_t": -6.52,
        "threshold_t": 3.61,
        "threshold_fwe_t": 6.02,
        "n_uncorrected": 311,
        "n_fwe": 38,
        "n_fdr": 120,
        "n_tfce": None,
        "files": {"t": f"maps/{name}_t.nii.gz", "p_fwe": f"maps/{name}_p_fwe.nii.gz"},
        "regions": [
            {
                "region": region,
                "voxels": 33,
                "found": region in dict(here),
                **dict(zip("xyz", map(float, SITES[region][0]), strict=True)),
                "t": 6.2 if region in dict(here) else 1.1,
                "z_score": 4.6 if region in dict(here) else 1.0,
                "p": 0.00002 if region in dict(here) else 0.14,
                "p_svc": 0.004 if region in dict(here) else 0.7,
                "extent": 21 if region in dict(here) else 0,
                "mean_effect": 0.182,
                "ci95": [0.09, 0.27],
            }
            for region in REGIONS
        ],
        "peaks": peaks,
    }


def _group() -> dict[str, Any]:
    shared = {"x": -24.0, "y": 8.0, "z": -6.0, "statistic": 4.4, "extent": 9, "label": "Putamen L"}
    return {
        "test": "one-sample",
        "subjects": 19,
        "covariates": [],
        "cluster_p": 0.001,
        "extent": 5,
        "permutations": 1000,
        "tfce": False,
        "random_state": 1,
        "maps": [_map(name) for name in CONTRASTS],
        "overlap": [
            {
                "first": "relief_error",
                "second": "exacerbation_error",
                "how": "inclusive",
                "p": 0.001,
                "voxels": 9,
                "peaks": [shared],
                "file": "maps/overlap.nii.gz",
            }
        ],
        "factors": {
            "factor": "error",
            "levels": ["relief", "exacerbation"],
            "effects": [
                {
                    "name": "both",
                    "largest_t": 6.4,
                    "n_uncorrected": 54,
                    "file": "maps/both.nii.gz",
                    "peaks": [_peak(1, 0, (-24, 8, -6), 6.4, "putamen ventral left")],
                },
                {"name": "difference", "largest_t": 2.9, "n_uncorrected": 0, "file": None,
                 "peaks": []},
            ],
        },
    }  # fmt: skip


def _courses(rng: Any, region: str) -> dict[str, Any]:
    times = np.arange(0, 24.1, TR)
    heights = {"A, then relief": 0.74, "A, then nothing": -0.3, "B, then exacerbation": -0.7,
               "B, then nothing": 0.35, "C": 0.0}  # fmt: skip
    types = []
    for name in TYPES:
        ahead = heights[name] * np.exp(-((times - 8.3) ** 2) / 18) * 0.4
        measured = ahead + 0.02 * rng.normal(size=len(times))
        types.append(
            {
                "name": name,
                "subjects": 19,
                "mean": np.round(measured, 4).tolist(),
                "se": [0.03] * len(times),
                "fixed": np.round(measured, 4).tolist(),
                "fixed_se": [0.012] * len(times),
                "predicted": np.round(ahead, 4).tolist(),
            }
        )
    return {
        "region": region,
        "selected_by": "Sphere of 8 mm at a published peak, chosen before the data were seen.",
        "times": times.tolist(),
        "types": types,
        "scale": 0.402,
        "r_predicted": 0.93,
    }


def _model_maps() -> dict[str, Any]:
    grid = np.round(np.linspace(0.05, 0.95, 19), 2)
    models = ["td", "valence-independent", "surprise"]
    return {
        "parameter": "alpha",
        "grid": grid.tolist(),
        "regions": [
            {
                "region": region,
                "voxels": 33,
                "best": 0.3,
                "ci95": [0.2, 0.45] if i else None,
                "profile": np.round(12 - (40 if i else 4) * (grid - 0.3) ** 2, 3).tolist(),
                "identified": bool(i),
                "reason": "" if i else "The profile is flat: 1.92 below the best reaches 0.95.",
            }
            for i, region in enumerate(REGIONS[:3])
        ],
        "comparison": {
            "models": models,
            "regions": [
                {
                    "region": region,
                    "gain": [4.1, -1.2, 0.4],
                    "ci95": [[2.0, 6.3], [-3.0, 0.8], [-1.5, 2.2]],
                    "best": "td",
                }
                for region in REGIONS[:2]
            ],
            "scheme": "leave one run out",
            "selection": "a-priori regions",
            "test": "the run left out",
        },
        "files": {"best_alpha": "maps/alpha.nii.gz"},
        "note": "Voxels and rates were chosen on other runs than those tested.",
    }


def _finding(rule: str, title: str, status: str, reason: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "title": title,
        "status": status,
        "reason": reason,
        "remedy": "" if status == "passed" else "Test on runs that chose nothing.",
        "section": "",
        "severity": "blocks",
        "analysis": "appetitive",
    }


def _claim() -> dict[str, Any]:
    return {
        "objective": "association",
        "scope": "19 simulated subjects",
        "granted": [
            {"text": "The signal of the left amygdala goes with appetitive error.",
             "rules": ["V1", "K5"]}
        ],
        "refused": [{"text": "The amygdala computes relief.", "rules": ["C4"]}],
        "unproven": [{"text": "Activity here means relief.", "rules": ["C5"]}],
        "findings": [
            _finding("V1", "Null by relabelling", "passed", "Signs of 19 people were flipped."),
            _finding("K5", "Nothing fitted on test data", "passed", "Regions were chosen before."),
            _finding("C4", "No claim of cause", "violated", "Nothing was changed in the brain."),
            _finding("N1", "Spatial normalization", "not-applicable", "No pattern was decoded."),
        ],
    }  # fmt: skip


def _full() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    subjects = [f"{i:02d}" for i in range(1, 20)]
    return {
        "format": 1,
        "study": "imaging",
        "version": "0.1.0",
        "created": "2026-11-23T21:00:00+00:00",
        "title": "Relief and exacerbation errors in simulated brains",
        "summary": [
            "All five planted sites were looked for; four were found within 8 mm.",
            "Relief-related and exacerbation-related errors overlap in the left ventral putamen.",
        ],
        "data": {
            "source": "simulated: 19 subjects, three cues, 3 runs",
            "derivatives": "derivatives/fmriprep",
            "subjects": subjects,
            "left_out": [{"subject": "20", "why": "No mask of the brain."}],
            "runs": 57,
            "volumes": {"least": 150, "most": 152},
            "repetition_time": TR,
            "space": "MNI152NLin2009cAsym",
            "voxels": 7866,
            "voxel_size": [6.0, 6.0, 6.0],
            "smoothing": 6.0,
            "notices": [{"file": "sub-03_bold.json", "row": None, "what": "No SliceTiming."}],
            "motion": [
                {"subject": s, "run": r, "volumes": 150, "scrubbed": int(s) % 3,
                 "mean_fd": 0.08 + 0.01 * int(s), "max_fd": 0.5 + 0.05 * int(s)}
                for s in subjects[:6] for r in "123"
            ],
        },
        "learning": {
            "model": "td",
            "label": "Temporal difference",
            "parameters": {"alpha": 0.3, "v0": 0.0},
            "source": "Fixed before the images were read.",
        },
        "design": _design(rng),
        "contrasts": [
            {"name": "appetitive", "weights": {"error_A": 1.0, "error_B": 1.0},
             "words": "Appetitive prediction error"},
            {"name": "aversive", "weights": {"error_A": -1.0, "error_B": -1.0},
             "words": "Aversive prediction error"},
            {"name": "relief", "weights": {"error_A": 1.0}, "words": "Relief-related error"},
        ],
        "group": _group(),
        "model_maps": _model_maps(),
        "timecourses": [_courses(rng, region) for region in REGIONS[:2]],
        "truth": {
            "source": "seed 1, 0.25 % signal",
            "sites": [
                {"name": name, "responds_to": to, **dict(zip("xyz", map(float, at), strict=True)),
                 "effect": 0.25, "found": name != "midbrain",
                 "distance": None if name == "midbrain" else 3.5,
                 "t": None if name == "midbrain" else 6.2, "contrast": contrast}
                for name, (at, to, contrast) in SITES.items()
            ],
        },
        "claim": _claim(),
        "methods": [
            "Nineteen subjects were simulated. Errors of a temporal-difference model (alpha 0.3) "
            "modulated the events at cue and outcome.",
            "Group maps were tested by 1,000 sign flips.",
        ],
        "software": {"dolorimeter": "0.1.0", "nilearn": "0.14.1", "numpy": "2.4.1"},
    }  # fmt: skip


def _minimal() -> dict[str, Any]:
    """Everything but the frame is missing, or null, or as empty as the format lets it be."""
    return {
        "format": 1,
        "study": "imaging",
        "version": "0.1.0",
        "created": "2026-11-23T21:00:00+00:00",
        "title": "Nearly nothing",
        "summary": [],
        "data": {"source": "two runs", "subjects": ["01"], "runs": 1, "smoothing": None,
                 "motion": [], "left_out": []},
        "design": {
            "regressors": [_regressor("cue", [], duration=None)],
            "matrices": [{"columns": ["a"], "kinds": ["regressor"], "frame_times": [0.0],
                          "values": [[1.0]]}],
            "variance_inflation": [{"column": "cue", "median": None, "largest": float("nan")}],
        },
        "group": {
            "maps": [
                {"contrast": "appetitive", "df": 0, "largest_t": None, "threshold_fwe_t": None,
                 "files": {"t": "maps/appetitive_t.nii.gz"}, "regions": [], "peaks": []}
            ],
            "overlap": [{"first": "a", "second": "b", "voxels": 0, "peaks": []}],
            "factors": None,
        },
        "timecourses": [{"region": "x", "times": [0.0], "types": [{"name": "A", "mean": [1.0]}]}],
        "model_maps": {"grid": [], "regions": [], "comparison": None},
        "claim": None,
        "methods": [],
        "software": {},
    }  # fmt: skip
