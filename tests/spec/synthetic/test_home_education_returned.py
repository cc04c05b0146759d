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
from tests.told_after_16 import table, written, zipped

YEAR = 2025


def test_spells_at_home_come_back_as_they_are_told() -> None:
    told = home_education.told(lives(), life(), YEAR)
    empty = pl.DataFrame(schema={"place": pl.Int64, "child": pl.Int64})
    whole = Told(told.collection, YEAR, {**told.tables, "out_of_school": empty})
    place = int(told.tables["home_education"]["place"].mode()[0])
    sheets = written(whole, HOME_EDUCATION, place, lives().people.select("child", "birth_date"))
    # Learner numbers begin at 14; these children are of all ages.
    unnumbered = {name: pl.read_csv(text, infer_schema=False).drop("ULN") for name, text in sheets.items()}
    files = zipped({name: rows.write_csv().encode() for name, rows in unnumbered.items()})
    checked = checked_return(files, said=Said(YEAR, "201", HOME_EDUCATION.collection))
    assert checked.findings.rows() == []
    meant = table(told, HOME_EDUCATION, "home_education", place)
    assert meant.height > 5
    read = checked.linked.pseudonymous.tables["home_education"]
    assert_frame_equal(read.select(meant.columns), meant, check_dtypes=False)
