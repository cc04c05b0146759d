"""What every code of a finding means: the causes of the stations and all the rules, as one table for reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain
from types import MappingProxyType

import polars as pl

from cohort.ingest import cell, route, structure
from cohort.ingest.check import rules
from cohort.ingest.finding import Cause, causes
from cohort.ingest.rule import Rule
from cohort.vault import link

SAID = ("sentence", "advice", "dfe_rule")
_TEXTS: dict[str, type[pl.DataType]] = dict.fromkeys(("code", "column", *SAID), pl.String)

STATIONS = (structure.CAUSES, cell.CAUSES, link.CAUSES, route.CAUSES)
"""In the order of the stair: read, parse, link, routing; the rules of `check` come last."""


@cache
def words() -> Mapping[str, Cause]:
    """Code → what it means. Raises DeclarationError where two stations or rules share a code."""
    stations = chain.from_iterable(station.values() for station in STATIONS)
    return MappingProxyType(causes(*stations, *(_as_cause(rule) for rule in rules().values())))


def sentence(code: str, column: str) -> str:
    """What a finding says, with the item's name in its place. Raises KeyError for a code that is not declared."""
    return words()[code].sentence.format(column=column)


def in_words(places: pl.DataFrame) -> pl.DataFrame:
    """Findings (finding.LOCATED and whatever stands beside it) with sentence, advice and DfE rule, in their order."""
    pairs = places.select("code", "column").unique()
    said = [
        (code, column, cause.sentence.format(column=column), cause.advice.format(column=column), cause.dfe_rule)
        for code, column in pairs.rows()
        for cause in [words()[code]]
    ]
    told = pl.DataFrame(said, schema=["code", "column", *SAID], orient="row", schema_overrides=_TEXTS)
    return places.join(told, on=["code", "column"], how="left", maintain_order="left")


def _as_cause(rule: Rule) -> Cause:
    return Cause(rule.code, rule.level, rule.sentence, rule.advice, rule.dfe_rule)
