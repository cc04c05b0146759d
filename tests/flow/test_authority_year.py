"""What an authority says of itself climbs the same stair as a return of children, and names nobody on any step."""

from __future__ import annotations

from sqlalchemy import Engine, text

from cohort.ingest.formats.authority_year import AUTHORITY_YEAR
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.schema.tables import AUTHORITY_FACTS, METADATA
from cohort.vault.keys import KeyRing
from service import access
from service.desk import Desk
from service.office import Office
from service.snapshots import cut_snapshot

HEAD = b"Year,LA,CountedDate,Staff,PostsFTE,StaffFTE,AgencyFTE,PlansHeld,Given"
OFFICERS = b"2024,201,2024-01-18,CW,20,18.5,4,2400,V"
PSYCHOLOGISTS = b"2024,201,2024-01-18,EP,8,6,1,,V"
WRONG = PSYCHOLOGISTS.replace(b"6,1", b"6,7")


def send(engine: Engine, ring: KeyRing, *rows: bytes, decision: Decision | None = None) -> Receipt:
    content = b"\n".join([HEAD, *rows])
    return ingest(content, "workforce.csv", engine=engine, ring=ring, decision=decision or Decision("officer"))


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_facts_of_an_authority_are_held_corrected_accepted_and_superseded(engine: Engine, ring: KeyRing) -> None:
    held = send(engine, ring, OFFICERS, WRONG)
    assert (held.status, held.n_errors) == (Standing.HELD, 1)
    assert rows(engine, "SELECT count(*) FROM cohort.authority_workforce") == [(0,)]
    first = send(engine, ring, OFFICERS, PSYCHOLOGISTS)
    assert first.status is Standing.ACCEPTED
    assert rows(
        engine,
        "SELECT authority_code, collection_year, workforce_code, staff_fte::float, plans_held "
        "FROM cohort.authority_workforce ORDER BY row_number",
    ) == [("201", 2024, "CW", 18.5, 2400), ("201", 2024, "EP", 6.0, None)]
    assert send(engine, ring, PSYCHOLOGISTS, OFFICERS).status is Standing.ALREADY
    again = send(engine, ring, OFFICERS.replace(b"18.5", b"17"), PSYCHOLOGISTS)
    assert (again.status, again.supersedes) == (Standing.ACCEPTED, first.submission)
    assert again.difference["rows"]["Workforce"] == [2, 2]
    for table in ("person", "person_trait", "link"):
        assert rows(engine, f"SELECT count(*) FROM cohort.{table}") == [(0,)]


def test_rows_with_errors_are_left_out_with_a_reason_and_the_next_year_follows(engine: Engine, ring: KeyRing) -> None:
    confirmed = send(engine, ring, OFFICERS, WRONG, decision=Decision("officer", confirm="Agencies are counted twice."))
    assert (confirmed.status, confirmed.set_aside) == (Standing.ACCEPTED, {"Workforce": 1})
    next_year = (
        row.replace(b"2024-01-18", b"2025-01-16").replace(b"2024,", b"2025,") for row in (OFFICERS, PSYCHOLOGISTS)
    )
    later = send(engine, ring, *next_year)
    assert later.status is Standing.ACCEPTED
    kept = "SELECT collection_year, count(*) FROM cohort.authority_workforce GROUP BY 1 ORDER BY 1"
    assert rows(engine, kept) == [(2024, 1), (2025, 2)]


def test_it_is_previewed_signed_summed_up_and_frozen_like_any_other_return(office: Office) -> None:
    access.add_account(office.engine, "officer", "authority", "201")
    desk = Desk(access.principal_of(office.engine, "officer"), office)
    content = b"\n".join([HEAD, OFFICERS, PSYCHOLOGISTS])
    assert desk.validate(content, "workforce.csv").n_errors == 0
    receipt = desk.submit(content, "workforce.csv")
    assert (receipt.status, receipt.submission) == (Standing.ACCEPTED, desk.history()[-1].submission)
    desk.sign(desk.history()[-1].submission)
    assert desk.history()[-1].status == "signed"
    told = desk.summary(desk.history()[-1].submission)
    assert {item.item: item.score for item in told.quality}["StaffFTE"] == 1.0
    manifest = cut_snapshot(office, access.local_operator(office.engine), "all")
    assert (manifest.tables["authority_workforce"].rows, manifest.tables["person"].rows) == (2, 0)


def test_every_table_of_facts_about_authorities_is_fed_by_a_return() -> None:
    assert {METADATA.tables[f"cohort.{t.stored}"] for t in AUTHORITY_YEAR.tables[1:]} == set(AUTHORITY_FACTS)
