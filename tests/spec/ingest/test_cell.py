"""A cell of each kind: what it says, and the exact code of what is wrong with it. No cell is lost in silence."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.ingest import cell
from cohort.ingest.format import Column, Kind, Level
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.identifiers import NO_ULN
from cohort.ingest.read import declared_formats
from cohort.schema.calendar import census_day

UPN = "A950000178301"
NBSP, ZERO_WIDTH, THIN, RIGHT_TO_LEFT, MARK = "\u00a0", "\u200b", "\u2009", "\u202e", "\ufeff"


def column(tag: str) -> Column:
    """The first column of the format with this tag."""
    return next(c for table in SEN2.tables for c in table.columns if c.tag == tag)


def read(tag: str, *texts: str | None, year: int = 2024) -> list[tuple[object, set[str]]]:
    """Value and codes of faults of each text."""
    return judged(column(tag), list(texts), year)


def judged(of: Column, texts: list[str | None], year: int = 2024) -> list[tuple[object, set[str]]]:
    frame = pl.DataFrame({of.stored: pl.Series(texts, dtype=pl.String)})
    clean = frame.with_columns(cell.cleaned(of).alias(of.stored)).with_columns(cell.formed(of))
    reading = cell.reading(of, year, census_day(year))
    values = clean.select(reading.value).to_series().to_list()
    faults = [
        (code, clean.select(flag.fill_null(value=False).alias("at")).to_series()) for code, flag in reading.faults
    ]
    return [(value, {code for code, flags in faults if flags[row]}) for row, value in enumerate(values)]


def one(tag: str, text: str | None, year: int = 2024) -> tuple[object, set[str]]:
    return read(tag, text, year=year)[0]


@pytest.mark.parametrize(
    "text", ["2019-05-06", " 2019-05-06 ", "2019-05-06T00:00:00", "2019-05-06T00:00:00.000Z", f"{MARK}2019-05-06"]
)
def test_a_date_is_read_as_xml_writes_it(text: str) -> None:
    assert one("StartDate", text) == (date(2019, 5, 6), set())


@pytest.mark.parametrize(
    "text",
    ["06/05/2019", "2019-5-6", "43591", "20190506", "2019-05-06 00:00", "2019-05-06T13:00:00", "19-05-06",
     "2023-02-29", "2019-00-10", "2019-04-31", "yesterday", "2019-05-06x", "٢٠١٩-٠٥-٠٦", "8.3E+11"],
)  # fmt: skip
def test_what_is_no_date_is_a_finding(text: str) -> None:
    assert one("StartDate", text) == (None, {"CELL-03"})


def test_29_february_is_a_date_in_a_leap_year_only() -> None:
    assert one("StartDate", "2020-02-29") == (date(2020, 2, 29), set())
    assert one("StartDate", "2100-02-29") == (None, {"CELL-03"})


def test_a_date_after_census_day_is_the_future_and_census_day_is_not() -> None:
    assert one("StartDate", "2024-01-18") == (date(2024, 1, 18), set())
    assert one("StartDate", "2024-01-19") == (None, {"CELL-17"})
    assert one("LeavingDate", "2024-01-19") == (date(2024, 1, 19), set())


def test_a_birth_forty_years_ago_is_a_systems_filler() -> None:
    assert one("PersonBirthDate", "1984-09-01") == (date(1984, 9, 1), set())
    assert one("PersonBirthDate", "1984-08-31") == (None, {"CELL-18"})
    assert one("PersonBirthDate", "1900-01-01") == (None, {"CELL-18"})
    assert one("PersonBirthDate", "2024-01-19") == (None, {"CELL-17"})


@pytest.mark.parametrize(
    ("tag", "year", "text", "value", "faults"),
    [
        ("Sex", 2024, "F", "F", set()),
        ("Sex", 2024, "female", "F", set()),
        ("Sex", 2024, "2", "F", set()),
        ("Sex", 2024, "X", None, {"CELL-04"}),
        ("Ethnicity", 2024, "weng", "WBRI", set()),
        ("SENtype", 2025, "DS", "DS", set()),
        ("SENtype", 2024, "DS", None, {"CELL-05"}),
        ("SENtype", 2024, "=DS", None, {"CELL-04"}),
        ("RequestSource", 2026, "1", "1", set()),
    ],
)
def test_a_code_is_one_of_the_years_list_or_a_finding(
    tag: str, year: int, text: str, value: str | None, faults: set[str]
) -> None:
    assert one(tag, text, year) == (value, faults)


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        ("1", True, set()),
        ("true", True, set()),
        ("0", False, set()),
        ("FALSE", False, set()),
        ("2", None, {"CELL-06"}),
        ("Y", None, {"CELL-06"}),
        ("", None, set()),
    ],
)
def test_a_flag_is_yes_or_no_as_xml_writes_it(text: str, value: bool | None, faults: set[str]) -> None:
    assert one("Week20", text) == (value, faults)


@pytest.mark.parametrize(
    "text",
    [UPN, UPN.lower(), f" {UPN}\t", "A9500 0017 8301", f"A95{ZERO_WIDTH}0000178301", f"A95{NBSP}0000{THIN}178301",
     f"{RIGHT_TO_LEFT}{UPN}", "Ａ９５００００１７８３０１"],
)  # fmt: skip
def test_a_upn_is_read_whatever_surrounds_it(text: str) -> None:
    assert one("UPN", text) == (UPN, set())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("B950000178301", "CELL-08"),
        ("A950000178302", "CELL-08"),
        ("I950000178301", "CELL-08"),
        ("H243278544155", "CELL-08"),
        ("A95000017830", "CELL-07"),
        ("A9500001783011", "CELL-07"),
        ("A95000017830O", "CELL-07"),
        ("А950000178301", "CELL-07"),
        ("8.3E+11", "CELL-07"),
        ("unknown", "CELL-07"),
        ("A000000000000", "CELL-19"),
        ("0000000000000", "CELL-19"),
    ],
)
def test_a_wrong_upn_is_a_finding_and_has_no_value(text: str, fault: str) -> None:
    """The third A from below is Cyrillic."""
    assert one("UPN", text) == (None, {fault})


def test_a_temporary_upn_is_a_upn() -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    assert [n for n in letters if one("UPN", f"{n}95000017830A")[1] == set()] == ["L"]


@pytest.mark.parametrize(
    ("text", "value", "faults"),
    [
        ("9999375358", "9999375358", set()),
        ("9999 375 358", "9999375358", set()),
        ("9999375359", None, {"CELL-10"}),
        ("999937535", None, {"CELL-09"}),
        ("9.99E+09", None, {"CELL-09"}),
        (NO_ULN, None, set()),
    ],
)
def test_a_uln_is_ten_digits_that_check(text: str, value: str | None, faults: set[str]) -> None:
    assert one("UniqueLearnerNumber", text) == (value, faults)


@pytest.mark.parametrize(
    ("year", "text", "value", "faults"),
    [
        (2024, "202", "202", set()),
        (2024, "999", None, {"CELL-11"}),
        (2024, "20", None, {"CELL-11"}),
        (2024, "E09000007", None, {"CELL-11"}),
        (2024, "909", "909", {"CELL-12"}),
        (2024, "942", "942", set()),
    ],
)
def test_an_authority_is_a_number_of_the_dfes(year: int, text: str, value: str | None, faults: set[str]) -> None:
    assert one("Exported", text, year) == (value, faults)


@pytest.mark.parametrize(
    ("tag", "text", "faults"),
    [
        ("URN", "100001", set()),
        ("URN", "10001", {"CELL-13"}),
        ("URN", "1000011", {"CELL-13"}),
        ("URN", "1.00E5", {"CELL-13"}),
        ("UKPRN", "10000001", set()),
        ("UKPRN", "1000001", {"CELL-13"}),
    ],
)
def test_a_number_of_fixed_length_has_that_length(tag: str, text: str, faults: set[str]) -> None:
    assert one(tag, text) == (None if faults else text, faults)


@pytest.mark.parametrize("text", ["SW1A 1AA", "sw1a1aa", "M1 1AE", "ZZ99 3VZ", f"B33{NBSP}8TH"])
def test_a_postcode_is_read_in_any_spacing_and_case(text: str) -> None:
    value, faults = one("PostCode", text)
    assert faults == set()
    assert str(value).isalnum()
    assert str(value).isupper()


@pytest.mark.parametrize("text", ["SW1A", "12345", "unknown", "SW1A 1AAA"])
def test_an_odd_postcode_is_a_query(text: str) -> None:
    assert one("PostCode", text)[1] == {"CELL-14"}


@pytest.mark.parametrize("text", ["CafÃ©", "Zo\ufffd", "Ã‰mile", "JosÃ©", "Beyoncâ€™s", "NoÃ\u00ad"])
def test_a_garbled_name_is_a_query_and_keeps_its_text(text: str) -> None:
    value, faults = one("Surname", text)
    assert faults == {"CELL-15"}
    assert value


@pytest.mark.parametrize(
    "text", ["Café", "Émile", "Ångström", "Łukasz", "João", "ÃO", "O’Neill", "Nuñez", "Þór", "=1+1", "<b>Ann</b>"]
)
def test_a_name_of_any_alphabet_is_kept_as_it_is(text: str) -> None:
    assert one("Surname", text) == (text, set())


def test_a_name_is_composed() -> None:
    assert one("Surname", "Cafe\u0301") == ("Café", set())


@pytest.mark.parametrize("text", [None, "", "  ", NBSP, ZERO_WIDTH, f"\t{MARK}\n"])
def test_what_says_nothing_is_absent(text: str | None) -> None:
    assert one("Surname", text) == (None, {"CELL-01"})
    assert one("PostCode", text) == (None, set())


def test_presence_is_asked_at_the_level_that_is_declared() -> None:
    missed = Column("Item", "item", Kind.TEXT, "An item.", required=Level.QUERY)
    assert judged(missed, [None, "x"]) == [(None, {"CELL-02"}), ("x", set())]


KINDS = {c.kind: c for form in declared_formats().values() for table in form.tables for c in table.columns}
KINDS |= {c.kind: c for table in SEN2.tables for c in table.columns}
KINDS |= {Kind.MONTH: Column("Month", "month", Kind.MONTH, "A month.")}
SHAPED = [
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[A-Z][0-9]{11}[0-9A-Z]", fullmatch=True),
    st.from_regex(r"[0-9]{3,10}", fullmatch=True),
    st.sampled_from(["1", "0", "Y", "H", "WBRI", "true", NO_ULN, "A000000000000"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=14),
]


def test_every_kind_of_cell_is_read() -> None:
    assert set(cell.READERS) == set(Kind) == set(KINDS)


@pytest.mark.parametrize("kind", Kind)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(texts=st.lists(st.one_of(SHAPED), min_size=1, max_size=20))
def test_a_cell_that_says_something_has_a_value_or_an_error_and_never_both(kind: Kind, texts: list[str]) -> None:
    """Unknown is a finding, never a null."""
    of = KINDS[kind]
    clean = pl.DataFrame({of.stored: texts}).select(cell.cleaned(of)).to_series().to_list()
    for text, (value, faults) in zip(clean, judged(of, list(texts)), strict=True):
        errors = {code for code in faults if cell.CAUSES[code].level is Level.ERROR} - {"CELL-01"}
        if text is None or (kind is Kind.ULN and text == NO_ULN):
            assert (value, errors) == (None, set())
        else:
            assert (value is None) is bool(errors)


def test_the_words_of_every_cause_name_the_column_and_a_way_out() -> None:
    for cause in cell.CAUSES.values():
        assert "{column}" in cause.sentence
        assert cause.sentence.endswith(".")
        assert cause.advice.endswith(".")
