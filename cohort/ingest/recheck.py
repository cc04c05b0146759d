"""Today's rules over a return that the record holds: rules are added and mended, and what was let in is asked again.

The return is rebuilt from its stored rows, which hold no identifier; so what only the file could show is not asked:
shapes of cells, and children who stand in a file twice. Nothing is changed, and nobody is written to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, text

from cohort.ingest.check import CheckedReturn, check, rules
from cohort.ingest.finding import none
from cohort.ingest.format import ReturnFormat
from cohort.ingest.parse import PERSON_ROW, parse
from cohort.ingest.prior import prior
from cohort.ingest.pseudonymise import PseudonymousReturn, pseudonymise
from cohort.ingest.raw import nobody_returned
from cohort.ingest.read import declared_formats
from cohort.ingest.rule import Rule
from cohort.schema.tables import METADATA
from cohort.store.known import Known, stored_rows
from cohort.vault.keys import throwaway
from cohort.vault.link import TOKEN_SCHEMA, LinkedReturn

COUNTED = {"code": pl.String, "level": pl.String, "then": pl.Int64, "now": pl.Int64}
"""Code of a rule and its level now; rows that are held of which it was found when they came, and is found today."""
SUBMISSION = text(
    """
    SELECT s.authority_code, s.collection, s.collection_year, y.census_date,
           EXISTS (SELECT FROM jsonb_each_text(s.set_aside_counts) AS r(t, n) WHERE n::int > 0) AS lacks_rows
    FROM cohort.submission s LEFT JOIN cohort.authority_year y USING (submission_id)
    WHERE s.submission_id = :submission
    """
)
THEN = text(
    "SELECT code, count(*) AS n FROM cohort.finding "
    "WHERE submission_id = :submission AND level = 'query' GROUP BY code ORDER BY code"
)
"""Rows of which an error was found were left out, so nothing of them is held."""


@dataclass(frozen=True)
class Rechecked:
    """What today's rules say of one held return. `changed`: rules that speak of more or fewer rows (COUNTED).

    `not_run`: rules of the year that lack what they look at: last year's return, or rows that were left out.
    """

    submission: int
    authority_code: str
    collection: str
    year: int
    changed: pl.DataFrame
    not_run: tuple[str, ...]


def recheck(connection: Connection, known: Known, submission: int) -> Rechecked:
    """Judge one submission that holds, by its rows and by what else is known now.

    `connection`: of who may read every row and the persons.
    """
    given = connection.execute(SUBMISSION, {"submission": submission}).one()
    linked = _rebuilt(connection, known, submission, given)
    checked = check(linked, prior(connection, linked, known))
    withheld = _unsure(linked.pseudonymous.format, checked) if given.lacks_rows else frozenset()
    found = checked.findings.filter(~pl.col("code").is_in(withheld))
    then = {row.code: row.n for row in connection.execute(THEN, {"submission": submission})}
    asked = set(rules()) - withheld - set(checked.not_run)
    return Rechecked(
        submission,
        given.authority_code,
        given.collection,
        given.collection_year,
        _changed({code: n for code, n in then.items() if code in asked}, found),
        tuple(sorted({*checked.not_run, *withheld})),
    )


def _rebuilt(connection: Connection, known: Known, submission: int, given: Any) -> LinkedReturn:
    form, year = declared_formats()[given.collection], given.collection_year
    shapes = pseudonymise(
        parse(nobody_returned(form, year, given.authority_code)), throwaway(), for_record=False
    ).tables
    tables = {name: _rows(connection, known, name, shape, submission, year) for name, shape in shapes.items()}
    persons = tables[form.tables[0].stored]
    links = persons.select(PERSON_ROW, "person_id", rule_code=pl.lit(""), weight=pl.lit(None, pl.Float64))
    pseudonymous = PseudonymousReturn(
        form,
        year,
        given.authority_code,
        given.census_date or form.census_day(year),
        {},
        {name: frame.drop("person_id", strict=False) for name, frame in tables.items()},
        pl.DataFrame(schema={PERSON_ROW: pl.UInt32, **TOKEN_SCHEMA}),
        key_version=0,
        findings=none(),
        notes={},
        file_digest="",
        size=0,
        content_key=b"",
    )
    return LinkedReturn(pseudonymous, links, none())


def _rows(
    connection: Connection, known: Known, name: str, shape: pl.DataFrame, submission: int, year: int
) -> pl.DataFrame:
    """The stored rows of a table in the order of the file, with the persons as known now and the columns of `shape`.

    What the record keeps beside them is another collection's. What it does not keep, rules do not see.
    """
    rows = stored_rows(connection, METADATA.tables[f"cohort.{name}"], year, [submission]).sort("row_number")
    of_authority = PERSON_ROW not in rows.columns
    rows = rows.with_columns(pl.lit(None).alias(PERSON_ROW)) if of_authority else known.identities.resolve(rows)
    kept = [pl.col(column).cast(kind) for column, kind in shape.schema.items() if column in rows.columns]
    return rows.select(*kept, *([] if of_authority else ["person_id"]))


def _unsure(form: ReturnFormat, checked: CheckedReturn) -> frozenset[str]:
    """Rules that may accuse a row because others of its return were left out: those that look at other rows."""
    facts = {fact.name for fact in form.facts}
    ran = [r for r in rules().values() if r.in_year(checked.linked.pseudonymous.year) and r.table in form.by_stored]
    return frozenset(rule.code for rule in ran if _looks_beside(rule, facts))


def _looks_beside(rule: Rule, facts: set[str]) -> bool:
    lasts = {name.rpartition(".")[2] for name in rule.looks_at}
    return bool(rule.counts) or bool(lasts & (facts | {"exists"})) or ".over(" in str(rule.broken)


def _changed(then: dict[str, int], found: pl.DataFrame) -> pl.DataFrame:
    now = found.group_by("code").agg(now=pl.len().cast(pl.Int64))
    before = pl.DataFrame(list(then.items()), {"code": pl.String, "then": pl.Int64}, orient="row")
    levels = pl.DataFrame([(code, rule.level.value) for code, rule in rules().items()], ["code", "level"], orient="row")
    both = now.join(before, on="code", how="full", coalesce=True).with_columns(pl.col("now", "then").fill_null(0))
    return both.filter(pl.col("now") != pl.col("then")).join(levels, on="code").select(*COUNTED).sort("code")
