"""How a linkage is judged: a world whose truth is known, its two reports as the stations would hand them on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from cohort.ingest import finding
from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.parse import ParsedReturn
from cohort.ingest.pseudonymise import PseudonymousReturn, pseudonymise
from cohort.schema.calendar import census_day
from cohort.vault import weigh
from cohort.vault.keys import KeyRing
from cohort.vault.link import LinkedReturn, link, nobody
from cohort.vault.record import KNOWN_ROW, Record, own_rows
from synthetic.linkage import LinkageWorld

PERSONS = replace(SEN2, tables=(SEN2.tables[0],), facts=(), lineage={})
"""SEN2's persons alone: linkage looks at nothing else."""


@dataclass(frozen=True)
class Verdict:
    """Of the second report's rows: `rows` has child, ethnicity_code, truth (was in the first) and linked (to whom)."""

    rows: pl.DataFrame
    first: LinkedReturn
    second: LinkedReturn

    @property
    def precision(self) -> float:
        """Of links to a person of the record, those to the child's own."""
        made = self.rows.drop_nulls("linked")
        return float((made["linked"] == made["child"]).mean())  # type: ignore[arg-type]

    @property
    def recall(self) -> float:
        """Of children who were in the first report, those linked to themselves."""
        return float(
            self.rows.filter("truth").select((pl.col("linked") == pl.col("child")).fill_null(False).mean()).item()
        )

    @property
    def gap(self) -> float:
        """The largest difference in recall between ethnic groups."""
        by = (
            self.rows.filter("truth")
            .group_by("ethnicity_code")
            .agg((pl.col("linked") == pl.col("child")).fill_null(False).mean().alias("recall"))
        )
        return float(by["recall"].max() - by["recall"].min())  # type: ignore[operator]

    def twins_merged(self, twins: pl.DataFrame) -> int:
        """Rows linked to the other twin."""
        both = pl.concat([twins, twins.select(child="twin", twin="child")])
        return self.rows.join(both, on="child").filter(pl.col("linked") == pl.col("twin")).height


def returned(report: pl.DataFrame, ring: KeyRing, year: int) -> PseudonymousReturn:
    """A report after the third station."""
    rows = report.with_row_index("row_number", offset=1).with_columns(
        pl.col("row_number").alias("person_row"), pl.lit(None, pl.String).alias("upn_unknown_code")
    )
    parsed = ParsedReturn(PERSONS, year, "201", census_day(year), {}, {"person_trait": rows}, finding.none(), {}, "", 0)
    return pseudonymise(parsed, ring)


def recorded(linked: LinkedReturn) -> tuple[pl.DataFrame, Record]:
    """What the record would know after that return, had it been taken in."""
    persons = linked.links.select("person_row", "person_id")
    given = linked.pseudonymous
    believed = given.tokens.join(linked.disputed, on=["person_row", "kind_code", "token"], how="anti")
    tokens = believed.join(persons, on="person_row").unique(["kind_code", "token"], keep="first", maintain_order=True)
    rows = own_rows(given).join(persons, on="person_row").with_columns(pl.lit(value=False).alias("is_kept_apart"))
    upns = tokens.filter(pl.col("kind_code") == "upn").with_columns(kind_code=pl.lit("former_upn"))
    known = pl.concat([tokens, upns]).select("kind_code", "token", "person_id")
    rows = rows.select(*KNOWN_ROW)
    return known, Record(rows, weigh.count(rows), rows.height, persons["person_id"].n_unique())


def judge(world: LinkageWorld, ring: KeyRing) -> Verdict:
    """Link the second report to what the first left."""
    first = link(returned(world.first, ring, 2024), nobody())
    known, record = recorded(first)
    second = link(returned(world.second, ring, 2025), known, record)
    whose = first.links.sort("person_row").with_columns(child=world.first["child"]).unique("person_id", keep="first")
    told = second.links.sort("person_row").with_columns(
        child=world.second["child"], ethnicity_code=world.second["ethnicity_code"]
    )
    rows = told.join(whose.select("person_id", linked="child"), on="person_id", how="left").with_columns(
        truth=pl.col("child").is_in(world.first["child"].implode())
    )
    return Verdict(rows, first, second)
