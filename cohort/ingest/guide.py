"""The page of every code that a report may show: what it says, where it can stand, what comes of it, what to do.

Pages are made from the declarations each time they are asked for and kept nowhere, so none can be stale: `cohort
explain CODE` prints one, `cohort codebook` writes them all, a report carries those that it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from textwrap import dedent

from cohort.errors import UsageError
from cohort.ingest import cell
from cohort.ingest.check import rules
from cohort.ingest.finding import Cause
from cohort.ingest.format import Kind, Level, ReturnFormat, Table
from cohort.ingest.header import years
from cohort.ingest.past import looked_at
from cohort.ingest.proof import visible_types
from cohort.ingest.read import declared_formats
from cohort.ingest.refusals import REFUSALS, UNUSABLE, Refusal
from cohort.ingest.rule import Rule
from cohort.ingest.scope import applies
from cohort.ingest.words import words
from cohort.schema.code_list import FIRST, LAST

ITEM = "the item"
EXAMPLE = "Rows that break it, and rows that do not"
KINDS = {"error": "error: the record is set aside", "query": "query: a reason is asked for"}
REFUSED, UNREAD = "refusal: the whole file", "fault of the command: nothing was received"
ASIDE = (
    "The record, and every record that hangs below it, is left out until it is corrected; or until the authority "
    "confirms, with a reason, that it is to be left out. No other record is touched."
)
ASKED = (
    "No record is left out. The authority corrects the record, or gives a reason once for all records with this code; "
    "the reason is kept with the return."
)
RETURN = (
    "No record is left out: it speaks of the return as a whole and stands at row 0 of its table. The authority sends "
    "what is missing, or gives a reason."
)
WHOLE = "The whole file: none of its records is kept, only its size, its digest and the time. A corrected file is new."
NOTHING = "Nothing was received, so nothing is set aside."
LAST_YEAR = "It looks at last year's return, so it is not run where none is at hand."
CELLS: Mapping[str, tuple[str, str]] = {
    "CELL-03": ("31/12/2023, 2023-02-29, 44197", "2023-12-31"),
    "CELL-06": ("Y, yes, 2", "0, 1, true, false"),
    "CELL-07": ("8.3E+11, a number of twelve digits", "a letter, eleven digits, and a digit or letter"),
    "CELL-09": ("12345", "9999375358"),
    "CELL-13": ("12345, where six digits are needed", "100001"),
    "CELL-14": ("ZZ9, London", "ZZ99 3VZ"),
    "CELL-15": ("CafÃ©", "Café"),
    "CELL-16": ("a review in 2010 of a child born in 2014", "a date on or after the day of birth"),
    "CELL-18": ("1900-01-01", "2014-05-06"),
    "CELL-19": ("A000000000000", "an empty UPN with its reason in UPNunknown"),
}
"""Cause of a cell → what breaks it, what does not. Invented values; the tests send the plain ones up the stair."""


@dataclass(frozen=True)
class Guide:
    """One page. `places`: collection and table and item, as the standard names them. `example`: a text table."""

    code: str
    kind: str
    sentence: str
    advice: str
    consequence: str
    years: str
    dfe_rule: str = ""
    places: tuple[str, ...] = ()
    example: str = ""
    breaks: str = ""
    holds: str = ""
    note: str = ""
    names: tuple[str, ...] = ()
    """Items behind the columns of the example: `received_date is ReceivedDate of Requests`."""

    @property
    def level(self) -> str:
        """Error, query, refusal or fault, in a word."""
        return self.kind.split()[0].rstrip(":")

    def parts(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Headings with the lines below them, those without lines left out; the example stands apart."""
        yield "What it is", (self.kind[0].upper() + self.kind[1:] + ".",)
        yield "What to do in your system", (self.advice,)
        yield "What is set aside", (self.consequence,)
        yield "Where it can stand", self.places
        given = (f"Returns: {self.years}.", f"DfE rule: {self.dfe_rule}." if self.dfe_rule else "", self.note)
        yield "When it holds", tuple(line for line in given if line)
        yield "What breaks it", (self.breaks,) if self.breaks else ()
        yield "What does not", (self.holds,) if self.holds else ()
        yield "What the columns of the example are", self.names

    @property
    def table(self) -> tuple[str, ...]:
        """The lines of the example, its columns under each other; none where there is no example."""
        return tuple(dedent(self.example).strip("\n").rstrip().splitlines()) if self.example else ()


@cache
def guide(code: str, collection: str = "") -> Guide:
    """The page of one code, as far as it is about one collection, or about all. UsageError for an unknown code."""
    if code in REFUSALS:
        return _refusal(REFUSALS[code], REFUSED, WHOLE)
    if code in UNUSABLE:
        return _refusal(UNUSABLE[code], UNREAD, NOTHING)
    if code in rules():
        return _rule(rules()[code], _forms(collection))
    if code in words():
        return _cause(words()[code], collection)
    near = get_close_matches(code, [*words(), *REFUSALS, *UNUSABLE], n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "Write it as the report does, for example CELL-04."
    raise UsageError("GUIDE-01", "There is no such code.", hint)


def _forms(collection: str) -> tuple[ReturnFormat, ...]:
    return tuple(form for name, form in declared_formats().items() if collection in ("", name))


def codes() -> tuple[str, ...]:
    """Every code that a report may show, refusals first, then in the order of the stair."""
    return (*REFUSALS, *UNUSABLE, *words())


def guides() -> tuple[Guide, ...]:
    """The pages of all codes."""
    return tuple(map(guide, codes()))


def _refusal(entry: Refusal, kind: str, consequence: str) -> Guide:
    words = {"reads": "the collections of the codebook", "line": "…", "limit": "…", "day": "…", "title": "…",
             "years": "those of the codebook", "column": ITEM}  # fmt: skip
    sentence, remedy = (text.format_map(_Named(words)) for text in (entry.sentence, entry.remedy))
    return Guide(entry.code, kind, sentence, remedy, consequence, "all")


class _Named(dict[str, str]):
    """Words for the places of a sentence; what is not known here is an ellipsis, as all of it will be filled."""

    def __missing__(self, _: str) -> str:
        return "…"


def _cause(cause: Cause, collection: str) -> Guide:
    breaks, holds = CELLS.get(cause.code, ("", ""))
    return Guide(
        cause.code,
        KINDS[cause.level.value],
        _sentence(cause.sentence),
        _sentence(cause.advice),
        ASIDE if cause.level is Level.ERROR else ASKED,
        "all",
        cause.dfe_rule,
        tuple(_cells(collection).get(cause.code, ())),
        breaks=breaks,
        holds=holds,
    )


def _sentence(text: str) -> str:
    said = text.format(column=ITEM)
    return said[0].upper() + said[1:]


@cache
def _cells(collection: str) -> Mapping[str, list[str]]:
    """Cause of a cell → the items of which it can be said, found by asking how each item is read."""
    found: dict[str, dict[str, list[str]]] = {}
    for form, table, column, code in _faults(collection):
        items = found.setdefault(code, {}).setdefault(f"{form.collection}, {table.name}", [])
        if column not in items:
            items.append(column)
    return {code: [f"{where}: {', '.join(items)}" for where, items in places.items()] for code, places in found.items()}


def _faults(collection: str) -> Iterator[tuple[ReturnFormat, Table, str, str]]:
    for form in _forms(collection):
        for table in form.tables:
            for column in table.columns:
                year = next((year for year in form.years if column.in_year(year)), None)
                if year is not None:
                    for code, _ in cell.reading(column, year, form.census_day(year)).faults:
                        yield form, table, column.tag, code
                    if column.kind is Kind.DATE:
                        yield form, table, column.tag, "CELL-16"


def _rule(rule: Rule, forms: Iterable[ReturnFormat]) -> Guide:
    having = [form for form in forms if rule.table in form.by_stored and _applies(rule, form)]
    return Guide(
        rule.code,
        KINDS[rule.level.value],
        rule.sentence,
        rule.advice,
        RETURN if rule.counts else ASIDE if rule.level is Level.ERROR else ASKED,
        _in_years(rule, having),
        rule.dfe_rule,
        tuple(_place(rule, form) for form in having),
        rule.example,
        note=LAST_YEAR if looked_at(rule) else "",
        names=tuple(_names(rule, having[0])) if having else (),
    )


def _names(rule: Rule, form: ReturnFormat) -> Iterator[str]:
    """The standard's names of an example's columns, as far as they are items."""
    shorts = {short: form.by_stored[stored] for stored, short in form.lineage.items() if stored in form.by_stored}
    heads = rule.example.strip().splitlines()[0].partition("||")[0].split("|")
    for name in map(str.strip, heads):
        line, _, stored = name.rpartition(".")
        table = shorts.get(line) if line else form.by_stored[rule.table]
        tags = {column.stored: column.tag for column in table.columns} if table is not None else {}
        if table is not None and stored in tags:
            yield f"{name} is {tags[stored]} of {table.name}"


def _applies(rule: Rule, form: ReturnFormat) -> bool:
    years_of = (year for year in reversed(form.years) if rule.in_year(year))
    return any(applies(rule, form, year, visible_types(form.collection, year)[rule.table]) for year in years_of)


def _place(rule: Rule, form: ReturnFormat) -> str:
    table = form.by_stored[rule.table]
    return f"{form.collection}, {table.name}: {form.tag(table, rule.column)}"


def _in_years(rule: Rule, having: Iterable[ReturnFormat]) -> str:
    bounds = [f"from {rule.since}"] if rule.since != FIRST else []
    bounds += [f"to {rule.until}"] if rule.until != LAST else []
    covered = ", ".join(f"{form.collection} {years(form)}" for form in having)
    return f"{covered}; {' '.join(bounds)}" if bounds else covered
