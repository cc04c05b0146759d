"""What is written is read back as it was meant, and the project itself finds nothing wrong with it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cohort.ingest.format import Role
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.judge import judge
from cohort.ingest.parse import parse
from cohort.ingest.read import read
from synthetic.world import World


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_what_is_written_is_what_is_parsed(year: int, world: World, out: Path) -> None:
    told = next(r for r in world.returns() if r.year == year)
    parsed = parse(read(out / told.file_name))
    assert parsed.notes == {}
    for table in SEN2.tables:
        kept = ["row_number", *(c.stored for c in table.columns if c.role is not Role.DROPPED and c.in_year(year))]
        keys = [name for name in told.tables[table.stored].columns if name.endswith("_row")]
        meant = told.tables[table.stored].select(*keys, *kept)
        if "postcode" in kept:  # the parser closes the gap in a postcode
            meant = meant.with_columns(pl.col("postcode").str.replace(" ", ""))
        assert_frame_equal(parsed.tables[table.stored].select(*keys, *kept), meant, check_dtypes=False)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_project_finds_nothing(year: int, out: Path) -> None:
    for path in out.glob(f"SEN2_*_{year}.xml"):
        receipt = judge(path, path.name)
        assert receipt.findings == {}
        assert receipt.notes == {}
        assert receipt.rows["Person"] > 0
