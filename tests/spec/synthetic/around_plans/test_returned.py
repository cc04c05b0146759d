"""What the invented world tells is written as a return and read back: every row, every value, and nothing accused."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from cohort.ingest.format import ReturnFormat
from cohort.ingest.formats.assessments import ASSESSMENTS
from cohort.ingest.formats.care import CARE
from cohort.ingest.formats.disputes import DISPUTES
from cohort.ingest.formats.exits import EXITS
from cohort.ingest.formats.plans import PLANS
from cohort.ingest.formats.provision import PROVISION
from cohort.ingest.judge import checked_return
from cohort.ingest.layout import Layout, alone
from cohort.ingest.layouts import assessments as assessment_layouts
from cohort.ingest.layouts import care as care_layouts
from cohort.ingest.layouts import provision as provision_layouts
from cohort.ingest.layouts.disputes import THREE_SHEETS
from cohort.ingest.layouts.plans import NINE_SHEETS
from synthetic.assessing.planted import Assessing
from synthetic.care.planted import Caring
from synthetic.content.life import PlanLife
from synthetic.lives import Lives
from synthetic.places import codes_on
from synthetic.tell import assessments, care, disputes, exits, provision
from synthetic.told import Told
from tests.told import in_order, returned, zipped

YEAR, PLACE = 2025, 3
Teller = Callable[[Lives, PlanLife, int], Told]


def assessed(lives: Lives, plans: PlanLife, year: int) -> Told:
    return assessments.told(lives, assessments.drawn(lives, plans, Assessing()), year)


def cared(lives: Lives, _: PlanLife, year: int) -> Told:
    return care.told(lives, care.drawn(lives, Caring()), year)


def left(lives: Lives, _: PlanLife, year: int) -> Told:
    return exits.told(lives, year)


CASES = [
    pytest.param(provision.told, PROVISION, provision_layouts.BY_LINE, id="provision by line"),
    pytest.param(provision.told, PROVISION, provision_layouts.BY_TERM, id="provision by term"),
    pytest.param(disputes.told, DISPUTES, THREE_SHEETS, id="disputes"),
    pytest.param(provision.told, PLANS, NINE_SHEETS, id="plans"),
    pytest.param(assessed, ASSESSMENTS, assessment_layouts.THREE_SHEETS, id="assessments"),
    pytest.param(cared, CARE, care_layouts.THREE_SHEETS, id="care"),
    pytest.param(left, EXITS, alone(EXITS), id="exits"),
]


@pytest.mark.parametrize(("tell", "form", "layout"), CASES)
def test_what_is_told_comes_back(
    tell: Teller, form: ReturnFormat, layout: Layout, lives: Lives, plans: PlanLife
) -> None:
    told = tell(lives, plans, YEAR)
    own = returned(told, form, lives, PLACE, codes_on(lives.places, form.census_day(YEAR))[PLACE])
    checked = checked_return(zipped(own, layout))
    given = checked.linked.pseudonymous.tables
    order = in_order(own, layout)
    for table in form.tables[1:]:
        stored = [*(c.stored for c in table.columns), *(c.age for c in table.columns if c.age)]
        said = own.of_place(table.stored)
        assert said.height > 0, table.name
        assert_same(given[table.stored].select("person_row", *stored), said.join(order, on="child"), table.name)
    assert checked.n_errors == 0
    assert checked.findings.height <= 0.01 * sum(frame.height for frame in given.values())


def assert_same(given: pl.DataFrame, said: pl.DataFrame, name: str) -> None:
    """The same rows in any order; what the world does not tell came back empty."""
    untold = [c for c in given.columns if c not in said.columns]
    assert all(given[c].null_count() == given.height for c in untold), name
    known = [c for c in given.columns if c in said.columns]
    typed = said.select(_as(c, given.schema[c]) for c in known)
    assert given.select(known).sort(known).equals(typed.sort(known)), name


def _as(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name) if kind in {pl.Boolean, pl.Date} else pl.col(name).cast(pl.String).cast(kind)
