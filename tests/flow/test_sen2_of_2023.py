"""The SEN2 return of 2023 climbs into the record: what it alone says is kept where later returns say nothing."""

from __future__ import annotations

from sqlalchemy import Engine, text

from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Standing
from cohort.vault.keys import KeyRing
from tests.build import Record, active, changed, old_plan, person, placement, sen2

BOARDS = old_plan(
    ActivePlans=active(Res="B", PlacementDetail=[placement(EntryDate="2019-04-23", AttendancePattern="FT")])
)


def of_2023(record: Record) -> Record:
    """A person under the tags of 2023."""
    return {**{name: value for name, value in record.items() if name != "Sex"}, "GenderCurrent": "2"}


def test_gender_residence_and_attendance_are_kept_and_the_child_is_known_a_year_later(
    engine: Engine, ring: KeyRing
) -> None:
    told = sen2(of_2023(person(BOARDS)), year=2023)
    first = ingest(told, "sen2.xml", engine=engine, ring=ring, decision=Decision("officer"))
    assert (first.status, first.findings) == (Standing.ACCEPTED, {})
    later = sen2(person(changed(old_plan(), {"ActivePlans/PlacementDetail/Res": "B"})), year=2024)
    second = ingest(later, "sen2.xml", engine=engine, ring=ring, decision=Decision("officer"))
    assert (second.status, second.linked["known"]) == (Standing.ACCEPTED, 1)
    query = text(
        "SELECT p.collection_year, t.sex_code, a.residential_code, p.residential_code, p.attendance_pattern_code "
        "FROM cohort.placement p JOIN cohort.active_plan a USING (submission_id, request_row) "
        "JOIN cohort.person_trait t USING (submission_id) ORDER BY 1"
    )
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    assert rows == [(2023, "F", "B", None, "FT"), (2024, "F", None, "B", None)]
