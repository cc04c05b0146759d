"""The codebook: every collection, table, column, code list, rule, population, measure and study, from the declarations.

It is made anew each time and never written by hand, so it cannot differ from what the software does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby
from pathlib import Path
from pkgutil import iter_modules
from textwrap import dedent
from typing import Any

from sqlalchemy import Column as StoredColumn
from sqlalchemy import Table as StoredTable
from sqlalchemy.dialects import postgresql

import analysis.populations as defined
from analysis.measure import Count, Kind, Measure, Value, measures
from analysis.population import Population
from analysis.study import Study, studies
from cohort.ingest.format import Column, ReturnFormat
from cohort.ingest.guide import EXAMPLE, Guide, guides
from cohort.ingest.header import years
from cohort.ingest.layout import Layout
from cohort.ingest.read import declared_formats, declared_layouts
from cohort.schema.base import CODES
from cohort.schema.code_list import FIRST, LAST, CodeList, Register
from cohort.schema.codes import code_lists
from cohort.schema.outcome_measure import OutcomeMeasure
from cohort.schema.outcome_measures import outcome_measures
from cohort.schema.tables import METADATA, themes

POSTGRES = postgresql.dialect()
RULES = "rules"
"""The folder of the pages of codes."""
CODE = re.compile(r"[A-Z]+-[0-9]+")


def pages() -> dict[str, str]:
    """File name → Markdown."""
    return {
        "collections.md": "\n".join(line for form in declared_formats().values() for line in _collection(form)),
        "code-lists.md": "\n".join((*_code_lists(), *_registers())),
        "rules.md": "\n".join(_index()),
        "record.md": "\n".join(_record()),
        "outcomes.md": _page("Outcome measures", map(_outcome, outcome_measures().values())),
        "populations.md": _page("Populations", map(_population, _populations().values())),
        "measures.md": _page("Measures", map(_measure, measures().values())),
        "studies.md": _page("Studies", map(_study, studies().values())),
        **{f"{RULES}/{guide.code}.md": "\n".join(_guide(guide)) for guide in guides()},
    }


def _page(title: str, entries: Iterable[Iterable[str]]) -> str:
    return "\n".join((f"# {title}\n", *(line for entry in entries for line in entry)))


def written(folder: Path) -> list[Path]:
    """Write the codebook into a folder, made if need be. Pages of codes that are no more are taken out of it."""
    (folder / RULES).mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in (folder / RULES).glob("*.md"):
        if CODE.fullmatch(path.stem) and f"{RULES}/{path.name}" not in made:
            path.unlink()
    paths = []
    for name, text in made.items():
        path = folder / name
        path.write_text(text + "\n", encoding="utf-8")
        paths.append(path)
    return paths


def _rows(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    heads = list(headings)
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""


def _collection(form: ReturnFormat) -> Iterator[str]:
    yield f"# {form.title} ({form.collection})\n"
    yield f"Returns of {years(form)}.\n"
    for table in (table for table in form.tables if table.columns):
        under = f", under {table.parent}" if table.parent else ""
        yield f"## {table.name}{under}\n"
        made = f" Made of the items: {', '.join(f'`{name}`' for name in table.made)}." if table.made else ""
        yield f"{table.comment} Feeds `{table.stored}`.{made}\n"
        yield from _rows(("item", "feeds", "kind", "becomes", "years", "what"), map(_column, table.columns))
    headers = [row for each in declared_layouts() if each.collection == form.collection for row in _headers(each)]
    if headers:
        yield "Where one row of a file is several records, its headers say which:\n"
        yield from _rows(("header", "item", "of the record where"), headers)


def _headers(layout: Layout) -> Iterator[tuple[object, ...]]:
    """Header, items, and what holds of the record, of sheets that are read once a record."""
    for sheet in layout.sheets if any(sheet.by_label for sheet in layout.sheets) else ():
        says = ", ".join(f"{name} is {value}" for name, value in sheet.says.items())
        for header in dict.fromkeys(sheet.labels.values()):
            yield header, ", ".join(tag for tag, label in sheet.labels.items() if label == header), says


def _column(column: Column) -> tuple[object, ...]:
    kind = f"{column.kind.value}: {column.codes.name}" if column.codes else column.kind.value
    return (column.tag, column.stored, kind, column.role.value, _years(column.since, column.until), column.comment)


def _years(since: int, until: int) -> str:
    first = "" if since == FIRST else str(since)
    return f"{first}–{'' if until == LAST else until}" if first or until != LAST else "all"


def _code_lists() -> Iterator[str]:
    yield "# Code lists\n"
    for entry in code_lists().values():
        yield f"## {entry.name}\n"
        yield f"{entry.comment}\n"
        rows = ((c.code, c.label, _years(c.since, c.until), " ".join(c.spellings), c.group) for c in entry.codes)
        yield from _rows(("code", "label", "years", "also read", "group"), rows)


def _index() -> Iterator[str]:
    """Every code with its sentence; its page says the rest."""
    yield "# Rules\n"
    yield "What a report may say of a return, and why a file may be refused. Each code leads to its page.\n"
    for prefix, group in groupby(guides(), key=lambda guide: guide.code.rpartition("-")[0]):
        yield f"## {prefix}\n"
        yield from (f"- [{guide.code}]({RULES}/{guide.code}.md) ({guide.level}): {guide.sentence}" for guide in group)
        yield ""


def _guide(guide: Guide) -> Iterator[str]:
    yield f"# {guide.code}\n"
    yield f"**{_literal(guide.sentence)}**\n"
    for heading, lines in guide.parts():
        if lines:
            yield f"## {heading}\n"
            mark = "- " if len(lines) > 1 else ""
            yield from (f"{mark}{_literal(line)}" for line in lines)
            yield ""
    if guide.example:
        yield f"## {EXAMPLE}\n"
        yield from _example(guide.example)


def _literal(text: str) -> str:
    """Words as Markdown shows them: a tag in a sentence is no mark-up."""
    return text.replace("<", "&lt;")


def _example(text: str) -> Iterator[str]:
    """A text table as it stands in the declaration, its columns under each other."""
    yield "```"
    yield dedent(text).strip("\n").rstrip()
    yield "```\n"


def _record() -> Iterator[str]:
    yield "# The record\n"
    for theme, tables in themes().items():
        yield f"- [{theme}](#{_anchor(theme)}): {', '.join(f'`{table.name}`' for table in tables)}"
    for theme, tables in themes().items():
        yield f"\n## {theme}\n"
        for table in tables:
            yield from _stored(table)


def _anchor(heading: str) -> str:
    """Where a link to a heading goes, as Markdown readers make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _stored(table: StoredTable) -> Iterator[str]:
    yield f"### {table.schema}.{table.name}\n"
    yield f"{table.comment}\n"
    rows = ((c.name, _type(c), "yes" if c.nullable else "", _kept(c.info.get(CODES)), c.comment) for c in table.columns)
    yield from _rows(("column", "type", "may be empty", "codes", "what"), rows)


def _type(column: StoredColumn[Any]) -> str:
    """The type as Postgres names it."""
    return column.type.compile(POSTGRES)


def _kept(codes: CodeList | Register | None) -> str:
    """A link to the list that a column's codes are of, or to who keeps them."""
    return f"[{codes.name}](code-lists.md#{_anchor(codes.name)})" if codes else ""


def _registers() -> Iterator[str]:
    """Codes of no list here, with who keeps them."""
    yield "# Codes that are kept elsewhere\n"
    kept = (c.info[CODES] for table in METADATA.sorted_tables for c in table.columns if CODES in c.info)
    for name, register in sorted({entry.name: entry for entry in kept if isinstance(entry, Register)}.items()):
        yield f"## {name}\n"
        yield f"{register.comment}\n"


def _outcome(outcome: OutcomeMeasure) -> Iterator[str]:
    yield f"## {outcome.label} (`{outcome.code}`)\n"
    ends = ["" if end is None else f"{end:g}" for end in (outcome.low, outcome.high)]
    bounds = f", {ends[0]} to {ends[1] or 'no limit'}" if any(ends) else ""
    standard = "" if outcome.expected is None else f", expected standard {outcome.expected:g}"
    of = f" `{outcome.codes.name}`" if outcome.codes else ""
    yield f"{outcome.stage.value.capitalize()}; {outcome.method.value}; {outcome.unit.value}{of}{bounds}{standard}.\n"
    held = [(_years(*span), "comparable", p.definition) for p in outcome.comparable for span in p.spans]
    not_held = [(_years(gap.since, gap.until), "not held", gap.reason) for gap in outcome.not_held]
    yield from _rows(("years", "what", "definition or reason"), sorted([*held, *not_held]))


def _populations() -> dict[str, Population]:
    """Those of the measures, and those that studies follow, by name."""
    of_measures = (part.population for m in measures().values() for part in (m.numerator, m.denominator) if part)
    files = (import_module(f"{defined.__name__}.{m.name}") for m in iter_modules(defined.__path__))
    alone = (value for file in files for value in vars(file).values() if isinstance(value, Population))
    return dict(sorted({population.name: population for population in (*of_measures, *alone)}.items()))


def _population(population: Population) -> Iterator[str]:
    yield f"## {population.name}\n"
    yield f"{population.sentence} Unit: {population.unit}.\n"
    optional = {True: " (may be left out)", False: ""}
    yield from (f"- {step.sentence}{optional[step.is_optional]}" for step in population.every_step)
    yield ""
    if population.follow_up:
        rows = ((way.name, way.ending.value, way.sentence) for way in population.follow_up.exits)
        yield from _rows(("follow-up ends with", "which is", "what"), rows)
    if population.eras:
        spans = ((era.name, era.since, era.until or "", era.sentence) for era in population.eras)
        yield from _rows(("era", "since", "until", "what"), spans)
    yield f"Columns: {', '.join(f'`{name}`' for name in population.shown)}.\n"
    if population.example:
        yield from _example(population.example)


def _measure(measure: Measure) -> Iterator[str]:
    yield f"## {measure.title} (`{measure.name}`)\n"
    yield f"{measure.sentence}\n"
    per = f" for each {measure.per:,}" if measure.kind is Kind.RATE else ""
    yield f"{measure.kind.value.capitalize()}{per}; {measure.unit}; {measure.direction.value}.\n"
    yield f"Source: {measure.source}\n"
    periods = ((_years(*span), period.definition) for period in measure.years for span in period.spans)
    yield from _rows(("years that may be compared", "definition"), sorted(periods))
    if isinstance(measure.numerator, Value):
        yield from _figured("Figured of", measure.numerator)
        yield f"The rows come to {measure.numerator.figure:g}.\n"
    elif measure.denominator is not None and measure.denominator.example == measure.numerator.example:
        yield from _figured("Counted, of those of", measure.denominator)
    else:
        for name, count in measure.counts.items():
            yield from _figured("Counted" if name == "numerator" else "Of", count)


def _figured(what: str, part: Count | Value) -> Iterator[str]:
    """The population of a measure with its steps, and the rows that prove the definition."""
    yield f"{what}: {part.population.sentence}\n"
    yield from (f"- {step.sentence}" for step in part.population.steps)
    yield ""
    yield from _example(part.example)


def _study(study: Study) -> Iterator[str]:
    yield f"## {study.title} (`{study.name}`)\n"
    yield f"{study.question}\n"
    yield from (f"- `{c.name}`: {c.sentence} {', '.join(c.options)} (default {c.default})" for c in study.choices)
    yield ""
