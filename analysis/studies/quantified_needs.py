"""Is every need that a plan describes met with provision that it quantifies?

Section F must be detailed, specific and quantified (SEND Regulations 2014, regulation 12; Code of Practice, paragraph
9.69). The record ties no line to a need, so there are three ways of counting, and none is called the truth.
"""

from __future__ import annotations

import polars as pl

from analysis.models import robust
from analysis.places import authorities
from analysis.populations.written import NEEDS_WRITTEN, PARTS
from analysis.positions import NO_RANKS, positions, told_apart
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from cohort.errors import NothingToRelease
from cohort.schema.codes.provision import NEED_TYPE
from cohort.snapshot import Snapshot

WAYS = {"a line each": "is_met_each", "a fitting line": "is_met_fitting", "any line": "is_met_any"}
IN_WORDS = {
    "a line each": "as many quantified lines as needs",
    "a fitting line": "a quantified line of a kind that fits each need",
    "any line": "a quantified line at all",
}
OTHER_WAYS = {
    **{IN_WORDS[way]: column for way, column in WAYS.items()},
    "as many lines called quantified as needs, whatever they state": "is_met_flagged",
    "as many lines as needs, quantified or not": "is_met_unquantified",
}
PLAN = ("person_id", "authority_code", "plan_start_date", "year")
OF_LINES = {
    "with_hours": "Hours of a session",
    "with_frequency": "Frequency",
    "with_profession": "By whom",
    "quantified_lines": "All of these, and called quantified",
}


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = rows(snapshot, NEEDS_WRITTEN)
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No plan in force describes a need.", "Load returns of provision first.")
    named = built.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    labels = {code.code: code.label for code in NEED_TYPE.codes}
    return AnalysisTable(rows=named.with_columns(need=pl.col("need_code").replace(labels)), flows=built.flows)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    needs = table.rows.with_columns(is_met=pl.col(WAYS[picks["match"]]))
    year = needs.select(pl.col("year").max()).item() if picks["year"] == "latest" else int(picks["year"])
    now, words = needs.filter(year=year), IN_WORDS[picks["match"]]
    return Result(
        title="Needs met with quantified provision",
        estimand=f"Of plans in force, those with {words}; and of needs in section B, those so met. A line is "
        "quantified where it states its kind, hours, frequency and who gives it; equipment needs no hours.",
        method="Shares with Wilson 95 % intervals; of needs, errors clustered by authority; an over-dispersed funnel "
        "for authorities.",
        tables=_tables(needs, now, words, year),
        derived=(
            Derived(
                "funnel", f"Funnel: plans with {words}, {year}", lambda frames: _funnel(frames, year), Chart.FUNNEL
            ),
        ),
        say=lambda frames: _say(frames, words, year),
        flows=table.flows,
        assumptions=(
            "The record ties no line to a need. With fewer lines than needs some need lacks one; with as many, it may.",
            "Which kinds of provision fit which type of need is this project's own reading.",
        ),
        warnings=(
            "A need without a line of its own may be met by one that meets two; a quantified line may be too little.",
            "A line each: needs are met in the order in which the plan lists them, so a type that is often listed last "
            "seems to lack more.",
            NO_RANKS,
        ),
        n_in=needs.height,
        n_used=now.height,
    )


def _tables(needs: pl.DataFrame, now: pl.DataFrame, words: str, year: int) -> tuple[CountTable | EstimateTable, ...]:
    title, plans = f"Plans with {words}", _plans(now)
    dims = ("authority_code", "authority", "region", "year")
    return (
        CountTable("years", f"{title}, by school year", _counted(_plans(needs), "year"), ("year",)),
        EstimateTable("needs_met", "Needs met, by school year", _met(needs), dimensions=("year",)),
        CountTable("needs", f"Needs met, by type, {year}", _counted(now, "need"), ("need",)),
        CountTable("sizes", f"{title}, by number of needs, {year}", _counted(plans, "needs"), ("needs",)),
        CountTable("authorities", f"{title}, {year}", _counted(plans, *dims), dims, chart=Chart.TILES),
        EstimateTable("parts", f"What lines of section F state, {year}", _parts(plans), part=Part.DIAGNOSTIC),
        CountTable("ways", f"Plans by other ways of counting, {year}", _ways(plans), ("way",), part=Part.SENSITIVITY),
    )


def _plans(needs: pl.DataFrame) -> pl.DataFrame:
    """One row a plan of a school year; it is met where every need is."""
    last = ("authority", "region", "lines", "quantified_lines", *PARTS)
    ways = tuple(dict.fromkeys(["is_met", *OTHER_WAYS.values()]))
    return needs.group_by(PLAN).agg(pl.col(ways).all(), pl.col(last).first(), pl.len().alias("needs"))


def _counted(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    met = pl.col("is_met").sum().cast(pl.Int64)
    return frame.group_by(by).agg(numerator=met, denominator=pl.len().cast(pl.Int64)).sort(by)


def _met(needs: pl.DataFrame) -> pl.DataFrame:
    """The share of needs met; needs of one child and of one authority are not independent."""
    made = []
    for (year,), of in needs.group_by("year"):
        person = pl.col("person_id")
        behind = [of.filter(met).select(person.n_unique()).item() for met in (pl.col("is_met"), ~pl.col("is_met"))]
        made.append({"year": year, **_share(of), "n": min(behind)})
    return pl.DataFrame(made).sort("year")


def _share(of: pl.DataFrame) -> dict[str, float | None]:
    found = tried(robust.fit, of, "is_met", [], cluster="authority")
    if found is None:  # all are met, or none: there is nothing from which an error could be told
        return {"value": of["is_met"].cast(pl.Float64).to_numpy().mean(), "low": None, "high": None}
    row = pl.DataFrame(found.coefficients).row(0, named=True)
    return {"value": row["estimate"], "low": row["low"], "high": row["high"]}


def _parts(plans: pl.DataFrame) -> pl.DataFrame:
    """Of lines of section F, those that state each part; null lines are plans without any."""
    plans = plans.drop_nulls("lines")
    made = []
    for column, words in OF_LINES.items():
        lacking = plans.select((pl.col(column) < pl.col("lines")).sum()).item()
        share = plans.select(pl.col(column).sum() / pl.col("lines").sum()).item()
        made.append({"states": words, "value": share, "n": min(lacking, plans.height - lacking)})
    return pl.DataFrame(made)


def _ways(plans: pl.DataFrame) -> pl.DataFrame:
    made = [(words, int(plans[column].sum()), plans.height) for words, column in OTHER_WAYS.items()]
    return pl.DataFrame(made, schema=["way", "numerator", "denominator"], orient="row")


def _funnel(frames: Frames, year: int) -> pl.DataFrame:
    return positions(frames["authorities"], target=frames["years"].filter(year=year)["value"].item())


def _say(frames: Frames, words: str, year: int) -> str:
    plans = frames["years"].filter(year=year).row(0, named=True)
    needs = frames["needs_met"].filter(year=year)["value"].item()
    if plans["value"] is None or needs is None:
        return f"Too few plans may be shown to say how many have {words}."
    return (
        f"In the school year that ended in {year}, {plans['value']:.0%} of plans had {words} (95 % interval "
        f"{plans['low']:.0%} to {plans['high']:.0%}), and {needs:.0%} of needs were so met. "
        f"{told_apart(frames['funnel'])}"
    )


quantified_needs = Study(
    name="quantified_needs",
    title="Needs met with quantified provision",
    question="Is every need that a plan describes met with provision that it quantifies?",
    choices=(
        Choice("match", "When a need counts as met.", tuple(WAYS), "a line each"),
        Choice(
            "year", "School year, by the year in which it ends.", ("latest", *map(str, range(2023, 2027))), "latest"
        ),
    ),
    build=_build,
    compute=_compute,
)
