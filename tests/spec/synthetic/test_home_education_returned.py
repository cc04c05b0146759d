"""What the invented world tells of children taught at home comes back from a return of it, and nothing is accused."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from cohort.ingest.formats.home_education import HOME_EDUCATION
from cohort.ingest.header import Said
from cohort.ingest.judge import checked_return
from synthetic.tell import home_education
from synthetic.told import Told
from tests.spec.synthetic.school_life_told import life, lives
from tests.told import largest, meant, returned, zipped

YEAR = 2025


def test_spells_at_home_come_back_as_they_are_told() -> None:
    told = home_education.told(lives(), life(), YEAR)
    empty = pl.DataFrame(schema={"place": pl.Int64, "child": pl.Int64})
    whole = Told(told.collection, YEAR, {**told.tables, "out_of_school": empty})
    own = returned(whole, HOME_EDUCATION, lives(), largest(told, "home_education"))
    checked = checked_return(zipped(own), said=Said(YEAR, "201", HOME_EDUCATION.collection))
    assert checked.findings.rows() == []
    spells = meant(own, "home_education")
    assert spells.height > 5
    read = checked.linked.pseudonymous.tables["home_education"]
    assert_frame_equal(read.select(spells.columns), spells, check_dtypes=False)
