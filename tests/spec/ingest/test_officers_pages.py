"""The officers' pages of our own forms tell every column and every code, and their examples are returns."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from cohort.ingest.format import ReturnFormat
from cohort.ingest.judge import judge
from cohort.ingest.read import declared_formats

PAGES = Path(__file__).parents[3] / "docs" / "reference"
FORMS = {
    "assessments-return.md": ("assessments",),
    "authority-year-return.md": ("authority year",),
    "care-return.md": ("care",),
    "home-education-return.md": ("home education", "exits"),
    "plans-return.md": ("plans",),
}
"""Page → the collections of which it tells."""
HEADS = {"Year", "LA", "UPN", "ULN", "Surname", "Forename", "DOB"}


def examples(page: str) -> Mapping[str, bytes]:
    """Name of a sheet → the CSV that the page shows of it."""
    text = (PAGES / page).read_text(encoding="utf-8")
    return {name: body.encode() for name, body in re.findall(r"```csv ([\w ]+)\n(.*?)```", text, re.DOTALL)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, body in files.items():
            archive.writestr(f"{name}.csv", body)
    return content.getvalue()


@pytest.mark.parametrize("page", FORMS)
def test_the_examples_of_a_page_are_returns_without_a_finding(page: str) -> None:
    shown = examples(page)
    together = {name: body for name, body in shown.items() if name != "exits"}
    receipt = judge(zipped(together), "return.zip")
    form = _forms(page)[0]
    assert (receipt.collection, receipt.places.rows()) == (form.collection, [])
    assert all(receipt.rows[table.name] for table in form.tables[1:])
    for name, body in shown.items():
        alone = judge(body, f"{name}.csv")
        assert (alone.collection in FORMS[page], alone.places.rows()) == (True, []), name


@pytest.mark.parametrize("page", FORMS)
def test_a_page_tells_every_column_and_every_code_and_no_other_column(page: str) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    told, listed = set(re.findall(r"\w+", text)), set(re.findall(r"^\| (\w+) \|", text, re.MULTILINE))
    columns = [column for form in _forms(page) for table in form.tables[1:] for column in table.columns]
    for column in columns:
        assert column.tag in listed, column.tag
        assert column.codes is None or told >= set(column.codes.labels(2025)), column.tag
    assert listed <= {column.tag for column in columns} | HEADS | {"column"}


def _forms(page: str) -> list[ReturnFormat]:
    return [declared_formats()[collection] for collection in FORMS[page]]
