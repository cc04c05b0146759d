"""Everybody: needs, support and requests rest on what is recorded; families, arrivals and leavings are lawful."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from synthetic import identification
from synthetic.lives import everyone
from synthetic.parameters import Childhood, Needs
from synthetic.places import codes_on, places
from synthetic.planted import Planted
from synthetic.window import Window
from synthetic.worlds import put, world

N, SEED = 60_000, 25
WINDOW = Window.of(range(2015, 2027), whole=True)


def lived(planted: Planted, n: int = N, seed: int = SEED) -> pl.DataFrame:
    return everyone(n, places(12, WINDOW, planted, seed), WINDOW, planted, seed)[0]


@pytest.fixture(scope="module")
def everybody() -> pl.DataFrame:
    return lived(Planted())


def asked_model(frame: pl.DataFrame) -> tuple[float, float]:
    """z of severity, and of the unmeasured, in a model of being identified in year 1 given what is recorded."""
    at_risk = frame.filter(pl.col("identified_year") >= 1)
    design = at_risk.select(
        "severity",
        "hidden",
        "profile_score",
        boy=(pl.col("sex_code") == "M").cast(pl.Float64),
        meals=pl.col("is_meals_eligible").cast(pl.Float64),
        month=((pl.col("birth_date").dt.month() + 3) % 12).cast(pl.Float64),
        one=1.0,
    )
    found = (at_risk["identified_year"] == 1).to_numpy().astype(float)
    fit = sm.GLM(found, design.to_numpy().astype(float), family=sm.families.Binomial()).fit()
    return float(fit.params[0] / fit.bse[0]), float(fit.params[1] / fit.bse[1])


def test_identification_rests_on_what_is_recorded(everybody: pl.DataFrame) -> None:
    severity, hidden = asked_model(everybody)
    assert abs(severity) < 3.3
    assert abs(hidden) < 3.3


def test_a_hidden_confounder_is_seen_where_it_is_planted() -> None:
    _, hidden = asked_model(lived(world("hidden_u=1")))
    assert hidden > 5


def test_every_child_is_born_before_it_does_anything(everybody: pl.DataFrame) -> None:
    for column in ("arrived_date", "move_date", "exit_date", "received_date", "start_date"):
        assert everybody.filter(pl.col(column) < pl.col("birth_date")).is_empty(), column


def test_nobody_asks_for_a_plan_who_is_not_in_england(everybody: pl.DataFrame) -> None:
    asking = everybody.filter(pl.col("received_date").is_not_null())
    assert asking.filter(pl.col("received_date") < pl.col("arrived_date")).is_empty()
    assert asking.filter(pl.col("received_date") >= pl.col("exit_date")).is_empty()
    assert everybody.filter(pl.col("move_date") >= pl.col("exit_date")).is_empty()


def test_twins_share_birth_and_home_and_resemble_each_other(everybody: pl.DataFrame) -> None:
    twins = everybody.filter("is_twin")
    other = everybody[twins["family"].to_numpy()]
    assert len(twins) > 100
    for column in ("birth_date", "authority", "ethnicity_code", "is_meals_eligible"):
        assert (twins[column] == other[column]).all()
    assert 0.6 < np.corrcoef(twins["severity"], other["severity"])[0, 1] < 0.95
    strangers = np.corrcoef(everybody["severity"][:-7], everybody["severity"][7:])[0, 1]
    assert abs(strangers) < 0.03


def test_a_need_is_never_its_own_second_and_down_syndrome_stands_apart(everybody: pl.DataFrame) -> None:
    both = everybody.filter(pl.col("second_need_code").is_not_null())
    assert 0.3 < len(both) / len(everybody) < 0.5
    assert both.filter(pl.col("need_code") == pl.col("second_need_code")).is_empty()
    assert both.filter(pl.col("second_need_code") == "DS").is_empty()
    assert both.filter((pl.col("need_code") == "DS") & (pl.col("second_need_code") == "SLD")).is_empty()


def test_the_youngest_of_a_school_year_are_identified_more_often() -> None:
    flat = put(Planted(), "childhood.identification.youngest", 0.0)
    steep = put(Planted(), "childhood.identification.youngest", 1.5)

    def gap(frame: pl.DataFrame) -> float:
        month = pl.col("birth_date").dt.month()
        share = [frame.filter(of)["identified_year"].le(1).mean() for of in (month.is_in([7, 8]), month.is_in([9, 10]))]
        return float(share[0]) - float(share[1])

    # The profile at five is lower for the youngest too, so a gap remains without the direct effect.
    assert gap(lived(steep)) > gap(lived(flat)) + 0.03


def test_another_past_is_lived_with_the_same_luck(everybody: pl.DataFrame) -> None:
    planted = Childhood()
    where = places(12, WINDOW, Planted(), SEED)
    schools = everyone(N, where, WINDOW, Planted(), SEED)[1]
    odds = identification.propensity(everybody, where, schools, planted.identification)
    again = identification.identified(everybody, odds, planted.identification, SEED)
    late = identification.identified(everybody, odds, planted.identification, SEED, since=3)
    assert (again == everybody["identified_year"].to_numpy()).all()
    assert (late >= 3).all()
    assert (late[again >= 3] == again[again >= 3]).all()


def test_severity_has_a_long_tail() -> None:
    long, short = lived(Planted()), lived(replace(Planted(), childhood=Childhood(needs=Needs(tail=0.0))))
    assert (long["severity"] > 3).mean() > 3 * (short["severity"] > 3).mean() > 0


def test_places_bore_the_numbers_of_those_who_stood_there_before() -> None:
    where = places(None, WINDOW, Planted(), SEED)
    of_2018 = dict(zip(where["authority_code"], codes_on(where, WINDOW.census_days[3].item()), strict=True))
    assert (of_2018["940"], of_2018["941"], of_2018["942"], of_2018["838"]) == ("928", "928", "909", "835")
    assert of_2018["202"] == "202"
    latest = codes_on(where, WINDOW.census_days[-1].item())
    assert (latest == where["authority_code"]).all()


def test_reorganised_authorities_are_all_there_where_a_world_asks_for_them() -> None:
    few = places(6, WINDOW, world("reorg"), SEED)["authority_code"].to_list()
    assert few == ["838", "839", "940", "941", "942", "943"]


def test_the_same_seed_gives_the_same_people_and_another_others(everybody: pl.DataFrame) -> None:
    again, other = lived(Planted()), lived(Planted(), seed=26)
    assert again.equals(everybody)
    assert not other["birth_date"].equals(everybody["birth_date"])
