"""What collections tell becomes a snapshot: rows numbered and named, persons known again, a digest of it all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from cohort.errors import DeclarationError, UsageError
from cohort.schema.tables import AUTHORITY_FACTS, FACTS
from cohort.snapshot.manifest import Manifest
from cohort.snapshot.shape import fact_schema
from service.snapshots import verify
from synthetic import snapshot
from synthetic.snapshot.names import person_ids
from synthetic.told import Told
from tests.spec.schema import life

Written = tuple[Manifest, dict[str, pl.DataFrame]]
GIVEN = {"has_upn": True, "is_upn_temporary": False, "has_uln": False}


@dataclass(frozen=True)
class World:
    """Three authorities, whose numbers do not rise with their positions, and five children."""

    tolds: Sequence[Told]
    seed: int = 25
    n_children: int = 5

    def codes(self, year: int) -> pl.Series:
        return pl.Series(["202", "201", "203"])

    def told(self) -> Iterator[Told]:
        return iter(self.tolds)


def persons(*who: tuple[int, int], **traits: object) -> pl.DataFrame:
    """Rows of person_trait: place and child of each, all with the same traits."""
    frame = pl.DataFrame(who, schema=["place", "child"], orient="row")
    return frame.with_columns(pl.lit(value).alias(name) for name, value in (GIVEN | traits).items())


def attendance(*who: tuple[int, int, str], **cells: object) -> pl.DataFrame:
    """Rows of attendance: place, child and term of each."""
    frame = pl.DataFrame(who, schema=["place", "child", "term_code"], orient="row")
    return frame.with_columns(pl.lit(v).alias(name) for name, v in ({"academic_year": 2024} | cells).items())


CENSUS = Told(
    "school census",
    2024,
    {
        "person_trait": persons((0, 1), (0, 3), (1, 2), (1, 4), sex_code="F"),
        "attendance": attendance((0, 3, "AUT"), (0, 3, "SPR"), (1, 2, "AUT"), (1, 4, "AUT"), urn="900001"),
    },
)
HEALTH = Told("SEN2", 2024, {"person_trait": persons((0, 3), (2, 0), (2, 2), sex_code="M")})
NEXT = Told(
    "school census",
    2025,
    {"person_trait": persons((1, 2), (1, 3), sex_code=None, ethnicity_code="WBRI")},
)
SMALL = World([HEALTH, CENSUS, NEXT])


def written(world: World, folder: Path) -> Written:
    """The manifest and the tables."""
    manifest = snapshot.write(world, folder)
    return manifest, {name: pl.read_parquet(folder / name / "*.parquet") for name in manifest.tables}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small world is written."""
    return tmp_path_factory.mktemp("small") / "s"


@pytest.fixture(scope="module")
def small(place: Path) -> Written:
    return written(SMALL, place)


@pytest.fixture(scope="module")
def tables(small: Written) -> dict[str, pl.DataFrame]:
    return small[1]


def test_rows_are_numbered_within_authority_and_year_and_stand_in_the_order_of_authorities(
    tables: dict[str, pl.DataFrame],
) -> None:
    ids = person_ids(25, 5)
    told = tables["attendance"].select("person_id", "authority_code", "row_number", "person_row", "term_code").rows()
    assert told == [
        (ids[2], "201", 1, 1, "AUT"),
        (ids[4], "201", 2, 2, "AUT"),
        (ids[3], "202", 1, 2, "AUT"),
        (ids[3], "202", 2, 2, "SPR"),
    ]


def test_rows_of_persons_are_numbered_within_their_collection_and_say_which_it_is(
    tables: dict[str, pl.DataFrame],
) -> None:
    place = ("collection_year", "authority_code", "collection", "row_number")
    told = tables["person_trait"].select(*place).rows()
    assert told == sorted(told)
    assert [row for row in told if row[:2] == (2024, "202")] == [
        (2024, "202", "SEN2", 1),
        (2024, "202", "school census", 1),
        (2024, "202", "school census", 2),
    ]
    assert tables["person_trait"]["person_row"].equals(tables["person_trait"]["row_number"].rename("person_row"))
    assert tables["link"].select(*place).rows() == told


def test_a_person_is_new_once_and_known_ever_after(tables: dict[str, pl.DataFrame]) -> None:
    link = tables["link"].with_row_index("order")
    first = link.group_by("person_id").agg(pl.col("order").min())
    assert set(link.filter(rule_code="new")["order"]) == set(first["order"])
    assert set(link.filter(rule_code="upn")["certainty"]) == {"exact"}


def test_a_person_has_the_traits_that_were_told_last_and_nothing_told_forgets_none(
    tables: dict[str, pl.DataFrame],
) -> None:
    ids = person_ids(25, 5)
    told = {row[0]: row[1:] for row in tables["person"].select("person_id", "sex_code", "ethnicity_code").rows()}
    assert told == {
        ids[0]: ("M", None),
        ids[1]: ("F", None),
        ids[2]: ("M", "WBRI"),  # 203 comes after 201, and the year after says nothing of sex
        ids[3]: ("F", "WBRI"),
        ids[4]: ("F", None),
    }
    assert tables["person"]["person_id"].is_sorted()


def test_every_table_has_a_part_each_year_and_its_columns_where_nothing_was_told(
    place: Path, tables: dict[str, pl.DataFrame]
) -> None:
    for table in FACTS:
        assert {path.stem for path in (place / table.name).iterdir()} == {"2024", "2025"}
        assert tables[table.name].schema == {name: kind() for name, kind in fact_schema(table).items()}
    assert tables["placement"].is_empty()


def test_the_snapshot_is_invented_and_known_at_the_last_day_told(tmp_path: Path) -> None:
    head = pl.DataFrame({"place": [0, 2], "census_date": [date(2024, 1, 18)] * 2, "medical_officer_code": ["Y", "R"]})
    told = replace(HEALTH, tables={**HEALTH.tables, "authority_year": head})
    manifest, tables = written(World([told, CENSUS]), tmp_path / "s")
    assert manifest.is_invented
    assert manifest.as_known_at == datetime(2024, 8, 31, tzinfo=UTC)
    said = tables["return"].select("authority_code", "collection", "census_date", "medical_officer_code").rows()
    assert said == [
        ("201", "school census", date(2024, 8, 31), None),
        ("202", "SEN2", date(2024, 1, 18), "Y"),
        ("202", "school census", date(2024, 8, 31), None),
        ("203", "SEN2", date(2024, 1, 18), "R"),
    ]
    received = [event for event in manifest.events if "collection" in event]
    assert len({event["content_digest"] for event in received}) == len(received) == len(said)


def test_what_is_said_of_authorities_is_one_table(tmp_path: Path) -> None:
    policy = pl.DataFrame({"place": [0, 1], "policy_code": ["X", "Y"], "from_date": [date(2020, 1, 1)] * 2})
    tolds = [Told("authority year", year, {"authority_policy": policy}) for year in (2024, 2025)]
    _, tables = written(World(tolds), tmp_path / "s")
    said = tables["authority_policy"].select("collection_year", "authority_code", "row_number", "policy_code").rows()
    assert said == [(year, *row) for year in (2024, 2025) for row in (("201", 1, "Y"), ("202", 1, "X"))]
    assert {table.name for table in AUTHORITY_FACTS} < set(tables)


def test_one_seed_gives_one_digest_and_another_seed_other_persons(small: Written, tmp_path: Path) -> None:
    again = snapshot.write(SMALL, tmp_path / "again")
    other = snapshot.write(replace(SMALL, seed=26), tmp_path / "other")
    assert small[0].digest == again.digest != other.digest
    assert again.tables["return"] == other.tables["return"]
    assert again.tables["person"].digest != other.tables["person"].digest


def test_a_person_keeps_the_name_in_a_larger_world() -> None:
    assert person_ids(25, 3).to_list() == person_ids(25, 5)[:3].to_list()
    assert person_ids(25, 1000).n_unique() == 1000
    assert person_ids(25, 1000).str.contains("^[0-9a-f]{32}$").all()


def test_codes_may_be_told_as_codes_and_numbers_in_fewer_bytes(small: Written, tmp_path: Path) -> None:
    kinds = {"term_code": pl.Enum(["SPR", "AUT"]), "urn": pl.Categorical, "academic_year": pl.Int16}
    coded_tables = {
        "attendance": CENSUS.tables["attendance"].cast({**kinds, "child": pl.UInt32, "place": pl.Int8}),
        "person_trait": CENSUS.tables["person_trait"].cast({"sex_code": pl.Enum(["M", "F"]), "child": pl.Int32}),
    }
    coded = World([HEALTH, replace(CENSUS, tables=coded_tables), NEXT])
    assert snapshot.write(coded, tmp_path / "coded").digest == small[0].digest


def test_a_file_holds_no_codes_of_which_no_row_speaks(tmp_path: Path) -> None:
    every = pl.Enum([str(900_000 + n) for n in range(20_000)])
    few = CENSUS.tables["attendance"].cast({"urn": every})
    snapshot.write(World([replace(CENSUS, tables={**CENSUS.tables, "attendance": few})]), tmp_path / "s")
    written_file = pq.read_metadata(tmp_path / "s" / "attendance" / "2024.parquet")
    assert written_file.row_group(0).total_byte_size < 10_000, "before compression"


def test_a_part_of_many_slices_is_the_part(small: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cohort.snapshot.write.SLICE", 2)
    sliced, same = written(SMALL, tmp_path / "sliced")
    assert sliced.digest == small[0].digest
    assert all(same[name].equals(table) for name, table in small[1].items())


def test_every_table_of_the_record_can_be_told(tmp_path: Path) -> None:
    """The life that the schema's tests tell, in a row or more of every table of facts."""
    lived = {table.name: life.rows(table) for table in FACTS}
    tolds = []
    for year in sorted({year for parts in lived.values() for year in parts}):
        told = {name: parts[year] for name, parts in lived.items() if year in parts}
        tables = {name: rows.with_columns(place=pl.lit(0), child=pl.lit(0)) for name, rows in told.items()}
        tolds.append(Told("life", year, {"person_trait": persons((0, 0)), **tables}))
    _, written_tables = written(World(tolds), tmp_path / "s")
    for name, parts in lived.items():
        rows = pl.concat(
            [part.with_columns(collection_year=pl.lit(year, pl.Int64)) for year, part in sorted(parts.items())]
        )
        read = written_tables[name].filter(pl.col("collection_year").is_in(list(parts)))
        assert_frame_equal(read.select(rows.columns), rows)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"attendence": CENSUS.tables["attendance"]}, "attendence"),
        ({"attendance": attendance((0, 3, "AUT"), possible=1)}, "possible"),
        ({"attendance": attendance((0, 3, "AUT")).drop("academic_year")}, "academic_year"),
        ({"attendance": attendance((0, 3, "AUT"), academic_year=None)}, "academic_year"),
        ({"attendance": attendance((1, 3, "AUT"))}, "does not name"),
        ({"attendance": attendance((2, 4, "AUT"))}, "does not name"),
        ({"person_trait": persons((0, 3)).drop("has_upn")}, "has_upn"),
        ({"person_trait": persons((0, 3), (0, 1), (0, 3))}, "twice"),
    ],
)
def test_what_the_record_could_not_hold_is_refused_and_nothing_is_left(
    tmp_path: Path, tables: dict[str, pl.DataFrame], words: str
) -> None:
    wrong = replace(CENSUS, tables={**CENSUS.tables, **tables})
    with pytest.raises(DeclarationError, match=words):
        snapshot.write(World([HEALTH, wrong]), tmp_path / "s")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "tolds",
    [
        [HEALTH, HEALTH],
        [CENSUS, replace(CENSUS, collection="another")],
        [CENSUS, NEXT, HEALTH],
        [NEXT, CENSUS],
    ],
)
def test_a_collection_a_table_and_a_year_are_told_once_and_years_in_order(tmp_path: Path, tolds: list[Told]) -> None:
    with pytest.raises(DeclarationError, match="twice"):
        snapshot.write(World(tolds), tmp_path / "s")


def test_a_place_is_taken_by_one_content_only(tmp_path: Path) -> None:
    first = snapshot.write(SMALL, tmp_path / "s")
    (tmp_path / "s" / "truth.json").write_text("{}")
    assert snapshot.write(SMALL, tmp_path / "s") == first
    with pytest.raises(UsageError, match="SNAP-05"):
        snapshot.write(replace(SMALL, seed=26), tmp_path / "s")
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_what_was_written_verifies_until_it_is_changed(tmp_path: Path) -> None:
    snapshot.write(SMALL, tmp_path / "s")
    verify(tmp_path / "s")
    path = tmp_path / "s" / "attendance" / "2024.parquet"
    original = path.read_bytes()
    pl.read_parquet(path).with_columns(urn=pl.lit("900002")).write_parquet(path)
    with pytest.raises(UsageError, match="SNAP-06"):
        verify(tmp_path / "s")
    path.write_bytes(original[: len(original) // 2])
    with pytest.raises(UsageError, match="SNAP-06"):
        verify(tmp_path / "s")
    path.write_bytes(original)
    verify(tmp_path / "s")
    manifest = tmp_path / "s" / "snapshot.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"events": []}))
    with pytest.raises(UsageError, match="SNAP-07"):
        verify(tmp_path / "s")


def test_progress_hears_what_is_being_written(tmp_path: Path) -> None:
    heard: list[str] = []
    snapshot.write(SMALL, tmp_path / "s", heard.append)
    assert heard == ["SEN2 2024", "school census 2024", "school census 2025"]
