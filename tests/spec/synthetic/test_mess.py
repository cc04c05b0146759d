"""Returns arrive late, corrected, sent again, or not at all, and what is known of that is true."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml.etree import parse as parse_xml
from lxml.etree import tostring

from cohort.errors import UsageError
from cohort.ingest import finding
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.judge import judge
from cohort.ingest.parse import parse
from cohort.ingest.pseudonymise import pseudonymise
from cohort.ingest.read import read
from cohort.vault.keys import throwaway
from synthetic import faults, mess, returns
from synthetic.mess import MESSY, Mess
from synthetic.mess.heaped import REACH, heaped
from synthetic.mess.sent import CLOSES
from synthetic.returns import InventedReturn
from synthetic.world import World, make

HEAPED = (("ehc_request", "received_date"), ("ehc_request", "outcome_date"), ("ehc_assessment", "outcome_date"))


@pytest.fixture(scope="module")
def little() -> World:
    return make(authorities=2, children=300, years=(2025, 2026))


@pytest.fixture(scope="module")
def clean(little: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    paths = returns.write(little, tmp_path_factory.mktemp("clean"))
    return {path.name: path.read_bytes() for path in paths}


def _arrivals(out: Path) -> list[dict[str, Any]]:
    return json.loads((out / mess.FILE_NAME).read_text(encoding="utf-8"))


def _planted(out: Path, name: str) -> Counter[tuple[Any, ...]]:
    told = json.loads((out / faults.FILE_NAME).read_text(encoding="utf-8"))
    return Counter((f["code"], f["level"], f["table"], f["row"], f["column"]) for f in told if f["file"] == name)


def _found(path: Path) -> Counter[tuple[Any, ...]]:
    return Counter(judge(path, path.name).places.select(*finding.SCHEMA).rows())


def _persons(file: Path) -> list[bytes]:
    return [tostring(person) for person in parse_xml(file).getroot().find("Persons")]


def _made(file: Path) -> str:
    """When the file says that it was made."""
    return parse_xml(file).getroot().findtext("Header/Source/DateTime")


def test_without_mess_the_files_are_those_of_the_writer(little: World, clean: dict[str, bytes], tmp_path: Path) -> None:
    paths = mess.write(little, tmp_path, Mess())
    assert {path.name: path.read_bytes() for path in paths} == clean
    assert {(a["kind"], a["holds"]) for a in _arrivals(tmp_path)} == {("in time", True)}
    assert json.loads((tmp_path / faults.FILE_NAME).read_text(encoding="utf-8")) == []


def test_who_sends_nothing_is_told_of(little: World, clean: dict[str, bytes], tmp_path: Path) -> None:
    assert mess.write(little, tmp_path, Mess(missing=1.0)) == []
    assert not list(tmp_path.glob("*.xml"))
    told = _arrivals(tmp_path)
    assert len(told) == len(clean)
    assert {(a["file"], a["arrived_date"], a["kind"], a["holds"]) for a in told} == {(None, None, "missing", False)}


def test_late_is_after_the_last_day_and_in_time_is_not(little: World, tmp_path: Path) -> None:
    for late, kind in ((1.0, "late"), (0.0, "in time")):
        mess.write(little, tmp_path, Mess(late=late))
        for arrival in _arrivals(tmp_path):
            last = SEN2.census_day(arrival["year"]) + timedelta(days=CLOSES)
            assert arrival["kind"] == kind
            assert (date.fromisoformat(arrival["arrived_date"]) > last) == (kind == "late")


def test_what_is_corrected_comes_at_fault_or_in_part_and_then_whole(
    little: World, clean: dict[str, bytes], tmp_path: Path
) -> None:
    mess.write(little, tmp_path, Mess(corrected=1.0, left_out=0.1))
    told = {a["file"]: a for a in _arrivals(tmp_path)}
    assert {a["kind"] for a in told.values()} == {"faulty", "incomplete", "corrected"}
    for name, arrival in told.items():
        whole, found = tmp_path / name.replace("_v1", "_v2"), _found(tmp_path / name)
        assert found == _planted(tmp_path, name)
        assert (not found) == (arrival["kind"] != "faulty")
        if arrival["kind"] == "incomplete":
            assert len(_persons(tmp_path / name)) == round(0.9 * len(_persons(whole)))
            assert set(_persons(tmp_path / name)) < set(_persons(whole))
        assert _made(tmp_path / name) < _made(whole) or arrival["kind"] == "corrected"
        (tmp_path / "alone.xml").write_bytes(clean[whole.name.replace("_v2", "")])
        assert _persons(whole) == _persons(tmp_path / "alone.xml")


def test_what_is_sent_again_says_the_same_in_another_order(little: World, tmp_path: Path) -> None:
    mess.write(little, tmp_path, Mess(resubmitted=1.0), faults_rate=0.03)
    firsts, ring = sorted(tmp_path.glob("*_v1.xml")), throwaway()
    assert len(firsts) == 4
    for first in firsts:
        again = first.with_name(first.name.replace("_v1", "_v2"))
        assert _persons(first) != _persons(again)
        assert sorted(_persons(first)) == sorted(_persons(again))
        assert _made(first) < _made(again)
        # The record, too, sees that it has received this already.
        assert len({pseudonymise(parse(read(path)), ring).content_digest for path in (first, again)}) == 1
        for path in (first, again):
            assert _found(path) == _planted(tmp_path, path.name) != Counter()


def test_one_version_holds_and_it_is_the_last(little: World, tmp_path: Path) -> None:
    seen: list[Path] = []
    paths = mess.write(
        little, tmp_path, Mess(corrected=0.5, resubmitted=0.5, late=0.5, left_out=0.05), 0.0, seen.append
    )
    told = _arrivals(tmp_path)
    assert [path.name for path in paths] == [a["file"] for a in told]
    assert sorted(seen) == sorted(paths) == sorted(tmp_path.glob("*.xml"))
    dates = [(a["year"], a["arrived_date"]) for a in told]
    assert dates == sorted(dates)
    for whose in {(a["authority"], a["year"]) for a in told}:
        holds = [a["holds"] for a in told if (a["authority"], a["year"]) == whose]
        assert holds == [False] * (len(holds) - 1) + [True]


def test_the_same_seed_gives_the_same_mess(little: World, tmp_path: Path) -> None:
    messy = Mess(late=0.3, corrected=0.4, resubmitted=0.3, missing=0.1, heaped=0.5, faults=0.01)
    for folder in ("a", "b"):
        mess.write(little, tmp_path / folder, messy)
    once, again = ({p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("a", "b"))
    assert once == again


def test_shares_that_make_more_than_all_are_refused() -> None:
    with pytest.raises(UsageError, match="MESS-01"):
        Mess(missing=0.5, corrected=0.6)
    assert sum((MESSY.missing, MESSY.corrected, MESSY.resubmitted)) < 1


def test_heaped_dates_stay_lawful(little: World, tmp_path: Path) -> None:
    for path in mess.write(little, tmp_path, Mess(heaped=1.0)):
        assert _found(path) == Counter()


@pytest.fixture(scope="module")
def pairs(little: World) -> list[tuple[InventedReturn, InventedReturn]]:
    """Each return, and the same one with every date heaped that may be."""
    return [(told, heaped(told, 1.0, 1)) for told in little.returns()]


def _days(pairs: list[tuple[InventedReturn, InventedReturn]], table: str, column: str) -> pl.DataFrame:
    parts = [pl.DataFrame({"true": a.tables[table][column], "told": b.tables[table][column]}) for a, b in pairs]
    return pl.concat(parts).drop_nulls()


@pytest.mark.parametrize(("table", "column"), HEAPED)
def test_dates_move_by_few_days_to_days_that_heap(pairs: Any, table: str, column: str) -> None:
    days = _days(pairs, table, column)
    assert ((days["told"] - days["true"]).dt.total_days().abs() <= REACH).all()
    assert (days["told"].dt.year() == days["true"].dt.year()).all()
    round_days = (days["told"].dt.weekday() == 1) | (days["told"].dt.day() == 1)
    assert round_days.mean() > 2 * ((days["true"].dt.weekday() == 1) | (days["true"].dt.day() == 1)).mean()


def test_no_date_passes_one_that_it_follows(pairs: Any) -> None:
    told = max((true for true, _ in pairs), key=lambda r: len(r.tables["ehc_plan"]))
    asked, assessed, plan = (told.tables[name] for name in ("ehc_request", "ehc_assessment", "ehc_plan"))
    days = asked.select(pl.col("row_number").alias("request_row"), day="received_date")
    # All is done on one day, so that any date that moves alone would break the order.
    hurried = {
        "ehc_request": asked.with_columns(outcome_date="received_date"),
        "ehc_assessment": assessed.join(days, on="request_row", maintain_order="left").with_columns(outcome_date="day"),
        "ehc_plan": plan.join(days, on="request_row", maintain_order="left").with_columns(start_date="day"),
    }
    hurried = {name: frame.drop("day", strict=False) for name, frame in hurried.items()}
    some = heaped(replace(told, tables={**told.tables, **hurried}), 0.5, 1).tables
    line = (
        some["ehc_request"]
        .select(pl.col("row_number").alias("request_row"), "received_date", decided="outcome_date")
        .join(some["ehc_assessment"].select("request_row", issued="outcome_date"), on="request_row", how="left")
        .join(some["ehc_plan"].select("request_row", "start_date"), on="request_row", how="left")
        .drop_nulls("received_date")
    )
    ordered = ["received_date", "decided", "issued", "start_date"]
    assert (line["received_date"] != line["decided"]).any()
    for before, after in pairwise(ordered):
        assert (line[before] <= line[after]).all()


def test_decisions_crowd_on_the_last_day_before_the_limit(pairs: Any) -> None:
    def on_limit(told: InventedReturn) -> int:
        asked = told.tables["ehc_request"]
        return ((asked["outcome_date"] - asked["received_date"]).dt.total_days() == 42).sum()

    assert sum(on_limit(b) for _, b in pairs) > 3 * sum(on_limit(a) for a, _ in pairs)


def test_nothing_but_dates_of_receipt_and_decision_is_moved(pairs: Any) -> None:
    moved = {
        (table, column)
        for a, b in pairs
        for table, frame in a.tables.items()
        for column in frame.columns
        if not frame[column].equals(b.tables[table][column])
    }
    assert moved == set(HEAPED)


def test_every_return_tells_of_one_request_the_same_day(pairs: Any) -> None:
    def received(true: InventedReturn, told: InventedReturn) -> pl.DataFrame:
        who = true.tables["person_trait"].select("person_row", "surname", "forename", "birth_date")
        days = true.tables["ehc_request"].select("person_row", "received_date")
        return days.with_columns(told.tables["ehc_request"]["received_date"].alias("told")).join(who, on="person_row")

    whole = pl.concat(received(*pair) for pair in pairs).drop_nulls("received_date")
    requests = whole.group_by("surname", "forename", "birth_date", "received_date").agg(
        pl.len(), days=pl.col("told").n_unique()
    )
    assert (requests["len"] > 1).sum() > 10
    assert (requests["days"] == 1).all()


def test_a_share_of_dates_heaps_where_a_share_is_asked_for(little: World, pairs: Any) -> None:
    some = [(told, heaped(told, 0.3, 1)) for told in little.returns()]
    shares = [
        (days["told"] != days["true"]).mean()
        for days in (_days(p, "ehc_request", "received_date") for p in (some, pairs))
    ]
    assert 0.15 * shares[1] < shares[0] < 0.5 * shares[1]
    assert all(heaped(told, 0.0, 1) is told for told in little.returns())
