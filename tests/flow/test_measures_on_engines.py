"""Every measure says the same on every engine: of its example rows, of random rows, and of a whole snapshot.

Counts are equal; sums and means of numbers agree to 1e-9 of their size, since engines add in another order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.measure import COUNTS, Count, Value, measures
from analysis.population import BY_PLACE, Population
from analysis.table import figures, values
from cohort.snapshot import Snapshot, open_snapshot
from synthetic import snapshot as invented
from synthetic.world import make
from tests.measured import all_summed, all_told, example, populations
from tests.postgres import Databases
from tests.scratch import Scratch, scratch

TOLERANCE = 1e-9
ALL = populations()
EDGES = {
    pl.Int64: (-1, 0, 1, 5, 6, 41, 42, 43, 139, 140, 141, 2_000_000_000),
    pl.Float64: (-1.5, 0.0, 0.1, 0.5, 1.0, 1e9),
    pl.Boolean: (True, False),
    pl.Date: (date(1900, 1, 1), date(2024, 2, 29), date(2024, 8, 31), date(2024, 9, 1), date(9999, 12, 31)),
    pl.String: ("", "ZZ", "\u00e9", "y"),
}


@pytest.fixture(scope="module")
def postgres(embedded_server: Databases) -> Iterator[Scratch]:
    with embedded_server.fresh(is_empty=True) as engine, scratch(engine.url) as made:
        yield made


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("measured") / "small"
    invented.write(make(authorities=6, children=3_000, seed=25), folder)
    return open_snapshot(folder)


def _shown(of: dict[str, Count | Value]) -> pl.DataFrame:
    """The example rows of all that is measured of a population, below each other."""
    frames = [example(part).given.drop("place") for part in of.values()]
    columns = sorted(frames[0].columns)
    return pl.concat([frame.select(columns) for frame in frames]).with_row_index("place")


@pytest.mark.parametrize("name", ALL)
def test_postgres_says_of_every_example_row_what_is_declared_and_what_duckdb_says(name: str, postgres: Scratch) -> None:
    _, of = ALL[name]
    shown = _shown(dict(of))
    told = all_told(of, postgres.table("example", shown))
    assert_frame_equal(told, all_told(of, ibis.memtable(shown)), rel_tol=TOLERANCE)
    start = 0
    for which, part in of.items():
        rows = example(part)
        column = f"{which} {COUNTS}" if isinstance(part, Count) else f"{which} value"
        expected = rows.expected[part.column if isinstance(part, Count) else "value"]
        assert told[column].slice(start, rows.given.height).to_list() == pytest.approx(expected.to_list())
        start += rows.given.height


def _rows(population: Population, of: dict[str, Count | Value]) -> st.SearchStrategy[pl.DataFrame]:
    """Frames of the population's columns: edges of each type, what stands in examples, and nulls."""
    shown = _shown(of)
    cells = {}
    for column, kind in population.columns.items():
        known = set(shown[column].drop_nulls().to_list()) | set(EDGES[kind])
        cells[column] = st.none() | st.sampled_from(sorted(known, key=str))
    cells["year"] = st.sampled_from([2023, 2024])
    cells["authority_code"] = st.sampled_from(["301", "302"])
    rows = st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=12)
    return rows.map(lambda drawn: pl.DataFrame(drawn, schema=dict(population.columns)))


def _agree(name: str, frame: pl.DataFrame, postgres: Scratch) -> None:
    _, of = ALL[name]
    there = all_summed(of, postgres.table("drawn", frame), BY_PLACE)
    here = all_summed(of, ibis.memtable(frame), BY_PLACE)
    assert_frame_equal(there, here, rel_tol=TOLERANCE)


def _random(examples: int):
    def decorated(test):
        checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
        limited = settings(max_examples=examples, deadline=None, suppress_health_check=checks, database=None)
        return limited(given(data=st.data())(test))

    return decorated


@pytest.mark.parametrize("name", ALL)
@_random(2)
def test_postgres_and_duckdb_agree_on_random_rows(name: str, postgres: Scratch, data: st.DataObject) -> None:
    population, of = ALL[name]
    _agree(name, data.draw(_rows(population, dict(of))), postgres)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
@_random(100)
def test_postgres_and_duckdb_agree_on_many_random_rows(name: str, postgres: Scratch, data: st.DataObject) -> None:
    population, of = ALL[name]
    _agree(name, data.draw(_rows(population, dict(of))), postgres)


def _same(here: Snapshot, there: Snapshot) -> None:
    """All measures of both, by authority and year."""
    of_values = [measure for measure in measures().values() if isinstance(measure.numerator, Value)]
    of_counts = [measure for measure in measures().values() if not isinstance(measure.numerator, Value)]
    counted = [figures(taken, of_counts) for taken in (here, there)]
    assert_frame_equal(*counted)
    assert counted[0]["numerator"].sum() > 0
    assert_frame_equal(*(values(taken, of_values) for taken in (here, there)), rel_tol=TOLERANCE)


def test_a_whole_snapshot_comes_to_equal_figures_on_postgres_and_duckdb(taken: Snapshot, postgres: Scratch) -> None:
    _same(taken, postgres.snapshot(taken))


@pytest.mark.slow
def test_a_whole_snapshot_and_every_example_come_to_equal_figures_on_spark(taken: Snapshot, tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'cohort-0-25[spark]'")
    from dataclasses import replace

    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    backend = ibis.pyspark.connect(session)
    try:
        for name, (_, of) in ALL.items():
            shown = _shown(dict(of)).with_columns(pl.col("place").cast(pl.Int64))
            shown.write_parquet(tmp_path / f"{name}.parquet")
            table = backend.read_parquet(str(tmp_path / f"{name}.parquet"), table_name=f"example_{name}")
            assert_frame_equal(all_told(of, table), all_told(of, ibis.memtable(shown)), rel_tol=TOLERANCE)
        tables = {n: backend.read_parquet(str(taken.path / n / "*.parquet"), table_name=n) for n in taken.tables}
        _same(taken, replace(taken, tables=tables))
    finally:
        session.stop()
