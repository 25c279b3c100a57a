"""The soak as a picture: memory of each process, and what went wrong, over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

COUNTS = ("late", "bare_late", "skipped", "lost", "underruns", "safe_underruns")


def plot(samples: list[dict[str, Any]], warm_s: float, title: str, path: Path) -> None:
    """Write the picture.

    Parameters
    ----------
    samples : list of dict
        As in ``benchmarks/results/soak.json``.
    warm_s : float
        Where warming up ends, seconds.
    title : str
        Above it.
    path : Path
        A ``.png``.
    """
    minutes = [sample["s"] / 60 for sample in samples]
    figure, (memory, counts) = plt.subplots(2, 1, figsize=(10, 7), sharex=True, constrained_layout=True)
    for role in samples[-1]["own_mb"]:
        (line,) = memory.plot(minutes, [sample["own_mb"].get(role) for sample in samples], label=role)
        private = [sample["uss_mb"].get(role) for sample in samples]
        memory.plot(minutes, private, color=line.get_color(), linestyle=":", linewidth=1)
    memory.set_ylabel("own memory, MB (dotted: with mapped files)")
    memory.set_ylim(bottom=0)
    for name in COUNTS:
        counts.plot(minutes, [sample[name] for sample in samples], label=name, drawstyle="steps-post")
    counts.set_ylabel("blocks and underruns, counted up")
    counts.set_yscale("symlog")
    counts.set_ylim(bottom=0)
    counts.set_xlabel("minutes")
    for axes in (memory, counts):
        axes.axvspan(0, warm_s / 60, color="0.93")
        axes.grid(alpha=0.3)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    figure.suptitle(title)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    plt.close(figure)
