"""All returns of one year, two processes, beside a bare lxml extraction of the same files in one process.

    python benchmarks/bench_nation.py FOLDER      # or, without a folder, a tenth of a nation is invented first

The bare one is a single process that runs `iterparse(tag="Person")` over each file in turn, keeps the text of every
leaf in lists by tag until the file ends, and clears each person behind itself; it types, judges and stores nothing.
Judging is `cohort validate FOLDER --workers 2`; taking in is `cohort ingest FOLDER --workers 2` into an empty record on
the embedded Postgres, whose server has to share the two cores. Then the same rows are copied, leaf by leaf, out of the
record and into naked tables of the same columns, without indexes: what COPY alone costs. Each is measured once, by the
clock, in this order. Demand: validating at most 6 x the bare one, under 1 GB a process.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import polars as pl
from bench_validate import bare
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, text

from cohort.schema.facts import leaf
from cohort.schema.tables import FACTS
from cohort.settings import from_environment
from cohort.store import embedded, migrate
from cohort.store.copy import copy_in, driver_of
from cohort.vault import keys
from service import access, many
from synthetic import returns
from synthetic.world import make

WORKERS = 2
YEAR = 2026
CHILDREN = 60_000


def taken(files: list[Path], task: many.Task) -> tuple[float, many.Tally]:
    """Seconds of a task on every file, and what came of it."""
    start, tally = time.perf_counter(), many.Tally()
    for outcome in many.run(files, task, WORKERS, threading.Event()):
        tally.add(outcome)
    return time.perf_counter() - start, tally


def copied(engine: Engine) -> tuple[int, float]:
    """Rows of the year's facts, and the seconds in which COPY alone writes them into naked tables."""
    rows, seconds = 0, 0.0
    for table in FACTS:
        with engine.begin() as connection:
            name = leaf(table, YEAR)
            if not (n := connection.scalar(text(f"SELECT count(*) FROM cohort.{name}"))):
                continue
            frame = _all_of(connection, name)
            connection.execute(text(f"CREATE TABLE public.naked_{name} AS SELECT * FROM cohort.{name} WITH NO DATA"))
            start = time.perf_counter()
            copy_in(connection, f"naked_{name}", frame, schema="public")
            seconds, rows = seconds + time.perf_counter() - start, rows + n
    return rows, seconds


def _all_of(connection: Connection, name: str) -> pl.DataFrame:
    query = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT WITH (FORMAT csv, HEADER)").format(
        sql.Identifier("cohort", name)
    )
    with driver_of(connection).cursor() as cursor, cursor.copy(query) as copy:
        body = b"".join(copy)
    return pl.read_csv(body, infer_schema=False)


def measured(files: list[Path]) -> dict[str, object]:
    """The three in turn, and COPY of the same rows."""
    start = time.perf_counter()
    persons = sum(map(bare, files))
    alone = time.perf_counter() - start
    print(json.dumps({"files": len(files), "persons": persons, "bare seconds": round(alone, 1)}), flush=True)
    judging, judged = taken(files, many.Task())
    print(json.dumps({"validated, as a multiple of bare": round(judging / alone, 2)}), judged.line(), flush=True)
    engine = _record()
    loading, loaded = taken(files, many.Task("bench"))
    print(json.dumps({"ingested, as a multiple of bare": round(loading / alone, 2)}), loaded.line(), flush=True)
    became = pl.Series([o.receipt.status.value for o in loaded.outcomes]).value_counts().rows()
    rows, seconds = copied(engine)
    engine.dispose()
    return {
        "became": dict(became),
        "rows": rows,
        "seconds of COPY of the same rows": round(seconds, 1),
        "rate of the whole ingest, as a share of COPY": round(seconds / loading, 3),
        "megabytes of a process": round(max(o.peak for o in loaded.outcomes + judged.outcomes) / 1e6),
        "load average": os.getloadavg(),
    }


def _record() -> Engine:
    settings = from_environment()
    engine = create_engine(embedded.start(settings.home))
    migrate.upgrade(engine)
    keys.create(settings.key_file)
    access.add_account(engine, "bench", "operator")
    return engine


def main() -> None:
    """Print the ratios."""
    with tempfile.TemporaryDirectory(prefix="cohort-bench-", dir="/var/tmp") as home:
        Path(home).chmod(0o755)
        os.environ["COHORT_HOME"] = home
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(home) / "returns"
        if len(sys.argv) == 1:
            returns.write(make(None, CHILDREN, range(YEAR, YEAR + 1), seed=3), folder)
        print(json.dumps(measured(many.found([folder]))))


if __name__ == "__main__":
    main()
