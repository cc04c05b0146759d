"""Data quality by item, worked out by hand on a few rows."""

from __future__ import annotations

import polars as pl
import pytest

from cohort.ingest.check import CheckedReturn
from cohort.ingest.formats.sen2 import SEN2
from service.own import of_checked
from service.quality import Quality, quality
from tests.build import judged, new_plan, person, sen2, upn


def scored(checked: CheckedReturn, explained: tuple[str, ...] = ()) -> dict[str, Quality]:
    rows = {name: frame.height for name, frame in checked.linked.pseudonymous.tables.items()}
    found = checked.findings.with_columns(is_explained=pl.col("code").is_in(explained))
    return {f"{q.table}.{q.item}": q for q in quality(of_checked(checked), SEN2, rows, found)}


FOUR = [person(new_plan(), number=n) for n in range(1, 5)]


def test_a_clean_return_scores_one_everywhere() -> None:
    found = scored(judged(sen2(*FOUR)))
    assert {q.score for q in found.values()} == {1.0}
    assert found["Person.UPN"].present == 1.0
    assert found["Person.UniqueLearnerNumber"].present == 0.0
    assert found["Person.PostCode"].present is None, "it is not kept, and need not be there"
    assert "PlacementDetail.SENSettingOther" not in found, "free text is dropped"


def test_an_absent_item_that_must_be_there_lowers_present_and_score() -> None:
    one = scored(judged(sen2(*FOUR[:3], person(new_plan(), number=4, Sex=None))))["Person.Sex"]
    assert (one.rows, one.present, one.valid, one.unexplained) == (4, 0.75, 1.0, 0.25)
    assert one.score == pytest.approx(0.75 * 0.75)


def test_a_cell_at_fault_lowers_valid_and_a_reason_clears_what_was_asked() -> None:
    checked = judged(sen2(*FOUR[:3], person(new_plan(), number=4, UPN="A" + upn(4)[1:])))
    (code,) = set(checked.findings["code"])
    asked, answered = scored(checked)["Person.UPN"], scored(checked, (code,))["Person.UPN"]
    assert (asked.valid, asked.unexplained, answered.unexplained) == (0.75, 0.25, 0.0)
    assert asked.score == pytest.approx(0.75 * 0.75)
    assert answered.score == pytest.approx(0.75)


def test_an_optional_item_that_is_empty_costs_nothing() -> None:
    cease = scored(judged(sen2(*FOUR)))["NamedPlan.CeaseDate"]
    assert (cease.present, cease.score, cease.is_required) == (0.0, 1.0, False)
