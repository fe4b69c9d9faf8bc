"""Amplitude, pattern or both: what a decoder reads, before and after normalization.

The idea of Fig 1 of Hu & Iannetti (2016), simulated: two stimuli that differ in bulk amplitude
only, in spatial pattern only, in both, or by a gain on a profile. Normalization over features takes
an offset away, but not all of a gain; among trials matched in amplitude only a pattern is left.

    python examples/amplitude_and_pattern.py [FIGURE.png]
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from dolorimeter.decoding.amplitude_demonstration import demonstrate_amplitude

WHEN = {"before": "before normalization", "after": "after", "matched": "after, amplitude matched"}


def draw(shown: dict, target: Path) -> None:
    """Draw the class means and the accuracies of each case."""
    figure, axes = plt.subplots(len(shown["cases"]), 5, figsize=(11, 2 * len(shown["cases"])))
    for row, (case, found) in zip(axes, shown["cases"].items(), strict=True):
        maps = shown["patterns"][case]
        panels = [(when, k) for when in ("before", "after") for k in (0, 1)]
        for ax, (when, k) in zip(row, panels, strict=False):
            limits = (-0.5, 3) if when == "before" else (-2.5, 2.5)
            ax.imshow(maps[when][k], cmap="viridis", vmin=limits[0], vmax=limits[1])
            ax.set(xticks=[], yticks=[], title=f"{'AB'[k]}, {when}")
        row[0].set_ylabel(case)
        known = {label: found[when] for when, label in WHEN.items() if found[when]}
        row[4].barh(list(known), [one["accuracy"] for one in known.values()], color="#4477aa")
        row[4].plot([one["null"] for one in known.values()], list(known), "k|", markersize=14)
        row[4].set(xlim=(0.3, 1), title="accuracy | null")
        row[4].invert_yaxis()
        row[4].yaxis.tick_right()
    figure.tight_layout()
    figure.savefig(target, dpi=100)


def main(target: Path) -> None:
    """Simulate, print and draw."""
    shown = demonstrate_amplitude(repetitions=5, permutations=10, random_state=0)
    for case, found in shown["cases"].items():
        parts = [f"{label} {found[when]['accuracy']:.2f}" for when, label in WHEN.items()]
        print(f"{case}: " + ", ".join(parts))
    draw(shown, target)
    print(f"figure: {target}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("amplitude_and_pattern.png"))
