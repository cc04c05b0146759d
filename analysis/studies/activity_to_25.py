"""What young people do from 16 to 25, month by month, and for how long: states, never a rank of lives.

Only a few returns are told, so nobody is seen from 16 to 25: each month's moves come from those who are told in it
and in the next, and Aalen and Johansen's product puts them together. Authorities follow everybody to the August after
the 18th birthday, and from then on those who keep a plan. Who is followed no longer is in a state of its own: to go
on with those who are left would take them for all.
"""

from __future__ import annotations

import polars as pl

from analysis.models import missing, robust, survival
from analysis.populations.after_year_11 import (
    EDUCATION,
    MONTHS_AFTER_YEAR_11,
    MONTHS_TO_18,
    MONTHS_TO_25,
    NEET,
    NONE,
    NOT_KNOWN,
    PLAN,
    SUPPORT,
)
from analysis.result import Chart, CountTable, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.snapshot import Snapshot

UNTIL = {"18": MONTHS_TO_18, "25": MONTHS_TO_25}
STEPS = {"18": 3, "25": 12}
"""Months between the points of a curve: that of every single month would tell the month of a single child."""
GROUPS = (NONE, SUPPORT, PLAN)
NO_LONGER = "no longer followed"
UNSEEN = (NOT_KNOWN, NO_LONGER)
LONG = 3
"""Months in NEET from which somebody counts as NEET for long."""
NEEDS = ("ASD", "SEMH", "SLCN", "MLD", "SPLD")
FEBRUARY_AT_17 = 17
"""The month, counted from the September after year 11."""
OWN_RISK = {
    "280": "specialist college",
    "310": "apprenticeship",
    "350": "temporary work",
    "460": "supported internship",
}
"""Activities that end otherwise than the rest of their kind."""
ADJUSTED, PLAIN = "given activity, month, sex, meals, attainment", "not adjusted"
TRAINEES = ("410", "430", "440", "450", "530")
PEOPLE = ["person_id", "month", "state", "group"]


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = rows(snapshot, MONTHS_AFTER_YEAR_11)
    assert built.rows is not None  # noqa: S101
    told = built.rows.rename({"sen_at_16": "group"}).sort("person_id", "month")
    told = told.unique(["person_id", "month"], keep="first", maintain_order=True)
    kept = told.filter(pl.col("month") < MONTHS_TO_18) if picks["until"] == "18" else _with_ends(told)
    if kept.is_empty():
        raise NothingToRelease("STUDY-04", "No month of activity is told.", "Load returns of activity first.")
    return AnalysisTable(rows=kept, flows=built.flows)


def _with_ends(told: pl.DataFrame) -> pl.DataFrame:
    """Those with a plan at 16, with a month of NO_LONGER after the last in which they are told, where that is no gap.

    It is one where the person has left England, or the authority returned nothing of the next month.
    """
    returned = told.select("authority_code", pl.col("activity_month")).unique()
    plan = told.filter(group=PLAN)
    last = plan.group_by("person_id", maintain_order=True).last()
    after = last.filter(pl.col("month") >= MONTHS_TO_18 - 1, ~pl.col("has_left")).with_columns(
        pl.col("month") + 1, pl.col("activity_month").dt.offset_by("1mo"), pl.lit(NO_LONGER).alias("state")
    )
    after = after.filter(pl.col("month") < MONTHS_TO_25).join(
        returned, on=["authority_code", "activity_month"], how="semi"
    )
    return pl.concat([plan, after.select(plan.columns)]).sort("person_id", "month")


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame, until = table.rows, picks["until"]
    lived = _lived(frame, UNTIL[until])
    months, curve, known = _months(lived, frame), _curve(lived, frame, STEPS[until]), _known(frame, STEPS[until])
    more = _by_18(frame) if until == "18" else ()
    return Result(
        title=f"Activity from 16 to {until}",
        estimand="Share of young people in each activity by month after year 11, and months spent in each up to "
        f"{until}, by SEN in the January of year 11, were the moves of all these months those of one group of people.",
        method="Aalen–Johansen occupation of states, from pairs of months next to each other; 95 % intervals from each "
        "person's influence. Lower and upper bounds for what is not known assume nothing (Manski).",
        tables=(
            EstimateTable("occupation", "What is done, by month", curve, Chart.CURVE, dimensions=("months",)),
            EstimateTable("months", f"Months in each activity from 16 to {until}", months),
            CountTable("known", "Whether it is known what is done", known, ("group", "month"), part=Part.DIAGNOSTIC),
            EstimateTable("bounds", "Least and most months, by what is unseen", _bounds(months), part=Part.SENSITIVITY),
            *more,
        ),
        say=lambda frames: _say(frames, until),
        flows=table.flows,
        assumptions=(
            "Those told in a month move on as others of their state and SEN at 16 would who are not (independent entry "
            "and censoring); years are pooled, so a change from year to year is averaged.",
            "SEN at 16 is what the school's census of January in year 11 says, or a plan that stood then.",
        ),
        warnings=_warnings(until, lived),
        n_in=frame.height,
        n_used=sum(fit.n_used for fit in lived.values()),
    )


def _lived(frame: pl.DataFrame, until: int) -> dict[str, survival.MultistateResult]:
    """The states of each group that can be followed from the first September."""
    fits = {}
    for group in GROUPS:
        of = frame.filter(pl.col("group") == group, pl.col("month") < until).select(PEOPLE)
        if of.is_empty() or of["month"].min() != 0:
            continue
        fit = tried(survival.multistate, of, "person_id", "month", "state")
        if fit is not None:
            fits[group] = fit
    if not fits:
        raise NothingToRelease(
            "STUDY-40", "Too few young people are followed from 16.", "Load more returns of activity."
        )
    return fits


def _curve(lived: dict[str, survival.MultistateResult], frame: pl.DataFrame, step: int) -> pl.DataFrame:
    tables = []
    for group, fit in lived.items():
        told = pl.DataFrame(fit.occupation).filter((pl.col("time") + 1) % step == 0)
        tables.append(told.with_columns(pl.lit(group).alias("group"), pl.col("time").cast(pl.Int64)))
    seen = frame.group_by("group", "month").len("all")
    there = frame.group_by("group", "month", "state").len("there").sort("month")
    gone = pl.col("there").cum_sum().over("group", "state")
    there = there.with_columns(pl.when(pl.col("state") == NO_LONGER).then(gone).otherwise("there").alias("there"))
    points = pl.concat(tables).rename({"time": "month", "estimate": "value"})
    points = points.join(seen, on=["group", "month"]).join(there, on=["group", "month", "state"], how="left")
    rest = pl.when(pl.col("state") == NO_LONGER).then("all").otherwise(pl.col("all") - pl.col("there"))
    backing = pl.min_horizontal("there", rest.cast(pl.Int64)).fill_null(0)
    named = points.with_columns(backing.alias("n"), months=pl.col("month") + 1, outcome=pl.col("state"))
    return named.select("months", "outcome", "group", "value", "low", "high", "n").sort("group", "outcome", "months")


def _months(lived: dict[str, survival.MultistateResult], frame: pl.DataFrame) -> pl.DataFrame:
    """group, state, months, months_low, months_high, of (the months followed), n: who was ever in it."""
    ever = frame.group_by("group", "state").agg(pl.col("person_id").n_unique().alias("n"))
    tables = []
    for group, fit in lived.items():
        spent = pl.DataFrame(fit.expected_time())
        followed = pl.DataFrame(fit.occupation)["time"].n_unique()
        tables.append(
            spent.select(
                pl.lit(group).alias("group"), "state", pl.col("estimate").alias("months"),
                pl.col("low").clip(0).alias("months_low"), pl.col("high").alias("months_high"),
                pl.lit(followed, pl.Int64).alias("of"),
            )
        )  # fmt: skip
    return pl.concat(tables).join(ever, on=["group", "state"], how="left", maintain_order="left")


def _bounds(months: pl.DataFrame) -> pl.DataFrame:
    """Of each known state the months told, those with every unseen month added, and as if the unseen were alike."""
    is_unseen = pl.col("state").is_in(UNSEEN)
    unseen = pl.col("months").filter(is_unseen).sum().over("group").fill_null(0)
    # What is unseen is the difference of two of these columns, and so has to be safe as well.
    fewest = pl.min_horizontal("n", pl.col("n").filter(is_unseen).min().over("group"))
    told, whole = pl.col("months"), pl.col("of")
    with_all = months.with_columns(
        told.alias("least"),
        (told + unseen).alias("most"),
        (told / (whole - unseen) * whole).alias("if_unseen_are_alike"),
        fewest.alias("n"),
    )
    return with_all.filter(~is_unseen).select("group", "state", "least", "most", "if_unseen_are_alike", "n")


def _known(frame: pl.DataFrame, step: int) -> pl.DataFrame:
    told = frame.filter((pl.col("month") + 1) % step == 0, pl.col("state") != NO_LONGER)
    known = pl.col("state") != NOT_KNOWN
    return (
        told.group_by("group", (pl.col("month") + 1).alias("month"))
        .agg(known.sum().cast(pl.Int64).alias("numerator"), pl.len().cast(pl.Int64).alias("denominator"))
        .sort("group", "month")
    )


def _by_18(frame: pl.DataFrame) -> tuple[EstimateTable, ...]:
    """What is asked of the years in which everybody is followed."""
    return (
        EstimateTable("long_neet", "Three months or more in NEET by 18", _long_neet(frame)),
        EstimateTable("needs", "Entering NEET in a month, by need, beside autism", _needs(frame)),
        EstimateTable("not_known", "In NEET in the February at 17", _unknown(frame), part=Part.SENSITIVITY),
        EstimateTable("first_step", "NEET the first thing after education", _first_step(frame), part=Part.SENSITIVITY),
    )  # fmt: skip


def _long_neet(frame: pl.DataFrame) -> pl.DataFrame:
    """The chance of a third month in NEET, not known taken for none (least) and for NEET (most)."""
    tables = []
    for way, states in {"least": (NEET,), "most": (NEET, NOT_KNOWN)}.items():
        counts = pl.col("state").is_in(states).cast(pl.Int64).cum_sum().over("person_id")
        third = pl.col("month").filter(pl.col("counted") >= LONG).min()
        spells = (
            frame.with_columns(counts.alias("counted"))
            .group_by("person_id", "group", maintain_order=True)
            .agg(pl.col("month").min().alias("first"), third.alias("third"), pl.col("month").max().alias("last"),
                 pl.col("has_left").last())
            .filter(first=0)
        )  # fmt: skip
        ended = pl.when(pl.col("third").is_not_null()).then(pl.lit("long"))
        ended = ended.when("has_left").then(pl.lit("left")).otherwise(pl.lit(survival.CENSORED))
        spells = spells.with_columns(ended.alias("end"), (pl.coalesce("third", "last") + 1).alias("time"))
        tables.append(_chances(spells, "long", MONTHS_TO_18).with_columns(pl.lit(way).alias("not_known_is")))
    named = {"least": "nothing of it NEET", "most": "all of it NEET"}
    return pl.concat(tables).with_columns(pl.col("not_known_is").replace(named)).sort("group", "not_known_is")


def _chances(spells: pl.DataFrame, event: str, at: int, by: str = "group") -> pl.DataFrame:
    """group, value, low, high, n: the chance of one end by a time; none where nobody came to it."""
    happened = (pl.col("end") == event).sum()
    counted = spells.group_by(by).agg(pl.min_horizontal(happened, pl.len() - happened).cast(pl.Int64).alias("n"))
    fitted = tried(survival.incidence, spells, "time", "end", by=by)
    if fitted is None:
        nothing = pl.lit(None, pl.Float64)
        return counted.select(by, nothing.alias("value"), nothing.alias("low"), nothing.alias("high"), "n")
    found = pl.DataFrame(fitted.at([at])).filter(event=event).rename({"by": by, "estimate": "value"})
    return counted.join(found, on=by, how="left").select(by, "value", "low", "high", "n").sort(by)


def _first_step(frame: pl.DataFrame) -> pl.DataFrame:
    """Of those in education in the first September: NEET before anything else, work being another end or none."""
    starts = frame.filter(month=0, state=EDUCATION).select("person_id")
    after = frame.join(starts, on="person_id", how="semi").with_columns(group=pl.lit("all"))
    moved = pl.col("state") != EDUCATION
    steps = after.group_by("person_id", "group", maintain_order=True).agg(
        pl.col("month").filter(moved).min().alias("when"), pl.col("state").filter(moved).first().alias("to"),
        pl.col("month").max().alias("last"),
    )  # fmt: skip
    lost = pl.col("to").is_null() | (pl.col("to") == NOT_KNOWN)
    steps = steps.with_columns(
        pl.when(lost).then(pl.lit(survival.CENSORED)).otherwise("to").alias("end"),
        pl.when(pl.col("to") == NOT_KNOWN)
        .then(pl.col("when") - 1)
        .otherwise(pl.coalesce("when", "last"))
        .alias("time"),
    )
    apart = pl.when(pl.col("end") == NEET).then("end").otherwise(pl.lit(survival.CENSORED))
    ways = {
        "Work and custody are other ends": steps,
        "Work and custody taken for the end of being watched (1 − Kaplan–Meier)": steps.with_columns(end=apart),
    }
    found = [
        _chances(of, NEET, MONTHS_TO_18 - 1).select(pl.lit(way).alias("way"), "value", "low", "high", "n")
        for way, of in ways.items()
    ]
    return pl.concat(found)


def _unknown(frame: pl.DataFrame) -> pl.DataFrame:
    """Of those told in that month: NEET among the known, and its bounds."""
    neet = pl.when(pl.col("state") != NOT_KNOWN).then((pl.col("state") == NEET).cast(pl.Int8))
    told = frame.filter(month=FEBRUARY_AT_17).select("group", neet.alias("is_neet"))
    schema = ["group", "value", "low", "high", "least", "most"]
    if told.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(schema, pl.Float64) | {"group": pl.String, "n": pl.Int64})
    table = pl.DataFrame(missing.bounds(told, "is_neet", by=["group"]).table)
    rest = pl.col("n") - pl.col("not_known") - pl.col("events")
    return table.select(
        "group", pl.col("estimate").alias("value"), "low", "high", pl.col("lower").alias("least"),
        pl.col("upper").alias("most"), pl.min_horizontal("events", rest).cast(pl.Int64).alias("n"),
    )  # fmt: skip


def _needs(frame: pl.DataFrame) -> pl.DataFrame:
    """Log odds of entering NEET in the next month, of those with SEN who are known not to be in it."""
    moves = _moves(frame)
    with_events = moves.group_by("need").agg(
        pl.min_horizontal(pl.col("enters").sum(), (~pl.col("enters")).sum()).cast(pl.Int64).alias("n")
    )
    adjusted = ["need", "does", "moment", "sex_code", "is_meals_eligible", "attainment_8"]
    tables = []
    for way, fixed in {ADJUSTED: adjusted, PLAIN: ["need"]}.items():
        fitted = tried(robust.fit, moves, "enters", fixed, "binomial", cluster="authority_code")
        if fitted is None:
            continue
        terms = pl.DataFrame(fitted.coefficients).filter(pl.col("term").str.starts_with("need["))
        named = pl.col("term").str.strip_prefix("need[").str.strip_suffix("]").alias("need")
        tables.append(
            terms.select(pl.lit(way).alias("way"), named, pl.col("estimate").alias("log_odds"), "low", "high")
        )
    if not tables:
        kinds = {"way": pl.String, "need": pl.String, "log_odds": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        return pl.DataFrame(schema=kinds | {"n": pl.Int64})
    return pl.concat(tables).join(with_events, on="need", how="left", maintain_order="left")


def _moves(frame: pl.DataFrame) -> pl.DataFrame:
    """Months of those with SEN who are known not to be in NEET, and whether they are in it in the next."""
    after = frame.select("person_id", pl.col("month") - 1, pl.col("state").alias("next"))
    at_risk = frame.filter(
        pl.col("group") != NONE, ~pl.col("state").is_in([NEET, NOT_KNOWN]), pl.col("need_at_16").is_not_null()
    )
    need = pl.when(pl.col("need_at_16").is_in(NEEDS)).then("need_at_16").otherwise(pl.lit("other"))
    september = (pl.col("month") + 1) % 12 == 0
    year = pl.when(pl.col("month") < MONTHS_TO_18 // 2).then(pl.lit("first year")).otherwise(pl.lit("second year"))
    code = pl.col("activity_code")
    does = (
        pl.when(code.is_in(TRAINEES))
        .then(pl.lit("training"))
        .otherwise(code.replace_strict(OWN_RISK, default=pl.col("state")))
    )
    moves = at_risk.join(after, on=["person_id", "month"]).filter(pl.col("next") != NOT_KNOWN)
    return moves.with_columns(
        need.alias("need"),
        pl.when(september).then(pl.lit("September")).otherwise(year).alias("moment"),
        (pl.col("next") == NEET).alias("enters"),
        pl.col("attainment_8") / 10,
        does.alias("does"),
    )


def _warnings(until: str, lived: dict[str, survival.MultistateResult]) -> tuple[str, ...]:
    told = of_model(words for fit in lived.values() for words in fit.warnings)
    beyond = (
        "After 18 only who keeps a plan is followed, and a plan often ends with education: months in NEET of those "
        "followed say little of those who are not. Read the bounds.",
    )
    return ("Not known is not NEET, and nobody is assumed to be either.", *(beyond if until == "25" else ()), *told)


def _say(frames: Frames, until: str) -> str:
    months = frames["months"].filter(state=NEET).drop_nulls("months")
    if months.is_empty():
        return "Too few young people may be shown to say what they do after 16."
    bounds = frames["bounds"].filter(state=NEET)
    parts = [
        f"{row['months']:.1f} with {_words(row['group'])}"
        for row in sorted(months.to_dicts(), key=lambda row: GROUPS.index(row["group"]))
    ]
    told = f"From 16 to {until}, months known to be spent in NEET were {', '.join(parts)}"
    if until == "18":
        return f"{told}, of {months['of'][0]}; not known is counted apart."
    most = bounds["most"][0]
    return f"{told} at 16, of {months['of'][0]}; as few are followed to the end, it may have been up to {most:.1f}."


def _words(group: str) -> str:
    return {PLAN: "a plan"}.get(group, group)


activity_to_25 = Study(
    name="activity_to_25",
    title="What young people do from 16 to 25",
    question="What do young people do from 16 to 25?",
    choices=(Choice("until", "Up to the August after the 18th birthday, or to 25 with a plan.", tuple(UNTIL), "18"),),
    build=_build,
    compute=_compute,
)
