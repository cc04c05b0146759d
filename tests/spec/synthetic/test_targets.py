"""Targets: each has a source, is a figure of its unit, and a world that is off or silent is called outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from cohort.errors import DeclarationError
from synthetic import calibrate
from synthetic.target import MEMORY, PERCENT, UNITS, Published, Target, Theme
from synthetic.targets import targets, themes
from tests.spec.synthetic.small_tables import told


def silent(_: object) -> pl.LazyFrame:
    return pl.LazyFrame({"value": [None]}, schema={"value": pl.Float64})


def saying(figure: float) -> Target:
    target = Published("A table", 1_000_000).share("made.up", "A figure.", 2025, 20.0, silent)
    return replace(target, marginal=lambda _: pl.LazyFrame({"value": [figure]}))


def test_there_are_enough_targets_of_every_theme() -> None:
    assert len(targets()) >= 80
    assert all(len(theme.targets) >= 10 for theme in themes())


def test_every_target_names_a_publication() -> None:
    publishers = ("DfE, ", "Ministry of Justice, ", "FFT Education Datalab, ")
    assert all(target.source.removeprefix(MEMORY).startswith((*publishers, "OHID, ")) for target in targets())


def test_few_targets_are_from_general_knowledge() -> None:
    assert sum(MEMORY.strip().lower() in target.source.lower() for target in targets()) <= 5


def test_every_target_lies_in_its_unit_with_room_for_its_tolerance() -> None:
    for target in targets():
        low, high = UNITS[target.unit]
        assert low <= target.value <= high
        assert 0 < target.tolerance < high - low


def test_years_are_those_of_publications() -> None:
    assert all(2016 <= target.year <= 2025 for target in targets())


def test_tolerance_is_chance_where_few_are_counted_and_a_part_of_the_figure_where_many_are() -> None:
    few = Published("A table", 10_000).share("few", "A figure.", 2025, 20.0, silent)
    many = Published("A table", 9_000_000).share("many", "A figure.", 2025, 20.0, silent)
    assert few.tolerance == pytest.approx(3 * 40 / 10)
    assert many.tolerance == pytest.approx(2.0)


def test_a_share_and_its_complement_are_held_alike() -> None:
    one, other = (
        Published("A table", 9_000_000).share("one", "A figure.", 2025, figure, silent).tolerance
        for figure in (3.0, 97.0)
    )
    assert one == pytest.approx(other)


@pytest.mark.parametrize(
    "wrong", [{"value": 101.0}, {"value": -1.0}, {"tolerance": 0.0}, {"source": ""}, {"sentence": "No stop"}]
)
def test_a_target_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    sound = Target("a", "A figure.", 2025, 50.0, 1.0, PERCENT, "A table", silent)
    with pytest.raises(DeclarationError):
        replace(sound, **wrong)


@pytest.mark.parametrize(("figure", "within"), [(20.0, True), (18.1, True), (21.9, True), (17.9, False), (22.1, False)])
def test_a_world_that_is_off_is_called_outside(figure: float, within: bool) -> None:
    row = calibrate.report({}, [Theme("Made up", (saying(figure),))]).row(0, named=True)
    assert row["value"] == figure
    assert (row["low"], row["high"]) == pytest.approx((18.0, 22.0))
    assert row["within"] is within


def test_what_no_table_tells_is_not_told_and_outside() -> None:
    report = calibrate.report({})
    assert report.height == len(targets())
    assert report["value"].null_count() == report.height
    assert not report["within"].any()
    assert "not told" in calibrate.markdown(report)


def test_a_missing_table_leaves_other_figures_told_whatever_persons_are_keyed_by() -> None:
    enrolment = told(
        enrolment="""
        times | academic_year | term_code | sen_provision_code
        14    | 2025          | SPR       | K
        86    | 2025          | SPR       | N
        """
    )["enrolment"]
    by_number = enrolment.with_columns(person_id=pl.int_range(pl.len()))
    report = calibrate.report({"enrolment": by_number}).filter(pl.col("key") == "pupils.support_2025")
    assert report.row(0, named=True)["value"] == pytest.approx(14.0)
    assert report.row(0, named=True)["within"]


def test_the_report_says_how_many_are_within_and_marks_those_that_are_not() -> None:
    report = calibrate.report({}, [Theme("Made up", (saying(20.0), replace(saying(30.0), key="off")))])
    text = calibrate.markdown(report)
    assert "1 of 2 figures are within tolerance, 0 are not told" in text
    assert [line.startswith("| ✗ |") for line in text.splitlines() if "A figure." in line] == [False, True]


def test_a_folder_of_parquet_files_is_read_as_tables_and_the_report_written(tmp_path: Path) -> None:
    rows = told(enrolment="academic_year | term_code | sen_provision_code\n 2025 | SPR | K\n 2025 | SPR | N")
    (tmp_path / "enrolment").mkdir()
    rows["enrolment"].collect().write_parquet(tmp_path / "enrolment" / "2025.parquet")
    path = calibrate.write(calibrate.opened(tmp_path), tmp_path)
    (line,) = (line for line in path.read_text(encoding="utf-8").splitlines() if "SEN support in January 2025" in line)
    assert "| 50 |" in line
