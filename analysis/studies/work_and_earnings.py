"""Where young people go after 16 and 18, who of them is in work, and what those in work earn.

Who has a plan had more need before, so that a plain gap is no effect of the plan. What the record holds of need at 16
(type of need, attainment, meals, sex) is adjusted for; how severe the need is it does not hold, and that goes with a
plan and with less work. So what is left of the gap is an association, never an effect. Earnings of those in work
compare people whom work has chosen: the share in work and the pay of all stand beside them.
"""

from __future__ import annotations

import polars as pl

from analysis.models import causal, decompose, earnings, robust
from analysis.populations.after_year_11 import DESTINATIONS, NONE, PLAN, TAX_YEARS_AFTER_YEAR_11
from analysis.result import CountTable, EstimateTable, Frames, Part, Result
from analysis.study import Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.adulthood import DESTINATION, LEAVING_STAGE
from cohort.snapshot import Snapshot

SEED = 25
FEWEST = 30
"""Young people of either group in a year after key stage 4, below which they are not compared."""
OVERLAP = 5
"""Young people with a plan, and without, in a year after key stage 4, below which a need is not compared."""
NEEDS = {
    **{code: code for code in ("ASD", "SEMH", "SLCN", "MLD", "SPLD")},
    **dict.fromkeys(("SLD", "PMLD", "DS", "MSI"), "severe or multiple"),
    **dict.fromkeys(("HI", "VI", "PD"), "sensory or physical"),
}
OTHER_NEED = "other"
KNOWN_AT_16 = ["need", "attainment_8", "sex_code", "is_meals_eligible"]
ADJUSTED, PLAIN = "given need, attainment, sex and free meals", "not adjusted"
PRICES = {2018: 106.5, 2019: 108.1, 2020: 109.3, 2021: 113.6, 2022: 123.2, 2023: 129.9, 2024: 134.4, 2025: 139.6}
"""Consumer prices with owners' housing costs by tax year, 2015 = 100 (ONS, CPIH); the last stands for later years."""
STEADY = "log pay of those in sustained work"
POUNDS = 100
"""Medians are rounded: an exact one is what one person earned."""


def _build(snapshot: Snapshot, _: Picks) -> AnalysisTable:
    built = rows(snapshot, TAX_YEARS_AFTER_YEAR_11.without("found"))
    assert built.rows is not None  # noqa: S101
    went = DESTINATIONS.frame(snapshot).to_polars()
    if built.rows.is_empty() and went.is_empty():
        raise NothingToRelease(
            "STUDY-42",
            "Of nobody are both year 11 and a later tax year or destination in the record.",
            "Take in the returns of more years.",
        )
    flows = {p.name: p.flow(snapshot) for p in (TAX_YEARS_AFTER_YEAR_11, DESTINATIONS)}
    both = pl.concat([_prepared(built.rows), went.with_columns(sen=pl.col("sen_at_16"))], how="diagonal")
    return AnalysisTable(rows=both, flows=flows)


def _prepared(told: pl.DataFrame) -> pl.DataFrame:
    """Tax years in words; of those who are self-employed pay is not compared, as profit is no wage."""
    need = pl.col("need_at_16").replace_strict(NEEDS, default=OTHER_NEED)
    alone = pl.col("self_employment_gbp").fill_null(0) > 0
    return told.sort("person_id", "year").with_columns(
        sen=pl.col("sen_at_16"),
        need=pl.when(pl.col("sen_at_16") != NONE).then(need.fill_null(OTHER_NEED)),
        years=pl.col("years_after").cast(pl.String),
        has_plan=(pl.col("sen_at_16") == PLAN).cast(pl.Int8),
        in_work=pl.col("is_sustained").cast(pl.Int8),
        pay=pl.when(~alone).then("earnings_gbp"),
    )


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    told = table.rows.filter(pl.col("years_after").is_not_null())
    found = told.filter(pl.col("in_work").is_not_null())
    with_sen = found.filter(pl.col("sen") != NONE)
    pay, doubts = _pay(with_sen)
    return Result(
        title="Work and earnings after 16",
        estimand="Difference in the share in sustained work, so many years after key stage 4, and in pay, between "
        "young people with a plan at 16 and those on SEN support alike in need, attainment, sex and free meals.",
        method="Sustained work: employed in five of the six months from October to March. Augmented inverse "
        "probability weighting, cross-fitted by authority, errors by authority; pay in two parts, linear models.",
        tables=(*_told(table.rows, told, found), *_compared(with_sen, pay)),
        say=_say,
        flows=table.flows,
        assumptions=(
            "Given need, attainment, sex and free meals at 16, those with a plan would have fared as those on support "
            "(not likely to hold: how severe the need is, is not in the record). Needs of which hardly any have a "
            "plan, or hardly any have none, are left out of that comparison.",
            "Whoever is not found in the records of the tax authority is like those who are; it is not worklessness.",
        ),
        warnings=(
            "Not causal: a plan goes with more need, of which the record does not hold all.",
            "Pay of those in work is not pay of all: read the parts together.",
            *of_model(doubts),
        ),
        n_in=told.height,
        n_used=found.height,
        seed=SEED,
    )


def _told(every: pl.DataFrame, told: pl.DataFrame, found: pl.DataFrame) -> tuple[CountTable | EstimateTable, ...]:
    """What became of each group, not compared."""
    with_sen = found.filter(pl.col("sen") != NONE)
    return (
        CountTable("work", "In sustained work, by years after key stage 4", _shares(found, "sen"), ("years", "sen")),
        CountTable("needs", "In sustained work with SEN, by need", _shares(with_sen, "need"), ("years", "need")),
        EstimateTable("median_pay", "Median pay of those in sustained work, pounds", _medians(found)),
        CountTable("destinations", "Destinations after 16 and 18", _went(every), ("stage", "sen", "destination")),
        CountTable("found", "Found in the tax records", _found(told), ("years", "sen"), part=Part.DIAGNOSTIC),
    )


def _compared(with_sen: pl.DataFrame, pay: pl.DataFrame) -> tuple[EstimateTable, ...]:
    """A plan beside support alone."""
    comparable = _comparable(with_sen)
    fits = _effects(comparable)
    return (
        EstimateTable("plan", "Sustained work: plan less SEN support", _plan(comparable, fits)),
        EstimateTable("pay", "Pay: plan less SEN support", pay),
        EstimateTable("balance", "How unlike the groups are", _balance(comparable, fits), part=Part.DIAGNOSTIC),
        EstimateTable("decomposed", "The gap, SEN support less plan", _parts(with_sen), part=Part.SENSITIVITY),
    )


def _shares(found: pl.DataFrame, by: str) -> pl.DataFrame:
    return (
        found.group_by(pl.col("years_after").alias("years"), by)
        .agg(pl.col("in_work").sum().cast(pl.Int64).alias("numerator"), pl.len().cast(pl.Int64).alias("denominator"))
        .sort("years", by)
    )


def _found(told: pl.DataFrame) -> pl.DataFrame:
    is_found = pl.col("in_work").is_not_null().sum().cast(pl.Int64)
    return (
        told.group_by(pl.col("years_after").alias("years"), "sen")
        .agg(is_found.alias("numerator"), pl.len().cast(pl.Int64).alias("denominator"))
        .sort("years", "sen")
    )


def _backing(rows_: pl.DataFrame, outcome: str) -> int:
    """The fewest of those with and those without the outcome, in either group."""
    counted = rows_.group_by("has_plan").agg(pl.col(outcome).sum().alias("had"), pl.len().alias("all"))
    fewest = counted.select(pl.min_horizontal("had", pl.col("all") - pl.col("had")).min()).item()
    return int(fewest or 0) if counted.height > 1 else 0


def _comparable(with_sen: pl.DataFrame) -> dict[int, pl.DataFrame]:
    """Years after key stage 4 in which enough of both groups are told, with those of whom all is known.

    Young people of a need of which hardly any have a plan, or hardly any have none, have nobody to be compared with.
    """
    told = with_sen.drop_nulls(KNOWN_AT_16)
    plans = pl.col("has_plan").sum().over("years_after", "need")
    both = told.filter(plans >= OVERLAP, pl.len().over("years_after", "need") - plans >= OVERLAP)
    by_year = {years: both.filter(years_after=years) for years in sorted(both["years_after"].unique().to_list())}
    return {years: of for years, of in by_year.items() if _smaller(of) >= FEWEST}


def _smaller(of: pl.DataFrame) -> int:
    """Young people in the smaller group; none where there is one group only."""
    sizes = of["has_plan"].value_counts()["count"].to_list()
    return min(sizes) if len(sizes) > 1 else 0


def _effects(comparable: dict[int, pl.DataFrame]) -> dict[int, causal.EffectResult]:
    """The adjusted comparison of each year; none where the two groups do not overlap at all."""
    fits = {
        years: tried(causal.effect, of, "in_work", "has_plan", KNOWN_AT_16, cluster="authority_code", seed=SEED)
        for years, of in comparable.items()
    }
    return {years: fitted for years, fitted in fits.items() if fitted is not None}


def _plan(comparable: dict[int, pl.DataFrame], fits: dict[int, causal.EffectResult]) -> pl.DataFrame:
    """years, way, difference, low, high, e_value, n: the adjusted difference and the plain one, year by year."""
    found = []
    for years, of in comparable.items():
        n = _backing(of, "in_work")
        fair = _adjusted(fits[years]) if years in fits else []
        found += [(str(years), *row, n) for row in (*fair, *_plain(of, "in_work"))]
    kinds = {"years": pl.String, "way": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(found, schema=kinds | {"e_value": pl.Float64, "n": pl.Int64}, orient="row")


def _balance(comparable: dict[int, pl.DataFrame], fits: dict[int, causal.EffectResult]) -> pl.DataFrame:
    """The largest standardised difference of the groups before weighting and after, year by year."""
    found = []
    for years, fitted in fits.items():
        apart = (
            pl.DataFrame(fitted.balance).filter(estimand="ate").select(pl.col("smd_before", "smd_after").abs().max())
        )
        found.append((str(years), *apart.row(0), _smaller(comparable[years])))
    kinds = {"years": pl.String, "largest_before": pl.Float64, "largest_after": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")


def _adjusted(fitted: causal.EffectResult) -> list[tuple[str, float, float, float, float | None]]:
    whom = {"ate": ADJUSTED, "ato": f"{ADJUSTED}, of those for whom both were open"}
    e_value = None if fitted.evalue is None else fitted.evalue.point
    return [
        (whom[row["estimand"]], row["estimate"], row["low"], row["high"], e_value if row["estimand"] == "ate" else None)
        for row in pl.DataFrame(fitted.estimates).to_dicts()
    ]


def _plain(of: pl.DataFrame, outcome: str) -> list[tuple[str, float, float, float, None]]:
    fitted = tried(robust.fit, of, outcome, ["has_plan"], cluster="authority_code")
    if fitted is None:
        return []
    row = pl.DataFrame(fitted.coefficients).filter(term="has_plan").row(0, named=True)
    return [(PLAIN, row["estimate"], row["low"], row["high"], None)]


def _pay(with_sen: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """way, part, difference, low, high, n: of those on no course any pay, its log, steady pay, and pay of all."""
    off = with_sen.filter(~pl.col("is_on_course"), pl.col("pay").is_not_null()).drop_nulls(KNOWN_AT_16)
    real = off.with_columns(year=pl.col("year").clip(min(PRICES), max(PRICES)), paid=(pl.col("pay") > 0).cast(pl.Int8))
    tables, said = [], []
    for way, adjust in {ADJUSTED: [*KNOWN_AT_16, "years"], PLAIN: ["years"]}.items():
        fitted = tried(
            earnings.two_part, real, "pay", "has_plan", adjust, "year", PRICES, max(PRICES), cluster="authority_code"
        )
        steady = tried(_steady, off, adjust)
        if fitted is None or steady is None:
            continue
        gaps = pl.DataFrame(fitted.gaps).select("part", difference="estimate", low="low", high="high")
        tables.append(pl.concat([gaps, steady]).select(pl.lit(way).alias("way"), "part", "difference", "low", "high"))
        said += fitted.warnings
    if not tables:
        kinds = {"way": pl.String, "part": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(schema=kinds | {"n": pl.Int64}), ()
    n = min(_backing(real, "paid"), _backing(off, "in_work"))
    return pl.concat(tables).with_columns(pl.lit(n, pl.Int64).alias("n")), tuple(said)


def _steady(off: pl.DataFrame, adjust: list[str]) -> pl.DataFrame:
    """Log pay of those in sustained work; prices go with the tax year."""
    steady = off.filter(pl.col("in_work") == 1, pl.col("pay") > 0)
    logs = steady.with_columns(log_pay=pl.col("pay").log(), tax_year=pl.col("year").cast(pl.String))
    fitted = robust.fit(logs, "log_pay", ["has_plan", *adjust, "tax_year"], cluster="authority_code")
    found = pl.DataFrame(fitted.coefficients).filter(term="has_plan")
    return found.select(pl.lit(STEADY).alias("part"), difference="estimate", low="low", high="high")


def _medians(found: pl.DataFrame) -> pl.DataFrame:
    paid = found.filter(pl.col("in_work") == 1, pl.col("pay") > 0, ~pl.col("is_on_course"))
    return (
        paid.group_by("years", "sen")
        .agg(
            ((pl.col("pay").median() / POUNDS).round() * POUNDS).alias("median_pay"), pl.len().cast(pl.Int64).alias("n")
        )
        .sort("years", "sen")
    )


def _went(told: pl.DataFrame) -> pl.DataFrame:
    stage = {code.code: code.label for code in LEAVING_STAGE.codes}
    place = {code.code: code.label for code in DESTINATION.codes}
    went = told.filter(pl.col("destination_code").is_not_null()).select(
        "sen",
        pl.col("leaving_stage_code").replace(stage).alias("stage"),
        pl.col("destination_code").replace(place).alias("destination"),
    )
    counted = went.group_by("stage", "sen", "destination").len("numerator")
    whole = went.group_by("stage", "sen").len("denominator")
    joined = counted.join(whole, on=["stage", "sen"]).with_columns(pl.col("numerator", "denominator").cast(pl.Int64))
    return joined.sort("stage", "sen", "destination")


def _parts(with_sen: pl.DataFrame) -> pl.DataFrame:
    """The gap in sustained work, support less plan, in what goes with the known and the rest; years together."""
    known = with_sen.drop_nulls(KNOWN_AT_16)
    kinds = {"part": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    fitted = tried(
        decompose.gap, known, "in_work", "sen", [*KNOWN_AT_16, "years"], cluster="authority_code", detail=False
    )
    if fitted is None:
        return pl.DataFrame(schema=kinds)
    n = pl.lit(_backing(known, "in_work"), pl.Int64).alias("n")
    return pl.DataFrame(fitted.parts).select("part", pl.col("estimate").alias("difference"), "low", "high", n)


def _say(frames: Frames) -> str:
    shown = frames["plan"].drop_nulls("difference")
    right, plain = shown.filter(way=ADJUSTED), shown.filter(way=PLAIN)
    if right.is_empty() or plain.is_empty():
        return "Too few young people with a plan at 16 can be followed into work to compare them with those on support."
    surest = right.sort(pl.col("high") - pl.col("low"))["years"][0]
    fair, usual = (of.filter(years=surest).row(0, named=True) for of in (right, plain))
    return (
        f"{surest} years after key stage 4 the share in sustained work is {_points(usual['difference'])} with a plan "
        "than on SEN support; among those alike in need, attainment, sex and free meals it is "
        f"{_points(fair['difference'])} (95 % interval {100 * fair['low']:.0f} to {100 * fair['high']:.0f}), which is "
        "no effect of the plan, as how severe need is stays unknown."
    )


def _points(difference: float) -> str:
    return f"{abs(100 * difference):.0f} points {'lower' if difference < 0 else 'higher'}"


work_and_earnings = Study(
    name="work_and_earnings",
    title="Work and earnings after 16",
    question="Who is in work in the years after 16, and what do they earn?",
    choices=(),
    build=_build,
    compute=_compute,
)
