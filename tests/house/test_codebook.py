"""The codebook shows the whole record, and every link in it leads somewhere."""

from __future__ import annotations

import re
from functools import cache

import pytest
from sqlalchemy.dialects import postgresql

from analysis.measure import measures
from analysis.populations.clocks import REQUESTS_TO_PLAN
from analysis.study import studies
from cohort.ingest.check import rules
from cohort.ingest.read import declared_formats, declared_layouts
from cohort.schema.base import CODES
from cohort.schema.codes import code_lists
from cohort.schema.outcome_measures import outcome_measures
from cohort.schema.tables import METADATA, themes
from service import codebook

LINK = re.compile(r"\]\(([\w.-]*)#([\w-]+)\)")


@cache
def pages() -> dict[str, str]:
    """The codebook, written when the first test looks at it, not whenever tests are collected."""
    return codebook.pages()


def _anchors(page: str) -> list[str]:
    headings = re.findall(r"^#+ (.+)$", pages()[page], re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_every_theme_has_a_heading_and_every_table_stands_under_its_own() -> None:
    parts = {part.splitlines()[0]: part for part in re.split(r"^## ", pages()["record.md"], flags=re.MULTILINE)[1:]}
    assert list(parts) == list(themes())
    for theme, tables in themes().items():
        shown = re.findall(r"^### (.+)$", parts[theme], re.MULTILINE)
        assert shown == [f"{table.schema}.{table.name}" for table in tables]


def test_every_column_of_the_record_is_shown_with_what_it_holds_and_its_codes() -> None:
    lines = set(pages()["record.md"].splitlines())
    for table in METADATA.tables.values():
        for column in table.columns:
            codes = column.info.get(CODES)
            link = f"[{codes.name}](code-lists.md#{codes.name})" if codes else ""
            empty = "yes" if column.nullable else ""
            comment = (column.comment or "").replace("|", "\\|")
            kind = column.type.compile(postgresql.dialect())
            assert f"| {column.name} | {kind} | {empty} | {link} | {comment} |" in lines


def test_types_are_those_of_the_database_that_is_made() -> None:
    shown = {line.split(" | ")[1] for line in pages()["record.md"].splitlines() if line.startswith("| ")}
    assert shown >= {"UUID", "BYTEA", "JSONB", "TIMESTAMP WITH TIME ZONE"}
    assert not shown & {"CHAR(32)", "DATETIME", "BLOB"}, "names of no Postgres"


CATALOGUES = {
    "collections.md": [c.tag for f in declared_formats().values() for t in f.tables for c in t.columns]
    + [f"| {label} |" for of in declared_layouts() for s in of.sheets if s.by_label for label in s.labels.values()],
    "code-lists.md": [f"| {c.code} | {c.label} |" for entry in code_lists().values() for c in entry.codes],
    "rules.md": [f"- [{code}](rules/{code}.md)" for code in rules()],
    "outcomes.md": [f"(`{code}`)" for code in outcome_measures()],
    "populations.md": [
        f"## {part.population.name}\n" for m in measures().values() for part in (m.numerator, m.denominator) if part
    ],
    "measures.md": [f"(`{name}`)" for name in measures()],
    "studies.md": [f"(`{name}`)" for name in studies()]
    + [f"- `{c.name}`:" for s in studies().values() for c in s.choices],
}


@pytest.mark.parametrize("page", CATALOGUES)
def test_every_entry_of_every_catalogue_stands_on_its_page(page: str) -> None:
    assert CATALOGUES[page]
    assert [entry for entry in CATALOGUES[page] if entry not in pages()[page]] == []


def test_a_population_is_shown_with_its_steps_its_exits_and_its_invented_units() -> None:
    page = pages()["populations.md"].partition("## requests_to_plan\n")[2].partition("\n## ")[0]
    for step in REQUESTS_TO_PLAN.every_step:
        assert f"- {step.sentence}" in page
    assert "(may be left out)" in page
    assert REQUESTS_TO_PLAN.follow_up is not None
    for way in REQUESTS_TO_PLAN.follow_up.exits:
        assert f"| {way.name} | {way.ending.value} | {way.sentence} |" in page
    assert "left_out_by" in page


def test_every_page_begins_with_what_it_is() -> None:
    assert [page for page, text in pages().items() if not text.startswith("# ")] == []


@pytest.mark.parametrize("rule", rules())
def test_the_columns_of_an_example_stand_under_each_other(rule: str) -> None:
    shown = pages()[f"rules/{rule}.md"].partition("```\n")[2].partition("\n```")[0]
    bars = [[at for at, letter in enumerate(line) if letter == "|"] for line in shown.splitlines()]
    assert len(bars) > 2
    assert all(found == bars[0] for found in bars)


@pytest.mark.parametrize("page", CATALOGUES)
def test_every_link_leads_to_a_heading(page: str) -> None:
    for target, anchor in LINK.findall(pages()[page]):
        assert anchor in _anchors(target or page), f"{target}#{anchor}"


def test_a_heading_that_is_linked_to_stands_once() -> None:
    for page in ("code-lists.md", "record.md"):
        assert len(set(_anchors(page))) == len(_anchors(page)), "a link would lead to the first of two"
