"""What was planted in authorities comes out of the studies that compare places, and the usual figure misleads."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import ibis
import numpy as np
import polars as pl
import pytest

from analysis.release import Release
from analysis.studies import attrition_and_linkage, funding_and_need, la_adjusted, variance_parts
from cohort.snapshot import open_snapshot
from synthetic import snapshot, worlds
from synthetic.tell import attainment, school_census
from synthetic.told import Told
from synthetic.world import make
from synthetic.worlds import put
from tests.planted import YEARS, PartlyTold, Planted

PLACES = 24
"""Few authorities with many pupils each, so that one can be told from another."""
FAR = 0.25
"""Quality of the planted outliers, SD."""
POINT = 7.4
"""Reading scores at 11 for one SD of standing."""
BETWEEN_SCHOOLS = 0.2
"""Planted spread of schools, SD of standing."""


class Schools(PartlyTold):
    """A world of which schools alone tell: all that a comparison of pupils needs."""

    def told(self) -> Iterator[Told]:
        of = self.world.england
        for year in of.window.years:
            yield school_census.told(of.lives, of.school, year)
            yield attainment.told(of.lives, of.attained, of.school.in_state_school(of.lives, year), year)


def schools(folder: Path, world: str, children: int) -> Planted:
    """Nobody moves: a child's school and authority are those that were planted to teach it."""
    stays = put(worlds.world(world), "childhood.leaving.moves", 0.0)
    made = make(authorities=PLACES, children=children, years=YEARS, seed=25, world=stays, whole=True)
    snapshot.write(Schools(made), folder / "written")
    return Planted(open_snapshot(folder / "written"), {"la": made.places.to_dicts()}, folder)


@pytest.fixture(scope="module")
def main(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    return schools(tmp_path_factory.mktemp("main"), "main", 80_000)


@pytest.fixture(scope="module")
def thresholds(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Authorities that differ in thresholds alone, not in what becomes of children."""
    return schools(tmp_path_factory.mktemp("thresholds"), "threshold_trap", 100_000)


Ask = Callable[..., Release]


@pytest.fixture(scope="module")
def ask(main: Planted) -> Ask:
    """What was asked before is not asked again."""
    return cache(main.ask)


@pytest.fixture(scope="module")
def ask_thresholds(thresholds: Planted) -> Ask:
    return cache(thresholds.ask)


def quality(of: Planted) -> pl.DataFrame:
    """authority, quality: what each authority adds to results, SD."""
    return pl.DataFrame(of.truth["la"]).select(pl.col("name").alias("authority"), "quality")


def placed(release: Release, of: Planted) -> pl.DataFrame:
    """The groups of authorities, with the quality that was planted."""
    return release.tables["groups"].frame.join(quality(of), on="authority")


def test_the_planted_outliers_are_found_on_the_right_side_and_the_raw_shares_do_not_show_them(
    main: Planted, ask: Ask
) -> None:
    release = ask("la_adjusted", among="all pupils")
    found = placed(release, main)
    assert set(found.filter(quality=FAR)["group"]) == {"better than England"}
    assert "better than England" not in set(found.filter(pl.col("quality") < 0)["group"])
    assert "worse than England" not in set(found.filter(pl.col("quality") > 0)["group"])
    assert set(found.filter(group="worse than England")["quality"]) == {-FAR}
    raw = release.tables["unadjusted"].frame.join(quality(main), on="authority")
    best = raw.filter(quality=FAR)
    assert (best["value"] < raw["value"].median()).sum() >= 2


def test_without_the_intake_the_outliers_are_lost(main: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: nothing that pupils bring is allowed for."""
    monkeypatch.setattr(la_adjusted, "covariates", lambda _: [])
    found = placed(main.ask("la_adjusted", among="all pupils"), main)
    assert set(found.filter(quality=FAR)["group"]) != {"better than England"}


def test_rank_intervals_hold_the_true_rank_and_ranks_alone_do_not(main: Planted, ask: Ask) -> None:
    release = ask("la_adjusted", among="all pupils")
    ranked = release.tables["effects"].frame.rename({"level": "authority"}).join(quality(main), on="authority")
    true = ranked.with_columns(rank=pl.col("quality").rank(), found=pl.col("estimate").rank().round())
    holds = true.select(pl.col("rank").is_between(pl.col("rank_low") - 1, pl.col("rank_high") + 1).mean()).item()
    assert holds > 0.8
    assert true.select((pl.col("rank") == pl.col("found")).mean()).item() < 0.3
    assert release.tables["ranks"].frame["places_wide_on_average"].item() > 8


def test_expected_outcomes_are_calibrated_and_adjusting_takes_most_of_the_dispersion_away(ask: Ask) -> None:
    release = ask("la_adjusted", among="all pupils")
    assert release.tables["tenths"].frame["ratio"].is_between(0.85, 1.15).all()
    assert release.tables["regions"].frame["ratio"].is_between(0.85, 1.15).all()
    before, after = release.tables["dispersion"].frame["phi"]
    assert before > 3 * after > 0


def test_plan_holders_alone_make_open_handed_authorities_look_good_and_all_with_sen_do_not(
    ask_thresholds: Ask,
) -> None:
    among, holders = (
        ask_thresholds("la_adjusted", among=who).tables["plan_rate"].frame.row(place, named=True)
        for place, who in enumerate(("SEN", "plan holders"))
    )
    assert among["low"] < 0 < among["high"]
    assert holders["low"] > 0
    assert any("decision" in words for words in ask_thresholds("la_adjusted", among="plan holders").warnings)
    assert not any("decision" in words for words in ask_thresholds("la_adjusted").warnings)


def test_a_funnel_for_chance_alone_would_flag_authorities_that_differ_in_intake_only(ask_thresholds: Ask) -> None:
    spread = ask_thresholds("la_adjusted", among="all pupils").tables["dispersion"].frame
    before, after = spread["outside_limits_of_chance_alone"]
    assert before > PLACES / 3
    assert after <= 2


def spread(release: Release, given: str, between: str) -> dict[str, float]:
    return release.tables["parts"].frame.filter(given=given, between=between).row(0, named=True)


def test_the_planted_spread_of_schools_and_authorities_is_found_given_whom_they_have(main: Planted, ask: Ask) -> None:
    release = ask("variance_parts", among="all pupils")
    school = spread(release, "given whom they have", "schools in authorities")
    assert school["low"] < BETWEEN_SCHOOLS * POINT < school["high"]
    place = spread(release, "given whom they have", "authorities")
    planted = float(quality(main)["quality"].to_numpy().std()) * POINT
    assert place["low"] < planted < place["high"]


def test_before_intake_is_allowed_for_authorities_seem_to_differ_far_more(main: Planted, ask: Ask) -> None:
    release = ask("variance_parts", among="all pupils")
    planted = float(quality(main)["quality"].to_numpy().std()) * POINT
    assert spread(release, "as they are", "authorities")["low"] > planted
    naive = dict(release.tables["naive"].frame.select("way", "sd").iter_rows())
    assert naive["raw means of authorities"] > 1.5 * naive["model, given whom they have"]


def test_the_parts_of_a_yes_or_no_outcome_stand_on_three_scales(ask: Ask) -> None:
    release = ask("variance_parts", among="all pupils", outcome="key_stage_2")
    odds = release.tables["odds"].frame.filter(given="given whom they have", between="authorities").row(0, named=True)
    latent = spread(release, "given whom they have", "authorities")
    assert odds["odds_ratio"] == pytest.approx(math.exp(math.sqrt(2) * latent["sd"] * 0.6745), rel=1e-3)
    assert latent["share"] == pytest.approx(latent["sd"] ** 2 / (latent["sd"] ** 2 + math.pi**2 / 3), rel=1e-6)
    assert 0 < odds["value"] < latent["share"]
    assert 1 < odds["odds_ratio_low"] < odds["odds_ratio_high"]


@pytest.mark.slow
def test_were_schools_left_out_of_the_model_their_spread_would_be_lost(
    main: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: pupils are dealt out to schools anew, as a wrong key of schools would deal them."""
    right = variance_parts.complete
    monkeypatch.setattr(
        variance_parts, "complete", lambda frame: right(frame).with_columns(pl.col("school").shuffle(seed=1))
    )
    found = spread(main.ask("variance_parts", among="all pupils"), "given whom they have", "schools in authorities")
    assert found["high"] < BETWEEN_SCHOOLS * POINT


def ratio(release: Release, model: str, step: str) -> dict[str, float]:
    table = release.tables["spending"].frame
    return table.filter((pl.col("model") == model) & pl.col("step").str.contains(step)).row(0, named=True)


def test_money_is_planted_to_follow_plans_and_not_need(planted: Planted) -> None:
    release = planted.ask("funding_and_need")
    plans = ratio(release, "need, given plans", "plans for each pupil")
    assert plans["low"] < 1.1 < plans["high"]
    meals = ratio(release, "need, given plans", "free meals")
    assert meals["low"] < 1 < meals["high"]
    assert ratio(release, "need alone", "free meals")["low"] > 1


def test_were_plans_mixed_up_between_authorities_money_would_seem_to_follow_need(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: each authority is given the plan rate of another."""
    right = funding_and_need._prepared
    monkeypatch.setattr(
        funding_and_need, "_prepared", lambda frame: right(frame).with_columns(pl.col("plan_rate").shuffle(seed=1))
    )
    assert ratio(planted.ask("funding_and_need"), "need, given plans", "free meals")["low"] > 1


def test_neither_delivery_nor_timeliness_is_planted_to_come_with_more_money(planted: Planted) -> None:
    found = planted.ask("funding_and_need").tables["outcomes"].frame
    assert found.select(((pl.col("low") < 0) & (pl.col("high") > 0)).all()).item()


def test_spending_on_each_plan_is_that_of_the_returns(planted: Planted) -> None:
    """By another road: the files of the snapshot, read and counted directly; counts are rounded as the gate rounds."""
    folder = planted.snapshot.path
    money = pl.read_parquet(folder / "high_needs_year" / "*.parquet").filter(value_status_code="V", financial_year=2026)
    active = pl.read_parquet(folder / "active_plan" / "*.parquet").filter(collection_year=2026)
    ended = pl.read_parquet(folder / "ehc_plan" / "*.parquet").filter(collection_year=2026)
    line = ["authority_code", "collection_year", "request_row"]
    census = pl.col("cease_date").is_null() | (pl.col("cease_date") > pl.date(2026, 1, 15))
    held = active.join(ended.filter(census), on=line, how="semi").group_by("authority_code").len()
    told = planted.ask("funding_and_need").tables["each_plan"].frame
    both = told.join(held, on="authority_code").join(money, on="authority_code")
    rounded = (pl.col("len").cast(pl.Int64) + 2) // 5 * 5
    assert both.height == told.height > 20
    assert both.select((pl.col("plans") == rounded).all()).item()
    assert both.select(((pl.col("outturn_gbp") / rounded - pl.col("each_plan_gbp")).abs() < 0.01).all()).item()


def losing(planted: Planted, chance: Callable[[pl.DataFrame], pl.Expr]) -> Planted:
    """The same record without the results at 11 of some pupils, each lost by a known chance; nobody else knows it."""
    folder = planted.snapshot.path
    results = pl.read_parquet(folder / "attainment" / "*.parquet").sort(
        "collection_year", "authority_code", "row_number"
    )
    census = pl.read_parquet(folder / "enrolment" / "*.parquet").filter(curriculum_year_code="4")
    terms = pl.read_parquet(folder / "attendance" / "*.parquet").join(
        census, on=["person_id", "collection_year"], how="semi"
    )
    missed = (pl.col("authorised_sessions").sum() + pl.col("unauthorised_sessions").sum()) / pl.col(
        "possible_sessions"
    ).sum()
    known = census.select("person_id", "is_meals_eligible").join(
        terms.group_by("person_id").agg(absence=missed), on="person_id"
    )
    told = results.join(known.unique("person_id"), on="person_id", how="left", maintain_order="left")
    luck = pl.Series(np.random.default_rng(1).random(told.height))
    lost = (pl.col("measure_code") == "ks2_standard") & (luck < chance(told)).fill_null(value=False)
    kept = told.filter(~lost).select(results.columns)
    tables = {**planted.snapshot.tables, "attainment": ibis.memtable(kept)}
    return replace(planted, snapshot=replace(planted.snapshot, tables=tables))


def by_what_is_seen(told: pl.DataFrame) -> pl.Expr:
    """Poorer and more absent pupils are lost more often, whatever their results."""
    return (
        0.05 + 0.45 * pl.col("is_meals_eligible").cast(pl.Float64) + 0.2 * (pl.col("absence") > 0.08).cast(pl.Float64)
    )


def by_the_result_itself(told: pl.DataFrame) -> pl.Expr:
    """Pupils below the standard are lost more often: no record says so."""
    return pl.when(pl.col("result_score") == 1).then(0.02).otherwise(0.12)


def share(release: Release, way: str) -> dict[str, float]:
    return release.tables["means"].frame.filter(group="all pupils", way=way).row(0, named=True)


@pytest.fixture(scope="module")
def whole(planted: Planted) -> float:
    """The share at the standard before anybody more was lost."""
    return share(planted.ask("attrition_and_linkage"), "complete cases")["value"]


def test_weights_bring_back_what_was_lost_by_what_is_seen_and_complete_cases_do_not(
    planted: Planted, whole: float
) -> None:
    release = losing(planted, by_what_is_seen).ask("attrition_and_linkage")
    plain, weighted = share(release, "complete cases"), share(release, "weighted")
    assert weighted["low"] < whole < weighted["high"]
    assert not plain["low"] < whole < plain["high"]
    assert abs(weighted["value"] - whole) < abs(plain["value"] - whole) / 2


@pytest.mark.slow
def test_were_absence_and_meals_forgotten_the_weights_would_not_help(
    planted: Planted, whole: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the weights know nothing of what made pupils leave."""
    monkeypatch.setattr(attrition_and_linkage, "EXPLAINED", ["sex", "year"])
    weighted = share(losing(planted, by_what_is_seen).ask("attrition_and_linkage"), "weighted")
    assert not weighted["low"] < whole < weighted["high"]


def test_what_is_lost_by_the_result_itself_lies_within_deltas_and_bounds_and_weights_miss_it(
    planted: Planted, whole: float
) -> None:
    release = losing(planted, by_the_result_itself).ask("attrition_and_linkage")
    weighted = share(release, "weighted")
    assert weighted["low"] > whole
    deltas = release.tables["deltas"].frame["value"].to_list()
    assert min(deltas) < whole < max(deltas)
    bounds = release.tables["bounds"].frame.filter(group="all pupils").row(0, named=True)
    assert bounds["lower"] < whole < bounds["upper"]


def test_wrong_links_weaken_a_gap_by_their_share(planted: Planted) -> None:
    links = planted.ask("attrition_and_linkage").tables["links"].frame
    seen = links.filter(links="as seen")["points"].item()
    wrong = links.filter(links="wrong, to pupils without SEN", rate=0.05)["points"].item()
    assert wrong * (1 - 0.05) == pytest.approx(seen)


def test_who_is_lost_is_counted_as_the_returns_tell(planted: Planted) -> None:
    """By another road: pupils of year 4 without a result two years on, out of the files."""
    folder = planted.snapshot.path
    census = pl.read_parquet(folder / "enrolment" / "*.parquet").filter(
        curriculum_year_code="4", sen_provision_code="K"
    ).filter(pl.col("collection_year") <= 2024)  # fmt: skip
    results = pl.read_parquet(folder / "attainment" / "*.parquet").filter(
        measure_code="ks2_standard", value_status_code="V"
    ).select("person_id", due="collection_year")  # fmt: skip
    gone = pl.read_parquet(folder / "person_exit" / "*.parquet").select("person_id")
    due = census.with_columns(due=pl.col("collection_year") + 2)
    lost = due.join(results, on=["person_id", "due"], how="anti").join(gone, on="person_id", how="anti")
    counted = planted.ask("attrition_and_linkage").tables["bounds"].frame.filter(group="SEN support").row(0, named=True)
    there = due.join(gone, on="person_id", how="anti").height
    assert counted["upper"] - counted["lower"] == pytest.approx(lost.height / there, abs=0.003)
