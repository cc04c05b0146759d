"""Does advice for assessments come within six weeks, from whom, and does late advice go with late plans?

Advice that never came, or is awaited, is late too: of what came, more is in time. And an authority that gets its advice
late is late in other ways, so late advice and late plans are compared within authorities.
"""

from __future__ import annotations

import polars as pl

from analysis.models import robust, survival
from analysis.places import authorities
from analysis.population import Ending
from analysis.populations.sought import ADVICE_SOUGHT
from analysis.positions import NO_RANKS, positions, told_apart
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.support import PROFESSION
from cohort.snapshot import Snapshot

SIX_WEEKS, TWELVE_WEEKS, HALF_A_YEAR = 42, 84, 182
TWENTY_WEEKS = 140
PSYCHOLOGISTS = "educational psychologists"
WHO = {
    PSYCHOLOGISTS: "EP",
    "speech and language therapists": "SLT",
    "occupational therapists": "OT",
    "doctors": "PAED",
    "mental health professionals": "CAMHS",
    "social workers": "SW",
    "schools and settings": "SC",
}
COMMON_NEEDS = ("ASD", "SLCN", "SEMH", "MLD")
HELD = ("days_to_ask", "sex", "need", "year", "usually_late")
SHOWN = ("estimate", "low", "high")


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    left_out = picks["exceptions"] == "left out"
    built = rows(snapshot, ADVICE_SOUGHT if left_out else ADVICE_SOUGHT.without("ordinary"))
    assert built.rows is not None  # noqa: S101
    if built.rows.is_empty():
        raise NothingToRelease("STUDY-04", "No advice can be followed.", "Load returns of assessments first.")
    named = built.rows.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    return AnalysisTable(rows=_described(named), flows=built.flows)


def _described(advice: pl.DataFrame) -> pl.DataFrame:
    labels = {code.code: code.label for code in PROFESSION.codes}
    open_ = pl.col("ending") == Ending.CENSORED.value
    in_time = (pl.col("exit") == "received") & (pl.col("exit_days") <= SIX_WEEKS)
    return advice.with_columns(
        profession=pl.col("profession_code").replace(labels),
        end=pl.when(open_).then(pl.lit(survival.CENSORED)).otherwise("exit"),
        in_time=in_time,
        due_date=pl.col("sought_date") + pl.duration(days=SIX_WEEKS),
    )


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    who, advice = picks["profession"], table.rows
    # What was asked for before the first year told is in the chances, by its late entry, and in no plain count.
    chosen = advice.filter(pl.col("entry_days") == 0, profession_code=WHO[who])
    cases = _cases(chosen)
    clock, warnings = _clock(cases)
    return Result(
        title="Advice for assessments in time",
        estimand="The chance that advice asked for has come by six weeks, in a world in which every piece is followed "
        "to its end; and, of requests still open when advice was due, how many more are open at 20 weeks where the "
        f"advice of {who} was late.",
        method="Aalen–Johansen cumulative incidence: an assessment that ended without the advice is another end, what "
        "is awaited is censored. Differences of risk standardised to the requests at hand, given the days until advice "
        "was asked for, sex, need, year and how often it is late in the authority; errors clustered by authority. "
        "SEND Regulations 2014, regulation 8: within 6 weeks.",
        tables=(
            *_tables(advice, chosen, who),
            EstimateTable("clock", "Open at 20 weeks where the advice was late, against in time", clock),
            EstimateTable("ways", "Late advice and the clock otherwise", _ways(cases, clock), part=Part.SENSITIVITY),
        ),
        derived=(
            Derived("funnel", f"Funnel: advice of {who} in time", lambda frames: _funnel(frames, who), Chart.FUNNEL),
        ),
        say=lambda frames: _say(frames, who),
        flows=table.flows,
        assumptions=(
            "Advice awaited would have come as that did which was awaited as long (independent censoring).",
            "Requests are looked at from the day on which advice was due: what ended before cannot have waited for it.",
            "Within an authority, given what is held equal, late advice is not a sign of a harder case.",
        ),
        warnings=(
            "How late advice goes with the clock is an association, not shown to be causal.",
            NO_RANKS,
            *warnings,
        ),
        n_in=advice.height,
        n_used=advice.height,
    )


def _tables(advice: pl.DataFrame, chosen: pl.DataFrame, who: str) -> tuple[CountTable | EstimateTable, ...]:
    title = f"Advice of {who} in time, by authority"
    return (
        EstimateTable("professions", "In time, by profession", _incidence(advice, "profession")),
        EstimateTable("years", f"Advice of {who}, by year in which it was asked for", _incidence(chosen, "year")),
        CountTable("authorities", title, _places(chosen), ("authority", "region")),
        CountTable("ends", f"What became of advice of {who}", _ends(chosen), ("became",), part=Part.DIAGNOSTIC),
        EstimateTable("naive", "Of what came, in time", _naive(advice), part=Part.SENSITIVITY),
    )


def _fewer(frame: pl.DataFrame, by: str) -> pl.DataFrame:
    """Children on whom a row rests: the fewer of those with a piece in time and of those with one that was not."""
    person, met = pl.col("person_id"), pl.col("in_time")
    sides = (person.filter(met).n_unique(), person.filter(~met).n_unique())
    return frame.group_by(by).agg(n=pl.min_horizontal(*sides).cast(pl.Int64))


def _incidence(advice: pl.DataFrame, by: str) -> pl.DataFrame:
    """In time, by twelve weeks, and never within half a year."""
    frame = advice.with_columns(pl.col(by).cast(pl.String))
    fitted = survival.incidence(frame, "exit_days", "end", entry="entry_days", by=by)
    told = pl.DataFrame(fitted.at([SIX_WEEKS, TWELVE_WEEKS, HALF_A_YEAR])).rename({"by": by})
    received, never = told.filter(event="received"), told.filter(event="never")
    table = received.filter(time=SIX_WEEKS).select(by, pl.col("estimate").alias("value"), "low", "high")
    later = received.filter(time=TWELVE_WEEKS).select(by, by_week_12="estimate")
    lost = never.filter(time=HALF_A_YEAR).select(by, never="estimate")
    joined = table.join(later, on=by, how="left").join(lost, on=by, how="left").join(_fewer(frame, by), on=by)
    return joined.sort(by)


def _places(chosen: pl.DataFrame) -> pl.DataFrame:
    """Of advice that has fallen due, that in time."""
    due = chosen.filter(pl.col("due_date") <= pl.col("told_until"))
    counts = {"numerator": pl.col("in_time").sum().cast(pl.Int64), "denominator": pl.len().cast(pl.Int64)}
    return due.group_by("authority", "region").agg(**counts).sort("authority")


def _ends(chosen: pl.DataFrame) -> pl.DataFrame:
    late = (pl.col("exit") == "received") & ~pl.col("in_time")
    became = {
        "Came in time": pl.col("in_time"),
        "Came late": late,
        "Never came": pl.col("exit") == "never",
        "Awaited": pl.col("exit") == "awaited",
    }
    made = [(words, int(chosen.select(holds.sum()).item() or 0), chosen.height) for words, holds in became.items()]
    return pl.DataFrame(made, schema=["became", "numerator", "denominator"], orient="row")


def _naive(advice: pl.DataFrame) -> pl.DataFrame:
    """Advice that did not come is left out, as the usual share leaves it out."""
    came = advice.filter(exit="received")
    value = came.group_by("profession").agg(value=pl.col("in_time").cast(pl.Float64).mean())
    return value.join(_fewer(came, "profession"), on="profession").sort("profession")


def _cases(chosen: pl.DataFrame) -> pl.DataFrame:
    """Requests followed to 20 weeks whose advice fell due before, while they were open."""
    limit = pl.col("request_received_date") + pl.duration(days=TWENTY_WEEKS)
    due, over, rare = pl.col("due_date"), pl.col("over_date"), ~pl.col("need_code").is_in(COMMON_NEEDS)
    told = chosen.filter(due <= limit, due <= pl.col("told_until"), limit <= pl.col("sen2_until"))
    cases = told.with_columns(
        is_late=(~pl.col("in_time")).cast(pl.Int8),
        is_open=(over.is_null() | (over > limit)).cast(pl.Int8),
        was_open=over.is_null() | (over >= due),
        days_to_ask=(pl.col("sought_date") - pl.col("request_received_date")).dt.total_days(),
        sex=pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code"),
        need=pl.when(rare).then(pl.lit("other")).otherwise(pl.col("need_code")).fill_null("none recorded"),
        year=pl.col("year").cast(pl.String),
    )
    usual = pl.col("is_late").cast(pl.Float64).mean().over("authority_code")
    return cases.filter("was_open").with_columns(usually_late=usual)


def _difference(cases: pl.DataFrame, held: tuple[str, ...]) -> tuple[dict[str, float], tuple[str, ...]]:
    found = tried(robust.risk_ratio, cases, "is_open", "is_late", list(held), cluster="authority")
    if found is None:
        return {}, ()
    return pl.DataFrame(found.differences).row(0, named=True), of_model(found.warnings)


def _behind(cases: pl.DataFrame) -> int:
    """Children on whom a difference rests: those of its smallest cell."""
    cells = [cases.filter(is_late=late, is_open=open_)["person_id"].n_unique() for late in (0, 1) for open_ in (0, 1)]
    return min(cells)


def _clock(cases: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    found, said = _difference(cases, HELD)
    told = {"risk_if_late": found.get("risk"), "risk_if_in_time": found.get("reference_risk")}
    told |= {name: found.get(name) for name in SHOWN}
    schema = dict.fromkeys(told, pl.Float64)
    return pl.DataFrame([told], schema=schema).with_columns(n=pl.lit(_behind(cases), pl.Int64)), said


def _ways(cases: pl.DataFrame, clock: pl.DataFrame) -> pl.DataFrame:
    """What authorities do with advice goes with what they do with plans."""
    ways = {"Nothing held equal": (), "All but the authority held equal": HELD[:-1]}
    made = [(way, *(_difference(cases, held)[0].get(name) for name in SHOWN)) for way, held in ways.items()]
    made.append(("Within authorities, as above", *clock.select(SHOWN).row(0)))
    schema = {"way": pl.String, **dict.fromkeys(SHOWN, pl.Float64)}
    return pl.DataFrame(made, schema=schema, orient="row").with_columns(n=pl.lit(_behind(cases), pl.Int64))


def _value(frames: Frames, who: str) -> float | None:
    labels = {code.code: code.label for code in PROFESSION.codes}
    found = frames["professions"].filter(profession=labels[WHO[who]])
    return None if found.is_empty() else found["value"].item()


def _funnel(frames: Frames, who: str) -> pl.DataFrame:
    return positions(frames["authorities"], target=_value(frames, who))


def _say(frames: Frames, who: str) -> str:
    value, clock = _value(frames, who), frames["clock"].row(0, named=True)
    if value is None:
        return f"Too little advice of {who} may be shown to say how much comes in time."
    said = f"Of advice asked of {who}, {value:.0%} had come within six weeks. {told_apart(frames['funnel'])}"
    if clock["estimate"] is None:
        return said
    more, low, high = (100 * clock[name] for name in SHOWN)
    return (
        f"{said} Within authorities, of 100 requests whose advice was late, {abs(more):.0f} "
        f"{'more' if more >= 0 else 'fewer'} were open at 20 weeks than of 100 whose advice was in time ({low:+.0f} to "
        f"{high:+.0f}): an association, not shown to be causal."
    )


advice_on_time = Study(
    name="advice_on_time",
    title="Advice in time",
    question="Does advice for assessments come within six weeks, and from whom?",
    choices=(
        Choice(
            "profession", "Whose advice is looked at by authority and beside the clock.", tuple(WHO), next(iter(WHO))
        ),
        Choice("exceptions", "Advice with a lawful exception.", ("left out", "counted"), "left out"),
    ),
    build=_build,
    compute=_compute,
)
