"""A page for every code: none is missing, none is stale, and what a page says is what the declarations say."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from cohort.errors import UsageError
from cohort.ingest import cell, guide
from cohort.ingest.check import rules
from cohort.ingest.format import Column, Kind
from cohort.ingest.guide import Guide, codes, guides
from cohort.ingest.looks import PACKED
from cohort.ingest.refusals import REFUSALS, UNUSABLE
from cohort.ingest.words import words
from cohort.schema.calendar import census_day
from service import codebook
from service.explained import in_words

ROOT = Path(__file__).parents[2]
PAGES = codebook.pages()
SPOKEN = re.compile(r"\b(?:FILE|ENC|XML|HEAD|READ|CELL|LINK)-\d\d\b")


def test_every_code_that_a_report_may_show_has_its_page() -> None:
    said = [code for page in guides() for code in [page.code]]
    assert said == list(codes())
    assert len(said) == len(set(said))
    assert set(said) == {*REFUSALS, *UNUSABLE, *words()}
    assert set(rules()) <= set(said)


def test_every_code_that_the_stations_name_has_its_page() -> None:
    named = {code for path in (ROOT / "cohort" / "ingest").glob("*.py") for code in SPOKEN.findall(path.read_text())}
    assert len(named) > 60
    assert named - PACKED <= set(codes()), "what is unpacked is no refusal"


def _is_whole(page: Guide) -> bool:
    texts = (in_words(page), PAGES[f"rules/{page.code}.md"])
    advice = " ".join(page.advice.split()[:4])
    told = all(page.code in text and "{" not in text and advice in " ".join(text.split()) for text in texts)
    return told and all((page.sentence, page.advice, page.consequence, page.years))


def test_a_page_says_what_to_do_and_leaves_no_blank() -> None:
    assert [page.code for page in guides() if not _is_whole(page)] == []


def test_a_rule_shows_its_example_its_years_its_item_and_the_dfes_number() -> None:
    for rule in rules().values():
        page = guide.guide(rule.code)
        assert page.dfe_rule == rule.dfe_rule
        assert page.places, f"{rule.code} stands in no collection"
        assert [line.split() for line in page.table] == [x.split() for x in rule.example.strip().splitlines()]
        expected = guide.RETURN if rule.counts else guide.ASIDE if rule.level.value == "error" else guide.ASKED
        assert page.consequence == expected


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    some = {name: text for name, text in PAGES.items() if name in {"rules.md", "rules/CELL-04.md"}}
    monkeypatch.setattr(codebook, "pages", lambda: some)
    return tmp_path


def test_a_page_of_a_code_that_is_no_more_goes_when_the_book_is_made_again(book: Path) -> None:
    (book / "rules").mkdir()
    for name in ("GONE-01.md", "CELL-04.md", "my own notes.md"):
        (book / "rules" / name).write_text("as it was")
    codebook.written(book)
    left = {path.name for path in (book / "rules").iterdir()}
    assert left == {"CELL-04.md", "my own notes.md"}
    assert (book / "rules" / "CELL-04.md").read_text() != "as it was"


def test_no_page_is_kept_in_the_tree_where_it_could_grow_stale() -> None:
    assert "docs/reference/" in (ROOT / ".gitignore").read_text()


def test_every_link_of_the_index_leads_to_a_page() -> None:
    links = re.findall(r"\]\((rules/[\w.-]+)\)", PAGES["rules.md"])
    assert len(links) == len(codes())
    assert set(links) <= set(PAGES)


def test_a_code_that_nobody_knows_is_refused_with_a_way_out() -> None:
    with pytest.raises(UsageError) as raised:
        guide.guide("CELL-99")
    assert raised.value.code == "GUIDE-01"


KINDS = {"CELL-03": Kind.DATE, "CELL-06": Kind.FLAG, "CELL-09": Kind.ULN, "CELL-14": Kind.POSTCODE,
         "CELL-15": Kind.TEXT}  # fmt: skip


@pytest.mark.parametrize("code", KINDS)
def test_what_a_page_says_of_values_is_what_the_cell_says(code: str) -> None:
    column = Column("Item", "item", KINDS[code], "An item.")
    flags = dict(cell.reading(column, 2024, census_day(2024)).faults)
    for texts, expected in zip(guide.CELLS[code], (True, False), strict=True):
        given = pl.DataFrame({"item": texts.split(", ")})
        formed = given.select(cell.cleaned(column)).select(cell.formed(column))
        judged = formed.select(flags[code].fill_null(value=False))
        assert judged.to_series().unique().to_list() == [expected]


def test_the_items_of_a_cause_are_those_that_are_read_in_its_way() -> None:
    assert guide.guide("CELL-08", "SEN2").places == ("SEN2, Person: UPN",)
    assert not [place for place in guide.guide("CELL-06").places if "UPN" in place]
