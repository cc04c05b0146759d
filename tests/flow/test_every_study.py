"""What holds of every study, asked of a small England that is told in every collection."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from analysis import draw, files
from analysis.release import Release
from analysis.study import studies
from analysis.warned import of_model
from tests.planted import Planted

CHARTS = {
    ("activity_to_25", "occupation"),
    ("clocks", "curve"),
    ("specified_and_delivered", "funnel"),
    ("funding_and_need", "funnel"),
    ("la_adjusted", "effects"),
    ("outcome_summary", "numbers"),
    ("outcome_summary", "shares"),
    ("timeliness_model", "authorities"),
    ("variance_parts", "authorities"),
}
"""By study, the tables that are drawn: of so few children nothing that compares authorities."""


@pytest.fixture(scope="module")
def released(small: Planted) -> Callable[..., Release]:
    """What was asked before is not asked again."""
    return cache(small.ask)


@pytest.mark.parametrize("name", studies())
@pytest.mark.parametrize("policy", ["publication", "research"])
def test_every_study_is_released_with_its_record(
    small: Planted, released: Callable[..., Release], tmp_path: Path, name: str, policy: str
) -> None:
    release = released(name, policy)
    record = json.loads((files.written(release, tmp_path / "out")[0]).read_text())
    assert record["sentence"].endswith(".")
    assert record["provenance"]["snapshot_digest"] == small.snapshot.digest
    assert record["provenance"]["is_invented"] is True
    assert record["provenance"]["policy"] == policy
    assert "Invented data" in record["caption"]
    for table in release.tables.values():
        assert (tmp_path / "out" / f"{table.name}.csv").exists()


@pytest.mark.parametrize("name", studies())
def test_every_choice_of_every_study_can_be_made(released: Callable[..., Release], name: str) -> None:
    for choice in studies()[name].choices:
        for option in choice.options:
            if (choice.name, option) in {("source", "published")} or choice.name == "year":
                continue
            assert released(name, "research", **{choice.name: option}).sentence


@pytest.mark.parametrize("name", studies())
def test_no_warning_counts_people(released: Callable[..., Release], name: str) -> None:
    told = released(name, "research").warnings
    assert of_model(told) == told


def test_every_chart_is_drawn_from_a_release(released: Callable[..., Release]) -> None:
    drawn = {(name, table) for name in studies() for table in draw.charts(released(name, "research"))}
    assert drawn == CHARTS
