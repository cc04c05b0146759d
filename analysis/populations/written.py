"""Populations of what plans say: each need of section B, with the lines of section F that may meet it.

The record ties no line to a need. Three counts stand around the truth: that the plan has any quantified line, that it
has as many as needs, and that it has one of a kind that fits the need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import polars as pl

from analysis.facts import PERSON, beside, first, school, stored
from analysis.population import Condition, Population, Step, Table
from cohort.snapshot import Snapshot

PLAN = ("person_id", "authority_code", "collection_year", "plan_start_date")
VERSION = (*PLAN, "version_number")
WITHOUT_HOURS = ("EQP", "ENV")
"""Equipment and adaptations are stated without hours."""
FITTING: Mapping[str, tuple[str, ...]] = {
    "SPLD": ("TCH", "SGP"),
    "MLD": ("TCH", "SGP"),
    "SLD": ("TCH", "SGP", "ADU"),
    "PMLD": ("ADU", "PT", "OT", "SEN", "MED"),
    "SEMH": ("PSY", "MH", "SGP"),
    "SLCN": ("SLT",),
    "ASD": ("SLT", "PSY", "SGP", "OT", "ENV"),
    "HI": ("SEN", "EQP"),
    "VI": ("SEN", "EQP"),
    "MSI": ("SEN", "EQP"),
    "PD": ("PT", "OT", "EQP", "ENV"),
    "DS": ("SLT", "TCH", "SGP"),
}
"""Type of need → kinds of provision that fit it. This project's own reading; a need not named is fitted by any."""
PARTS = ("with_hours", "with_frequency", "with_profession")


def _parts(line: Table) -> dict[str, Condition]:
    """What a line is to state beside its kind."""
    needs_none = line.provision_code.isin(WITHOUT_HOURS)
    often = (line.sessions_per_period > 0) & line.period_code.notnull()
    return {
        "with_hours": needs_none | (line.hours_per_session > 0).fill_null(False),
        "with_frequency": needs_none | often.fill_null(False),
        "with_profession": needs_none | line.profession_code.notnull(),
    }


def _lines(snapshot: Snapshot) -> Table:
    """Of each version of a plan: lines of section F, those that state what they are to, and those by kind."""
    line = stored(snapshot, "provision_specified").filter(lambda t: t.provision_section_code == "F")
    parts = _parts(line)
    whole = line.is_quantified.fill_null(False)
    for holds in parts.values():
        whole = whole & holds
    kinds = sorted({kind for fitting in FITTING.values() for kind in fitting})
    return line.group_by(*VERSION).aggregate(
        lines=line.count(),
        flagged_lines=line.count(where=line.is_quantified),
        quantified_lines=line.count(where=whole),
        **{name: line.count(where=holds) for name, holds in parts.items()},
        **{_named(kind): line.count(where=whole & (line.provision_code == kind)) for kind in kinds},
    )


def _named(kind: str) -> str:
    return f"lines_{kind.lower()}"


def _needs(snapshot: Snapshot) -> Table:
    """Every need of section B of every plan in its latest version of a return."""
    versions = school(snapshot, "plan_version")
    latest = first(versions.mutate(back=-versions.version_number), PLAN, ("back", "row_number"))
    need = stored(snapshot, "section_need").filter(lambda t: t.need_section_code == "B")
    window = ibis.window(group_by=VERSION, order_by=("rank_number", "row_number"))
    need = need.select(*VERSION, "need_code", place=ibis.row_number().over(window) + 1)
    written = latest.inner_join(need, VERSION)
    lines = _lines(snapshot)
    return _matched(beside(written, lines, VERSION, tuple(name for name in lines.columns if name not in VERSION)))


def _matched(need: Table) -> Table:
    """Whether each need is met, by each way of counting."""
    quantified = need.quantified_lines.fill_null(0)
    fitting: Any = ibis.cases(
        *((need.need_code == code, _of(need, kinds)) for code, kinds in FITTING.items()), else_=quantified
    )
    return need.mutate(
        is_met_each=quantified >= need.place,
        is_met_fitting=fitting > 0,
        is_met_any=quantified > 0,
        is_met_flagged=need.flagged_lines.fill_null(0) >= need.place,
        is_met_unquantified=need.lines.fill_null(0) >= need.place,
    )


def _of(need: Table, kinds: tuple[str, ...]) -> Any:
    total: Any = ibis.literal(0)
    for kind in kinds:
        total = total + need[_named(kind)].fill_null(0)
    return total


NEEDS_WRITTEN = Population(
    name="needs_written",
    unit="need in section B",
    sentence="Needs in section B of plans in the returns, in their latest version.",
    columns={
        **PERSON,
        "plan_start_date": pl.Date,
        "need_code": pl.String,
        "place": pl.Int64,
        "lines": pl.Int64,
        "quantified_lines": pl.Int64,
        **dict.fromkeys(PARTS, pl.Int64),
        **dict.fromkeys((f"is_met_{way}" for way in ("each", "fitting", "any", "flagged", "unquantified")), pl.Boolean),
    },
    start=_needs,
    steps=(
        Step("in_force", "The plan has not ended.", lambda t: t.cease_date.isnull()),
        Step("named", "The type of need is stated.", lambda t: t.need_code.notnull()),
    ),
)
