"""Counts of a series on one year's map: carried whole, as estimates, or not at all."""

from __future__ import annotations

import polars as pl
import pytest

from analysis.places import redrawn
from cohort.errors import UsageError
from cohort.schema.authority_map import map_table

PLANS = {
    2019: {"835": 2392, "836": 846, "837": 1045, "909": 3173, "202": 1000},
    2024: {"838": 3916, "839": 3769, "942": 2656, "943": 2196, "202": 1200},
}
"""EHC plans of some authorities in January, Camden's invented."""


def counts(without: str = "") -> pl.DataFrame:
    rows = [(year, code, "all", n // 2, n) for year, of in PLANS.items() for code, n in of.items() if code != without]
    columns = ["year", "authority_code", "breakdown", "numerator", "denominator"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def maps(map_year: int) -> pl.DataFrame:
    return pl.concat(map_table(year, map_year).with_columns(year=pl.lit(year, pl.Int64)) for year in PLANS)


def denominators(found: pl.DataFrame, year: int) -> dict[str, float | None]:
    of = found.filter((pl.col("year") == year) & pl.col("denominator").is_not_null())
    return dict(zip(of["authority_code"], of["denominator"], strict=True))


@pytest.mark.parametrize("map_year", [2019, 2024])
def test_totals_stay_what_they_were(map_year: int) -> None:
    found = redrawn(counts(), maps(map_year))
    for year, of in PLANS.items():
        assert sum(filter(None, denominators(found, year).values())) == pytest.approx(sum(of.values()))


def test_an_older_year_stands_at_the_authorities_of_the_newer_map() -> None:
    found = denominators(redrawn(counts(), maps(2024)), 2019)
    assert found["202"] == 1000
    assert found["942"] == pytest.approx(3173 * 0.547403)
    assert found["839"] == pytest.approx(846 + 1045 + 2392 * 0.08927)


def test_a_newer_year_stands_at_the_authorities_of_the_older_map() -> None:
    found = denominators(redrawn(counts(), maps(2019)), 2024)
    assert found["909"] == 2656 + 2196
    assert found["835"] == pytest.approx(3916 + 3769 * 0.101464)


def test_what_lacks_a_part_is_not_known_rather_than_too_small() -> None:
    found = denominators(redrawn(counts(without="836"), maps(2024)), 2019)
    assert "839" not in found
    assert "838" in found


def test_a_year_on_its_own_map_is_as_it_was() -> None:
    found = redrawn(counts(), maps(2024)).filter(pl.col("denominator").is_not_null() & (pl.col("year") == 2024))
    assert found.sort("authority_code").equals(
        counts()
        .filter(pl.col("year") == 2024)
        .with_columns(pl.col("numerator", "denominator").cast(float))
        .sort("authority_code")
    )


def test_counts_of_an_authority_that_was_not_there_are_refused() -> None:
    with pytest.raises(UsageError, match="MAP-05"):
        redrawn(counts().with_columns(year=pl.lit(2024, pl.Int64)), maps(2024))
