"""A small world by its files and the ordinary road, and the same world as a snapshot directly, are equal tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis.ledger import FileLedger
from analysis.measure import Measure, measures
from analysis.measures import process
from analysis.run import run
from analysis.table import counts
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.load import Decision
from cohort.ingest.pipeline import ingest
from cohort.schema.tables import AUTHORITY_FACTS, FACTS
from cohort.snapshot import Snapshot, open_snapshot
from cohort.snapshot.cut import Cut, cut
from cohort.snapshot.shape import KEY
from cohort.vault import keys
from cohort.vault.project import project_key
from synthetic import returns, snapshot, truth
from synthetic.told import Told
from synthetic.world import World, make
from tests.postgres import Databases

ROW = [name for name in KEY if name != "collection"]
AT = datetime(2026, 11, 1, tzinfo=UTC)
PLACES = ("return", "authority", "authority_period", "authority_succession")


@dataclass(frozen=True)
class Both:
    """A world's snapshot by way of the record, and the one written directly."""

    cut: Snapshot
    written: Snapshot

    def tables(self, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """One table of both, whose persons bear the names that the second gives them."""
        through, directly = (taken.tables[name].to_polars() for taken in (self.cut, self.written))
        if "person_id" in through.columns:
            through = through.with_columns(pl.col("person_id").replace_strict(self.names()))
        return through, directly

    def names(self) -> dict[str, str]:
        """Who is who, by where persons stand in the returns."""
        where = ("person_id", "authority_code", "collection", "collection_year", "row_number")
        through, directly = (
            taken.tables["person_trait"].select(*where).to_polars() for taken in (self.cut, self.written)
        )
        pairs = through.join(directly, on=where[1:], how="full", coalesce=True).select("person_id", "person_id_right")
        return dict(pairs.unique().rows())


@pytest.fixture(scope="module")
def world() -> World:
    return make(authorities=3, children=400, seed=25)


@pytest.fixture(scope="module")
def both(world: World, embedded_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder, ring = tmp_path_factory.mktemp("world"), keys.throwaway()
    paths = sorted(returns.write(world, folder / "returns"), key=lambda path: path.stem[-4:])
    with embedded_server.fresh() as engine:
        for path in paths:
            receipt = ingest(path, path.name, engine=engine, ring=ring, decision=Decision("t"))
            assert receipt.status.value == "accepted", receipt.findings
        rekey, key_id = project_key(ring, "tests")
        cut(engine, folder, Cut("cut", rekey, key_id))
    snapshot.write(world, folder / "written")
    return Both(open_snapshot(folder / "cut"), open_snapshot(folder / "written"))


def test_both_have_the_same_tables_of_the_same_columns_in_the_same_parts(both: Both) -> None:
    shapes = [
        {name: (entry.rows, entry.columns) for name, entry in taken.manifest.tables.items()}
        for taken in (both.cut, both.written)
    ]
    assert shapes[0] == shapes[1]
    files = [{p.relative_to(taken.path) for p in taken.path.rglob("*.parquet")} for taken in (both.cut, both.written)]
    assert files[0] == files[1]


def test_each_person_of_the_one_is_one_person_of_the_other_through_all_years(both: Both) -> None:
    names = both.names()
    persons = both.written.tables["person"].to_polars()
    assert None not in names
    assert sorted(names.values()) == sorted(persons["person_id"])
    rows = both.written.tables["person_trait"].to_polars()
    assert len(rows) > len(persons), "some are told of in several years"
    moved = rows.group_by("person_id").agg(pl.col("authority_code").n_unique())
    assert moved["authority_code"].max() > 1, "and some by several authorities"


@pytest.mark.parametrize("name", [table.name for table in (*FACTS, *AUTHORITY_FACTS)])
def test_facts_are_equal_cell_by_cell_and_in_the_same_order(both: Both, name: str) -> None:
    assert_frame_equal(*both.tables(name))


def test_every_table_that_sen2_feeds_has_rows(both: Both) -> None:
    assert all(both.written.manifest.tables[table.stored].rows for table in SEN2.tables)


@pytest.mark.parametrize("name", PLACES)
def test_returns_and_authorities_have_the_same_digest(both: Both, name: str) -> None:
    assert both.cut.manifest.tables[name].digest == both.written.manifest.tables[name].digest


def test_persons_have_the_same_traits(both: Both) -> None:
    through, directly = both.tables("person")
    assert_frame_equal(through.sort("person_id"), directly)


def test_links_name_the_same_persons_in_the_same_rows_whatever_rule_found_them(both: Both) -> None:
    through, directly = both.tables("link")
    said = ("rule_code", "certainty")
    assert_frame_equal(through.drop(said), directly.drop(said))
    new = [frame.select(*ROW, is_new=pl.col("rule_code") == "new") for frame in (through, directly)]
    assert_frame_equal(*new)


def test_both_receive_the_same_returns(both: Both) -> None:
    received = [
        [{k: v for k, v in event.items() if k != "content_digest"} for event in taken.manifest.events]
        for taken in (both.cut, both.written)
    ]
    assert received[0] == received[1]
    assert both.written.manifest.is_invented
    assert both.cut.manifest.is_invented


@dataclass(frozen=True)
class AlsoAtSchool:
    """A world in which every second child goes to school in the next authority, which returns a school census."""

    world: World

    seed = property(lambda self: self.world.seed)
    places = property(lambda self: self.world.places)
    n_children = property(lambda self: self.world.n_children)

    def codes(self, year: int) -> pl.Series:
        return self.world.codes(year)

    def told(self) -> Iterator[Told]:
        for told in self.world.told():
            pupils = told.tables["person_trait"].drop("row_number", "person_row").gather_every(2)
            pupils = pupils.with_columns(place=(pl.col("place") + 1) % len(self.places)).unique(
                ["place", "child"], maintain_order=True
            )
            yield told
            yield Told("school census", told.year, {"person_trait": pupils})


def test_a_school_census_of_the_same_children_changes_no_measure_of_the_process(
    both: Both, world: World, tmp_path: Path
) -> None:
    snapshot.write(AlsoAtSchool(world), tmp_path / "s")
    taken = open_snapshot(tmp_path / "s")
    assert taken.manifest.tables["return"].rows == 2 * both.written.manifest.tables["return"].rows
    known = [measure for measure in vars(process).values() if isinstance(measure, Measure) and measure.counts]
    assert len(known) > 5
    assert_frame_equal(counts(taken, known).counts, counts(both.written, known).counts)
    records = measures()["linked_records"].numerator.population
    assert records.flow(taken)["n"][0] == taken.manifest.tables["link"].rows


@dataclass(frozen=True)
class Left:
    """A child whose plan 201 ended as transferred, and who a year later goes to school in 202 without a plan there."""

    seed = 25
    n_children = 2
    places = pl.DataFrame({"authority_code": ["201", "202"]})

    def codes(self, _: int) -> pl.Series:
        return self.places["authority_code"]

    def told(self) -> Iterator[Told]:
        persons = pl.DataFrame({"place": [0, 0, 1], "child": [0, 1, 0]}).with_columns(
            has_upn=pl.lit(value=True), is_upn_temporary=pl.lit(value=False), has_uln=pl.lit(value=False)
        )
        plan = persons[:1].select("place", "child", request_row=1, assessment_row=1, cease_reason_code=pl.lit("5"))
        yield Told("SEN2", 2024, {"person_trait": persons[:2], "ehc_plan": plan})
        yield Told("SEN2", 2025, {"person_trait": persons[1:2]})
        yield Told("school census", 2025, {"person_trait": persons[2:]})


def test_who_goes_to_school_elsewhere_has_not_arrived_there_with_a_plan(tmp_path: Path) -> None:
    snapshot.write(Left(), tmp_path / "s")
    found = counts(open_snapshot(tmp_path / "s"), [measures()["leavers_not_arrived"]]).counts
    assert found is not None
    assert found.select("year", "authority_code", "numerator", "denominator").rows() == [(2023, "201", 1, 1)]


@pytest.mark.parametrize("name", ["outcome_summary", "linkage_quality", "leavers"])
def test_a_study_says_the_same_of_both(both: Both, tmp_path: Path, name: str) -> None:
    ledger = FileLedger(tmp_path)
    through, directly = (
        run(name, snapshot=taken, policy="publication", ledger=ledger, at=AT) for taken in (both.cut, both.written)
    )
    assert directly.provenance.is_invented
    assert directly.provenance.snapshot_digest == both.written.digest
    assert directly.tables
    for table, shown in directly.tables.items():
        assert_frame_equal(shown.frame, through.tables[table].frame)


def test_a_measure_of_the_snapshot_equals_what_was_planted(both: Both, world: World) -> None:
    found = counts(both.written, [measures()["within_20_weeks"]]).counts
    assert found is not None
    planted = truth.estimands(world).filter(id="plans.within_20_weeks").with_columns(year=pl.col("year") - 1)
    same = planted.join(found, on=["year", "authority_code"], suffix="_found")
    assert same["numerator"].sum() > 0
    assert same["numerator"].to_list() == same["numerator_found"].to_list()
    assert same["denominator"].to_list() == same["denominator_found"].to_list()
