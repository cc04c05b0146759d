"""What a cell of an official file says."""

from __future__ import annotations

import polars as pl
import pytest

from cohort.reference.figure import Figure, Status, decode, is_share


@pytest.mark.parametrize(
    ("cell", "value"),
    [("7", 7.0), (" 1,071 ", 1071.0), ("12,345,678.5", 12345678.5), ("0.40%", 0.4), ("-3", -3.0), ("46.4", 46.4)],
)
def test_a_number_is_read_with_its_commas_spaces_and_percent_sign(cell: str, value: float) -> None:
    assert decode(cell) == Figure(value, Status.SHOWN)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("z", Status.NOT_APPLICABLE),
        ("x", Status.NO_DATA),
        (" X ", Status.NO_DATA),
        ("c", Status.SUPPRESSED),
        ("u", Status.SUPPRESSED),
        ("low", Status.LOW),
        ("", Status.NO_DATA),
        (None, Status.NO_DATA),
    ],
)
def test_each_symbol_has_a_status_and_no_value(cell: str | None, status: Status) -> None:
    assert decode(cell) == Figure(None, status)


@pytest.mark.parametrize("cell", ["1,2", "1,0000", "nan", "inf", "about 5", "5-", "..", "-", "1 2"])
def test_what_is_neither_number_nor_symbol_is_not_guessed(cell: str) -> None:
    assert decode(cell) is None


def test_percentages_and_rates_are_known_by_their_names() -> None:
    names = {
        "request_not_assess_pc": True,
        "pc_plans_issued_within_20_weeks": True,
        "appeal_rate_pct": True,
        "ehcplans": False,
        "special_total": False,
        "placement_unknown": False,
    }
    found = pl.DataFrame({"measure": list(names)}).select(is_share(pl.col("measure")))["measure"].to_list()
    assert found == list(names.values())
