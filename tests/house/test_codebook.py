"""The codebook shows the whole record, and every link in it leads somewhere."""

from __future__ import annotations

import re

import pytest

from cohort.schema.base import CODES
from cohort.schema.tables import METADATA, themes
from service.codebook import pages

PAGES = pages()
LINK = re.compile(r"\]\(([\w.-]*)#([\w-]+)\)")


def _anchors(page: str) -> list[str]:
    headings = re.findall(r"^#+ (.+)$", PAGES[page], re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_every_theme_has_a_heading_and_every_table_stands_under_its_own() -> None:
    parts = {part.splitlines()[0]: part for part in re.split(r"^## ", PAGES["record.md"], flags=re.MULTILINE)[1:]}
    assert list(parts) == list(themes())
    for theme, tables in themes().items():
        shown = re.findall(r"^### (.+)$", parts[theme], re.MULTILINE)
        assert shown == [f"{table.schema}.{table.name}" for table in tables]


def test_every_column_of_the_record_is_shown_with_what_it_holds_and_its_codes() -> None:
    lines = set(PAGES["record.md"].splitlines())
    for table in METADATA.tables.values():
        for column in table.columns:
            codes = column.info.get(CODES)
            link = f"[{codes.name}](code-lists.md#{codes.name})" if codes else ""
            empty = "yes" if column.nullable else ""
            comment = (column.comment or "").replace("|", "\\|")
            assert f"| {column.name} | {column.type} | {empty} | {link} | {comment} |" in lines


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_heading(page: str) -> None:
    for target, anchor in LINK.findall(PAGES[page]):
        assert anchor in _anchors(target or page), f"{target}#{anchor}"


def test_a_heading_that_is_linked_to_stands_once() -> None:
    for page in ("code-lists.md", "record.md"):
        assert len(set(_anchors(page))) == len(_anchors(page)), "a link would lead to the first of two"
