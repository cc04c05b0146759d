"""Loading facts as the record does, beside a COPY into a naked table, and what constraints would have cost.

One million placements of 787,000 persons are copied, in turn, on the embedded Postgres: into a naked table; the
way the loader does (a leaf with its two indexes, every person required to exist); into a table with enforced
foreign keys. Then the overlap query over the same rows. Best of three, as ratios to the naked COPY.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import Connection, Engine, create_engine, text

from cohort.schema.tables import METADATA
from cohort.store import embedded, migrate
from cohort.store.copy import copy_in
from cohort.store.identity import SCHEMA, of_events
from cohort.store.integrity import SPELLS, overlaps, require_persons
from cohort.store.known import Known

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
RUNS = 3
FIRST = pl.lit(date(2018, 9, 1))
COLUMNS = "person_id uuid, collection_year int, submission_id bigint, row_number int, person_row int, request_row int"
COLUMNS += ", active_plan_row int, rank_code varchar(8), entry_date date, leaving_date date"


def persons(n: int, seed: int = 25) -> list[str]:
    """Random keys, as the record gives them."""
    random = np.random.default_rng(seed).bytes(16 * n).hex()
    return [random[32 * k : 32 * (k + 1)] for k in range(n)]


def placements(known: list[str]) -> pl.DataFrame:
    """A placement a row, most persons with one and some with two, in the order of a return."""
    random = np.random.default_rng(1)
    who = np.concatenate([np.arange(len(known)), random.integers(0, len(known), ROWS - len(known))])
    start = random.integers(0, 2000, ROWS)
    return pl.DataFrame(
        {
            "person_id": pl.Series(known).gather(np.sort(who)),
            "collection_year": 2024,
            "submission_id": 1,
            "row_number": np.arange(ROWS),
            "person_row": np.arange(ROWS),
            "request_row": 1,
            "active_plan_row": 1,
            "rank_code": "1",
        }
    ).with_columns(
        entry_date=FIRST + pl.duration(days=pl.Series(start)),
        leaving_date=FIRST + pl.duration(days=pl.Series(start + random.integers(1, 900, ROWS))),
    )


def seconds(engine: Engine, work: Callable[[Connection], None]) -> float:
    """Time of one transaction, its commit included; what it wrote is taken away after."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE naked, keyed, cohort.placement_2024"))
    start = time.perf_counter()
    with engine.begin() as connection:
        work(connection)
    return time.perf_counter() - start


def main() -> None:
    """Print the ratios as JSON."""
    with tempfile.TemporaryDirectory(prefix="cohort-bench-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        engine = create_engine(embedded.start(Path(folder)))
        migrate.upgrade(engine)
        known = persons(int(ROWS * 0.787))
        frame = placements(known)
        with engine.begin() as connection:
            _prepare(connection, known)
        print(json.dumps(_measured(engine, frame)))
        engine.dispose()


def _prepare(connection: Connection, known: list[str]) -> None:
    connection.execute(text("INSERT INTO cohort.submission (authority_code, software_version) VALUES ('201', 'x')"))
    copy_in(connection, "person", pl.DataFrame({"person_id": known, "submission_id": [1] * len(known)}))
    connection.execute(text(f"CREATE TABLE naked ({COLUMNS})"))
    connection.execute(
        text(
            f"CREATE TABLE keyed ({COLUMNS}, PRIMARY KEY (person_id, submission_id, row_number), "
            "FOREIGN KEY (person_id) REFERENCES cohort.person, "
            "FOREIGN KEY (submission_id) REFERENCES cohort.submission)"
        )
    )
    connection.execute(text("ANALYZE cohort.person"))


def _measured(engine: Engine, frame: pl.DataFrame) -> dict[str, float]:
    def ours(connection: Connection) -> None:
        require_persons(connection, frame["person_id"])
        copy_in(connection, "placement_2024", frame)

    ways: dict[str, Callable[[Connection], None]] = {
        "naked": lambda connection: copy_in(connection, "naked", frame, schema="public"),
        "keyed": lambda connection: copy_in(connection, "keyed", frame, schema="public"),
        "ours": ours,
    }
    best = {name: min(seconds(engine, work) for _ in range(RUNS)) for name, work in ways.items()}
    held = Known(
        pl.DataFrame({"submission_id": [1], "collection_year": [2024]}), of_events(pl.DataFrame(schema=SCHEMA))
    )
    start = time.perf_counter()
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL work_mem = '256MB'"))
        assert METADATA.tables["cohort.placement"].name == SPELLS[0].table
        overlaps(connection, held, SPELLS[0], 2024)
    best["overlaps"] = time.perf_counter() - start
    shown = {f"{name} as a multiple of naked": round(best[name] / best["naked"], 2) for name in best if name != "naked"}
    return {"rows": ROWS, "naked seconds": round(best["naked"], 2), **shown}


if __name__ == "__main__":
    main()
