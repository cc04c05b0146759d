"""What is returned of young people after 16 climbs into the record, and reads there as it was told."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sqlalchemy import Engine

from cohort.ingest.header import Said
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.ingest.read import declared_formats
from cohort.ingest.receipt import Standing
from cohort.schema.tables import METADATA
from cohort.store.known import current
from cohort.vault.keys import KeyRing
from synthetic.by_child import ChildReturn
from synthetic.tell import activity, adult, post_16
from tests.spec.synthetic.youths import drawn
from tests.told import largest, meant, returned, zipped

YEAR = 2024
TELLERS = {"activity": activity, "post-16": post_16, "adult outcomes": adult}


@pytest.mark.parametrize("collection", TELLERS)
def test_what_is_told_is_taken_in_and_read_back(collection: str, engine: Engine, ring: KeyRing) -> None:
    of = drawn(4_000, 3)
    told, form = TELLERS[collection].told(of.lives, of.after_16, YEAR), declared_formats()[collection]
    own = returned(told, form, of.lives, largest(told))
    said = Said(year=YEAR, authority_code="201", collection=collection)
    receipt = ingest(
        zipped(own), f"{collection}.zip", engine=engine, ring=ring, decision=Decision("officer"), said=said
    )
    assert (receipt.status, receipt.n_errors, receipt.findings) == (Standing.ACCEPTED, 0, {})
    with engine.connect() as connection:
        known = current(connection)
        for stored in form.by_stored:
            kept = known.facts(connection, METADATA.tables[f"cohort.{stored}"], YEAR).sort("row_number")
            if stored == "person_trait":
                assert kept.height == persons(own)
            else:
                said_of = meant(own, stored)
                assert_frame_equal(kept.select(said_of.columns), said_of, check_dtypes=False)


def persons(own: ChildReturn) -> int:
    """Of how many the tables of a format tell."""
    frames = [own.of_place(name).select("child") for name in own.format.by_stored if name != "person_trait"]
    return pl.concat(frames)["child"].n_unique()
