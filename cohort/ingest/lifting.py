"""Blocks of rules that the operator lifted: their findings are queries, explained by the reason of the lift.

Only a rule can be lifted. A cell that cannot be read has no value to be kept, so the findings of cells, of the
reader and of linkage block as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection

from cohort.ingest.check import CheckedReturn, set_aside
from cohort.ingest.format import Level
from cohort.store.lifts import Lift, in_force


def lifted(connection: Connection, checked: CheckedReturn) -> tuple[CheckedReturn, Mapping[str, Lift]]:
    """The return with the lifted rules' findings as queries, and the lifts that it needed, by code."""
    given = checked.linked.pseudonymous
    lifts = in_force(connection, given.authority_code, given.year)
    is_lifted = pl.col("code").is_in(pl.Series(list(lifts), dtype=pl.String).implode())
    needed = checked.findings.filter(is_lifted & (pl.col("level") == Level.ERROR.value))["code"].unique()
    if needed.is_empty():
        return checked, {}
    level = pl.when(is_lifted).then(pl.lit(Level.QUERY.value)).otherwise("level").alias("level")
    findings = checked.findings.with_columns(level)
    aside = set_aside(given.format, given.tables, findings)
    return replace(checked, findings=findings, set_aside=aside), {code: lifts[code] for code in sorted(needed)}
