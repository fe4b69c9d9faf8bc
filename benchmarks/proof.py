"""The full-size simulations: run every ``proof_*.py`` and write its figures to docs/proof.

``make proof``, or ``python -m benchmarks.proof proof_vus`` for one of them.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from dolorimeter import __version__

HERE = Path(__file__).parent
TARGET = HERE.parent / "docs" / "proof"


def plain(value: Any) -> Any:
    """Return numbers of NumPy as plain ones, rounded to what a reader needs."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return round(float(value), 6)
    return int(value) if isinstance(value, np.integer) else value


def run(name: str) -> None:
    """Run one proof and file what it found, with the machine and the time it took."""
    print(f"== {name}")
    started = time.perf_counter()
    found = importlib.import_module(f"benchmarks.{name}").main()
    content = {
        "proof": name,
        "command": f"python -m benchmarks.proof {name}",
        "version": __version__,
        "machine": f"{platform.machine()}, {platform.python_implementation()} "
        f"{platform.python_version()}",
        "seconds": round(time.perf_counter() - started),
        "found": plain(found),
    }
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main(names: list[str]) -> None:
    """Run the named proofs, or all."""
    for name in names or sorted(path.stem for path in HERE.glob("proof_*.py")):
        run(name)


if __name__ == "__main__":
    main(sys.argv[1:])
