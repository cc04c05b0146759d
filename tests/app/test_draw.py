"""Charts, tables and captions of a release, as a reader sees them."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest

from analysis import draw
from analysis.draw import Kind
from analysis.release import Release, ReleasedTable, Status
from analysis.result import Chart
from tests.app import fake_releases

COMPARED = fake_releases.comparison("main", "publication")
PUBLISHED = fake_releases.comparison("main", "public", measure="appeals", source="published")
RELEASES = {
    "record": COMPARED,
    "twelve authorities": fake_releases.comparison("main", "publication", number=12),
    "published": PUBLISHED,
    "summary": fake_releases.summary("main", "publication"),
    "by sex": fake_releases.summary("main", "publication", group="sex"),
    "by ethnic group": fake_releases.summary("main", "publication", group="ethnicity"),
    "model": fake_releases.model("main", "research"),
}


def _with(release: Release, name: str, frame: pl.DataFrame) -> Release:
    table = replace(release.tables[name], frame=frame)
    return replace(release, tables={**release.tables, name: table})


def _values(spec: object) -> list[dict[str, object]]:
    """Every row of data in a chart."""
    return [row for rows in json.loads(json.dumps(spec))["datasets"].values() for row in rows]


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_every_table_that_asks_for_a_chart_has_one(release: Release) -> None:
    asked = {name for name, table in release.tables.items() if table.chart is not Chart.NONE}
    assert set(draw.charts(release)) == asked


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_a_chart_names_itself_to_a_screen_reader(release: Release) -> None:
    for name, chart in draw.charts(release).items():
        assert release.tables[name].title in chart.to_dict()["description"]


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_a_chart_holds_no_figure_of_what_is_withheld(release: Release) -> None:
    hidden = {
        row.get("authority") or row.get("level")
        for table in release.tables.values()
        for row in table.frame.iter_rows(named=True)
        if row.get("status", "shown") != "shown"
    }
    for chart in draw.charts(release).values():
        for row in _values(chart.to_dict()):
            if (row.get("authority") or row.get("level")) in hidden:
                assert row.get("value") is None
                assert row.get("estimate") is None
                assert row.get("numerator") is None


def test_groups_differ_in_shape_and_not_in_colour_alone() -> None:
    spec = json.dumps(draw.charts(COMPARED)["funnel"].to_dict())
    assert all(f'"{shape}"' in spec for shape in ("square", "circle", "diamond"))


def test_every_square_carries_its_figure_or_the_mark_of_why_it_has_none() -> None:
    rows = [row for row in _values(draw.charts(COMPARED)["authorities"].to_dict()) if "label" in row]
    assert len(rows) == 153
    assert {row["figure"] for row in rows if row["name"] == "City of London"} == {"c"}
    assert all(row["figure"].isdigit() for row in rows if row["name"] != "City of London")


def test_an_authority_that_is_not_in_the_release_has_a_square_without_a_mark() -> None:
    chart = draw.charts(RELEASES["twelve authorities"])["authorities"].to_dict()
    assert len([row for row in _values(chart) if row.get("label") and row.get("figure") == ""]) == 153 - 12
    assert "not in this release" in " ".join(chart["title"]["text"])


def test_an_authority_of_older_years_is_named_where_it_has_no_square() -> None:
    frame = COMPARED.tables["authorities"].frame
    gone = frame.with_columns(
        pl.when(pl.col("authority") == "Camden").then(pl.lit("928")).otherwise("authority_code").alias("authority_code")
    )
    chart = draw.charts(_with(COMPARED, "authorities", gone))["authorities"].to_dict()
    assert "Without a square: Camden." in chart["title"]["text"]


@pytest.mark.parametrize("release", RELEASES.values(), ids=RELEASES)
def test_a_table_with_nothing_to_show_has_no_chart(release: Release) -> None:
    for name, table in release.tables.items():
        empty = table.frame.with_columns(
            pl.lit(None).cast(kind).alias(c) for c, kind in table.frame.schema.items() if kind.is_numeric()
        )
        assert name not in draw.charts(_with(release, name, empty))


def test_many_groups_of_children_are_dots_of_the_latest_year() -> None:
    years = {row["year"] for row in _values(draw.charts(RELEASES["by ethnic group"])["shares"].to_dict())}
    assert years == {"2025"}


def test_the_picture_of_who_is_counted_keeps_its_height_and_grows_with_the_page() -> None:
    picture = next(iter(draw.flows(RELEASES["model"]).values())).to_dict()
    assert picture["autosize"] == {"type": "fit-x", "contains": "padding"}
    assert {"value": "width"} in [layer["encoding"]["x"] for layer in picture["layer"]]


def test_a_table_is_headed_in_words_and_shares_are_per_cent() -> None:
    table = draw.table(COMPARED, "authorities")
    assert table.columns == [
        "Code", "Authority", "Region", "Number", "Out of", "Share", "95 % low", "95 % high", "Status",
    ]  # fmt: skip
    assert table["Share"].max() > 50
    kinds = draw.kinds(COMPARED, "authorities")
    assert list(kinds) == table.columns
    assert (kinds["Number"], kinds["Share"], kinds["Authority"]) == (Kind.COUNT, Kind.SHARE, Kind.WORDS)


@pytest.mark.parametrize(("deff", "is_shown"), [(1.04, False), (3.3, True)])
def test_a_design_effect_is_told_where_it_is_felt(deff: float, is_shown: bool) -> None:
    frame = COMPARED.tables["authorities"].frame.with_columns(deff=pl.lit(deff))
    assert ("Design effect" in draw.table(_with(COMPARED, "authorities", frame), "authorities").columns) == is_shown


def test_values_with_a_unit_are_no_shares() -> None:
    frame = pl.DataFrame(
        {"title": ["Weeks to the plan"], "unit": ["weeks"], "value": [21.9], "low": [20.3], "high": [24.1]}
    )
    weeks = _with(COMPARED, "authorities", frame)
    assert draw.table(weeks, "authorities")["Value"].to_list() == [21.9]
    assert draw.kinds(weeks, "authorities")["Value"] is Kind.NUMBER


def test_limits_of_a_model_are_no_shares() -> None:
    kinds = draw.kinds(RELEASES["model"], "terms")
    assert {kinds[heading] for heading in ("Estimate", "95 % low", "95 % high")} == {Kind.NUMBER}


def test_groups_of_children_are_named_in_words() -> None:
    table = draw.table(RELEASES["by sex"], "numbers")
    assert set(table["Sex"]) == {"Male", "Female", "Unknown"}
    assert "Year" in table.columns


def test_both_kinds_of_withheld_look_the_same() -> None:
    frame = COMPARED.tables["authorities"].frame
    secondary = frame.with_columns(
        pl.when(pl.col("status") == "suppressed")
        .then(pl.lit(Status.SECONDARY.word))
        .otherwise("status")
        .alias("status")
    )
    other = _with(COMPARED, "authorities", secondary)
    assert draw.table(other, "authorities").equals(draw.table(COMPARED, "authorities"))
    assert draw.mark(other, "authorities") == draw.mark(COMPARED, "authorities") == "c"


@pytest.mark.parametrize(
    ("statuses", "mark", "legend"),
    [
        (["shown", "shown"], "–", ""),
        (["shown", "suppressed"], "c", "c: withheld"),
        (["no_data", "not_supplied"], "x", "x: no data or not supplied"),
        (["not_applicable", "shown"], "z", "z: not applicable"),
        (["not published for this authority", "shown"], "–", "–: not shown, for the reason in the table"),
        (["suppressed", "no_data"], "–", "c: withheld; x: no data or not supplied"),
    ],
)
def test_an_empty_cell_says_why(statuses: list[str], mark: str, legend: str) -> None:
    frame = pl.DataFrame({"authority": ["A", "B"], "numerator": [None, None], "status": statuses})
    release = replace(COMPARED, tables={"t": ReleasedTable("t", "T", frame, Chart.NONE, 0)})
    assert (draw.mark(release, "t"), draw.legend(release, "t")) == (mark, legend)


def test_a_caption_says_invented_snapshot_policy_and_what_was_withheld() -> None:
    assert draw.caption(COMPARED) == (
        "Invented data: no real child is in it. Snapshot main (3f9c21d07ab4), as known at 1 April 2026; "
        f"policy publication. 1 cell withheld. Release {COMPARED.provenance.release_id}."
    )


def test_official_figures_are_not_called_invented() -> None:
    assert not draw.is_invented(PUBLISHED)
    assert draw.caption(PUBLISHED).startswith("Source: Tribunal statistics: SEND appeal rate (MoJ). Snapshot main")
