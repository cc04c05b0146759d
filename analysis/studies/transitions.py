"""Changes of phase and of authority: whether the plan is ready in time, and what a move does to it.

A plan is to be amended by 15 February for the next school and by 31 March for what follows at 16. Authorities differ
by more than chance, so they stand in a funnel that allows for it. Children who move are compared with those who stay;
they are other children, so the comparison says what goes with a move, not what it does.
"""

from __future__ import annotations

import polars as pl

from analysis.measure import Direction
from analysis.models import funnel, robust
from analysis.places import authorities
from analysis.populations.linkage import LEAVERS
from analysis.populations.reviews import TRANSFERS
from analysis.populations.transitions import PLANS_PASSED, REVIEWS_BY_MOVE
from analysis.positions import FEWEST, positions
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.sections import PHASE
from cohort.snapshot import Snapshot

LABELS = {code.code: code.label for code in PHASE.codes}
PHASES = {"all": None, "school": "S", "secondary": "U", "post-16": "16"}
ENOUGH = 10
"""Changes of phase of an authority from which its share says something of how much authorities differ."""
LATENESS = ((0, "in time"), (28, "up to 4 weeks late"), (84, "up to 12 weeks late"))
NEVER = "not issued when it was told"
MORE = "later than 12 weeks"
OF_DUE = "of all that were due"
CEASE, AMEND = "C", "A"
OUTCOMES = {"in_time": "review held in time", "ceases": "review decided to end the plan", "amends": "plan amended"}
KINDS = {"outcome": pl.String, "way": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64}
TOLD_BY = "told_by"
PLACES = ("authority_code", "authority", "region")


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    populations = (TRANSFERS, PLANS_PASSED, REVIEWS_BY_MOVE, LEAVERS)
    told = [p.frame(snapshot).to_polars().with_columns(pl.lit(p.name).alias(TOLD_BY)) for p in populations]
    frame = pl.concat(told, how="diagonal_relaxed")
    named = frame.join(authorities(snapshot), on="authority_code", how="left", maintain_order="left")
    if (code := PHASES[picks["phase"]]) is not None:
        named = named.filter((pl.col(TOLD_BY) != TRANSFERS.name) | (pl.col("phase_code") == code))
    if named.filter(pl.col(TOLD_BY) == TRANSFERS.name).is_empty():
        raise NothingToRelease("STUDY-43", "No change of phase was due.", "Load returns of provision first.")
    return AnalysisTable(rows=named, flows={p.name: p.flow(snapshot) for p in populations})


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    transfers, moves, reviews, left = (
        table.rows.filter(pl.col(TOLD_BY) == p.name).sort("authority_code", "person_id", "year")
        for p in (TRANSFERS, PLANS_PASSED, REVIEWS_BY_MOVE, LEAVERS)
    )
    compared, doubts = _compared(reviews)
    return Result(
        title="Changes of phase and of authority",
        estimand="Share of plans amended by the day on which the law wants them ready for the next phase; share of "
        "plans that pass to another authority of which it gave notice in six weeks; shares after a move less those "
        "without one.",
        method="Shares with Wilson 95 % intervals; funnel with additive over-dispersion (Spiegelhalter 2005), worked "
        "out from the figures shown; differences by linear models with errors by authority. SEND Regulations 2014, "
        "regulations 15 and 18.",
        tables=(*_in_time(transfers), *_moved(moves, left, compared)),
        derived=(Derived("funnel", "Amended in time, by authority", _funnel, Chart.FUNNEL),),
        say=_say,
        flows=table.flows,
        assumptions=(
            "A child counts as arrived only if linkage recognised it; a missed link looks like a child lost.",
            "An authority answers for the transfers in its return; intake is not adjusted for.",
        ),
        warnings=(
            "Children who move are other children than those who stay: differences are not effects of the move.",
            "Ranks are not shown: most authorities cannot be told apart.",
            *of_model(doubts),
        ),
        n_in=table.rows.height,
        n_used=table.rows.height,
    )


def _in_time(transfers: pl.DataFrame) -> tuple[CountTable | EstimateTable, ...]:
    """What is told of changes of phase."""
    on_time = transfers.with_columns(
        in_time=(pl.col("days_after_due") <= 0).fill_null(value=False), phase=pl.col("phase_code").replace(LABELS)
    )
    phases, by_place = _share(on_time, "in_time", "phase", "year"), _share(on_time, "in_time", *PLACES)
    return (
        CountTable("phases", "Amended in time, by phase", phases, ("phase", "year")),
        CountTable("authorities", "Amended in time, by authority, all years", by_place, PLACES),
        CountTable("lateness", "How late plans were", _lateness(transfers), ("lateness",), part=Part.DIAGNOSTIC),
        EstimateTable("dispersion", "How much authorities differ", _dispersion(by_place), part=Part.DIAGNOSTIC),
        CountTable("usual", "In time, by what is counted", _usual(on_time), ("way",), part=Part.SENSITIVITY),
    )


def _moved(moves: pl.DataFrame, left: pl.DataFrame, compared: pl.DataFrame) -> tuple[CountTable | EstimateTable, ...]:
    """What is told of moves between authorities."""
    return (
        CountTable("moves", "What happens to plans that pass", _passed(moves, left), ("what",)),
        EstimateTable("days", "Days after a move", _days(moves)),
        EstimateTable("after_a_move", "Reviews due within a year of a move, less those without", compared),
    )


def _share(frame: pl.DataFrame, outcome: str, *by: str) -> pl.DataFrame:
    had, of = pl.col(outcome).sum().cast(pl.Int64), pl.len().cast(pl.Int64)
    return frame.group_by(by).agg(had.alias("numerator"), of.alias("denominator")).sort(by)


def _usual(on_time: pl.DataFrame) -> pl.DataFrame:
    """Of all that were due, and of those issued alone: what is not issued yet is in no share of the second."""
    issued = on_time.filter(pl.col("days_after_due").is_not_null())
    ways = {OF_DUE: on_time, "of those issued": issued}
    return pl.concat([_share(of.with_columns(way=pl.lit(way)), "in_time", "way") for way, of in ways.items()])


def _lateness(transfers: pl.DataFrame) -> pl.DataFrame:
    late = pl.when(pl.col("days_after_due").is_null()).then(pl.lit(NEVER))
    for most, words in LATENESS:
        late = late.when(pl.col("days_after_due") <= most).then(pl.lit(words))
    counted = transfers.group_by(late.otherwise(pl.lit(MORE)).alias("lateness")).len("numerator")
    order = [words for _, words in LATENESS] + [MORE, NEVER]
    every = pl.DataFrame({"lateness": order}).join(counted, on="lateness", how="left", maintain_order="left")
    return every.with_columns(
        pl.col("numerator").fill_null(0).cast(pl.Int64), denominator=pl.lit(transfers.height, pl.Int64)
    )


def _passed(moves: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    notice = (pl.col("days_after_notice_due") <= 0).fill_null(value=False)
    asked = {
        "known to the authority joined within 15 days": (moves, (pl.col("days_to_known") <= 15).fill_null(value=False)),
        "notice of what happens to it given in six weeks": (moves, notice),
        "child who left is in no other authority's return": (left, ~pl.col("has_arrived")),
    }
    found = [
        (what, frame.filter(holds).height if frame.height else 0, frame.height)
        for what, (frame, holds) in asked.items()
    ]
    return pl.DataFrame(found, {"what": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}, orient="row")


def _days(moves: pl.DataFrame) -> pl.DataFrame:
    """Quarters of the days until the authority joined knew of a move, and of its notice against the limit."""
    asked = {
        "until the move was known": "days_to_known",
        "of the notice after (before: below 0) it was due": "days_after_notice_due",
    }
    quarters = {"quarter_by": 0.25, "half_by": 0.5, "three_quarters_by": 0.75}
    found = [
        moves.select(
            pl.lit(what).alias("what"),
            *(pl.col(column).quantile(q).alias(name) for name, q in quarters.items()),
            pl.col(column).count().cast(pl.Int64).alias("n"),
        )
        for what, column in asked.items()
    ]
    return pl.concat(found)


def _dispersion(by_place: pl.DataFrame) -> pl.DataFrame:
    """How much authorities differ, those too small to be shown among them; the smallest say nothing of it."""
    sized = by_place.filter(pl.col("denominator") >= ENOUGH)
    kinds = {"authorities": pl.Int64, "phi": pl.Float64, "tau2": pl.Float64, "n": pl.Int64}
    if sized.height < FEWEST:
        return pl.DataFrame(schema=kinds)
    fitted = funnel.fit(sized, unit="authority_code", numerator="numerator", denominator="denominator", consistent=True)
    had, of = int(sized["numerator"].sum()), int(sized["denominator"].sum())
    return pl.DataFrame([(sized.height, fitted.phi, fitted.tau2, min(had, of - had))], schema=kinds, orient="row")


def _compared(reviews: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """outcome, way, difference, low, high, n: the fewer of those with and without the outcome, of those who moved."""
    age = pl.col("age_at_review")
    told = reviews.with_columns(
        moved=pl.col("has_moved").cast(pl.Int8),
        year=pl.col("year").cast(pl.String),
        age=pl.when(age < 11)
        .then(pl.lit("under 11"))
        .when(age < 16)
        .then(pl.lit("11 to 15"))
        .otherwise(pl.lit("16 on")),
        in_time=(pl.col("days_after_due") <= 0).fill_null(value=False).cast(pl.Int8),
        ceases=(pl.col("review_outcome_code") == CEASE).cast(pl.Int8),
        amends=(pl.col("review_outcome_code") == AMEND).cast(pl.Int8),
    )
    found, doubts = [], []
    for outcome, words in OUTCOMES.items():
        of = told.drop_nulls(outcome)
        had = of.filter(moved=1)[outcome]
        n = int(min(had.sum(), len(had) - had.sum()))
        for way, fixed in {"given age and year": ["moved", "age", "year"], "not adjusted": ["moved"]}.items():
            fitted = tried(robust.fit, of, outcome, fixed, cluster="authority_code")
            if fitted is None:
                continue
            row = pl.DataFrame(fitted.coefficients).filter(term="moved").row(0, named=True)
            found.append((words, way, row["estimate"], row["low"], row["high"], n))
            doubts += fitted.warnings
    return pl.DataFrame(found, KINDS | {"n": pl.Int64}, orient="row"), tuple(dict.fromkeys(doubts))


def _funnel(frames: Frames) -> pl.DataFrame:
    """Position of each authority whose figures are shown."""
    england = frames["usual"].filter(way=OF_DUE)["value"].to_list()
    return positions(frames["authorities"], Direction.HIGHER, next(iter(england), None))


def _say(frames: Frames) -> str:
    due = frames["usual"].filter(way=OF_DUE).drop_nulls("value")
    if due.is_empty():
        return "Too few changes of phase may be shown to say how many plans were amended in time."
    said = f"Of plans to be amended for the next phase, {due['value'][0]:.0%} were by the day that the law sets."
    passed = dict(frames["moves"].drop_nulls("value").select("what", "value").iter_rows())
    notice = passed.get("notice of what happens to it given in six weeks")
    lost = passed.get("child who left is in no other authority's return")
    more = (
        f" Of plans that passed to another authority, notice was given in six weeks of {notice:.0%}." if notice else ""
    )
    gone = f" Of children who left an authority, {lost:.0%} were in no other authority's return." if lost else ""
    return said + more + gone


transitions = Study(
    name="transitions",
    title="Changes of phase and of authority",
    question="Are plans ready for the next phase, and what happens to them when a child moves?",
    choices=(Choice("phase", "Which change of phase.", tuple(PHASES), "all"),),
    build=_build,
    compute=_compute,
)
