"""Results of seven collections climb into the record and read there as they were told, and not whose they were."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import Engine, text

from cohort.ingest.header import Said
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.receipt import Receipt, Standing
from cohort.schema.tables import METADATA
from cohort.store.known import current
from cohort.vault.keys import KeyRing
from tests.build import upn
from tests.told_attainment import YEARS, ordered, returned

KS2 = "UPN,SURNAME,FORENAMES,DOB,YEARGRP,READSCORE,READOUTCOME,MATSCORE,MATOUTCOME,RWMEXP"
ADA, BEN = (f"{upn(n)},Quillfeather,{name},2013-02-03,6" for n, name in ((1, "Adabella"), (2, "Benedick")))
IDENTITY = (upn(1), upn(2), "Quillfeather", "Adabella", "Benedick", "2013-02-03")


def send(content: bytes, collection: str, engine: Engine, ring: KeyRing, confirm: str = "") -> Receipt:
    said = Said(year=YEARS[collection], authority_code="201")
    decision = Decision("officer", confirm=confirm)
    return ingest(content, f"{collection}.csv", engine=engine, ring=ring, decision=decision, said=said)


def ks2(*rows: str) -> bytes:
    return "\n".join([KS2, *rows]).encode()


def kept(engine: Engine, year: int) -> pl.DataFrame:
    with engine.connect() as connection:
        return current(connection).facts(connection, METADATA.tables["cohort.attainment"], year)


def stored(engine: Engine) -> str:
    """Every row of every table of the record and of the vault, as text."""
    with engine.connect() as connection:
        return "\n".join(
            str(row[0])
            for table in METADATA.sorted_tables
            for row in connection.execute(text(f'SELECT t::text FROM "{table.schema}"."{table.name}" t'))
        )


ONE_OF_EACH_KIND = ("phonics", "mtc", "ks2")
"""A code that is a yes or no; a reason beside a mark; all together. The others are taken in by the long form."""


@pytest.mark.parametrize(
    "collection", [name if name in ONE_OF_EACH_KIND else pytest.param(name, marks=pytest.mark.slow) for name in YEARS]
)
def test_what_is_told_is_taken_in_and_read_back(collection: str, engine: Engine, ring: KeyRing) -> None:
    told = returned(collection)
    receipt = send(told.content, collection, engine, ring)
    assert (receipt.status, receipt.n_errors, receipt.findings) == (Standing.ACCEPTED, 0, {})
    assert receipt.rows == {"Child": told.results["person_row"].n_unique(), "Attainment": told.results.height}
    meant = ordered(told.results)
    assert_frame_equal(ordered(kept(engine, told.year)), meant, check_dtypes=False)


def test_a_result_at_fault_is_left_out_and_the_childs_others_are_kept(engine: Engine, ring: KeyRing) -> None:
    content = ks2(f"{ADA},104,AS,130,AS,1", f"{BEN},,B,84,NS,0")
    held = send(content, "ks2", engine, ring)
    assert held.status is Standing.HELD
    assert held.places.select("code", "table", "row", "column", "line").rows() == [
        ("ATTAINMENT-01", "ks2", 1, "MATSCORE", 2)
    ]
    with engine.connect() as connection:
        entered = connection.execute(text("SELECT table_name, row_number, column_name FROM cohort.finding")).all()
    assert [tuple(row) for row in entered] == [("ks2", 1, "MATSCORE")]
    accepted = send(content, "ks2", engine, ring, confirm="The school sends it in summer.")
    assert (accepted.status, accepted.rows["Attainment"], accepted.set_aside) == (
        Standing.ACCEPTED,
        6,
        {"Attainment": 1},
    )
    results = kept(engine, 2024).sort("person_row", "measure_code")
    assert results.select("person_row", "measure_code", "result_score").rows() == [
        (1, "ks2_reading", 104),
        (1, "ks2_standard", 1),
        (2, "ks2_maths", 84),
        (2, "ks2_reading", None),
        (2, "ks2_standard", 0),
    ]


def test_a_corrected_return_supersedes_the_first_and_its_children_are_the_same_persons(
    engine: Engine, ring: KeyRing
) -> None:
    first = send(ks2(f"{ADA},104,AS,99,NS,0", f"{BEN},,B,84,NS,0"), "ks2", engine, ring)
    persons = kept(engine, 2024).select("person_id").unique().sort("person_id")
    corrected = ks2(f"{BEN},,B,84,NS,0", f"{ADA},104,AS,100,AS,1")
    second = send(corrected, "ks2", engine, ring)
    assert (second.status, second.supersedes, second.linked["new"]) == (Standing.ACCEPTED, first.submission, 0)
    assert kept(engine, 2024).select("person_id").unique().sort("person_id").equals(persons)
    other_order = ks2(f"{ADA},104,AS,100,AS,1", f"{BEN},,B,84,NS,0")
    assert send(other_order, "ks2", engine, ring).status is Standing.ALREADY


def test_no_identifier_is_in_the_record(engine: Engine, ring: KeyRing) -> None:
    send(ks2(f"{ADA},104,AS,130,AS,1", f"{BEN},9x,B,84,NS,0"), "ks2", engine, ring, confirm="As it is.")
    everything = stored(engine)
    assert "ks2_standard" in everything
    for value in IDENTITY:
        assert value not in everything
