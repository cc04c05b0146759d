"""Toggling a step of a population of a million people: who is left by each step, beside Polars anew by hand.

Both read the same Parquet: a million requests, six in ten assessed, half with a plan, followed to the plan. What is
printed: the seconds of each, the best of three, and that both count the same with the optional step and without.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from side_by_side import best, opened

from analysis.populations.clocks import REQUESTS_TO_PLAN

PEOPLE = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
YEAR, STEP = 2026, "ordinary"
CENSUS = date(2026, 1, 15)
AUTHORITIES = np.array([str(200 + n) for n in range(153)])


def written(folder: Path) -> None:
    """The tables that the population joins."""
    rng = np.random.default_rng(25)
    received = np.datetime64("2025-01-01") + rng.integers(0, 365, PEOPLE)
    line = pl.DataFrame(
        {
            "authority_code": rng.choice(AUTHORITIES, PEOPLE),
            "collection_year": np.full(PEOPLE, YEAR),
            "row_number": np.arange(PEOPLE) + 1,
            "person_id": np.char.add("p", np.arange(PEOPLE).astype(str)),
        }
    )
    request = line.with_columns(
        received_date=pl.Series(received.astype("datetime64[D]")),
        outcome_code=pl.Series(rng.choice(["Y", "N", "W", "A", "H"], PEOPLE, p=[0.6, 0.2, 0.05, 0.1, 0.05])),
        outcome_date=pl.Series((received + rng.integers(7, 70, PEOPLE)).astype("datetime64[D]")),
        age_at_receipt=pl.Series(rng.integers(2, 20, PEOPLE)),
    )
    of = line.rename({"row_number": "request_row"}).drop("person_id")
    assessed, planned = of.filter(request["outcome_code"] == "Y"), of.filter(rng.random(PEOPLE) < 0.5)
    n = assessed.height
    assessment = assessed.with_columns(
        outcome_code=pl.Series(rng.choice(["Y", "N"], n)),
        outcome_date=pl.Series(np.full(n, np.datetime64("2025-12-01"))),
        is_exception=pl.Series(rng.random(n) < 0.1),
    )
    plan = planned.with_columns(start_date=pl.lit(date(2025, 12, 20)))
    need = planned.with_columns(rank_code=pl.lit("1"), need_code=pl.lit("ASD"))
    person = pl.DataFrame({"person_id": line["person_id"], "sex_code": "F", "ethnicity_code": "WBRI"})
    told = pl.DataFrame({"authority_code": AUTHORITIES, "collection": "SEN2", "collection_year": YEAR})
    returned = told.with_columns(census_date=pl.lit(CENSUS))
    tables = {"ehc_request": request, "ehc_assessment": assessment, "ehc_plan": plan, "plan_need": need}
    for name, frame in {**tables, "person": person, "return": returned}.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")


def by_polars(folder: Path, *, toggled: bool) -> list[int]:
    """Units after each step, by hand."""
    line = ["authority_code", "collection_year", "request_row"]
    request = pl.scan_parquet(folder / "ehc_request.parquet").rename({"row_number": "request_row"})
    assessment = pl.scan_parquet(folder / "ehc_assessment.parquet").select(
        *line, "is_exception", no_plan=pl.col("outcome_code") == "N", closed=pl.col("outcome_date")
    )
    plan = pl.scan_parquet(folder / "ehc_plan.parquet").select(*line, "start_date")
    joined = request.join(assessment, on=line, how="left").join(plan, on=line, how="left")
    ended = pl.min_horizontal(
        "start_date",
        pl.when("no_plan").then("closed"),
        pl.when(pl.col("outcome_code").is_in(["N", "W"])).then("outcome_date"),
        pl.lit(CENSUS),
    )
    new = pl.col("outcome_code") != "H"
    ordinary = ~pl.col("is_exception").fill_null(False) if not toggled else pl.lit(True)
    steps = [new] if toggled else [new, ordinary]
    steps += [pl.col("received_date").is_not_null(), ended > pl.col("received_date")]
    kept, sums = pl.lit(True), []
    for place, step in enumerate(steps):
        kept = kept & step
        sums.append(kept.sum().alias(str(place)))
    return [*joined.select(pl.len().alias("start"), *sums).collect().row(0)]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder)
        snapshot = opened(folder)
        told: dict[str, object] = {"people": PEOPLE}
        began = time.perf_counter()
        judged = REQUESTS_TO_PLAN.judged(snapshot)
        told["judged once, s"] = round(time.perf_counter() - began, 3)
        for words, without in (("as declared", ()), ("toggled", (STEP,))):
            ours, found = best(lambda of=without: judged.flow(*of)["n"].to_list())
            polars, beside = best(lambda of=without: by_polars(folder, toggled=bool(of)))
            assert found == beside, (found, beside)
            told[words] = {"duckdb_s": round(ours, 3), "polars_s": round(polars, 3), "ratio": round(ours / polars, 3)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
