"""release(): the one way out. Small, pure, and it fails closed."""

from __future__ import annotations

import functools
import operator

import polars as pl

from analysis.disclosure.policy import Policy
from analysis.disclosure.primary import protect, rounded
from analysis.people_behind import DEFF
from analysis.release import Provenance, Release, ReleasedTable, Status
from analysis.result import CountTable, EstimateTable, PublishedTable, Result
from analysis.shares import with_interval
from cohort.errors import NothingToRelease, ReleaseRefused


def release(result: Result, policy: Policy, provenance: Provenance) -> Release:
    """Let out what the policy allows. Raises ReleaseRefused where it allows nothing of this kind."""
    _admit(result, policy, provenance)
    tables = {table.name: _released(table, policy) for table in result.tables}
    frames = {name: table.frame for name, table in tables.items()}
    for derived in result.derived:
        frame = derived.make(frames)
        tables[derived.name] = ReleasedTable(derived.name, derived.title, frame, derived.chart, 0, derived.part)
        frames[derived.name] = frame
    return Release(
        title=result.title,
        sentence=result.say(frames),
        estimand=result.estimand,
        method=result.method,
        tables=tables,
        flows={name: _flow(flow, policy) for name, flow in result.flows.items()},
        assumptions=result.assumptions,
        warnings=result.warnings,
        sources=tuple(t.source for t in result.tables if isinstance(t, PublishedTable)),
        provenance=provenance,
        n_in=_total(result.n_in, policy),
        n_used=_total(result.n_used, policy),
        seed=result.seed,
    )


def _admit(result: Result, policy: Policy, provenance: Provenance) -> None:
    published = [isinstance(table, PublishedTable) for table in result.tables]
    if policy.invented_only and not provenance.is_invented and not any(published):
        raise ReleaseRefused(
            "GATE-04",
            "Figures of real children cannot be released yet: complementary suppression is not built.",
            "Use an invented snapshot, or wait for the release that has it.",
        )
    if not result.tables or all(table.frame.is_empty() for table in result.tables):
        raise NothingToRelease("GATE-01", "Nobody was counted.", "Choose another year or another measure.")
    if policy.published_only and not all(published):
        raise ReleaseRefused(
            "GATE-02",
            f"The policy {policy.name!r} lets out only figures that somebody already published.",
            "Use the policy 'publication' or 'research', or choose source=published.",
        )
    if not policy.published_only and any(published):
        raise ReleaseRefused(
            "GATE-03", "These figures are already published and pass unchanged.", "Use the policy 'public'."
        )
    if result.residual_df is not None and result.residual_df < policy.residual_df:
        raise ReleaseRefused(
            "GATE-05",
            f"The model leaves fewer than {policy.residual_df} degrees of freedom.",
            "Choose fewer covariates or a larger population.",
        )


def _released(table: CountTable | EstimateTable | PublishedTable, policy: Policy) -> ReleasedTable:
    if isinstance(table, PublishedTable):
        return ReleasedTable(table.name, table.title, table.frame, table.chart, 0, table.part)
    frame, withheld = _counts(table, policy) if isinstance(table, CountTable) else _estimates(table, policy)
    return ReleasedTable(table.name, table.title, frame, table.chart, withheld, table.part)


def _counts(table: CountTable, policy: Policy) -> tuple[pl.DataFrame, int]:
    """Numerator and denominator protected; the share and its interval are made from what is left of them.

    A share goes with its numerator, its denominator, or the rest of it: 97 of 100 tells of 3. Where units may be of
    one person, it goes with the people behind each as well, and a denominator of too few people is withheld too.
    """
    given = table.frame.with_columns((pl.col("denominator") - pl.col("numerator")).alias("rest"))
    counted = ["numerator", "denominator", *(["rest"] if table.is_share else [])]
    asked = [*counted, *(f"{name}_people" for name in counted if f"{name}_people" in given.columns)]
    judged = {name: protect(given, table.dimensions, (), name, policy).table for name in asked}
    small = {name: of["status"] == Status.SUPPRESSED.word for name, of in judged.items()}
    hidden = functools.reduce(operator.or_, small.values())
    few = small.get("denominator_people", small["denominator"])
    kept = [*table.dimensions, *([DEFF] if DEFF in given.columns else [])]
    cells = given.select(kept).with_columns(
        numerator=judged["numerator"]["count"].set(hidden, None),
        denominator=judged["denominator"]["count"].set(few, None),
    )
    words = [Status.SUPPRESSED.word if is_hidden else Status.SHOWN.word for is_hidden in hidden]
    shown = with_interval(cells, is_share=table.is_share).with_columns(pl.Series("status", words, pl.String))
    return shown, int(hidden.sum())


def _estimates(table: EstimateTable, policy: Policy) -> tuple[pl.DataFrame, int]:
    safe = pl.col("n") >= policy.threshold
    kept = {"n", *table.dimensions}
    numbers = [c for c, kind in table.frame.schema.items() if kind.is_numeric() and c not in kept]
    frame = table.frame.with_columns(
        *(pl.when(safe).then(pl.col(c)).alias(c) for c in numbers),
        pl.when(safe).then(pl.lit(Status.SHOWN.word)).otherwise(pl.lit(Status.SUPPRESSED.word)).alias("status"),
    )
    withheld = frame.filter(pl.col("status") == Status.SUPPRESSED.word).height
    return frame.drop("n"), withheld


def _flow(flow: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    shown = pl.col("n") >= policy.threshold
    return flow.with_columns(pl.when(shown).then(rounded(pl.col("n"), policy.rounding)).alias("n"))


def _total(n: int, policy: Policy) -> int | None:
    return None if n < policy.threshold else pl.select(rounded(pl.lit(n), policy.rounding)).item()
