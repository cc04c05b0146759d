"""From a frame and what is asked of it to the plan that every chain follows, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from analysis.models.frame import Frame, Library, every_row, grouping
from analysis.models.incomplete.chain import Passive, Plan
from analysis.models.incomplete.columns import Column, Way, planned, read, refuse_structural
from cohort.errors import UsageError


def plan(
    frame: Frame,
    columns: Sequence[str] | None,
    iterations: int,
    methods: Mapping[str, str],
    groups: str | None,
    passive: Mapping[str, pl.Expr],
    delta: Mapping[str, float],
    eras: str | None,
) -> tuple[Plan, pl.DataFrame, Library]:
    """The plan of all chains, the rows that it was read from, and whose frame it was."""
    if isinstance(columns, str) or not isinstance(iterations, int) or iterations < 1:
        raise UsageError(
            "MODEL-06", "columns is a list of names, iterations a whole number above 0.", "See missing.impute."
        )
    aside = [name for name in (groups, eras) if name is not None]
    named = list(dict.fromkeys(_all_but(frame, aside, passive) if columns is None else columns))
    if groups is not None and groups in named:
        raise UsageError("MODEL-15", f"Column {groups} cannot be a cluster and a term.", "Name it under groups alone.")
    rows, library = every_row(frame, [*named, *aside])
    if rows.height == 0 or not named:
        raise UsageError("MODEL-04", "There are no rows, or no columns, to impute.", "Ask for another population.")
    read_in = [read(rows, name) for name in named]
    markers = [*read_in, *([read(rows, eras)] if eras and eras not in named else [])]
    terms = [_passive(name, expression, read_in) for name, expression in passive.items()]
    ready = planned(read_in, methods)
    refuse_structural(ready, markers)
    plan = Plan(ready, terms, None if groups is None else _clusters(rows, groups), delta, iterations)
    _refuse(plan, methods)
    return plan, rows, library


def _all_but(frame: Frame, aside: Sequence[str], passive: Mapping[str, pl.Expr]) -> list[str]:
    _, library = every_row(frame, aside)
    names = frame.column_names if library is Library.ARROW else frame.columns
    return [name for name in names if name not in aside and name not in passive]


def _clusters(rows: pl.DataFrame, groups: str) -> np.ndarray:
    if rows[groups].null_count():
        raise UsageError("MODEL-04", f"Rows lack a value in {groups}.", "Leave them out, or give them a cluster.")
    return grouping(rows, groups).codes


def _passive(name: str, expression: pl.Expr, columns: Sequence[Column]) -> Passive:
    numeric = {one.name for one in columns if one.levels is None}
    sources = tuple(dict.fromkeys(expression.meta.root_names())) if isinstance(expression, pl.Expr) else ()
    if not sources or not set(sources) <= numeric or name in {one.name for one in columns}:
        raise UsageError(
            "MODEL-74",
            f"Passive term {name} is not a polars expression of numeric columns, or bears the name of a column.",
            "Give {'name': pl.col('a') * pl.col('b')}, both a and b among columns.",
        )
    term = Passive(name, expression, sources)
    try:
        length = len(term.of({one.name: one.values for one in columns}))
    except pl.exceptions.PolarsError:
        length = -1
    if length != len(columns[0].values):
        raise UsageError("MODEL-74", f"Passive term {name} does not give a number a row.", "Give such an expression.")
    return term


def _refuse(plan: Plan, methods: Mapping[str, str]) -> None:
    drawn = {one.name: one for one in plan.drawn}
    if not drawn:
        raise UsageError("MODEL-72", "No column has a gap: there is nothing to impute.", "Fit the frame as it is.")
    have = {one.name for one in plan.columns}
    if not {*methods, *plan.delta} <= have:
        raise UsageError("MODEL-06", "methods or delta names what is not under columns.", "Name columns.")
    several = [name for name in plan.delta if name not in drawn or drawn[name].way in (Way.ORDINAL, Way.MULTINOMIAL)]
    if several or not np.isfinite(list(plan.delta.values())).all():
        raise UsageError(
            "MODEL-71",
            "delta is a finite number for a column with gaps that holds numbers, 0/1 or two levels.",
            "Recode an ordered column to numbers first.",
        )
    for column in plan.drawn:
        width = sum(len(o.levels) - 1 if o.levels else 1 for o in plan.columns) * (1 if plan.groups is None else 2) + 1
        if column.known.sum() <= width + 1:
            raise UsageError(
                "MODEL-72", f"Column {column.name} is known in too few rows for so many terms.", "Name fewer columns."
            )
