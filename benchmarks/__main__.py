"""Run every benchmark present: ``python -m benchmarks``, or ``python -m benchmarks em``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NOT_BENCHMARKS = ("__", "proof")


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    present = sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if not path.stem.startswith(NOT_BENCHMARKS)
    )
    for name in names or present:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
