"""Effects of provision that were planted come out of the studies, and the plain differences do not give them.

From the profile at five to the tests at eleven are six years, so that the invented England here is told for longer
than the shared one, and in the collections alone that the studies read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from analysis.populations import sen_at_16
from analysis.release import Release
from analysis.studies import early_support, identification, plan_and_attainment
from cohort.schema.codes.activity import ACTIVITY, NEET, NOT_KNOWN
from cohort.snapshot import open_snapshot
from synthetic import sen2, snapshot
from synthetic.attainment import estimands
from synthetic.attainment.standing import Stage
from synthetic.tell import activity, attainment, school_census
from synthetic.told import Told
from synthetic.world import World, make
from tests.planted import PartlyTold, Planted

YEARS = range(2015, 2026)
NEEDS = ("ASD", "SLCN", "SEMH", "MLD")
FAR = 3.3 / 1.96
"""Half widths of a 95 % interval within which all of several estimates lie, but once in a thousand."""


class InSchool(PartlyTold):
    """A world as schools, SEN2 and those who follow young people tell it."""

    def told(self) -> Iterator[Told]:
        of = self.world.england
        for year in of.window.years:
            if year in of.window.sen2_years:
                yield sen2.told(of.lives, year)
            yield school_census.told(of.lives, of.school, year)
            yield attainment.told(of.lives, of.attained, of.school.in_state_school(of.lives, year), year)
            yield activity.told(of.lives, of.after_16, year)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """All authorities, from the reception of a child to its tests at eleven."""
    folder = tmp_path_factory.mktemp("long")
    world = make(authorities=None, children=40_000, years=YEARS, seed=25, whole=True)
    snapshot.write(InSchool(world), folder / "written")
    return Planted(open_snapshot(folder / "written"), {"effects": in_sd(world), "dgp": asdict(world.planted)}, folder)


def in_sd(world: World) -> list[dict[str, object]]:
    """The planted effects in SD of all who sat the tests: they are planted on a scale whose spread widens by year."""
    lives, attained, years = world.lives, world.england.attained, world.window.years
    spread = float(estimands.sat_in(lives, attained, years, Stage.KEY_STAGE_2).z().std())
    told = estimands.estimands(lives, attained, years)
    return told.with_columns(pl.col("value") / spread).to_dicts()


@pytest.fixture(scope="module")
def asked(long: Planted):
    """What was asked before is not asked again."""
    return cache(long.ask)


def answer(release: Release, table: str = "effect", **which: str) -> dict[str, float]:
    """A row of a released table."""
    return release.tables[table].frame.filter(**which).row(0, named=True)


def holds(row: dict[str, float], value: float) -> bool:
    return row["low"] < value < row["high"]


def plain(release: Release) -> dict[str, float]:
    return answer(release, "other_ways", way="Plain difference: no effect")


@pytest.mark.parametrize("whom", ["open to both", "had a plan"])
def test_a_plan_is_found_to_do_what_was_planted_and_the_plain_gap_says_the_opposite(
    long: Planted, asked, whom: str
) -> None:
    release, true = asked("plan_and_attainment", whom=whom), long.effect("ks2.ehcp_vs_support.att")
    assert true > 0
    assert holds(answer(release), true)
    assert not holds(plain(release), true)
    assert plain(release)["high"] < 0


def test_by_type_of_need_nothing_is_further_from_what_was_planted_than_chance_takes_it(long: Planted, asked) -> None:
    release = asked("plan_and_attainment", whom="open to both")
    for need in NEEDS:
        row, true = answer(release, "needs", need=need), long.effect(f"ks2.ehcp_vs_support.{need}")
        assert abs(row["estimate"] - true) < FAR * (row["high"] - row["low"]) / 2, need


def test_what_was_settled_before_the_plan_shows_no_difference_and_the_arms_become_alike(asked) -> None:
    release = asked("plan_and_attainment", whom="open to both")
    assert holds(answer(release, "control"), 0)
    balance = release.tables["balance"].frame.drop_nulls()
    assert balance["before"].abs().max() > 0.3
    assert balance["after"].abs().max() < 0.1


def test_without_the_profile_at_five_the_effect_is_lost_and_the_check_says_so(
    long: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: what decisions rest on is left out of what is taken into account."""
    left = tuple(name for name in plan_and_attainment.CONFOUNDERS if name != "goals")
    monkeypatch.setattr(plan_and_attainment, "CONFOUNDERS", left)
    release = long.ask("plan_and_attainment", whom="open to both")
    assert answer(release)["high"] < 0 < long.effect("ks2.ehcp_vs_support.att")
    assert answer(release, "control")["high"] < 0
    assert "do not read this as an effect" in release.sentence


def test_a_hidden_confounder_of_some_strength_takes_the_estimate_away(asked) -> None:
    grid = asked("plan_and_attainment", whom="open to both").tables["hidden"].frame
    assert grid["estimate"].is_sorted(descending=True)
    assert grid["estimate"][0] > 0 > grid["estimate"][-1]


def test_returns_that_do_not_reach_back_to_reception_are_said_to_say_nothing(small: Planted) -> None:
    release = small.ask("plan_and_attainment")
    assert release.tables["effect"].frame["estimate"].null_count() == 1
    assert "cannot be told" in release.sentence


@pytest.mark.parametrize(
    ("contrast", "planted"),
    [
        ("early against late", "ks2.early_vs_late"),
        ("early against none", "ks2.early_support"),
        ("later against none", "ks2.sen_support"),
    ],
)
def test_support_is_found_to_do_what_was_planted_and_the_plain_gap_says_the_opposite(
    long: Planted, asked, contrast: str, planted: str
) -> None:
    release, true = asked("early_support", contrast=contrast), long.effect(planted)
    assert holds(answer(release), true)
    assert holds(answer(release, "control"), 0)
    assert plain(release)["high"] < 0 < true


def test_early_against_not_yet_is_no_more_than_early_against_late_whose_arm_is_known_afterwards(asked) -> None:
    """Who is not yet on support by year 2 may still come to some of its effect."""
    release = asked("early_support", contrast="early against none")
    not_yet = answer(release, "time_zero", arms="known at the time: early against not yet")
    assert 0 < not_yet["low"] < not_yet["estimate"] < answer(release)["estimate"]


def test_without_the_profile_at_five_early_support_seems_to_harm(
    long: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: what decides when a child is found is left out of what is taken into account."""
    monkeypatch.setattr(early_support, "KNOWN", tuple(name for name in early_support.KNOWN if name != "goals"))
    release = long.ask("early_support", contrast="early against none")
    assert answer(release)["high"] < 0 < long.effect("ks2.early_support")
    assert "do not read this as an effect" in release.sentence


def test_boys_are_identified_more_often_and_among_those_alike_at_five_no_more_often(long: Planted) -> None:
    assert long.truth["dgp"]["childhood"]["identification"]["male"] == 0
    release = long.ask("identification", group="sex")
    crude, _, given = release.tables["ratios"].frame.filter(level="M").to_dicts()
    assert crude["low"] > 1.1
    assert holds(given, 1)


def test_the_ratio_as_it_stands_is_that_of_a_count_by_another_road(long: Planted) -> None:
    crude = long.ask("identification", group="sex").tables["ratios"].frame.filter(level="M").row(0, named=True)
    assert crude["estimate"] == pytest.approx(counted(long.folder / "written"))


def counted(folder: Path) -> float:
    """Boys over girls, of pupils in year 1 or later on the last roll whose profile at five was returned."""
    told = {name: pl.read_parquet(folder / name / "*.parquet") for name in ("enrolment", "attainment", "person")}
    profiled = told["attainment"].filter(measure_code="early_learning_goals", value_status_code="V")["person_id"]
    roll = told["enrolment"].filter(pl.col("enrolment_code") != "S", collection_year=2025, term_code="SPR")
    roll = roll.filter(pl.col("age_on_31_august") >= 5, pl.col("person_id").is_in(profiled.implode()))
    has_sen = (pl.col("sen_provision_code") != "N").mean()
    by = dict(roll.join(told["person"], on="person_id").group_by("sex_code").agg(has_sen).iter_rows())
    return by["M"] / by["F"]


def test_the_youngest_of_a_year_are_found_sooner_as_planted(long: Planted) -> None:
    release = long.ask("identification", group="birth month")
    true = long.truth["dgp"]["childhood"]["identification"]["youngest"]
    assert holds(answer(release, "newly_found", view="given the profile at five"), true)
    assert answer(release, "birth_month")["low"] > 0


def test_if_the_profile_told_little_of_need_boys_would_seem_to_be_favoured(
    long: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: the profile tells only the very lowest apart."""
    monkeypatch.setattr(identification, "BANDS", (2, 18))
    given = long.ask("identification", group="sex").tables["ratios"].frame.filter(level="M").row(2, named=True)
    assert not holds(given, 1)


def test_a_plan_at_16_is_found_to_do_nothing_to_neet_as_planted(long: Planted, asked) -> None:
    assert long.truth["dgp"]["after_school"]["into_neet"]["plan"] == 0
    for outcome in ("three months by 18", "at 18"):
        row = answer(asked("support_into_adulthood", outcome=outcome))
        assert abs(row["estimate"]) < FAR * (row["high"] - row["low"]) / 2 < 10, outcome


def test_what_is_not_known_is_kept_apart_from_neet_and_drawn_as_bounds(long: Planted) -> None:
    release = long.ask("support_into_adulthood", outcome="at 18")
    row = answer(release, "bounds", arm="support alone")
    assert row["least"] < row["estimate"] < row["most"]
    assert (row["least"], row["most"]) == pytest.approx(least_and_most(long.folder / "written"))


def least_and_most(folder: Path) -> tuple[float, float]:
    """NEET in the August after 18, of 100 on support in year 11: as known, and with all who are not known."""
    told = {name: pl.read_parquet(folder / name / "*.parquet") for name in ("enrolment", "activity")}
    roll = told["enrolment"].filter(pl.col("enrolment_code") != "S", term_code="SPR", age_on_31_august=15)
    roll = roll.filter(sen_provision_code="K").select("person_id", left=pl.col("collection_year"))
    month = told["activity"].join(roll, on="person_id")
    followed = month.filter(
        pl.col("activity_month") >= pl.date("left", 9, 1), pl.col("activity_month") < pl.date(pl.col("left") + 2, 9, 1)
    )
    whole = followed.group_by("person_id").len().filter(len=24)["person_id"]
    last = followed.filter(pl.col("activity_month") == pl.date(pl.col("left") + 2, 8, 1))
    code = last.filter(pl.col("person_id").is_in(whole.implode()))["activity_code"]
    group = {each.code: each.group for each in ACTIVITY.codes}
    of = code.replace_strict(group)
    neet, lost = int(of.is_in(NEET).sum()), int((of == NOT_KNOWN).sum())
    return 100 * neet / len(of), 100 * (neet + lost) / len(of)


@pytest.mark.slow
def test_were_not_known_not_told_apart_nothing_would_be_unknown(long: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sabotage: the codes of not known are taken for any other activity."""
    monkeypatch.setitem(sen_at_16.OF, "not_known", ["none"])
    table = long.ask("support_into_adulthood", outcome="at 18").tables["bounds"].frame
    assert table["most"].null_count() == table.height
