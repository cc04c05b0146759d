"""What plans are given, how disputes go and how long advice takes: planted values come back, plain counts agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import polars as pl
import pytest

from analysis.populations import claims, delivery, pathways, written
from analysis.release import Release
from analysis.studies import advice_on_time, disputes, specified_and_delivered
from synthetic.disputes.claims import COST
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
    assert held.to_list().count(True) > 0.85 * shown.height


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


@pytest.mark.slow
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


CASE = ("person_id", "authority_code")


@pytest.fixture(scope="module")
def refusals(planted: Planted) -> pl.DataFrame:
    """Decisions whether to assess since 2023 whose time to appeal is over, with what followed, joined by hand."""
    request = stored(planted, "ehc_request").sort("collection_year").group_by(*CASE, "received_date").last()
    decided = request.filter(
        pl.col("received_date").is_not_null(),
        pl.col("outcome_code").is_in(["Y", "N"]),
        pl.col("outcome_date") >= date(2023, 1, 1),
    )
    told = stored(planted, "return").filter(collection="disputes").group_by("authority_code")
    last = told.agg(until=pl.date(pl.col("collection_year").max() - 1, 12, 31))
    decided = decided.join(last, on="authority_code").filter(
        pl.col("outcome_date") <= pl.col("until") - pl.duration(days=120)
    )
    keys = [*CASE, "outcome_date"]
    mediation = stored(planted, "mediation").filter(appealable_decision_code="RA").sort("collection_year")
    mediation = mediation.group_by(*CASE, outcome_date="decision_date").agg(pl.col("mediation_outcome_code").last())
    ground = stored(planted, "appeal_ground").filter(appeal_ground_code="RA").select(*CASE, "registered_date").unique()
    appeal = stored(planted, "appeal").sort("collection_year").join(ground, on=[*CASE, "registered_date"])
    appeal = appeal.group_by(*CASE, outcome_date="decision_date").agg(pl.col("appeal_outcome_code").last())
    return decided.join(mediation, on=keys, how="left").join(appeal, on=keys, how="left")


def test_each_step_of_a_dispute_is_a_count_by_hand_of_those_who_came_so_far(ask: Asked, refusals: pl.DataFrame) -> None:
    steps = ask("disputes").tables["steps"].frame
    refused = refusals.filter(outcome_code="N")
    mediated = refused["mediation_outcome_code"].is_in(["AF", "AP", "NA", "NH", "OP"]).sum()
    appealed = refused.drop_nulls("appeal_outcome_code")
    still = appealed.filter(appeal_outcome_code="OP").height
    ended = appealed.height - still
    by_tribunal = appealed["appeal_outcome_code"].is_in(["AW", "AP", "DI"]).sum()
    expected = {
        "refused": (refused.height, refusals.height),
        "mediation pursued": (mediated, refused.height),
        "appealed": (appealed.height, refused.height),
        "still open": (still, appealed.height),
        "decided by the tribunal": (by_tribunal, ended),
    }
    for step, counts in expected.items():
        of = steps.filter(step=step).row(0, named=True)
        for name, count in zip(("numerator", "denominator"), counts, strict=True):
            assert of[name] is None or of[name] == pytest.approx(count, abs=2), step
    assert steps.filter(step="appealed")["value"].item() is not None


def test_were_requests_of_earlier_years_counted_refusals_would_seem_rarer(
    planted: Planted, refusals: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: of years before the first return only those are told that were not refused."""
    told = disputes.DECISIONS["whether to assess"]
    steps = tuple(step for step in pathways.STEPS if step.name != "told")
    every = replace(told, population=replace(told.population, steps=steps))
    monkeypatch.setitem(disputes.DECISIONS, "whether to assess", every)
    found = row(planted.ask("disputes"), "steps", step="refused")
    assert found["value"] < refusals.select((pl.col("outcome_code") == "N").mean()).item() - 0.01


def test_were_the_first_return_to_speak_of_an_appeal_more_would_be_open(
    planted: Planted, ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: an appeal is told again until it has ended, and the first time it is open."""
    right = ask("disputes").tables["grounds"].frame.filter(step="still open")
    monkeypatch.setattr(pathways.ibis, "desc", lambda name: name)
    wrong = planted.ask("disputes").tables["grounds"].frame.filter(step="still open")
    assert int(wrong["numerator"].sum()) > 1.5 * int(right["numerator"].sum())


SHARE = "Appeals with a claim, share"


@pytest.fixture(scope="module")
def ended(planted: Planted) -> pl.DataFrame:
    """Appeals that ended in a year told, long enough ago for a claim, with the pounds claimed after each."""
    appeal = stored(planted, "appeal").sort("collection_year").group_by(*CASE, "registered_date").last()
    told = stored(planted, "return").filter(collection="disputes").group_by("authority_code")
    span = told.agg(
        since=pl.col("collection_year").min() - 1, until=pl.date(pl.col("collection_year").max() - 1, 12, 31)
    )
    appeal = appeal.filter(pl.col("appeal_outcome_code") != "OP").join(span, on="authority_code")
    claim = stored(planted, "cost_claim").sort("collection_year").group_by(*CASE, "claimed_date", "cost_code").last()
    met = claim.join(appeal.select(*CASE, "registered_date", "concluded_date"), on=CASE)
    met = met.filter((pl.col("claimed_date") - pl.col("concluded_date")).dt.total_days().is_between(0, 183))
    last = met.sort("concluded_date").group_by(*CASE, "claimed_date", "cost_code").last()
    pounds = last.group_by(*CASE, "registered_date").agg(pl.col("claimed_gbp").sum())
    kept = appeal.filter(
        pl.col("concluded_date").dt.year() >= pl.col("since"),
        pl.col("concluded_date") <= pl.col("until") - pl.duration(days=90),
    )
    return kept.join(pounds, on=[*CASE, "registered_date"], how="left")


def test_what_families_claim_is_planted_and_each_appeal_costs_what_a_count_by_hand_says(
    planted: Planted, ask: Asked, ended: pl.DataFrame
) -> None:
    release = ask("appeal_costs")
    share = row(release, "shares", measure=SHARE)
    assert share["low"] < planted.truth["dgp"]["disputing"]["claims_costs"] < share["high"]
    each = row(release, "pounds", measure="Claimed for each appeal")["pounds"]
    assert each == pytest.approx(ended["claimed_gbp"].fill_null(0).mean())
    typical = row(release, "pounds", measure="Typical claim (geometric mean)")
    assert typical["low"] < COST < typical["high"]


def test_the_mean_claim_is_far_more_than_what_an_appeal_costs(ask: Asked) -> None:
    naive, each = ask("appeal_costs").tables["ways"].frame.iter_rows(named=True)
    assert naive["low"] > each["high"]


def test_were_claims_given_to_an_appeal_only_if_they_came_at_once_appeals_would_seem_to_cost_little(
    planted: Planted, ended: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: a claim must follow within days, so that most are of no appeal."""
    monkeypatch.setattr(claims, "LONGEST", 20)
    each = row(planted.ask("appeal_costs"), "pounds", measure="Claimed for each appeal")["pounds"]
    assert each is None or each < 0.7 * ended["claimed_gbp"].fill_null(0).mean()  # pyright: ignore[reportOperatorIssue]


PSYCHOLOGIST = "Educational psychologist"


def test_advice_in_time_is_what_a_plain_count_of_advice_fallen_due_says(planted: Planted, ask: Asked) -> None:
    piece = [*CASE, "request_received_date", "profession_code"]
    advice = stored(planted, "advice").sort("collection_year").group_by(piece).last()
    advice = advice.filter(
        pl.col("sought_date") >= date(2022, 1, 1),
        pl.col("due_date") <= pl.date(pl.col("collection_year") - 1, 12, 31),
        ~pl.col("is_exception"),
    )
    in_time = (pl.col("received_date") <= pl.col("due_date")).fill_null(value=False)
    counted = dict(advice.group_by("profession_code").agg(in_time.mean()).iter_rows())
    found = ask("advice_on_time").tables["professions"].frame
    for words, code in (("Educational psychologist", "EP"), ("Social worker", "SW"), ("Parent or carer", "PA")):
        assert found.filter(profession=words)["value"].item() == pytest.approx(counted[code], abs=0.02)


def test_psychologists_are_planted_to_be_later_than_schools_and_what_came_flatters_them(
    planted: Planted, ask: Asked
) -> None:
    release, on_time = ask("advice_on_time"), planted.truth["dgp"]["assessing"]["on_time"]
    late = row(release, "professions", profession=PSYCHOLOGIST)
    school = row(release, "professions", profession="Head teacher, SENCO or setting")
    assert late["value"] == pytest.approx(on_time["EP"], abs=0.06)
    assert school["value"] == pytest.approx(on_time["SC"], abs=0.06)
    assert row(release, "naive", profession=PSYCHOLOGIST)["value"] > late["high"]


def test_late_advice_does_nothing_to_the_clock_within_authorities_as_nothing_was_planted(ask: Asked) -> None:
    """Authorities that are late with plans get advice late: that is planted, and no more."""
    release = ask("advice_on_time")
    clock, naive = row(release, "clock"), row(release, "ways", way="Nothing held equal")
    assert clock["low"] < 0 < clock["high"]
    assert naive["low"] > 0


def test_were_authorities_not_held_equal_late_advice_would_seem_to_stop_the_clock(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: how late advice usually is in the authority is left out."""
    monkeypatch.setattr(advice_on_time, "HELD", advice_on_time.HELD[:-1])
    assert row(planted.ask("advice_on_time"), "clock")["low"] > 0


def test_were_advice_that_never_came_left_out_more_would_seem_to_be_in_time(
    planted: Planted, ask: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: an assessment that ended without the advice counts as awaiting it still."""
    right = row(ask("advice_on_time"), "professions", profession=PSYCHOLOGIST)
    real = advice_on_time._described
    monkeypatch.setattr(
        advice_on_time,
        "_described",
        lambda frame: real(frame).with_columns(end=pl.col("end").replace("never", advice_on_time.survival.CENSORED)),
    )
    wrong = row(planted.ask("advice_on_time"), "professions", profession=PSYCHOLOGIST)
    assert wrong["by_week_12"] > right["by_week_12"] + 0.01
