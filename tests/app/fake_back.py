"""What an authority is told of its return, for the tests of the screens: the service's own types, invented figures."""

from __future__ import annotations

from datetime import date, timedelta

from analysis.measure import measures
from analysis.studies.outcome_summary import ASKED
from service.cases import Case
from service.preview import Indicator, Move
from service.quality import Quality
from service.schools import ClosedSchool
from service.standing import Position, PublishedRow, Standing
from service.summary import Summary
from service.tallies import Tally
from tests.app import fake_releases

CENSUS = date(2026, 1, 15)
COUNTS = {
    "plans_in_force": (4120, None),
    "requests": (988, None),
    "refused": (240, 988),
    "within_20_weeks": (211, 450),
    "appeals": (31, 4400),
}


def _indicator(name: str, year: int, less: int = 0) -> Indicator:
    measure, (numerator, denominator) = measures()[name], COUNTS[name]
    return Indicator(name, measure.title, measure.unit, measure.direction, year, numerator - less, denominator)


CLOSED = ClosedSchool("100001", "Elm Lane Primary", date(2025, 8, 31), "149001", "Elm Lane Academy", "Placement", (3,))
MOVES = tuple(
    Move(_indicator(name, 2025, 26 if name == "within_20_weeks" else 0), _indicator(name, 2025)) for name in ASKED
)
"""Within 20 weeks 41.1 → 46.9; the others stay."""


def _case(title: str, table: str, row: int, left: int, on: date) -> Case:
    return Case(title, title, table, row, on + timedelta(days=left), left)


def summary(submission: int, on: date | None) -> Summary:
    """Two years of figures, two places, sixty cases past their day and one to come."""
    day = on or CENSUS
    late = [_case("Next review", "ActivePlans", row, row - 61, day) for row in range(1, 61)]
    release = fake_releases.comparison("spring-2026", "publication", number=40, measure="within_20_weeks")
    place = ("not distinguishable from England", 38)
    limits = {"low95": 0.31, "high95": 0.61, "low998": 0.24, "high998": 0.69}
    standing = Standing(
        (
            Position(
                "within_20_weeks",
                "Plans issued within 20 weeks",
                2025,
                0.467,
                450,
                0.462,
                0.1,
                **limits,
                group=place[0],
                authorities=place[1],
            ),
        ),
        (
            PublishedRow("within_20_weeks", "Plans issued within 20 weeks", 2025, 210, 450, 0.467, "shown"),
            PublishedRow("appeals", "Appeals to the tribunal", 2025, None, 4400, None, "suppressed"),
        ),
        ("Requests refused: Nobody was counted.",),
        "spring-2026",
        (release,),
    )
    return Summary(
        submission,
        "330",
        "SEN2",
        2026,
        "accepted",
        day,
        (
            Tally("Requests, by decision", "Decided to assess", 700),
            Tally("Requests, by decision", "Decided not to assess", 240),
        ),
        tuple(tuple(_indicator(name, year, 2025 - year) for name in ASKED) for year in (2024, 2025)),
        MOVES,
        (
            Quality("Person", "Sex", True, 1204, 0.98, 1.0, 0.0),
            Quality("Person", "PostCode", False, 1204, None, 1.0, 0.0),
        ),
        (*late, _case("Final plan", "Requests", 7, 12, day)),
        standing,
        (
            ClosedSchool(
                "100001", "Elm Lane Primary", date(2025, 8, 31), "149001", "Elm Lane Academy", "Placement", (3,)
            ),
        ),
    )
