"""Predicting a risk, and whether the prediction may be believed, by whom and for whom.

A risk is learned from earlier years and judged on the last (the temporal hold-out); it is also judged on authorities
that no learner saw. What counts is calibration, overall and in every group, before discrimination. Where groups
differ in how often the event happens, a prediction cannot be calibrated in each and make the same errors in each
(Chouldechova 2017, Big Data 5:153; Kleinberg et al. 2017): both are shown, and the choice is left to people.

A result holds no score of a child and no learner: nobody can be looked up in it. The authority is no feature: a
child's risk should not rise because of where a threshold lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame, Frame, complete_frame, every_row, grouping, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.risk.card import ModelCard, card
from analysis.models.risk.groups import by_group
from analysis.models.risk.learn import FOLDS, Features, elsewhere, features, later
from analysis.models.risk.measures import KNOTS, NAMES, Asked
from analysis.models.risk.resample import Measured, measured
from cohort.errors import UsageError

Model = Literal["logistic", "boosting"]

LEAST_EVENTS = 50
"""Events (and non-events) to learn from, and half as many to be judged by."""

THRESHOLDS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5])


@dataclass(frozen=True)
class RiskResult:
    """How well a risk is predicted. Every table has estimate, se, low, high; a null could not be estimated.

    `.performance`: model, holdout (temporal, authority), measure, …; measures are auc, brier,
    calibration_in_the_large (0 is right), calibration_slope (1 is right; below, chances are too extreme),
    calibration_error (mean distance from the curve; it has no interval), tpr, fpr and ppv at the working threshold.
    `.calibration`: model, holdout, predicted, …: how often the event happened to those of that chance.
    `.decision`: model, holdout, threshold, …, treat_all: net benefit a person (treating nobody has 0).
    `.groups`: model, column, level, n, events, authorities, measure, …, stands_out: the same measures in each group
    of the temporal hold-out; null below the minimum. `stands_out` marks a group's calibration in the large beyond
    99.8 % of chance and of what differs between groups anyway.
    """

    performance: Frame
    calibration: Frame
    decision: Frame
    groups: Frame
    card: ModelCard
    working_threshold: float
    n_in: int
    n_used: int
    n_learned: int
    n_held_out: int
    authorities: int
    dropped: Mapping[str, int]
    warnings: tuple[str, ...]


class _Held(NamedTuple):
    """A hold-out: chances and outcomes of its rows, their authorities, and where they stand among complete rows."""

    model: str
    name: str
    chance: np.ndarray
    event: np.ndarray
    authority: np.ndarray
    rows: np.ndarray


def risk(
    frame: Frame,
    outcome: str,
    features: Sequence[str],
    group_by_authority: str,
    time: str,
    working_threshold: float = 0.2,
    by: Sequence[str] = (),
    models: Sequence[Model] = ("logistic", "boosting"),
    minimum: int = 100,
    authority_as_feature: bool = False,
    draws: int = 200,
    level: float = 0.95,
    seed: int = 25,
) -> RiskResult:
    """Learn the 0/1 `outcome` from `features` in all times but the last, and judge it on the last and elsewhere.

    Features may have gaps: learners take them as they are, and rows are left out only where outcome, authority or
    time is missing. `by` names columns whose groups are judged apart, each of `minimum` rows at least; it may name
    the authority. Intervals come from `draws` of authorities. Chances are not re-weighted: a balanced training set
    would destroy calibration.

    Raises UsageError: MODEL-01 to -05 (frame), -06 (arguments), -07 (constant outcome), -09 (outcome not 0/1), -15
    (two roles), -79 (authority among the features, too few events, authorities or times, a feature without values).
    """
    listed = list(features) if not isinstance(features, str) else []
    _refuse_arguments(outcome, listed, group_by_authority, time, working_threshold, by, models, minimum, draws)
    normal_quantile(level)
    _refuse_authority(listed, group_by_authority, authority_as_feature)
    known, rows = _rows(frame, outcome, listed, group_by_authority, time, by)
    y = _outcome(known, outcome)
    authority = grouping(known.rows, group_by_authority).codes
    train = (known.rows[time] < known.rows[time].max()).to_numpy()
    of = _features(rows, listed, train)
    _refuse_data(y, train, authority)
    held = [h for model in models for h in _held_out(model, of, y, train, authority, seed)]
    asked = [_asked(h, working_threshold) for h in held]
    rng = np.random.default_rng(seed)
    told = [measured(h.chance, h.event, h.authority, a, draws, level, rng) for h, a in zip(held, asked, strict=True)]
    performance = _performance(held, told)
    apart = (rows, by, minimum, draws, level, rng)
    groups = pl.concat(_apart(h, a, *apart) for h, a in zip(held, asked, strict=True) if h.name == "temporal")
    return RiskResult(
        performance=known.give_back(performance), calibration=known.give_back(_curves(held, asked, told)),
        decision=known.give_back(_decisions(held, asked, told)), groups=known.give_back(groups),
        card=card(outcome, listed, list(models), known, y, train, time, working_threshold, performance, groups),
        working_threshold=working_threshold, n_in=known.n_in, n_used=known.n_used, n_learned=int(train.sum()),
        n_held_out=int((~train).sum()), authorities=int(authority.max()) + 1, dropped=known.dropped,
        warnings=_warnings(known, groups, int(authority.max()) + 1),
    )  # fmt: skip


def _refuse_arguments(
    outcome: str,
    columns: Sequence[str],
    authority: str,
    time: str,
    threshold: float,
    by: Sequence[str],
    models: Sequence[str],
    minimum: int,
    draws: int,
) -> None:
    wrong = {
        "features is a list of column names, one at least.": not columns,
        "by and models are lists, not one name.": isinstance(by, str) or isinstance(models, str),
        "models are logistic, boosting or both, each once.": not models
        or not set(models) <= {"logistic", "boosting"}
        or len(set(models)) < len(models),
        "The working threshold lies between 0 and 1.": not 0 < threshold < 1,
        "minimum and draws are whole numbers, 10 and 50 at least.": minimum < 10 or draws < 50,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.predict.risk.")
    roles = [outcome, time, *columns]
    twice = {name for name in roles if roles.count(name) > 1}
    twice |= {name for name in by if name in (outcome, time) or list(by).count(name) > 1}
    twice |= {authority} & {outcome, time}
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(sorted(twice))}.", "Name it once.")


def _refuse_authority(columns: Sequence[str], authority: str, allowed: bool) -> None:
    if authority in columns and not allowed:
        raise UsageError(
            "MODEL-79",
            f"The authority ({authority}) is among the features: a child's risk would hang on where thresholds lie.",
            "Leave it out, or pass authority_as_feature=True and say why.",
        )


def _rows(
    frame: Frame, outcome: str, columns: Sequence[str], authority: str, time: str, by: Sequence[str]
) -> tuple[CompleteFrame, pl.DataFrame]:
    """The rows with outcome, authority and time, and beside them their features and groups with gaps."""
    needed = [outcome, authority, time]
    every, library = every_row(frame, [*needed, *columns, *by])
    known = complete_frame(every.select(needed).with_row_index("__row"), ["__row", *needed])
    complete = CompleteFrame(known.rows, library, known.n_in, known.n_used, known.dropped)
    return complete, every[known.rows["__row"]]


def _outcome(known: CompleteFrame, outcome: str) -> np.ndarray:
    y = numbers(known.rows, outcome)
    if not np.isin(y, (0.0, 1.0)).all():
        raise UsageError("MODEL-09", f"Outcome {outcome} must be 0 or 1 (or boolean).", "Recode it.")
    if y.std() == 0:
        raise UsageError("MODEL-07", f"Outcome {outcome} is the same in every row.", "Ask for another outcome.")
    return y


def _features(rows: pl.DataFrame, columns: Sequence[str], train: np.ndarray) -> Features:
    for name in columns:
        kind = rows.schema[name]
        if not (kind.is_numeric() or kind in (pl.Boolean, pl.String, pl.Categorical, pl.Enum)):
            raise UsageError("MODEL-03", f"Feature {name} must hold numbers, booleans or text.", "Convert it first.")
    empty = [name for name in columns if rows[name].filter(pl.Series(train)).null_count() == train.sum()]
    if empty:
        raise UsageError(
            "MODEL-79", f"Features without any value to learn from: {', '.join(empty)}.", "Leave them out."
        )
    return features(rows, columns)


def _refuse_data(y: np.ndarray, train: np.ndarray, authority: np.ndarray) -> None:
    least = {True: LEAST_EVENTS, False: LEAST_EVENTS // 2}
    if not train.any():
        raise UsageError("MODEL-79", "There is one time only: no hold-out can be later.", "Give two years or more.")
    for here, rows in ((True, train), (False, ~train)):
        events = int(y[rows].sum())
        if min(events, rows.sum() - events) < least[here]:
            where = "to learn from" if here else "in the hold-out"
            raise UsageError(
                "MODEL-79",
                f"There are {events} events in {rows.sum()} rows {where}: fewer than {least[here]} of a kind.",
                "Ask for a commoner outcome or a longer time.",
            )
    with_event = len(np.unique(authority[train & (y == 1)]))
    if with_event < 2 * FOLDS:
        raise UsageError(
            "MODEL-79",
            f"The event was seen in {with_event} authorities only: too few to judge a prediction in others.",
            f"Give {2 * FOLDS} authorities or more.",
        )


def _held_out(
    model: str, of: Features, y: np.ndarray, train: np.ndarray, authority: np.ndarray, seed: int
) -> list[_Held]:
    held = []
    for name, rows, learned in (("temporal", ~train, later), ("authority", train, elsewhere)):
        places = np.flatnonzero(rows)
        held.append(
            _Held(model, name, learned(model, of, y, train, authority, seed), y[places], authority[places], places)
        )
    return held


def _asked(held: _Held, working: float) -> Asked:
    low, high = np.quantile(held.chance, [0.02, 0.98])
    logit = np.log(held.chance / (1 - held.chance))
    return Asked(working, THRESHOLDS, np.linspace(low, high, 15), np.quantile(logit, KNOTS))


def _apart(
    h: _Held, asked: Asked, rows: pl.DataFrame, by: Sequence[str], least: int, draws: int, level: float,
    rng: np.random.Generator,
) -> pl.DataFrame:  # fmt: skip
    return by_group(h.model, rows[h.rows], by, h.chance, h.event, h.authority, asked, least, draws, level, rng)


def _with(told: Measured, places: slice) -> dict[str, pl.Series]:
    return {name: pl.Series(name, values[places]).fill_nan(None) for name, values in told._asdict().items()}


def _performance(held: Sequence[_Held], told: Sequence[Measured]) -> pl.DataFrame:
    tables = [pl.DataFrame({"measure": NAMES, **_with(t, slice(0, len(NAMES)))}) for t in told]
    return _stacked(held, tables)


def _decisions(held: Sequence[_Held], asked: Sequence[Asked], told: Sequence[Measured]) -> pl.DataFrame:
    places = slice(len(NAMES), len(NAMES) + len(THRESHOLDS))
    tables = []
    for h, a, t in zip(held, asked, told, strict=True):
        share = h.event.mean()
        everybody = share - (1 - share) * a.thresholds / (1 - a.thresholds)
        tables.append(pl.DataFrame({"threshold": a.thresholds, **_with(t, places), "treat_all": everybody}))
    return _stacked(held, tables)


def _curves(held: Sequence[_Held], asked: Sequence[Asked], told: Sequence[Measured]) -> pl.DataFrame:
    places = slice(len(NAMES) + len(THRESHOLDS), None)
    tables = [pl.DataFrame({"predicted": a.grid, **_with(t, places)}) for a, t in zip(asked, told, strict=True)]
    return _stacked(held, tables)


def _stacked(held: Sequence[_Held], tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(
        table.select(pl.lit(h.model).alias("model"), pl.lit(h.name).alias("holdout"), pl.all())
        for h, table in zip(held, tables, strict=True)
    )


def _warnings(known: CompleteFrame, groups: pl.DataFrame, authorities: int) -> tuple[str, ...]:
    small = groups.filter(pl.col("estimate").is_null()).select("column", "level").unique().height
    out = groups.filter("stands_out").select("column", "level").unique().height
    said = {
        f"{known.n_in - known.n_used} of {known.n_in} rows lack outcome, authority or time.": known.n_in > known.n_used,
        f"{small} groups are too small to be judged in full.": small > 0,
        f"{out} groups have another risk than the prediction says, beyond chance.": out > 0,
        f"There are {authorities} authorities: intervals over authorities are rough.": authorities < 40,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
