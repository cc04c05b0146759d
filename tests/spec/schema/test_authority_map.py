"""England on another year's map: counts are carried whole, or refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort.errors import DeclarationError, UsageError
from cohort.schema.authority_map import map_day, map_table, on_map
from cohort.schema.calendar import announced_changes, authorities, authority_changes, in_force
from tests.spec.schema.reorganised import Append, appending

YEARS = range(2010, 2027)
year = st.sampled_from(YEARS)
unhurried = settings(derandomize=True, deadline=None, max_examples=40)


@pytest.mark.parametrize(
    ("code", "from_year", "map_year", "shares"),
    [
        ("202", 2010, 2026, {"202": 1}),
        ("837", 2019, 2020, {"839": 1}),
        ("943", 2024, 2023, {"909": 1}),
        ("838", 2026, 2019, {"835": 1}),
        ("909", 2019, 2024, {"942": 0.547403, "943": 0.452597}),
        ("928", 2021, 2022, {"940": 0.499561, "941": 0.500439}),
        ("835", 2019, 2020, {"838": 0.91073, "839": 0.08927}),
        ("839", 2020, 2019, {"835": 0.101464, "836": 0.401989, "837": 0.496547}),
    ],
)
def test_an_authority_is_carried_by_its_shares(
    code: str, from_year: int, map_year: int, shares: dict[str, float]
) -> None:
    assert on_map(code, from_year, map_year) == pytest.approx(shares, abs=1e-12)


@unhurried
@given(year, year)
def test_every_authority_goes_whole_to_authorities_of_the_other_year(from_year: int, map_year: int) -> None:
    table = map_table(from_year, map_year)
    assert set(table["authority_code"]) == set(in_force(map_day(from_year)))
    assert set(table["map_code"]) == set(in_force(map_day(map_year)))
    totals = table.group_by("authority_code").agg(pl.col("share").sum())["share"]
    assert totals.to_list() == pytest.approx([1.0] * len(totals), abs=1e-12)
    assert table["share"].is_between(0, 1).all()


@unhurried
@given(year, year, st.randoms(use_true_random=False))
def test_carrying_keeps_the_total_of_england(from_year: int, map_year: int, draws: object) -> None:
    table = map_table(from_year, map_year)
    counts = {code: draws.randrange(10_000) for code in in_force(map_day(from_year))}  # type: ignore[attr-defined]
    carried = sum(counts[code] * share for code, _, share in table.iter_rows())
    assert carried == pytest.approx(sum(counts.values()), abs=1e-6)


@unhurried
@given(year)
def test_a_year_on_its_own_map_is_as_it_was(same: int) -> None:
    table = map_table(same, same)
    assert (table["authority_code"] == table["map_code"]).all()
    assert set(table["share"]) == {1.0}


@unhurried
@given(year, year, year)
def test_carrying_by_way_of_a_year_between_changes_nothing(one: int, two: int, three: int) -> None:
    first, between, last = sorted((one, two, three))
    for start, end in ((first, last), (last, first)):
        steps = map_table(start, between).join(map_table(between, end), left_on="map_code", right_on="authority_code")
        by_way = steps.group_by("authority_code", "map_code_right").agg((pl.col("share") * pl.col("share_right")).sum())
        direct = {(a, b): share for a, b, share in map_table(start, end).iter_rows()}
        assert {(a, b): s for a, b, s in by_way.iter_rows()} == pytest.approx(direct, abs=1e-12)


@pytest.mark.parametrize(
    ("code", "from_year", "map_year", "error", "names"),
    [
        ("820", 2009, 2010, "MAP-02", "Bedfordshire (820)"),
        ("875", 2009, 2026, "MAP-02", "Cheshire (875)"),
        ("936", 2026, 2028, "MAP-03", "Surrey (936)"),
        ("999", 2020, 2020, "MAP-01", "999"),
        ("942", 2020, 2024, "MAP-01", "942"),
    ],
)
def test_what_cannot_be_carried_is_refused_by_name(
    code: str, from_year: int, map_year: int, error: str, names: str
) -> None:
    with pytest.raises(UsageError) as raised:
        on_map(code, from_year, map_year)
    assert raised.value.code == error
    assert names in raised.value.sentence
    assert raised.value.remedy


def test_a_year_whose_map_cannot_be_drawn_whole_is_not_drawn() -> None:
    with pytest.raises(UsageError, match="MAP-02"):
        map_table(2009, 2010)
    assert on_map("202", 2009, 2010) == {"202": 1.0}


def test_an_announced_change_is_known_and_stops_nothing_before_its_day() -> None:
    assert [change.from_code for change in announced_changes()] == ["936"]
    assert "936" in in_force(date(2028, 1, 31))
    assert on_map("936", 2019, 2027) == {"936": 1.0}


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Append]:
    """Appends rows to a copy of the tables."""
    yield from appending(tmp_path, monkeypatch)


def test_a_reorganisation_is_rows_and_nothing_else(rows: Append) -> None:
    rows(
        "authorities",
        "944,E06000067,East Somewhere,E12000001,North East,2028-04-01,\n"
        "945,E06000068,West Somewhere,E12000001,North East,2028-04-01,\n",
    )
    rows("authority_changes", "2028-04-01,split,840,944,0.6,1,plans,\n2028-04-01,split,840,945,0.4,1,plans,\n")
    assert "840" in in_force(date(2028, 3, 31))
    assert {"944", "945"} <= set(in_force(date(2028, 4, 1)))
    assert "840" not in in_force(date(2028, 4, 1))
    assert on_map("840", 2010, 2029) == {"944": 0.6, "945": 0.4}
    assert on_map("944", 2029, 2010) == {"840": 1.0}


def test_an_authority_that_changed_twice_is_carried_through_both_days_in_order(rows: Append) -> None:
    rows(
        "authorities",
        "944,E06000067,East,E12000001,North East,2028-04-01,\n"
        "945,E06000068,West,E12000001,North East,2028-04-01,\n"
        "946,E06000069,Greater East,E12000001,North East,2030-04-01,\n",
    )
    rows("authority_changes", "2028-04-01,split,840,944,0.6,1,plans,\n2028-04-01,split,840,945,0.4,1,plans,\n")
    rows("authority_changes", "2030-04-01,merge,944,946,1,0.8,plans,\n2030-04-01,merge,841,946,1,0.2,plans,\n")
    assert on_map("840", 2027, 2031) == {"946": 0.6, "945": 0.4}
    assert on_map("946", 2031, 2027) == {"840": 0.8, "841": 0.2}


def test_an_authority_that_ended_without_heirs_is_refused_on_a_later_map(rows: Append) -> None:
    rows("authorities", "944,E06000067,Atlantis,E12000001,North East,2010-04-01,2019-03-31\n")
    with pytest.raises(UsageError) as raised:
        on_map("944", 2015, 2020)
    assert raised.value.code == "MAP-04"


def test_part_of_an_authority_may_pass_to_a_neighbour_and_both_go_on(rows: Append) -> None:
    rows("authority_changes", "2028-04-01,part_transfer,330,331,0.05,0.12,plans,one ward\n")
    assert on_map("330", 2028, 2029) == pytest.approx({"330": 0.95, "331": 0.05})
    assert on_map("331", 2028, 2029) == {"331": 1.0}
    assert on_map("331", 2029, 2028) == pytest.approx({"330": 0.12, "331": 0.88})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2028-04-01,split,840,841,0.6,1,plans,\n2028-04-01,split,840,842,0.3,1,plans,\n", "not 1"),
        ("2028-04-01,split,840,841,0.6,1,plans,\n2028-04-01,split,840,842,,1,plans,\n", "some have none"),
        ("2028-04-01,part_transfer,840,841,1.1,1,plans,\n", "not 1"),
        ("2028-04-01,merge,840,841,1,0.5,,\n", "no basis"),
    ],
)
def test_shares_that_make_no_whole_are_refused(rows: Append, text: str, fault: str) -> None:
    rows("authority_changes", text)
    with pytest.raises(DeclarationError, match=fault):
        authorities()


def test_shares_back_of_whatever_began_that_day_make_one() -> None:
    for new in {(c.to_code, c.change_date) for c in authority_changes()}:
        back = [c.share_back for c in authority_changes() if (c.to_code, c.change_date) == new]
        assert sum(share for share in back if share is not None) == 1, new
