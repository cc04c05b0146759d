"""A publication: what stands in its files is what was released, it is whole or not there, and nobody is found in it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from lxml import html
from typer.testing import CliRunner

from analysis import publish
from analysis.disclosure.policy import POLICIES
from analysis.ledger import FileLedger
from analysis.measure import measures
from analysis.models.intervals import wilson
from analysis.publication import ees
from analysis.publication.edition import Edition
from analysis.themes import THEMES
from cohort.errors import NothingToRelease, ReleaseRefused, UsageError
from cohort.snapshot import Snapshot
from service.cli import app
from tests.planted import AT, Planted

SYMBOLS = ("c", "x", "z")
NAME = "2026-spring"


@pytest.fixture(scope="module")
def edition(small: Planted) -> Edition:
    return made(small.snapshot, small.folder)


def made(snapshot: Snapshot, folder: Path) -> Edition:
    return publish.edition(snapshot, NAME, ledger=FileLedger(folder / "ledger"), at=AT)


@pytest.fixture(scope="module")
def files(edition: Edition) -> dict[str, bytes]:
    return dict(publish.files(edition))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two themes, for tests that make an edition of their own."""
    monkeypatch.setattr(publish, "THEMES", {name: THEMES[name] for name in ("timeliness", "work")})


def data(files: dict[str, bytes], theme: str) -> pl.DataFrame:
    return pl.read_csv(io.BytesIO(files[f"data/{theme}.csv"]), infer_schema=False)


def test_every_theme_has_a_data_file_with_its_metadata(files: dict[str, bytes]) -> None:
    for theme in THEMES:
        meta = pl.read_csv(io.BytesIO(files[f"data/{theme}.meta.csv"]), infer_schema=False)
        told = data(files, theme).columns
        assert told[: told.index("measure")][:3] == ["time_period", "time_identifier", "geographic_level"]
        assert meta["col_name"].to_list() == told[told.index("measure") :]
        assert set(meta["col_type"]) == {"Filter", "Indicator"}


def test_a_cell_of_open_data_is_a_number_or_one_of_its_symbols(files: dict[str, bytes]) -> None:
    for theme in THEMES:
        cells = data(files, theme).select(*ees.INDICATORS).unpivot(value_name="cell")["cell"]
        assert cells.null_count() == 0
        assert cells.filter(~cells.is_in(SYMBOLS)).cast(pl.Float64, strict=True).is_finite().all()


def test_years_stand_as_official_statistics_write_them(files: dict[str, bytes]) -> None:
    assert set(data(files, "timeliness")["time_period"]) <= {"2022", "2023", "2024", "2025"}
    assert set(data(files, "school")["time_period"]) <= {"202223", "202324", "202425", "202526"}


def test_places_carry_the_codes_of_their_level(files: dict[str, bytes]) -> None:
    told = data(files, "identification")
    levels = {level: frame for (level,), frame in told.group_by("geographic_level")}
    assert set(levels) == {"National", "Regional", "Local authority"}
    assert (
        levels["National"].select("region_code", "old_la_code", "la_name").null_count().row(0)
        == (levels["National"].height,) * 3
    )
    assert levels["Regional"]["region_code"].str.starts_with("E12").all()
    assert levels["Local authority"]["new_la_code"].str.contains(r"^E0[6-9]|^E10").all()


def test_england_is_counted_as_the_snapshot_tells_it(small: Planted, files: dict[str, bytes]) -> None:
    """By another road: pupils on roll in the spring census of 2026 and their status, straight from the rows."""
    roll = small.snapshot.tables["enrolment"].to_polars().filter(term_code="SPR", collection_year=2026)
    own = roll.filter(pl.col("enrolment_code").is_in(["C", "M"]))
    n = own.filter(pl.col("sen_provision_code").is_in(["K", "E"])).height
    told = data(files, "identification").filter(
        geographic_level="National", time_period="202526", measure="Pupils with SEN"
    )
    assert abs(int(told["numerator"].item()) - n) <= 2
    assert abs(int(told["denominator"].item()) - own.height) <= 2


def test_authorities_are_compared_on_all_pupils_with_sen_where_groups_are_told_apart(edition: Edition) -> None:
    placed = edition.cells.drop_nulls("group")
    by_status = placed.filter(theme="school")
    assert set(by_status["sen_status"]) <= {"With SEN"}
    assert set(placed["group"]) <= {
        *("not distinguishable from England", "better than England", "worse than England"),
        *("above England", "below England"),
    }
    assert placed.filter(pl.col("rank_low") > pl.col("rank_high")).is_empty()


def small_cells(edition: Edition) -> int:
    """Figures of fewer than ten children, or of all but fewer than ten."""
    is_share = pl.col("measure").is_in([name for name, measure in measures().items() if measure.is_share])
    rest = pl.when(is_share).then(pl.col("denominator") - pl.col("numerator"))
    few = (pl.col("numerator") < 10) | (pl.col("denominator") < 10) | (rest < 10)
    return edition.cells.filter(few).height


def test_no_figure_tells_of_fewer_than_ten_children(edition: Edition) -> None:
    assert edition.cells["numerator"].count() > 500
    assert small_cells(edition) == 0


@pytest.mark.usefixtures("few")
def test_with_a_policy_that_withholds_nothing_small_figures_are_found(
    small: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage of the test above."""
    monkeypatch.setitem(POLICIES, publish.POLICY, replace(POLICIES["publication"], threshold=0, rounding=1))  # type: ignore[arg-type]
    assert small_cells(made(small.snapshot, tmp_path)) > 50


def test_every_page_is_marked_as_a_draft_and_runs_nothing(files: dict[str, bytes]) -> None:
    pages = {name: html.fromstring(body.decode()) for name, body in files.items() if name.endswith(".html")}
    assert len(pages) == 13
    for page in pages.values():
        assert "Draft, made of invented data" in page.xpath("string(//p[@class='draft'])")
        assert not page.xpath("//script | //link | //img | //iframe | //@onclick")
        assert page.xpath("string(/html/@lang)") == "en-GB"


def test_every_link_leads_to_a_file_of_the_publication(files: dict[str, bytes]) -> None:
    for name, body in files.items():
        if name.endswith(".html"):
            for link in html.fromstring(body.decode()).xpath("//a/@href"):
                path = (Path("/") / name).parent / link
                assert str(path.resolve().relative_to("/")) in files


def test_a_value_stands_beside_its_interval_its_place_and_its_rank(edition: Edition, files: dict[str, bytes]) -> None:
    row = edition.cells.filter(theme="identification", measure="sen_prevalence").drop_nulls("group").row(0, named=True)
    [name] = [name for name in files if name.startswith(f"authorities/{row['authority_code']}-")]
    page = html.fromstring(files[name].decode())
    text = " ".join(page.xpath("//tr[th[starts-with(., 'Pupils with SEN')]]")[0].itertext())
    assert f"{row['value']:.1%} {row['low']:.1%} to {row['high']:.1%}" in text
    assert row["group"] in text
    assert f"{row['rank_low']} to {row['rank_high']} of {row['ranked']}" in text
    assert f"{row['value']:.1%}, interval" in page.xpath("//tr[th[starts-with(., 'Pupils with SEN')]]//@aria-label")[0]


def test_a_name_of_an_authority_cannot_turn_into_markup_or_a_formula(edition: Edition) -> None:
    code = edition.cells["authority_code"].drop_nulls()[0]
    evil = "=HYPERLINK(1)<script>alert(1)</script>"
    places = edition.places.with_columns(
        pl.when(pl.col("authority_code") == code).then(pl.lit(evil)).otherwise("authority").alias("authority")
    )
    spoilt = Edition(edition.name, edition.releases, edition.missing, places)
    object.__setattr__(
        spoilt,
        "cells",
        edition.cells.with_columns(
            pl.when(pl.col("authority_code") == code).then(pl.lit(evil)).otherwise("authority").alias("authority")
        ),
    )
    spoilt_files = dict(publish.files(spoilt))
    for name, body in spoilt_files.items():
        if name.endswith(".html"):
            assert b"<script" not in body
    sheet = fastexcel.read_excel(spoilt_files["indicators.xlsx"]).load_sheet("identification").to_polars()
    assert evil in sheet["Authority"].to_list(), "a text, not a formula"


def months(small: Planted) -> pl.DataFrame:
    """Months of people of 16 and 17 that are told, by another road: straight from the rows of the snapshot."""
    population = measures()["neet_16_17"].counts["denominator"].population
    frame = population.frame(small.snapshot)
    return frame.mutate(counts=measures()["neet_16_17"].counts["numerator"].where(frame)).to_polars()


def test_months_out_of_work_are_shown_only_where_ten_people_are_behind_them(small: Planted, edition: Edition) -> None:
    people = months(small).filter("counts").group_by("year", "authority_code").agg(pl.col("person_id").n_unique())
    told = edition.cells.filter(measure="neet_16_17", geographic_level="Local authority").select(
        "year", "authority_code", "numerator"
    )
    both = told.join(people, on=["year", "authority_code"])
    few = both.filter(pl.col("person_id") < 10)
    assert few.height > 0, "else the test shows nothing"
    assert few["numerator"].null_count() == few.height
    assert both["numerator"].count() > 0


def test_an_interval_of_months_is_wider_than_that_of_as_many_people(edition: Edition) -> None:
    row = edition.cells.filter(measure="neet_16_17", geographic_level="National").sort("year").row(-1, named=True)
    alone = wilson(row["numerator"], row["denominator"])
    assert row["high"] - row["low"] > 1.5 * float(alone.high - alone.low)


def test_means_and_medians_stand_with_their_intervals_and_places(edition: Edition, files: dict[str, bytes]) -> None:
    places = {}
    for theme, name in (("timeliness", "weeks_to_plan"), ("school", "absence"), ("provision", "hours_delivered")):
        told = edition.cells.filter(theme=theme, measure=name)
        england = told.filter(geographic_level="National").drop_nulls("value")
        assert england.height > 0
        assert (england["low"] <= england["value"]).all()
        assert (england["value"] <= england["high"]).all()
        places[name] = told.drop_nulls(["group", "rank_low"]).height
        column = "percentage" if measures()[name].is_percentage else "value"
        figures = data(files, theme).filter(pl.col("measure").str.starts_with(measures()[name].title))
        assert set(figures["numerator"]) == {"z"}
        assert (
            figures.filter(geographic_level="National", sen_status="Total")[column].cast(pl.Float64).is_finite().all()
        )
    assert min(places["absence"], places["hours_delivered"]) > 5


def test_authorities_are_held_against_the_england_that_is_published(edition: Edition) -> None:
    """Not against the sum of those shown: it leans away from authorities of which small figures are withheld."""
    held = 0
    for release in edition.releases.values():
        for name in ("positions", "value_positions"):
            placed = release.tables[name].frame if name in release.tables else pl.DataFrame()
            if "target" in placed.columns:
                told = placed.drop_nulls("target").select("measure", "sen_status", "year", "target").unique()
                both = told.join(
                    edition.cells.filter(geographic_level="National"), on=["measure", "sen_status", "year"]
                ).drop_nulls("value")
                assert both["target"].to_list() == both["value"].to_list()
                held += both.height
    assert held > 10


def test_a_mean_is_that_of_the_rows(small: Planted, edition: Edition) -> None:
    population = measures()["attainment_8"].numerator.population
    rows = population.frame(small.snapshot).to_polars()
    year = rows["year"].max()
    value = rows.filter(year=year)["result_score"].mean()
    told = edition.cells.filter(measure="attainment_8", geographic_level="National", sen_status="Total", year=year)
    assert told["value"].item() == pytest.approx(value, abs=0.005)


def test_the_workbook_holds_every_figure_and_the_notes(edition: Edition, files: dict[str, bytes]) -> None:
    book = fastexcel.read_excel(files["indicators.xlsx"])
    assert book.sheet_names == ["Notes", *THEMES]
    for theme in THEMES:
        sheet = book.load_sheet(theme).to_polars()
        assert sheet.height == edition.cells.filter(theme=theme).height
    notes = book.load_sheet("Notes").to_polars()
    assert notes["Note"].str.contains("no real child").any()


def test_the_manifest_names_the_snapshot_and_every_file_by_its_digest(small: Planted, files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    assert manifest["snapshot_digest"] == small.snapshot.digest
    assert manifest["is_invented"] is True
    assert manifest["files"] == {
        name: hashlib.sha256(body).hexdigest() for name, body in files.items() if name != "manifest.json"
    }
    assert sum(manifest["withheld"].values()) > 0


@pytest.mark.usefixtures("few")
def test_the_same_snapshot_makes_the_same_bytes(small: Planted, tmp_path: Path) -> None:
    first, again = (dict(publish.files(made(small.snapshot, tmp_path / name))) for name in ("a", "b"))
    assert first == again


def test_real_children_are_not_published(small: Planted, tmp_path: Path) -> None:
    manifest = replace(small.snapshot.manifest, is_invented=False)
    real = Snapshot(small.snapshot.path, manifest, small.snapshot.tables)
    with pytest.raises(ReleaseRefused, match="GATE-04"):
        made(real, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("few")
def test_an_empty_snapshot_has_no_publication(small: Planted, tmp_path: Path) -> None:
    tables = {name: table.limit(0) for name, table in small.snapshot.tables.items()}
    with pytest.raises(NothingToRelease, match="PUBLISH-03"):
        made(Snapshot(small.snapshot.path, small.snapshot.manifest, tables), tmp_path)


@pytest.mark.parametrize("name", ["2026", "2026-summer", "spring", "../2026-spring", "2026-spring "])
def test_a_name_that_is_no_edition_s_is_refused(small: Planted, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="PUBLISH-01"):
        publish.edition(small.snapshot, name, ledger=FileLedger(tmp_path))


def test_a_publication_is_whole_or_not_there_and_never_written_over(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    with monkeypatch.context() as broken:
        broken.setattr(publish.workbook, "file", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publish.written(edition, folder)
    assert not folder.exists()
    paths = publish.written(edition, folder)
    assert all(path.is_file() for path in paths)
    before = (folder / "index.html").read_bytes()
    with pytest.raises(UsageError, match="PUBLISH-02"):
        publish.written(edition, folder)
    assert (folder / "index.html").read_bytes() == before


@pytest.mark.usefixtures("few")
def test_the_command_writes_it_and_says_what_it_found(
    small: Planted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COHORT_HOME", str(tmp_path / "home"))
    asked = ["publish", "--snapshot", str(small.snapshot.path), "--edition", NAME]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "England 2025" in done.output
    assert "no real child is in it" in done.output
    [index] = (tmp_path / "home").rglob("publications/2026-spring/index.html")
    assert index.is_file()
    again = CliRunner().invoke(app, asked)
    assert "PUBLISH-02" in again.output + str(again.exception)
