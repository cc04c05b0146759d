"""What was planted in the invented England comes out of the studies, through the gate."""

from __future__ import annotations

import pytest

from analysis.studies import clocks
from tests.planted import Planted


def test_the_chance_of_a_plan_in_time_is_the_planted_one_and_the_usual_share_is_not(planted: Planted) -> None:
    release = planted.ask("clocks", exceptions="counted")
    found = release.tables["curve"].frame.filter(weeks=20, outcome="plan").row(0, named=True)
    true = planted.effect("A3.plan_by_20_weeks")
    assert found["low"] < true < found["high"]
    usual, followed = release.tables["naive"].frame["value"].to_list()
    assert followed == found["value"]
    assert usual > true + 0.1


def test_were_open_cases_dropped_more_would_seem_to_be_in_time(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: an open case that is a missing end is left out, as the usual share leaves it out."""
    right = in_time(planted)
    monkeypatch.setattr(clocks.survival, "CENSORED", None)
    assert in_time(planted) > right + 0.005


def in_time(planted: Planted) -> float:
    frame = planted.ask("clocks", exceptions="counted").tables["curve"].frame
    return frame.filter(weeks=20, outcome="plan")["value"].item()
