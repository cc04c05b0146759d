"""Leavers and links: counted as planted by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from analysis.measure import measures
from analysis.table import counts
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.snapshot import Snapshot, open_snapshot
from cohort.snapshot.cut import Cut, cut
from cohort.vault.keys import KeyRing
from cohort.vault.project import project_key
from tests.build import changed, old_plan, person, sen2

AT = datetime(2026, 11, 1, tzinfo=UTC)
LEFT = {"Requests/Assessment/NamedPlan/CeaseDate": "2023-06-01", "Requests/Assessment/NamedPlan/CeaseReason": "5"}


def moved(engine: Engine, ring: KeyRing, folder: Path) -> Snapshot:
    """Three children leave 201: one is in 202's return of the year, one in that of the next, one in none."""
    gone = [changed(person(old_plan(), number=n), LEFT | {"Requests/ActivePlans": None}) for n in (1, 2, 3)]
    for authority, year, children in (
        ("201", 2024, [*gone, person(number=9)]),
        ("202", 2024, [person(number=1), person(number=8)]),
        ("201", 2025, [person(number=9)]),
        ("202", 2025, [person(number=1), person(number=2), person(number=8)]),
    ):
        xml = sen2(*children, authority=authority, year=year)
        decision = Decision("t", "counted", dict.fromkeys(("YEAR-01", "YEAR-02", "YEAR-03", "YEAR-04"), "moved"))
        receipt = ingest(xml, "r.xml", engine=engine, ring=ring, decision=decision)
        assert receipt.status.value == "accepted", receipt.findings
    rekey, key_id = project_key(ring, "t")
    cut(engine, folder, Cut("moved", rekey, key_id))
    return open_snapshot(folder / "moved")


def test_leavers_are_followed_into_other_authorities_returns(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    snapshot = moved(engine, ring, tmp_path)
    found = counts(snapshot, [measures()["leavers_not_arrived"]]).counts
    assert found is not None
    assert found.select("year", "authority_code", "numerator", "denominator").rows() == [(2023, "201", 1, 3)]
    linked = counts(snapshot, [measures()["linked_records"]]).counts
    assert linked is not None
    assert linked.select("year", "authority_code", "numerator", "denominator").sort("authority_code").rows() == [
        (2024, "201", 1, 1),
        (2024, "202", 3, 3),
    ]


def test_the_links_of_a_snapshot_hold_no_token(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    table = moved(engine, ring, tmp_path).tables["link"].to_polars()
    place = ["authority_code", "collection", "collection_year", "row_number"]
    assert table.columns == ["person_id", *place, "rule_code", "certainty"]
    assert set(table["certainty"]) == {"exact", "new"}
