"""What plans are given, how disputes go and how long advice takes: planted values come back, plain counts agree."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl
import pytest

from analysis.populations import delivery, written
from analysis.release import Release
from analysis.studies import specified_and_delivered
from tests.planted import Planted

Asked = Callable[..., Release]


@pytest.fixture(scope="module")
def ask(planted: Planted) -> Asked:
    """What was asked before is not asked again; a sabotage asks `planted` itself."""
    return cache(planted.ask)


def row(release: Release, table: str, **where: object) -> dict[str, Any]:
    return release.tables[table].frame.filter(**where).row(0, named=True)


def stored(planted: Planted, name: str) -> pl.DataFrame:
    """A table as it was written, by another road than the studies'."""
    return pl.read_parquet(planted.folder / "written" / name / "*.parquet")


ALL_HOURS = "Share delivered, of all hours"


def test_the_planted_share_of_hours_delivered_comes_back_and_what_counts_gaps_as_nothing_fails(
    planted: Planted, ask: Asked
) -> None:
    release = ask("specified_and_delivered", sections="F, G and H")
    found, true = row(release, "england", measure=ALL_HOURS), planted.effect("A15.delivered_ratio")
    assert found["low"] < true < found["high"]
    gaps, weeks, right = release.tables["ways"].frame["value"].to_list()
    assert gaps < weeks < found["low"]
    assert right == pytest.approx(found["estimate"])


def test_were_a_missing_record_a_missing_hour_the_share_would_be_far_too_small(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: what is due counts as known."""
    monkeypatch.setattr(delivery, "_is_known", delivery._is_stated)
    release = planted.ask("specified_and_delivered", sections="F, G and H")
    assert row(release, "england", measure=ALL_HOURS)["high"] < planted.effect("A15.delivered_ratio")


def test_under_delivery_is_what_a_plain_count_of_the_lines_says(planted: Planted, ask: Asked) -> None:
    line = stored(planted, "provision_delivered").filter(
        pl.col("academic_year") == pl.col("collection_year"),
        pl.col("provision_section_code") == "F",
        pl.col("delivery_status_code").is_in(["D", "P", "N"]),
        pl.col("due_hours") > 0,
    )
    made_up = pl.col("delivered_hours") * pl.col("term_weeks") / pl.col("recorded_weeks")
    by_plan = line.group_by("person_id", "authority_code").agg(made_up.sum(), pl.col("due_hours").sum())
    short = by_plan.select((pl.col("delivered_hours") < 0.9 * pl.col("due_hours")).mean()).item()
    release = ask("specified_and_delivered")
    assert row(release, "england", measure="Plans under-delivered")["estimate"] == pytest.approx(short)


def test_of_authorities_the_shrunken_shares_hold_what_each_was_planted_to_deliver(planted: Planted, ask: Asked) -> None:
    delivers = {place["name"]: place["delivers"] for place in planted.truth["la"]}
    shown = ask("specified_and_delivered").tables["authorities"].frame.drop_nulls("value")
    true = shown["authority"].replace_strict(delivers, return_dtype=pl.Float64)
    held = (shown["low"] < true) & (true < shown["high"])
    assert shown.height > 10
    assert held.mean() > 0.85  # pyright: ignore[reportOptionalOperand]


def test_hours_delivered_do_what_was_planted_where_hours_specified_are_held_equal(planted: Planted, ask: Asked) -> None:
    release = ask("specified_and_delivered")
    effect, true = row(release, "effect"), planted.effect("ks4.delivered_hours")
    assert effect["low"] < true < effect["high"]
    first = release.tables["effects"].frame.filter(pl.col("way").str.starts_with("The first"))
    assert first["low"].item() < planted.effect("ks4.delivered_hours.first") < first["high"].item()


@pytest.mark.parametrize("way", ["Nothing held equal", "Need and setting held equal"])
def test_hours_go_where_need_is_so_that_the_plain_comparison_makes_them_seem_to_harm(
    planted: Planted, ask: Asked, way: str
) -> None:
    effects = ask("specified_and_delivered").tables["effects"].frame
    naive = effects.filter(pl.col("way").str.starts_with(way))
    assert naive["high"].item() < planted.effect("ks4.delivered_hours")


def test_were_hours_specified_not_held_equal_the_planted_effect_would_be_missed(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the proxy of need is left out."""
    held = tuple(name for name in specified_and_delivered.ADJUSTED if "specified" not in name)
    monkeypatch.setattr(specified_and_delivered, "ADJUSTED", held)
    effect = row(planted.ask("specified_and_delivered"), "effect")
    assert effect["high"] < planted.effect("ks4.delivered_hours")


def test_the_reliability_of_the_logs_is_the_planted_one_for_the_planted_error(planted: Planted, ask: Asked) -> None:
    errors = ask("specified_and_delivered").tables["errors"].frame
    true = planted.effect("A15.reliability")
    off = dict(zip(errors["way"].to_list(), (errors["reliability"] - true).abs(), strict=True))
    assert off["coefficient of variation 0.05"] < 0.004 < off["coefficient of variation 0.1"]


PLAN = ("person_id", "authority_code", "plan_start_date", "collection_year")
LATEST = 2026


@pytest.fixture(scope="module")
def counted(planted: Planted) -> pl.DataFrame:
    """Plans in force in the latest year, counted line by line: needs, quantified lines, needs that a line fits."""
    whole = pl.col("hours_per_session").is_not_null() & pl.col("profession_code").is_not_null()
    line = stored(planted, "provision_specified").filter(
        pl.col("is_quantified"), whole | (pl.col("provision_code") == "EQP"), provision_section_code="F"
    )
    kinds = {key: list(of["provision_code"]) for key, of in line.group_by(*PLAN, "version_number")}
    plan = stored(planted, "plan_version").filter(collection_year=LATEST).sort("version_number")
    plan = plan.group_by(PLAN).last().filter(pl.col("cease_date").is_null())
    need = stored(planted, "section_need").filter(collection_year=LATEST, need_section_code="B")
    listed = {key: list(of["need_code"]) for key, of in need.group_by(*PLAN, "version_number")}
    made = []
    for key in plan.select(*PLAN, "version_number").rows():
        needs, has = listed[key], kinds.get(key, [])
        fitted = sum(1 for code in needs if set(has) & set(written.FITTING.get(code, has)))
        made.append((len(needs), len(has), fitted))
    return pl.DataFrame(made, schema=["needs", "lines", "fitted"], orient="row")


@pytest.mark.parametrize(
    ("match", "is_met"),
    [
        ("a line each", pl.col("lines") >= pl.col("needs")),
        ("a fitting line", pl.col("fitted") == pl.col("needs")),
        ("any line", pl.col("lines") > 0),
    ],
)
def test_plans_whose_needs_are_met_are_those_of_a_count_plan_by_plan(
    ask: Asked, counted: pl.DataFrame, match: str, is_met: pl.Expr
) -> None:
    plans = row(ask("quantified_needs", match=match), "years", year=LATEST)
    assert plans["denominator"] == pytest.approx(counted.height, abs=2)
    assert plans["numerator"] == pytest.approx(counted.select(is_met.sum()).item(), abs=2)


def test_needs_met_are_those_of_a_count_need_by_need(ask: Asked, counted: pl.DataFrame) -> None:
    met = counted.select(pl.min_horizontal("lines", "needs").sum() / pl.col("needs").sum()).item()
    assert row(ask("quantified_needs"), "needs_met", year=LATEST)["value"] == pytest.approx(met)


def test_lines_that_state_no_amount_would_make_many_more_plans_seem_whole(ask: Asked) -> None:
    release = ask("quantified_needs")
    right, naive = row(release, "years", year=LATEST), release.tables["ways"].frame.row(-1, named=True)
    assert naive["low"] > right["high"]


def test_were_hours_asked_of_equipment_fewer_needs_would_seem_met(
    planted: Planted, counted: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: nothing may be stated without hours."""
    monkeypatch.setattr(written, "WITHOUT_HOURS", ())
    plans = row(planted.ask("quantified_needs"), "years", year=LATEST)
    met = counted.select((pl.col("lines") >= pl.col("needs")).mean()).item()
    assert plans["value"] < met - 0.005
