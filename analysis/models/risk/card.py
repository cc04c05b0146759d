"""A model card: what a prediction is for, what it was learned from, how it did, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame

IMPOSSIBLE = (
    "Where groups differ in how often the event happens, a prediction cannot be calibrated in every group and make "
    "the same errors in every group: which of the two matters more is a choice of people, not of the model."
)


@dataclass(frozen=True)
class ModelCard:
    """Sections of plain sentences, by heading, for the reader of a prediction (Mitchell et al. 2019, FAT*)."""

    sections: Mapping[str, tuple[str, ...]]

    @property
    def text(self) -> str:
        """The card as Markdown."""
        return "\n".join(f"## {head}\n\n" + "".join(f"* {line}\n" for line in s) for head, s in self.sections.items())


def card(
    outcome: str,
    columns: Sequence[str],
    models: Sequence[str],
    known: CompleteFrame,
    y: np.ndarray,
    train: np.ndarray,
    time: str,
    threshold: float,
    performance: pl.DataFrame,
    groups: pl.DataFrame,
) -> ModelCard:
    """The card of a prediction that was judged."""
    sections = {
        "What it predicts": (
            f"The chance of {outcome} (0/1), from {', '.join(columns)}, by {' and '.join(models)}.",
            "For planning and research. Not for decisions about a child: no child's score leaves the analysis.",
            "A chance is an association, not an effect: changing a feature need not change the outcome.",
        ),
        "What it was learned from": (
            f"{int(train.sum())} rows with {int(y[train].sum())} events before the last {time}; "
            f"{known.n_in - known.n_used} of {known.n_in} rows were left out for want of outcome, authority or time.",
            "Gaps in features were taken as they are: median and a mark for numbers, a level of their own for text.",
        ),
        "How it did": (
            f"Judged on {int((~train).sum())} later rows with {int(y[~train].sum())} events, and on authorities that "
            "no learner saw.",
            *_lines(performance),
        ),
        "For whom it does less well": _fairness(groups, threshold),
        "Limits": (
            "It holds for times like those seen. A change of a measure or of practice breaks it.",
            "Outcomes not known are left out, not counted as events or as none.",
        ),
    }
    return ModelCard(sections)


def _lines(performance: pl.DataFrame) -> list[str]:
    wanted = performance.filter(pl.col("measure").is_in(["auc", "calibration_in_the_large", "calibration_slope"]))
    return [
        f"{r['model']}, {r['holdout']} hold-out: {r['measure'].replace('_', ' ')} {_number(r['estimate'])} "
        f"({_number(r['low'])} to {_number(r['high'])})."
        for r in wanted.iter_rows(named=True)
    ]


def _fairness(groups: pl.DataFrame, threshold: float) -> tuple[str, ...]:
    if groups.height == 0:
        return ("No group was looked at apart: fairness is not known.",)
    small = groups.filter(pl.col("estimate").is_null()).select("column", "level").unique().height
    out = groups.filter("stands_out").select("column", "level").unique().sort("column", "level")
    per = out.group_by("column", maintain_order=True).agg(pl.len().alias("n"))
    return (
        f"Groups by {', '.join(groups['column'].unique(maintain_order=True))}; flags at a chance of {threshold}.",
        *(f"{n} groups of {column} have another risk than the prediction says." for column, n in per.iter_rows()),
        *([f"{small} groups were too small to be judged in full."] if small else []),
        IMPOSSIBLE,
    )


def _number(value: float | None) -> str:
    return "not estimated" if value is None else f"{value:.2f}"
