"""From complete rows to the inputs of a solver, and what neither solver can be asked to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from itertools import combinations
from typing import Literal, TypeVar

import numpy as np
import polars as pl

from analysis.models.frame import ALIAS_TOLERANCE, CompleteFrame, Design, Grouping, design, grouping, numbers
from analysis.models.mixed import binomial
from analysis.models.mixed.blocks import RandomTerm, cross_products
from analysis.models.mixed.gaussian import Linear, LinearFit, Method, Units
from analysis.models.mixed.membership import Members
from analysis.models.mixed.quadrature import Cells
from cohort.errors import UsageError

Family = Literal["gaussian", "binomial"]
Columns = TypeVar("Columns", bound=Sized)

MOST_SPREAD = 15.0
"""A standard deviation between groups on the logit scale beyond which it only stands for infinity."""

FAR_OUT = 15.0
"""A fitted logit beyond this in the plain regression gives reason to look for separation."""


def refuse_arguments(
    outcome: str,
    fixed: Sequence[str],
    groups: Sequence[str],
    slopes: Mapping[str, Sequence[str]],
    family: Family,
    method: Method,
    points: int,
    memberships: Mapping[str, Mapping[str, str]],
) -> None:
    """Raise UsageError MODEL-06, -10 or -15 for what cannot be meant, before any row is looked at."""
    varying, further = named(slopes, {}), named({}, memberships)
    wrong = {
        "fixed, groups and slopes are lists of column names, not one name.": isinstance(fixed, str)
        or isinstance(groups, str)
        or any(isinstance(columns, str) for columns in slopes.values()),
        "The family is gaussian or binomial.": family not in ("gaussian", "binomial"),
        "The method is reml or ml.": method not in ("reml", "ml"),
        "A multilevel model needs at least one group.": len(groups) == 0,
        "slopes names a group that is not under groups.": not set(slopes) <= set(groups),
        "memberships names a group that is not under groups.": not set(memberships) <= set(groups),
        "points is a whole number from 7 to 100.": not (isinstance(points, int) and 7 <= points <= 100),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.multilevel.fit.")
    _refuse_roles([outcome], list(fixed), [*groups, *further], varying)
    if memberships and (family == "binomial" or set(slopes) & set(memberships) or set(memberships) == set(groups)):
        raise UsageError(
            "MODEL-10",
            "Memberships are of a linear model, without slopes, beside a group to which each row belongs whole.",
            "Add such a group (schools, or children seen several times), or leave memberships out.",
        )
    if family == "binomial" and (len(groups) > 1 or slopes):
        raise UsageError(
            "MODEL-10",
            "A binomial model takes one group and no slopes.",
            'Name the one group that the question is about, or fit family="gaussian" to the 0/1 outcome.',
        )


def given(of: Mapping[str, Columns] | None) -> dict[str, Columns]:
    """What is named for each group, without groups for which nothing is."""
    return {group: columns for group, columns in (of or {}).items() if columns}


def named(slopes: Mapping[str, Sequence[str]], memberships: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The columns that slopes and memberships name."""
    further = [name for columns in memberships.values() for pair in columns.items() for name in pair]
    return [*(column for columns in slopes.values() for column in columns), *further]


def _refuse_roles(outcome: list[str], fixed: list[str], groups: list[str], varying: list[str]) -> None:
    roles = [outcome, fixed, groups]
    twice = {name for role in roles for name in role if role.count(name) > 1}
    twice |= {name for one, other in combinations(roles, 2) for name in set(one) & set(other)}
    twice |= set(varying) & {*outcome, *groups} | ({"residual"} & set(groups))
    if twice:
        raise UsageError(
            "MODEL-15",
            f"A column cannot play two roles, or bear the residual's name: {', '.join(sorted(twice))}.",
            "Name each column once among outcome, fixed and groups; rename a group called residual.",
        )


def refuse_data(complete: CompleteFrame, outcome: str, groupings: Sequence[Grouping], family: Family) -> None:
    """Raise UsageError MODEL-07, -08 or -09 for outcomes and groups from which nothing can be estimated."""
    y = numbers(complete.rows, outcome)
    if family == "binomial" and not np.isin(y, (0.0, 1.0)).all():
        raise UsageError("MODEL-09", f"Outcome {outcome} must be 0 or 1 (or boolean).", "Recode it.")
    if y.std() <= ALIAS_TOLERANCE * np.abs(y).max():
        raise UsageError(
            "MODEL-07", f"Outcome {outcome} is the same in every row.", "Ask for another outcome or population."
        )
    for group in groupings:
        if not 2 <= group.size < complete.n_used:
            raise UsageError(
                "MODEL-08",
                f"Group {group.name} has {group.size} levels in {complete.n_used} rows.",
                "A group needs two levels at least, and fewer than there are rows.",
            )
    for one, other in combinations(groupings, 2):
        if one.size != other.size:
            continue
        if len(np.unique(one.codes.astype(np.int64) * other.size + other.codes)) == one.size:
            raise UsageError(
                "MODEL-08", f"Groups {one.name} and {other.name} part the rows alike.", "Leave out one of them."
            )


def linear(
    complete: CompleteFrame,
    outcome: str,
    fixed: Sequence[str],
    groupings: Sequence[Grouping],
    slopes: Mapping[str, Sequence[str]],
    method: Method,
    memberships: Mapping[str, Members],
) -> tuple[LinearFit, Design]:
    """Fit a linear model. Raises UsageError MODEL-12 and -16 (a slope's column that does not vary)."""
    x, y = design(complete.rows, fixed), numbers(complete.rows, outcome)
    shift, scale = float(y.mean()), float(y.std())
    random: list[tuple[RandomTerm, np.ndarray]] = [
        (memberships[group.name], np.eye(1))
        if group.name in memberships
        else random_term(complete.rows, group, slopes.get(group.name, ()))
        for group in groupings
    ]
    data = cross_products([term for term, _ in random], x.standard, (y - shift) / scale)
    bases = {term.name: basis for term, basis in random}
    _refuse_exact(data.fixed, complete.n_used)
    units = Units(
        outcome=scale,
        shift=shift,
        fixed=x.to_own_units,
        bases=tuple(bases[term.name] for term in data.terms),
        log_scale=float(np.log(x.scale).sum()),
    )
    return Linear(data, method, units).fit(), x


def random_term(rows: pl.DataFrame, group: Grouping, slopes: Sequence[str]) -> tuple[RandomTerm, np.ndarray]:
    """The term's columns, centred and scaled, and A (c × c) with effects in own units = A @ standardised ones."""
    columns = [np.ones(rows.height), *(numbers(rows, slope) for slope in slopes)]
    basis = np.eye(len(columns))
    for place, slope in enumerate(slopes, start=1):
        centre, spread = columns[place].mean(), columns[place].std()
        if spread <= ALIAS_TOLERANCE * max(abs(centre), 1e-300):
            raise UsageError("MODEL-16", f"Slope {slope} is the same in every row.", "Leave it out.")
        columns[place] = (columns[place] - centre) / spread
        basis[0, place], basis[place, place] = -centre / spread, 1 / spread
    return RandomTerm(group.name, group.codes, group.size, np.column_stack(columns)), basis


def _refuse_exact(fixed: np.ndarray, n: int) -> None:
    p = len(fixed) - 1
    explained = fixed[:p, p] @ np.linalg.solve(fixed[:p, :p], fixed[:p, p])
    if n <= p + 1 or fixed[p, p] - explained <= ALIAS_TOLERANCE * fixed[p, p]:
        raise UsageError(
            "MODEL-12",
            f"{p} fixed terms explain all that {n} rows hold: nothing is left to part between groups.",
            "Use fewer terms, or look for one that is the outcome under another name.",
        )


def logistic(
    complete: CompleteFrame, outcome: str, fixed: Sequence[str], group: str, points: int
) -> tuple[binomial.LogisticFit, Design]:
    """Fit a logistic model, on rows collapsed to unique covariates × group. Raises UsageError MODEL-11, -12."""
    unique = [group, *fixed]
    collapsed = (
        complete.rows.with_columns(pl.Series("__event", numbers(complete.rows, outcome)))
        .group_by(unique)
        .agg(pl.col("__event").sum().alias("__events"), pl.len().cast(pl.Float64).alias("__trials"))
        .sort(unique)
    )
    x, levels = design(collapsed, fixed), grouping(collapsed, group)
    order = np.argsort(levels.codes, kind="stable")
    cells = Cells(
        x=np.ascontiguousarray(x.standard[order]),
        events=collapsed["__events"].to_numpy()[order],
        trials=collapsed["__trials"].to_numpy()[order],
        start=np.searchsorted(levels.codes[order], np.arange(levels.size)),
    )
    if complete.n_used <= len(x.terms) + 1:
        raise UsageError("MODEL-12", "There are no more rows than fixed terms.", "Use fewer terms.")
    _refuse_separated(cells, x)
    fitted = binomial.fit(group, cells, x.to_own_units, points)
    if fitted.sigma > MOST_SPREAD:
        raise UsageError(
            "MODEL-17",
            f"The levels of {group} all but foretell the outcome: their variance has no bound.",
            "Use larger groups, or another outcome.",
        )
    return fitted, x


def _refuse_separated(cells: Cells, x: Design) -> None:
    if np.abs(cells.x @ binomial.plain_logit(cells)).max() < FAR_OUT:
        return
    foretelling = binomial.separated(cells)
    if foretelling.any():
        # Columns, not levels: a level may be a value of a child.
        marked = zip(x.terms, foretelling, strict=True)
        columns = dict.fromkeys(term.partition("[")[0] for term, marks in marked if marks)
        raise UsageError(
            "MODEL-11",
            f"The outcome can be foretold without error for some rows from {', '.join(columns)}.",
            "Leave out such a column or merge its levels: its coefficient would be infinite.",
        )
