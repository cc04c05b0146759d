"""Small invented official files, and a Postgres of its own for the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from cohort.reference.figure import SCHEMA
from cohort.reference.sources import BY_NAME
from tests.postgres import embedded

HEAD = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,"
    "new_la_code,old_la_code,la_name,breakdown_topic,breakdown"
)
PLACES = {
    "England": "National,E92000001,England,,,,,",
    "North East": "Regional,E92000001,England,E12000001,North East,,,",
    "Darlington": "Local authority,E92000001,England,E12000001,North East,E06000005,841,Darlington",
    "Gateshead": "Local authority,E92000001,England,E12000001,North East,E08000037,390,Gateshead",
}

Writer = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Writer:
    """`written(columns, (place, topic, breakdown, cells), …, period=)` writes a requests-like EES file."""

    def write(
        columns: str,
        *lines: tuple[str, str, str, str],
        period: str = "2024,Calendar year",
        name: str = "file.csv",
        start: str = "",
    ) -> Path:
        body = [f"{period},{PLACES.get(p, p)},{topic},{breakdown},{cells}" for p, topic, breakdown, cells in lines]
        path = tmp_path / name
        path.write_text(start + "\n".join([f"{HEAD},{columns}", *body]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def long() -> Callable[..., pl.DataFrame]:
    """`long((source, year, level, code, measure, value or status), …)` gives total rows in the long form."""

    def build(*figures: tuple[str, int, str, str | None, str, float | str]) -> pl.DataFrame:
        rows = [
            {
                "source_name": source,
                "year": year,
                "time_period": str(year),
                "time_identifier": "Calendar year",
                "geographic_level": level,
                "region_code": None,
                "authority_code": code,
                "breakdown_topic": BY_NAME[source].total[0],
                "breakdown": BY_NAME[source].total[1],
                "measure": measure,
                "value": None if isinstance(value, str) else float(value),
                "text": None,
                "status": value if isinstance(value, str) else "shown",
            }
            for source, year, level, code, measure, value in figures
        ]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")

    return build


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a Postgres that lives as long as the tests."""
    with embedded() as url:
        yield url.render_as_string(hide_password=False)
