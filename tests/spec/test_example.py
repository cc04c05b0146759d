"""Text tables become typed frames, and what is mistyped is refused by name."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cohort.errors import DeclarationError
from cohort.example import read

TYPES = {
    "code": pl.String,
    "day": pl.Date,
    "n": pl.Int64,
    "share": pl.Float64,
    "is_open": pl.Boolean,
    "breaks": pl.Boolean,
}


def test_each_column_has_the_type_it_was_given() -> None:
    found = read(
        """
        code | day        | n | share | is_open || breaks
        Y    | 2024-02-29 | 3 | 0.5   | yes     || no
             |            |   |       |         || yes
        """,
        TYPES,
    )
    assert found.given.schema == pl.Schema({name: TYPES[name] for name in ("code", "day", "n", "share", "is_open")})
    assert found.given.rows() == [("Y", date(2024, 2, 29), 3, 0.5, True), (None,) * 5]
    assert found.expected["breaks"].to_list() == [False, True]


def test_a_header_alone_is_a_table_without_rows() -> None:
    found = read("code || breaks", TYPES)
    assert found.given.shape == found.expected.shape == (0, 1)
    assert found.given.schema == {"code": pl.String}


def test_both_halves_keep_the_order_of_the_lines() -> None:
    found = read("n || breaks\n2 || no\n1 || yes\n3 ||", TYPES)
    assert found.given["n"].to_list() == [2, 1, 3]
    assert found.expected["breaks"].to_list() == [False, True, None]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "empty"),
        ("   \n  ", "empty"),
        ("n | breaks\n1 | yes", "||"),
        ("n || breaks\n1", "||"),
        ("n || breaks || breaks\n1 || yes || no", "||"),
        ("m || breaks\n1 || yes", "'m'"),
        ("n | day || breaks\n1 || yes", "ragged"),
        ("n || breaks\n1 | 2 || yes", "ragged"),
        ("n | n || breaks\n1 | 2 || yes", "twice"),
        ("n || breaks\none || yes", "n: 'one'"),
        ("day || breaks\n2023-02-29 || yes", "day: '2023-02-29'"),
        ("n || breaks\n1 || Yes", "breaks: 'Yes'"),
    ],
)
def test_a_mistyped_table_is_refused_and_says_where(text: str, named: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        read(text, TYPES)
    assert named in str(raised.value)
