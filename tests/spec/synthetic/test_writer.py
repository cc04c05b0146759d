"""The writer knows no collection: it renders any declaration."""

from __future__ import annotations

import io
from datetime import date

import polars as pl
from lxml.etree import _Element as Element
from lxml.etree import fromstring

from cohort.ingest.format import Column, Kind, ReturnFormat, Table
from synthetic.returns import InventedReturn, write_return

PUPIL = Table(
    "Pupil",
    "pupil",
    "A pupil.",
    (
        Column("Name", "name", Kind.NAME, "Name."),
        Column("Born", "born", Kind.BIRTH, "Birth.", headers={2025: "BirthDate"}),
        Column("Boards", "boards", Kind.FLAG, "Boards.", since=2025),
    ),
    key="pupil_row",
    order=("Born", "Spell", "Name"),
)
SPELL = Table(
    "Spell", "spell", "A spell.", (Column("Entry", "entry", Kind.DATE, "Entry."),), parent="Pupil", key="spell_row"
)
MARK = Table("Mark", "mark", "A mark.", (Column("Value", "value", Kind.TEXT, "Value."),), parent="Spell")
FORMAT = ReturnFormat(
    collection="INVENTED",
    title="Invented",
    years=range(2024, 2026),
    tables=(PUPIL, SPELL, MARK),
    header=(
        Column("Collection", "collection", Kind.TEXT, "Collection."),
        Column("Year", "collection_year", Kind.TEXT, "Year."),
        Column("LEA", "authority_code", Kind.AUTHORITY, "Authority."),
    ),
    census_day=lambda year: date(year, 1, 16),
)
TABLES = {
    "pupil": pl.DataFrame(
        {
            "row_number": [1, 2],
            "name": ["O'Brien & <Sons>", None],
            "born": [date(2012, 2, 29), None],
            "boards": [False, True],
        }
    ),
    "spell": pl.DataFrame({"row_number": [1, 2], "pupil_row": [1, 1], "entry": [date(2020, 9, 1), None]}),
    "mark": pl.DataFrame({"row_number": [1, 2], "spell_row": [2, 2], "value": ["a", "b"]}),
}


def rendered(year: int) -> Element:
    file = io.StringIO()
    head = {"collection": "INVENTED", "collection_year": str(year), "authority_code": "202"}
    write_return(InventedReturn(FORMAT, year, "202", head, TABLES), file)
    return fromstring(file.getvalue().encode())


def shape(element: Element) -> list[str]:
    return [child.tag for child in element]


def test_head_and_body_stand_where_every_collection_has_them() -> None:
    root = rendered(2025)
    assert shape(root) == ["Header", "Pupils"]
    assert shape(root.find("Header/CollectionDetails")) == ["Collection", "Year"]
    assert shape(root.find("Header/Source")) == ["LEA"]


def test_items_and_tables_follow_the_declared_order_and_the_rest_comes_last() -> None:
    assert shape(rendered(2025).find("Pupils")[0]) == ["BirthDate", "Spell", "Spell", "Name", "Boards"]


def test_names_and_items_are_those_of_the_year() -> None:
    assert shape(rendered(2024).find("Pupils")[0]) == ["Born", "Spell", "Spell", "Name"]


def test_values_are_rendered_as_the_standard_writes_them() -> None:
    first = rendered(2025).find("Pupils")[0]
    assert [first.findtext(tag) for tag in ("BirthDate", "Name", "Boards")] == [
        "2012-02-29",
        "O'Brien & <Sons>",
        "0",
    ]


def test_null_is_an_absent_element() -> None:
    assert shape(rendered(2025).find("Pupils")[1]) == ["Boards"]


def test_rows_hang_under_their_own_parent() -> None:
    spells = rendered(2025).findall("Pupils/Pupil/Spell")
    assert [shape(spell) for spell in spells] == [["Entry"], ["Mark", "Mark"]]
    assert [mark.findtext("Value") for mark in spells[1]] == ["a", "b"]
