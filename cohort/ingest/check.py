"""The fifth station: the rules are run over a return, one select a table.

A finding names code, level, table, row and column. Rows with an error, and all rows below them, are set aside;
nothing is judged twice: where a cell was already at fault, no rule speaks of that cell again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from cohort.catalogue import collect
from cohort.errors import DeclarationError
from cohort.ingest import doubt, finding
from cohort.ingest.format import Level, ReturnFormat
from cohort.ingest.parse import places
from cohort.ingest.rule import Rule
from cohort.ingest.visible import frames
from cohort.vault.link import LinkedReturn

PLACE = ["table", "row", "column"]


@dataclass(frozen=True)
class CheckedReturn:
    """A return with its findings. `not_run`: codes of rules that lacked what they look at."""

    linked: LinkedReturn
    findings: pl.DataFrame
    not_run: tuple[str, ...]
    set_aside: Mapping[str, pl.Series]
    """Stored table → row numbers set aside."""

    @property
    def n_errors(self) -> int:
        """Findings that set their row aside."""
        return self.findings.filter(pl.col("level") == Level.ERROR.value).height

    @property
    def queries(self) -> frozenset[str]:
        """Codes that want a reason."""
        return frozenset(self.findings.filter(pl.col("level") == Level.QUERY.value)["code"])


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule, by code."""
    return collect("cohort.ingest.rules", Rule, key=lambda rule: rule.code)


def check(linked: LinkedReturn, prior: pl.DataFrame | None = None) -> CheckedReturn:
    """Run the year's rules. `prior` is what the record knew of these persons a year ago, None where unknown."""
    given = linked.pseudonymous
    current = [r for r in rules().values() if r.in_year(given.year) and r.table in given.format.by_stored]
    not_run = tuple(r.code for r in current if prior is None and looks_back(r))
    ran = [r for r in current if r.code not in not_run]
    broken = finding.gather(_broken(given.format, seen(linked, prior), ran))
    fresh = broken.join(_cells_at_fault(linked), on=PLACE, how="anti")
    findings = finding.gather([given.findings, linked.findings, fresh])
    return CheckedReturn(linked, findings, not_run, set_aside(given.format, given.tables, findings))


def seen(linked: LinkedReturn, prior: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """The frame that rules of each stored table see, with flags beside the columns that hold cells at fault."""
    given = linked.pseudonymous
    tables = _with_person_ids(given.tables, linked.links)
    marked = doubt.marked(given.format, tables, _cells_at_fault(linked))
    return frames(given.format, given.year, given.authority_code, marked, prior)


def unseen(rule: Rule, columns: Iterable[str]) -> set[str]:
    """Columns that a rule looks at and its table does not show: no rule may name an identifier."""
    return set(rule.broken.meta.root_names()) - set(columns)


def _cells_at_fault(linked: LinkedReturn) -> pl.DataFrame:
    return linked.pseudonymous.findings.filter(pl.col("level") == Level.ERROR.value)


def looks_back(rule: Rule) -> bool:
    """Whether a rule looks at last year."""
    return any(name.startswith("prior.") for name in rule.broken.meta.root_names())


def _with_person_ids(tables: Mapping[str, pl.DataFrame], links: pl.DataFrame) -> dict[str, pl.DataFrame]:
    ids = links.select("person_row", "person_id")
    return {name: frame.join(ids, on="person_row", how="left", maintain_order="left") for name, frame in tables.items()}


def _broken(form: ReturnFormat, frames: Mapping[str, pl.DataFrame], ran: Iterable[Rule]) -> list[pl.DataFrame]:
    by_table: dict[str, list[Rule]] = {}
    for rule in ran:
        by_table.setdefault(rule.table, []).append(rule)
    found = []
    for stored, group in by_table.items():
        table = form.by_stored[stored]
        judged = frames[stored].select("row_number", *(_verdict(rule, frames[stored]) for rule in group))
        for rule in group:
            if judged[rule.code].any():
                rows = judged.filter(rule.code)["row_number"]
                found.append(places(rule.level, rule.code, table.name, rows, form.tag(table, rule.column)))
    return found


def _verdict(rule: Rule, frame: pl.DataFrame) -> pl.Expr:
    """True where the rule is broken and no cell that it looks at was at fault."""
    unknown = unseen(rule, frame.columns)
    if unknown:
        raise DeclarationError(f"{rule.code} looks at {sorted(unknown)}, which {rule.table} does not show")
    doubts = doubt.of(rule.broken, frame.columns)
    sure = ~pl.any_horizontal(doubts) if doubts else pl.lit(value=True)
    return (rule.broken & sure).alias(rule.code)


def set_aside(form: ReturnFormat, tables: Mapping[str, pl.DataFrame], findings: pl.DataFrame) -> dict[str, pl.Series]:
    """Row numbers with an error of their own or above them, by stored table."""
    errors = findings.filter(pl.col("level") == Level.ERROR.value)
    aside: dict[str, pl.Series] = {}
    for table in form.tables:
        frame = tables[table.stored]
        own = errors.filter(pl.col("table") == table.name)["row"].cast(frame["row_number"].dtype)
        out = pl.col("row_number").is_in(own.implode())
        for above in form.ancestors(table):
            out = out | pl.col(above.key).is_in(aside[above.stored].implode())
        aside[table.stored] = frame.filter(out)["row_number"]
    return aside
