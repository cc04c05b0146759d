"""School life: what the census tells is lawful and agrees with plans, and what was planted is found in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl
import polars.selectors as cs
import pytest
import statsmodels.api as sm
from polars.testing import assert_frame_equal

from cohort.schema.base import CODES
from cohort.schema.calendar import census_day
from cohort.schema.code_list import CodeList
from cohort.schema.tables import METADATA
from synthetic.ages import age_on
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.lives import Lives, drawn_lives, showing
from synthetic.people import rows_of
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.school_life import effects
from synthetic.school_life.life import SchoolLife, drawn
from synthetic.school_life.rolls import REFERRAL_UNIT_NUMBER
from synthetic.school_life.schooling import ENOUGH, Absence, Schooling, Sight
from synthetic.school_life.terms import school_days
from synthetic.snapshot.rows import require_stored
from synthetic.tell import exits, home_education, school_census
from synthetic.told import Told
from synthetic.window import Window
from synthetic.worlds import world

YEARS = range(2015, 2027)
WINDOW = Window.of(YEARS, whole=True)
MAIN = Schooling()
BY_SCHOOL = ("enrolment", "sen_need", "attendance", "suspension", "permanent_exclusion")


@cache
def lives(children: int = 9_000, authorities: int = 4, seed: int = 25) -> Lives:
    planted = Planted()
    return drawn_lives(children, places(authorities, WINDOW, planted, seed), WINDOW, planted, seed)


@cache
def life() -> SchoolLife:
    return drawn(lives(), YEARS, MAIN)


@cache
def census(year: int) -> Told:
    return school_census.told(lives(), life(), year)


def everything(year: int) -> tuple[Told, ...]:
    return census(year), home_education.told(lives(), life(), year), exits.told(lives(), year)


def over_years(table: str) -> pl.DataFrame:
    """A table of the census in all years, with `year`; codes as text."""
    rows = [census(year).tables[table].with_columns(year=pl.lit(year)) for year in YEARS]
    return pl.concat([frame.with_columns(cs.enum().cast(pl.String)) for frame in rows], how="diagonal_relaxed")


def with_people(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.join(lives().people, on="child", how="left")


def with_plans(year: int) -> pl.DataFrame:
    """Children whose plan stands on census day, with the main placement of that day, counted from the plans."""
    day = census_day(year)
    stands = (pl.col("entered_date") <= day) & (pl.col("left_date").is_null() | (pl.col("left_date") > day))
    held = lives().episodes.filter(stands & (pl.col("start_date") <= day))
    main = lives().placements.filter(
        (pl.col("rank_code") == "1") & (pl.col("entry_date") <= day) & (pl.col("exit_date") >= day)
    )
    return held.select("child", "stay").join(main, on="stay", how="left")


@pytest.mark.parametrize("year", YEARS)
def test_every_code_is_of_the_list_of_its_year(year: int) -> None:
    for told in everything(year):
        for name, rows in told.tables.items():
            for column in METADATA.tables[f"cohort.{name}"].columns:
                codes = column.info.get(CODES)
                if isinstance(codes, CodeList) and column.name in rows.columns:
                    found = set(rows[column.name].cast(pl.String).drop_nulls().unique())
                    assert found <= set(codes.lookup(year).values()), (name, column.name)


@pytest.mark.parametrize("year", [2015, 2020, 2026])
def test_tables_have_the_stored_columns_in_order_and_name_the_persons_of_whom_they_tell(year: int) -> None:
    for told in everything(year):
        persons = told.tables["person_trait"].select("place", "child")
        assert not persons.is_duplicated().any()
        for name, rows in told.tables.items():
            require_stored(METADATA.tables[f"cohort.{name}"], rows.with_columns(row_number=pl.lit(1), person_row=1))
            keys = rows.select("place", "child")
            assert_frame_equal(keys, keys.sort("place", "child"))
            assert keys.join(persons, on=["place", "child"], how="anti").is_empty()


def test_every_table_tells_something() -> None:
    told = {(of.collection, name): len(rows) for of in everything(2024) for name, rows in of.tables.items()}
    assert len(told) == 11
    assert all(told.values())


def test_a_pupil_is_on_one_roll_a_year_and_of_an_age_for_it() -> None:
    rows = with_people(over_years("enrolment"))
    assert not rows.select("year", "child").is_duplicated().any()
    births = rows["birth_date"].to_numpy()
    on_31_august = rows.select(pl.date(pl.col("year") - 1, 8, 31)).to_series().to_numpy()
    assert (age_on(births, on_31_august) == rows["age_on_31_august"].to_numpy()).all()
    assert rows["age_on_31_august"].is_between(0, 18).all()


def test_nothing_is_told_of_who_is_not_there() -> None:
    day = pl.col("year").replace_strict({year: census_day(year) for year in YEARS}, return_dtype=pl.Date)
    enrolled = with_people(over_years("enrolment")).with_columns(day=day)
    here = (pl.col("arrived_date") <= pl.col("day")) & (
        pl.col("exit_date").is_null() | (pl.col("exit_date") > pl.col("day"))
    )
    assert enrolled.select(here.all() & (pl.col("entry_date") <= pl.col("day")).all()).item()
    assert enrolled.select((pl.col("entry_date") >= pl.col("arrived_date")).all()).item()
    for table in ("suspension", "permanent_exclusion"):
        events = with_people(over_years(table))
        in_year = pl.col("start_date").is_between(pl.date(pl.col("year") - 1, 9, 1), pl.date(pl.col("year"), 8, 31))
        gone = pl.col("exit_date").is_not_null() & (pl.col("exit_date") <= pl.col("start_date"))
        assert events.select((in_year & ~gone & (pl.col("start_date") >= pl.col("arrived_date"))).all()).item()
    spells = with_people(life().at_home.rename({"end_date": "until"}))
    assert spells.select((pl.col("exit_date").is_null() | (pl.col("until") < pl.col("exit_date"))).all()).item()
    assert spells.select((pl.col("start_date") >= pl.col("arrived_date")).all()).item()


@pytest.mark.parametrize("year", [2016, 2021, 2026])
def test_a_pupil_with_a_plan_is_where_the_plan_places_it(year: int) -> None:
    held = with_plans(year)
    enrolled = census(year).tables["enrolment"].with_columns(pl.col("sen_provision_code", "urn").cast(pl.String))
    both = held.join(enrolled, on="child", how="inner")
    assert len(both) > 30
    assert both.select(
        (
            (pl.col("sen_provision_code") == "E")
            & (pl.col("urn") == pl.col("urn_right"))
            & (pl.col("is_sen_unit") == pl.col("is_sen_unit_right"))
            & (pl.col("is_resourced_provision") == pl.col("is_resourced_provision_right"))
        ).all()
    ).item()
    told = enrolled.filter(pl.col("sen_provision_code") == "E")
    assert told.join(held, on="child", how="anti").is_empty()
    elsewhere = held.filter(pl.col("urn").is_null())
    assert len(elsewhere) > 5
    assert elsewhere.join(enrolled, on="child", how="semi").is_empty()


def test_statements_stand_until_they_become_plans_and_support_is_that_of_the_school_year() -> None:
    rows = with_people(over_years("enrolment")).with_columns(pl.col("sen_provision_code").cast(pl.String))
    statements = rows.filter(pl.col("sen_provision_code") == "S")
    assert len(statements) > 30
    assert statements["year"].max() <= 2018
    assert statements["start_date"].is_not_null().all()
    index = pl.col("year") - 1 - pl.col("school_start")
    supported = index.is_between(pl.col("identified_year").cast(pl.Int64), pl.col("support_ended_year").cast(pl.Int64))
    others = rows.filter(pl.col("sen_provision_code").is_in(["N", "K"]))
    assert others.select((supported == (pl.col("sen_provision_code") == "K")).all()).item()


def test_schools_lie_in_the_authority_that_tells_and_who_moves_changes_school() -> None:
    register = lives().places["register"].to_numpy()
    for table in BY_SCHOOL:
        rows = over_years(table)
        number = rows["urn"].cast(pl.String).cast(pl.Int64).to_numpy() - FIRST_URN
        assert (number // SCHOOLS_EACH == register[rows["place"].to_numpy()]).all()
    rows = with_people(over_years("enrolment"))
    day = pl.col("year").replace_strict({year: census_day(year) for year in YEARS}, return_dtype=pl.Date)
    moved = rows.filter(pl.col("move_date") <= day)
    assert len(moved) > 100
    at_new = (moved["place"] == moved["moved_to"]).mean()
    assert at_new > 0.99  # a plan follows a move by a month at most


def test_most_change_school_at_11_and_hardly_anybody_else_does() -> None:
    rows = over_years("enrolment").select("child", "place", "year", "urn", "age_on_31_august")
    after = rows.with_columns(pl.col("year") - 1)
    both = rows.join(after, on=["child", "place", "year"])
    changes = both.with_columns(changed=pl.col("urn") != pl.col("urn_right"))
    at_11 = pl.col("age_on_31_august") == 10
    assert changes.filter(at_11)["changed"].mean() > 0.99  # the others are at a special school
    assert changes.filter(~at_11 & pl.col("age_on_31_august").is_between(4, 14))["changed"].mean() < 0.02


def test_sessions_missed_are_sessions_possible_and_the_pandemic_leaves_two_terms_out() -> None:
    for year in YEARS:
        rows = census(year).tables["attendance"]
        missed = pl.col("authorised_sessions") + pl.col("unauthorised_sessions")
        assert rows.select(
            (missed <= pl.col("possible_sessions")).all() & (pl.col("possible_sessions") > 0).all()
        ).item()
        told = set(rows["term_code"].cast(pl.String).unique())
        assert told == ({"AUT"} if year == 2020 else {"AUT", "SPR", "SUM"})
        once = rows.select("child", "term_code")
        assert not once.is_duplicated().any()


def test_who_comes_late_or_leaves_early_has_fewer_sessions() -> None:
    rows = with_people(over_years("attendance")).filter(pl.col("term_code") == "AUT")
    comes = pl.col("arrived_date").is_between(pl.date(pl.col("year") - 1, 10, 15), pl.date(pl.col("year") - 1, 12, 1))
    late = rows.filter(comes)
    usual = rows.filter(pl.col("arrived_date") == pl.col("birth_date"), pl.col("move_date").is_null())
    assert len(late) > 10
    assert late["possible_sessions"].max() < 80
    assert usual["possible_sessions"].median() == 116
    leavers = with_people(over_years("attendance")).filter(
        pl.col("exit_date").is_between(pl.date(pl.col("year"), 1, 25), pl.date(pl.col("year"), 4, 1))
    )
    assert len(leavers) > 10
    assert not (leavers["term_code"] == "SUM").any()


def test_needs_are_those_of_the_child_by_the_names_of_the_year() -> None:
    rows = with_people(over_years("sen_need").with_columns(told=pl.col("need_code").cast(pl.String)).drop("need_code"))
    first, second = rows.filter(pl.col("rank_number") == 1), rows.filter(pl.col("rank_number") == 2)
    down = first.filter(pl.col("need_code") == "DS", pl.col("told") != "NSA")
    assert len(down) > 5
    assert down.select(((pl.col("told") == "DS") == (pl.col("year") >= 2025)).all()).item()
    plain = first.filter(pl.col("told") != "NSA", pl.col("need_code") != "DS")
    assert (plain["told"] == plain["need_code"]).all()
    assert not second["told"].is_in(["NSA"]).any()
    both = first.join(second, on=["child", "year"])
    assert (both["told"] != both["told_right"]).all()
    status = over_years("enrolment").select("child", "year", pl.col("sen_provision_code").cast(pl.String))
    with_status = first.join(status, on=["child", "year"])
    assert set(with_status["sen_provision_code"]) <= {"K", "E", "S"}
    assert set(with_status.filter(pl.col("told") == "NSA")["sen_provision_code"]) == {"K"}
    of_sen = status.filter(pl.col("sen_provision_code") != "N")
    missing = 1 - len(with_status) / len(of_sen)
    assert missing == pytest.approx(MAIN.recording.need_missing, abs=0.004)


def test_children_taught_at_home_are_on_no_roll_and_a_spell_ends_before_the_next_begins() -> None:
    spells = life().at_home
    later = spells.with_columns(next=pl.col("start_date").shift(-1).over("child"))
    assert later.filter(pl.col("next") <= pl.col("end_date")).is_empty()
    for year in YEARS:
        day = census_day(year)
        at_home = spells.filter(pl.col("start_date") <= day, pl.col("end_date") >= day)
        assert len(at_home) > 5
        assert at_home.join(census(year).tables["enrolment"], on="child", how="semi").is_empty()


def test_a_spell_at_home_is_open_until_it_has_ended() -> None:
    told = home_education.told(lives(), life(), 2024).tables["home_education"]
    last = date(2024, 8, 31)
    assert (told["start_date"] <= last).all()
    assert told.select(pl.col("end_date").is_null().any() & pl.col("end_date").is_not_null().any()).item()
    assert told.select((pl.col("end_date").is_null() == pl.col("home_education_end_code").is_null()).all()).item()
    assert (told["end_date"].drop_nulls() <= last).all()
    assert (told["end_date"].drop_nulls() >= date(2023, 9, 1)).all()


def test_who_is_excluded_for_good_goes_to_a_referral_unit_and_is_not_suspended_where_it_was() -> None:
    gone = over_years("permanent_exclusion").filter(pl.col("sen_provision_code").cast(pl.String) != "E")
    enrolled = over_years("enrolment").select("child", "year", "urn", "sen_provision_code", "age_on_31_august")
    after = gone.select("child", year=pl.col("year") + 1, was="urn", of_age="age_at_start").join(
        enrolled, on=["child", "year"]
    )
    same_phase = after.filter(
        pl.col("sen_provision_code").cast(pl.String) != "E",
        (pl.col("age_on_31_august") > 11) & (pl.col("age_on_31_august") < 16),
    )
    assert len(same_phase) > 10
    number = same_phase["urn"].cast(pl.String).cast(pl.Int64) - FIRST_URN
    assert (number % SCHOOLS_EACH == REFERRAL_UNIT_NUMBER).mean() > 0.9  # the others have moved home since
    both = gone.join(over_years("suspension"), on=["child", "urn", "year"])
    assert both.filter(pl.col("start_date_right") > pl.col("start_date")).is_empty()


def test_suspensions_fall_on_school_days_and_a_reason_is_given_once() -> None:
    for year in YEARS:
        rows = census(year).tables["suspension"]
        assert set(rows["start_date"]) <= set(school_days(year).tolist())
        reasons = rows.select(pl.col("^reason_._code$").cast(pl.String))
        assert reasons.select((pl.col("reason_1_code") != pl.col("reason_2_code")).all()).item()
        assert rows["reason_2_code"].is_not_null().any() == (year >= 2021)
    assert date(2020, 4, 20) not in school_days(2020).tolist()


def test_free_meals_are_more_from_year_to_year_and_agree_with_their_spells() -> None:
    shares = {}
    for year in YEARS:
        day = census_day(year)
        enrolled, spells = census(year).tables["enrolment"], census(year).tables["free_meals_spell"]
        lasts = pl.col("end_date").is_null() | (pl.col("end_date") >= day)
        now = spells.filter(pl.col("start_date") <= day, lasts)["child"]
        eligible = enrolled.filter("is_meals_eligible")
        assert set(eligible["child"]) == set(now)
        assert eligible["has_been_meals_eligible"].all()
        shares[year] = len(eligible) / len(enrolled)
    assert shares[2018] < shares[2020] < shares[2022] < shares[2025]
    births = with_people(spells)
    assert births.select((pl.col("start_date") >= pl.col("arrived_date")).all()).item()


def missed(year: int, *status: str) -> float:
    """Share of sessions missed, of pupils of 5 to 15 with one of these statuses in the spring."""
    of = (
        census(year)
        .tables["enrolment"]
        .filter(
            pl.col("age_on_31_august").is_between(5, 15),
            pl.col("sen_provision_code").cast(pl.String).is_in(list(status)),
        )
    )
    rows = census(year).tables["attendance"].join(of, on="child", how="semi")
    return float(
        (rows["authorised_sessions"].sum() + rows["unauthorised_sessions"].sum()) / rows["possible_sessions"].sum()
    )


def test_absence_is_that_of_england_and_rises_with_support_and_with_plans() -> None:
    assert missed(2019, "N", "K", "E") == pytest.approx(0.047, abs=0.004)
    assert missed(2024, "N", "K", "E") == pytest.approx(0.071, abs=0.005)
    for year in (2019, 2024):
        assert missed(year, "N") < missed(year, "K") < missed(year, "E")


def test_the_same_seed_tells_the_same_and_a_breach_changes_nothing_but_what_it_should() -> None:
    again = drawn(lives(), YEARS, MAIN)
    other = drawn(lives(), YEARS, replace(MAIN, absence=replace(MAIN.absence, breach=2.0)))
    for year in (2016, 2026):
        first, second, changed = (x.years[year] for x in (life(), again, other))
        assert_frame_equal(first.roll, second.roll)
        assert_frame_equal(first.suspended, second.suspended)
        assert (first.sessions.unauthorised == second.sessions.unauthorised).all()
        assert abs(len(changed.roll) - len(first.roll)) < 0.01 * len(first.roll)  # absence sends a few more home
    first, changed = life().years[2015].sessions, other.years[2015].sessions
    assert (first.authorised == changed.authorised).all()
    apart = np.argwhere(first.unauthorised != changed.unauthorised)
    late = changed.breach.filter("is_late").select("row", "term").rows()
    assert {tuple(cell) for cell in apart.tolist()} <= set(late)


SEEDS = (32, 33)
LARGE = (30_000, 8)
"""Children and authorities of a world in which an effect can be found."""
QUIET = replace(MAIN.absence, spread=(0.2, 0.2), yearly=(0.1, 0.1))
RECENT = range(2023, 2027)


def after_plans(of: Lives, told: SchoolLife) -> pl.DataFrame:
    """Terms that began after a child's first plan on a request, with what may explain absence in them."""
    first = of.episodes.filter("has_request", pl.col("start_date").is_not_null(), pl.col("stay").is_not_null())
    first = first.sort("child", "start_date").unique("child", keep="first", maintain_order=True)
    plan = first.select("child", "received_date", begun="start_date")
    frames = []
    for year in told.years:
        rows = school_census.told(of, told, year).tables["attendance"].with_columns(year=pl.lit(year))
        begins = {"AUT": date(year - 1, 9, 3), "SPR": date(year, 1, 6), "SUM": date(year, 4, 15)}
        begin = pl.col("term_code").cast(pl.String).replace_strict(begins, return_dtype=pl.Date)
        frames.append(rows.join(plan, on="child").filter(pl.col("begun") <= begin))
    return pl.concat(frames).join(of.people, on="child", how="left", suffix="_of")


def fitted(seed: int, ratio: float) -> tuple[float, float]:
    """Log rate ratio of unauthorised absence after late plans, and its standard error by child, from what is told."""
    of = lives(*LARGE, seed)
    rows = after_plans(of, drawn(of, RECENT, replace(MAIN, absence=replace(QUIET, breach=ratio))))
    age = pl.col("received_date").dt.year() - pl.col("birth_date").dt.year()
    index = pl.col("year") - 1 - pl.col("school_start")
    design = rows.select(
        (pl.col("begun") - pl.col("received_date")) > timedelta(weeks=20),
        "is_meals_eligible",
        "behaviour",
        semh=pl.col("need_code") == "SEMH",
        old=age >= 11,
        young=age < 5,
        secondary=index >= 7,
        older=index >= 9,
        first=pl.lit(1),
        **{f"in {year}": pl.col("year") == year for year in list(RECENT)[1:]},
        **{f"at {place}": pl.col("place") == place for place in range(1, LARGE[1])},
    ).cast(pl.Float64)
    poisson = sm.GLM(
        rows["unauthorised_sessions"].to_numpy().astype(float),
        design.to_numpy(),
        family=sm.families.Poisson(),
        exposure=rows["possible_sessions"].to_numpy().astype(float),
    )
    fit = poisson.fit(cov_type="cluster", cov_kwds={"groups": rows["child"].to_numpy()})
    return float(fit.params[0]), float(fit.bse[0])


@pytest.mark.parametrize("ratio", [1.08, 0.7])
def test_what_a_late_plan_does_to_absence_is_found(ratio: float) -> None:
    found = [fitted(seed, ratio) for seed in SEEDS]
    errors = np.array([(estimate - np.log(ratio)) / se for estimate, se in found])
    assert abs(errors.mean()) < 3.3 / np.sqrt(len(SEEDS))
    if ratio < 1:
        assert max(estimate / se for estimate, se in found) < -4


def test_the_truth_of_the_breach_is_counted_from_both_outcomes() -> None:
    told = effects.estimands(life())
    value = dict(told.select("id", "value").iter_rows())
    assert value["absence.breach_20wk"] == pytest.approx(MAIN.absence.breach, abs=0.02)
    assert value["absence.breach_20wk.planted"] == MAIN.absence.breach
    assert value["absence.breach_20wk.difference"] > 0
    none = effects.estimands(drawn(lives(), (2024, 2025), replace(MAIN, absence=Absence(breach=1.0))))
    assert none.filter(pl.col("id") == "absence.breach_20wk")["value"].item() == 1


@cache
def immortal() -> tuple[Lives, SchoolLife]:
    of = lives(*LARGE, SEEDS[0])
    return of, drawn(of, YEARS, world("immortal").schooling)


def test_ever_having_a_plan_seems_to_keep_children_from_exclusion_and_having_one_does_not() -> None:
    of, told = immortal()
    naive = dict(effects.naive(of, told).select("id", "naive_expected").iter_rows())["exclusion.ever_plan"]
    assert naive < 0.7
    events, years = np.zeros(2), np.zeros(2)
    for year in told.years.values():
        had = (year.roll["status"] == 2).to_numpy()
        out = np.isin(year.roll["row"].to_numpy(), year.excluded["row"].to_numpy())
        in_school = year.roll["index"].is_between(0, 11).to_numpy() & ((year.roll["kind"] != 4).to_numpy() | out)
        for group in (0, 1):
            counted = in_school & (had == bool(group))
            years[group] += counted.sum()
            events[group] += (out & counted).sum()
    ratio = np.log((events[1] / years[1]) / (events[0] / years[0]))
    assert abs(ratio) < 3.3 * np.sqrt((1 / events).sum())


def test_children_with_plans_are_absent_more_though_plans_do_not_make_them_so() -> None:
    traps = dict(effects.naive(lives(), life()).select("id", "naive_expected").iter_rows())
    assert traps["absence.plan_against_support"] > 1.1
    assert "absence.plan" in effects.known_nulls(MAIN)


def test_sex_does_not_matter_to_suspension_given_the_rest_unless_it_is_planted() -> None:
    of = lives(*LARGE, SEEDS[1])

    def boys(male: float) -> float:
        """Standard errors by which boys are suspended more than girls, given all that a rate is made of."""
        planted = replace(MAIN, suspensions=replace(MAIN.suspensions, male=male, spread=0.0))
        told = drawn(of, (2024,), planted).years[2024]
        counted = told.roll["index"].is_between(7, 11).to_numpy()
        times = np.bincount(told.suspended["at"].to_numpy(), minlength=len(counted))[counted]
        pupils, index = of.people[told.roll["row"].to_numpy()[counted]], told.roll["index"].to_numpy()[counted]
        low = np.minimum(-pupils["profile_score"].to_numpy(), ENOUGH["conduct"])
        traits = [pupils["sex_code"] == "M", pupils["is_meals_eligible"], pupils["behaviour"], pupils["severity"], low]
        needs = [pupils["need_code"] == need for need in ("SEMH", "SPLD", "MLD", "ASD", "SLCN")]
        design = np.column_stack([*traits, *needs, *(index == year for year in range(7, 12))]).astype(float)
        fit = sm.GLM(times, design, family=sm.families.Poisson()).fit(cov_type="HC0")
        return float(fit.params[0] / fit.bse[0])

    assert abs(boys(0.0)) < 3.3
    assert boys(1.0) > 6


def test_who_was_absent_goes_out_of_sight_and_what_comes_later_plays_no_part_unless_planted() -> None:
    of = lives(*LARGE, SEEDS[0])
    later = np.random.default_rng(1).standard_normal(len(of.people)).astype(np.float32)

    def gap(effect: float) -> tuple[float, float]:
        """How much more those had missed who were gone a year later; their later outcome, in standard errors."""
        planted = replace(MAIN, sight=replace(MAIN.sight, later=effect))
        told = drawn(of, (2024, 2025), planted, later=later)
        year = told.years[2024]
        stays = told.in_state_school(of, 2025)[year.roll["row"].to_numpy()]
        counted = year.roll["index"].is_between(0, 10).to_numpy() & (year.roll["status"] < 2).to_numpy()
        row, share = year.roll["row"].to_numpy(), year.sessions.missed_share
        left, kept = counted & ~stays, counted & stays
        error = float(np.sqrt(1 / left.sum() + 1 / kept.sum()))
        return (
            float(share[left].mean() - share[kept].mean()),
            float(later[row[left]].mean() - later[row[kept]].mean()) / error,
        )

    missed_more, by_chance = gap(0.0)
    assert missed_more > 0.01
    assert abs(by_chance) < 3.3
    assert gap(1.0)[1] > 4


def test_going_to_independent_schools_is_for_the_affluent_and_shares_are_those_of_england() -> None:
    there = life().in_state_school(lives(), 2024)
    index = 2024 - 1 - lives().people["school_start"]
    of_age = index.is_between(0, 11).to_numpy() & (lives().people["exit_date"].is_null()).to_numpy()
    of_age &= (lives().people["arrived_date"] < date(2023, 9, 1)).to_numpy()
    decile = lives().people["deprivation_decile"].to_numpy()
    assert 0.87 < there[of_age].mean() < 0.95
    assert there[of_age & (decile <= 3)].mean() > there[of_age & (decile >= 8)].mean() + 0.05


def test_who_is_in_a_sixth_form_can_be_given() -> None:
    nobody = np.zeros((2, len(lives().people)), dtype=np.bool_)
    roll = drawn(lives(), (2024,), MAIN, sixth_form=nobody).years[2024].roll
    assert roll.filter(pl.col("index") > 11, pl.col("status") < 2).is_empty()
    usual = life().years[2024].roll
    assert len(usual.filter(pl.col("index") > 11, pl.col("status") < 2)) > 50


def test_who_left_england_is_told_once_by_month_and_reason() -> None:
    told = pl.concat([exits.told(lives(), year).tables["person_exit"] for year in YEARS])
    assert not told["child"].is_duplicated().any()
    people = lives().people[rows_of(lives().people, told["child"].to_numpy())]
    assert (told["exit_month"] == people["exit_date"].dt.truncate("1mo")).all()
    assert (told["person_exit_code"] == people["person_exit_code"]).all()


def never_in_state_school() -> pl.Series:
    shown = pl.col("child").is_in(showing(lives().episodes, WINDOW).implode())
    return lives().children.filter(pl.col("upn").is_null(), shown)["child"]


def test_nobody_without_a_upn_is_on_a_roll() -> None:
    assert len(never_in_state_school()) > 0
    assert not over_years("enrolment")["child"].is_in(never_in_state_school().implode()).any()


def test_sight_can_be_switched_off() -> None:
    nobody = Sight(independent=0.0, independent_at_11=0.0, at_home_first=0.0, at_home=dict.fromkeys(YEARS, 0.0))
    told = drawn(lives(), (2024, 2025), replace(MAIN, sight=nobody))
    index = 2024 - lives().people["school_start"]
    people = lives().people.with_columns(
        of_age=index.is_between(0, 11), there=pl.Series(told.in_state_school(lives(), 2025))
    )
    day = census_day(2025)
    here = (pl.col("arrived_date") <= day) & (pl.col("exit_date").is_null() | (pl.col("exit_date") > day))
    away = people.filter("of_age", here, ~pl.col("there"))
    elsewhere = with_plans(2025).filter(pl.col("urn").is_null())["child"]
    assert set(away["child"]) <= set(elsewhere) | set(never_in_state_school())
