"""A measure over two million children by authority, year and need: our declaration on DuckDB beside Polars by hand.

Both read the same Parquet: pupils of the spring census in three years, the primary needs of those with SEN, and
persons. What is printed: the seconds of each, the best of three, and that both counted the same.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from side_by_side import best, opened

from analysis.measure import measures
from analysis.table import figures

CHILDREN = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
YEARS = (2024, 2025, 2026)
MEASURE = "sen_prevalence"
BY = ("year", "authority_code", "need_code")
NEEDS = np.array(["ASD", "SLCN", "SEMH", "MLD", "SPLD", "SLD", "PD", "HI", "VI", "OTH"])
AUTHORITIES = np.array([str(200 + n) for n in range(153)])


def written(folder: Path) -> None:
    """The three tables: each child is on roll in one of the years, as a person-year of a record is."""
    rng = np.random.default_rng(25)
    person = np.char.add("p", np.arange(CHILDREN).astype(str))
    year = rng.choice(YEARS, CHILDREN)
    urn = rng.integers(100_000, 122_000, CHILDREN).astype(str)
    status = rng.choice(["N", "K", "E"], CHILDREN, p=[0.805, 0.142, 0.053])
    told = pl.DataFrame(
        {
            "person_id": person,
            "authority_code": rng.choice(AUTHORITIES, CHILDREN),
            "collection_year": year.astype(np.int64),
            "term_code": ["SPR"] * CHILDREN,
            "urn": urn,
            "sen_provision_code": status,
            "enrolment_code": rng.choice(["C", "M", "S"], CHILDREN, p=[0.98, 0.01, 0.01]),
            "curriculum_year_code": ["5"] * CHILDREN,
            "is_meals_eligible": rng.random(CHILDREN) < 0.25,
        }
    )
    keys = ("person_id", "authority_code", "collection_year", "term_code", "urn")
    with_sen = told.filter(pl.col("sen_provision_code") != "N").select(*keys)
    need = with_sen.with_columns(need_code=pl.Series(rng.choice(NEEDS, len(with_sen))), rank_number=pl.lit(1))
    traits = pl.DataFrame({"person_id": person, "sex_code": rng.choice(["F", "M"], CHILDREN), "ethnicity_code": "WBRI"})
    for name, frame in (("enrolment", told), ("sen_need", need), ("person", traits)):
        frame.write_parquet(folder / f"{name}.parquet", compression="zstd")


def by_polars(folder: Path) -> pl.DataFrame:
    keys = ["person_id", "authority_code", "collection_year", "urn"]
    need = pl.scan_parquet(folder / "sen_need.parquet").filter(term_code="SPR", rank_number=1)
    primary = need.group_by(keys).agg(pl.col("need_code").max())
    pupil = pl.scan_parquet(folder / "enrolment.parquet").filter(
        pl.col("term_code") == "SPR", pl.col("enrolment_code").is_in(["C", "M"])
    )
    joined = pupil.join(primary, on=keys, how="left").rename({"collection_year": "year"})
    has_sen = pl.col("sen_provision_code").is_in(["K", "E", "S"])
    return joined.group_by(BY).agg(numerator=has_sen.sum(), denominator=pl.len()).collect()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder)
        snapshot = opened(folder)
        ours, found = best(lambda: figures(snapshot, [measures()[MEASURE]], BY))
        polars, beside = best(lambda: by_polars(folder))
        sums = [frame.select("numerator", "denominator").sum().row(0) for frame in (found, beside)]
        assert sums[0] == sums[1] and found.height == beside.height  # noqa: PT018
    print(
        json.dumps(
            {
                "children": CHILDREN,
                "groups": found.height,
                "duckdb_s": round(ours, 3),
                "polars_s": round(polars, 3),
                "ratio": round(ours / polars, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
