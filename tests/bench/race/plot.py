"""How do the figures grow with the posts? A picture of four curves."""

from collections.abc import Sequence
from math import ceil, floor, log10
from pathlib import Path
from typing import Any

Result = dict[str, Any]


def picture(rows: Sequence[Result], path: Path) -> None:
    """Write the picture as SVG, the same for the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "souwen", "svg.fonttype": "none", "font.size": 9})
    posts = [row["posts"] for row in rows]
    panels = (
        ("build, s", [("words only", [row["seconds"] for row in rows])]),
        (
            "memory, MB",
            [
                ("peak of a build", [row["memory"] / 1e6 for row in rows]),
                ("open, after queries", [row["searching"]["own"] / 1e6 for row in rows]),
            ],
        ),
        ("adding ten posts, ms", [("one commit", [row["update"] for row in rows])]),
        (
            "query, ms",
            [
                ("p50, ten kinds", [row["p50"] for row in rows]),
                ("p95, ten kinds", [row["p95"] for row in rows]),
                ("p50, common word", [row["kinds"]["common"]["p50"] for row in rows]),
            ],
        ),
    )
    figure, axes = plt.subplots(2, 2, figsize=(8, 5.5), layout="constrained")
    for axis, (title, curves) in zip(axes.flat, panels, strict=True):
        for label, values in curves:
            axis.loglog(posts, values, marker="o", label=label)
        every = [value for _, values in curves for value in values]
        axis.set_ylim(10 ** floor(log10(min(every))), 10 ** ceil(log10(max(every))))
        axis.xaxis.set_major_formatter("{x:,.0f}")
        axis.yaxis.set_major_formatter("{x:g}")
        axis.minorticks_off()
        axis.set_title(title)
        axis.set_xlabel("posts")
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.legend()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
