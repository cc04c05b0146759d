"""The model of linkage: what is compared, how much each agreement weighs, and which pairs are looked at.

Fellegi and Sunter (1969): the weight of a pair is Σ log₂(m/u) over its comparisons, m the chance of a level among
pairs of one person, u among pairs of two. All comparisons are equalities of derived keys. splink 5 reckons the
weights on an in-memory DuckDB.

The numbers below are set, not fitted to any one data set. An ordinary return has too few open rows to fit a model
on: expectation maximisation would find two kinds of strangers as readily as matches and strangers. u is what
demography gives (a day of birth is shared by one in 365 × 25 of the ages held, a sector by one in some hundreds of an
authority); m is what studies of error in administrative data of England report (Harron et al., 2017, *Challenges in
administrative data linkage*; Hagger-Johnson et al., 2017). Names are corrected by how frequent they are. `fit.py`
estimates both where data are large enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

TF = ("surname", "forename", "birth_date")
"""Keys whose agreement weighs the less, the more persons share the value."""


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison. `condition` is SQL over a left and a right row, tried in order."""

    label: str
    condition: str
    m: float
    u: float
    frequency_of: str = ""


@dataclass(frozen=True)
class Comparison:
    """Levels from the strongest to none; where `unknown` holds, the comparison says nothing."""

    name: str
    unknown: str
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        assert abs(sum(level.m for level in self.levels) - 1) < 1e-9, self.name  # noqa: S101
        assert abs(sum(level.u for level in self.levels) - 1) < 1e-9, self.name  # noqa: S101


@dataclass(frozen=True)
class Model:
    """Comparisons, and blocks: conjunctions of equalities (left key, right key), one of which a pair must meet."""

    comparisons: tuple[Comparison, ...]
    blocks: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Keys that stand in a block."""
        return tuple(dict.fromkeys(key for block in self.blocks for pair in block for key in pair))


def _agree(*keys: str) -> str:
    return " AND ".join(f"l.{key} = r.{key}" for key in keys)


def _unknown(key: str) -> str:
    return f"l.{key} IS NULL OR r.{key} IS NULL"


def _name(name: str, m: tuple[float, ...], u: tuple[float, ...], also: tuple[Level, ...] = ()) -> tuple[Level, ...]:
    slip = f"({_agree(f'{name}_letters')}) OR ({_agree(f'{name}_start', f'{name}_end')})"
    sound = f"({_agree(f'{name}_sound')}) AND (l.{name}_start = r.{name}_start OR l.{name}_end = r.{name}_end)"
    part = f"l.{name}_sound = r.{name}_sound OR l.{name}_start = r.{name}_start OR l.{name}_end = r.{name}_end"
    labels = ("same", "one slip", "same sound", "part", "other")
    conditions = (_agree(name), slip, sound, part, "ELSE")
    frequencies = (name, "", "", "", "")
    ordinary = tuple(map(Level, labels, conditions, m, u, frequencies))
    return (ordinary[0], *also, *ordinary[1:])


def text_field(name: str, m: float, u: float) -> Comparison:
    """A further field of the name's forms: the same, one slip, other. For what returns of other collections hold."""
    slip = f"({_agree(f'{name}_letters')}) OR ({_agree(f'{name}_start', f'{name}_end')})"
    rest, few = 1 - m, (1 - u) / 100
    return Comparison(
        name,
        _unknown(name),
        (
            Level("same", _agree(name), m, u, name),
            Level("one slip", slip, rest / 2, few),
            Level("other", "ELSE", rest / 2, 1 - u - few),
        ),
    )


SURNAME = Comparison(
    "surname",
    # Exchanged names are counted once, as the forename's.
    f"{_unknown('surname')} OR (l.names = r.names AND l.surname <> r.surname)",
    _name("surname", (0.925, 0.02, 0.01, 0.015, 0.03), (0.001, 0.0005, 0.001, 0.025, 0.9725)),
)
EXCHANGED = Level("exchanged with the surname", "l.names = r.names AND l.surname <> r.surname", 0.005, 0.0000005)
FORENAME = Comparison(
    "forename",
    _unknown("forename"),
    _name("forename", (0.925, 0.02, 0.015, 0.015, 0.02), (0.004, 0.0015, 0.003, 0.0499995, 0.9415), also=(EXCHANGED,)),
)
TWO_PARTS = " OR ".join(_agree(key) for key in ("birth_year_month", "birth_year_day", "birth_month_day"))
BIRTH = Comparison(
    "birth_date",
    _unknown("birth_date"),
    (
        Level("same", _agree("birth_date"), 0.97, 0.00011, "birth_date"),
        Level("day and month exchanged", "l.birth_date = r.birth_date_swapped", 0.008, 0.00008),
        Level("two parts of three", TWO_PARTS, 0.017, 0.007),
        Level("other", "ELSE", 0.005, 0.99281),
    ),
)
POSTCODE = Comparison(
    "postcode",
    _unknown("postcode"),
    (
        Level("same", _agree("postcode"), 0.82, 0.0003),
        Level("same sector", _agree("postcode_sector"), 0.04, 0.005),
        Level("same district", _agree("postcode_district"), 0.05, 0.03),
        Level("other", "ELSE", 0.09, 0.9647),
    ),
)
SEX = Comparison(
    "sex",
    _unknown("sex"),
    (Level("same", _agree("sex"), 0.995, 0.58), Level("other", "ELSE", 0.005, 0.42)),
)
MIDDLE = Comparison(
    "middle_name",
    _unknown("middle_name"),
    (Level("same", _agree("middle_name"), 0.9, 0.01), Level("other", "ELSE", 0.1, 0.99)),
)


def _number(name: str, unknown: str, m: float) -> Comparison:
    """A number that one child seldom has two of. Its agreement was looked at before the model; here it says nothing."""
    same = f"{_unknown(name)} OR l.{name} = r.{name}{unknown}"
    return Comparison(name, same, (Level("never", "1 = 0", 1 - m, 0.001), Level("other", "ELSE", m, 0.999)))


NUMBERS = (
    _number("upn", " OR l.is_upn_temporary OR r.is_upn_temporary", 0.03),
    _number("uln", "", 0.01),
)


def _same(*keys: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, key) for key in keys)


BIRTH_PARTS = ("birth_year_month", "birth_year_day", "birth_month_day")
EDGES = ("surname_start", "surname_end", "forename_start", "forename_end")
BLOCKS = (
    *(_same("birth_date", key) for key in (*EDGES, "surname_sound", "forename_sound", "postcode_sector")),
    *((("birth_date_swapped", "birth_date"), (key, key)) for key in ("surname_start", "forename_start")),
    *(_same("postcode", key) for key in (*EDGES, *BIRTH_PARTS)),
    _same("surname", "forename"),
    _same("names"),
)
MODEL = Model((SURNAME, FORENAME, BIRTH, POSTCODE, SEX, MIDDLE, *NUMBERS), BLOCKS)


def without_numbers(model: Model, *more: Comparison) -> Model:
    """The model of records that have neither UPN nor ULN, with further comparisons."""
    return replace(model, comparisons=(*(c for c in model.comparisons if c not in NUMBERS), *more))


def settings(model: Model, prior: float, link_type: str) -> dict[str, Any]:
    """The model as splink reads it. `prior`: the chance that two rows taken at random are one person."""
    return {
        "link_type": link_type,
        "unique_id_column_name": "place",
        "probability_two_random_records_match": prior,
        "comparisons": [_comparison(comparison) for comparison in model.comparisons],
        "blocking_rules_to_generate_predictions": [
            {"blocking_rule": " AND ".join(f"l.{left} = r.{right}" for left, right in block)} for block in model.blocks
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    unknown = {"sql_condition": _suffixed(comparison.unknown), "label_for_charts": "unknown", "is_null_level": True}
    return {
        "output_column_name": comparison.name,
        "comparison_levels": [unknown, *map(_level, comparison.levels)],
    }


def _level(level: Level) -> dict[str, Any]:
    given: dict[str, Any] = {
        "sql_condition": _suffixed(level.condition),
        "label_for_charts": level.label,
        "m_probability": level.m,
        "u_probability": level.u,
    }
    if level.frequency_of:
        given |= {"tf_adjustment_column": level.frequency_of, "tf_minimum_u_value": 0.00002}
    return given


def _suffixed(condition: str) -> str:
    """splink's spelling in comparisons: `surname_l` for `l.surname`."""
    return re.sub(r"\b([lr])\.(\w+)", r'"\2_\1"', condition)
