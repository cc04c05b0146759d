"""Each world is one switch: it changes what it says, alone and together with others, and what it says can be seen."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

import polars as pl
import pytest

from cohort.errors import UsageError
from synthetic import clocks
from synthetic.effects import effects, traps
from synthetic.planted import Planted
from synthetic.world import World, make
from synthetic.worlds import SWITCHES, put, world

CHILDREN = 30_000
NAMED = {
    *("main", "null", "hidden_u", "mnar", "threshold_trap", "immortal", "policy", "delivery", "reorg", "drift"),
    "stalled",
}


@cache
def made(name: str) -> World:
    return make(30, CHILDREN, range(2018, 2027), 25, name, whole=True)


def paths(planted: Planted) -> dict[str, object]:
    """Every parameter by its path."""

    def walk(value: object, at: str) -> dict[str, object]:
        if isinstance(value, dict):
            return {path: leaf for key, under in value.items() for path, leaf in walk(under, f"{at}.{key}").items()}
        return {at: value}

    return walk(asdict(planted), "")


def changed(name: str) -> set[str]:
    main, other = paths(Planted(name="")), paths(put(world(name), "name", ""))
    return {path for path in main if main[path] != other[path]}


def test_all_worlds_that_were_asked_for_are_there() -> None:
    assert set(SWITCHES) == NAMED


def test_main_changes_nothing_and_every_other_switch_something() -> None:
    assert changed("main") == set()
    assert all(changed(name) for name in NAMED - {"main"})


def test_switches_add_up() -> None:
    assert changed("delivery,hidden_u") == changed("delivery") | changed("hidden_u")
    assert world("main,policy,drift").name == "main,policy,drift"


def test_a_strength_is_taken() -> None:
    assert world("hidden_u=0.25").childhood.needs.hidden == 0.25
    assert world("hidden_u").childhood.needs.hidden == 0.5


@pytest.mark.parametrize("wrong", ["flat", "main,", "hidden_u=much", "", "main;null"])
def test_a_world_that_there_is_not_is_said(wrong: str) -> None:
    with pytest.raises(UsageError) as raised:
        world(wrong)
    assert raised.value.code in {"WORLD-04", "WORLD-08"}


def effect(name: str) -> dict[str, float]:
    return {row["id"]: row["value"] for row in effects(made(name).england).to_dicts()}


def trap(name: str, id_: str) -> tuple[float, float]:
    row = traps(made(name).england).filter(pl.col("id") == id_).row(0, named=True)
    return row["naive_expected"], row["truth"]


def test_main_has_its_effects_and_the_null_world_none() -> None:
    main, null = effect("main"), effect("null")
    assert set(main) == set(null)
    assert main["ks2.ehcp_vs_support.ate"] > 0.05
    assert null["ks2.ehcp_vs_support.ate"] == pytest.approx(0, abs=1e-6)
    # What is planted as nothing, or measures nothing but the plain course of things, is alike in both worlds.
    moved = {id_ for id_ in main if main[id_] is not None and abs(main[id_] - (null[id_] or 0)) > 1e-6}
    assert {"ks2.sen_support", "ks2.early_vs_late", "ks4.delivered_hours"} <= moved


def test_in_the_null_world_no_authority_adds_to_an_outcome() -> None:
    null, ends = paths(world("null")), ("authority_sd", "outlier", "quality")
    adds = [path for path in null if path.endswith(ends) and any(of in path for of in ("outcomes", "school", "neet"))]
    of_outcomes = [path for path in adds if "transition" not in path]  # who is helped, not what becomes of them
    assert len(of_outcomes) == 7
    assert [path for path in of_outcomes if null[path] != 0] == []


def test_the_naive_gap_misleads_in_the_null_world_too() -> None:
    naive, truth = trap("null", "trap.indication")
    assert truth == pytest.approx(0, abs=1e-6)
    assert naive < -0.4


def test_whoever_stalls_looks_best_and_leaves_children_waiting() -> None:
    stalled, main = made("stalled=30"), made("main")
    of = clocks.clock(stalled.lives, range(2023, 2026)).select(pl.sum("issued_in_time", "issued")).row(0)
    usual = clocks.clock(main.lives, range(2023, 2026)).select(pl.sum("issued_in_time", "issued")).row(0)
    assert of[0] / of[1] > usual[0] / usual[1] + 0.2
    assert of[1] < usual[1]


def test_reorganised_authorities_are_slower_for_two_years() -> None:
    slow, usual = make(6, 3_000, world="reorg"), make(6, 3_000, world=put(world("reorg"), "reorganised", 0.0))

    def in_time(of: World) -> float:
        lately = of.lives.places.with_row_index("authority").filter(pl.col("authority_code").is_in(["942", "943"]))
        cases = of.lives.episodes.filter(
            pl.col("authority").is_in(lately["authority"].implode())
            & pl.col("received_date").is_between(pl.date(2023, 4, 1), pl.date(2025, 3, 31))
            & pl.col("start_date").is_not_null()
        )
        return float(((cases["start_date"] - cases["received_date"]).dt.total_days() <= 140).mean() or 0)

    assert in_time(slow) < in_time(usual) - 0.05


def test_a_policy_lowers_requests_where_it_was_taken_up_and_nowhere_else() -> None:
    def asked(name: str, adopted: bool) -> int:
        lives = made(name).lives
        early = lives.places["adopted_year"].fill_null(9999) <= 2020
        places = [i for i, is_early in enumerate(early) if is_early == adopted]
        never = lives.places["adopted_year"].is_null()
        chosen = places if adopted else [i for i in places if never[i]]
        since = pl.col("received_date") >= pl.date(2021, 1, 1)
        return lives.people.filter(since & pl.col("authority").is_in(chosen)).height

    assert asked("policy=4", adopted=False) == pytest.approx(asked("main", adopted=False), rel=0.02)
    assert asked("policy=4", adopted=True) < 0.85 * asked("main", adopted=True)


def test_who_does_worse_later_is_missing_more_often_where_that_is_planted() -> None:
    def gap(name: str) -> float:
        england = made(name).england
        from synthetic.attainment.standing import Stage

        index = 2025 - 1 - england.lives.people["school_start"].to_numpy()
        at_school = (index >= 7) & (index <= 11)
        seen = england.school.in_state_school(england.lives, 2025)
        z = england.attained.standing(Stage.KEY_STAGE_4)
        return float(z[at_school & seen].mean() - z[at_school & ~seen].mean())

    assert gap("mnar") > gap("main") + 0.1
