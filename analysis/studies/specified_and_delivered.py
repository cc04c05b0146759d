"""How much of the provision that plans specify is delivered, for whom, and what goes with the hours delivered.

Hours specified follow need; what share of them comes does not. So the hours of a need are shown beside the share that
was delivered, and an outcome is compared between children to whom as much was specified and less or more delivered.
"""

from __future__ import annotations

import polars as pl

from analysis.models import delivery, robust
from analysis.places import authorities
from analysis.population import Population
from analysis.populations.delivery import DELIVERED_ALL, DELIVERED_F, LEAVERS_DELIVERED
from analysis.positions import NO_RANKS, positions, told_apart
from analysis.result import Chart, CountTable, Derived, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease
from cohort.schema.codes.provision import NEED_TYPE
from cohort.snapshot import Snapshot

SECTIONS = {"F": DELIVERED_F, "F, G and H": DELIVERED_ALL}
SHORT = {"80 %": 0.8, "90 %": 0.9}
UNKNOWN = "not known"
WEEKS_OF_TWO_YEARS = 76
MORE = 5
"""Hours a week by which effects are told."""
FLAT = 20
"""Hours a week from which a further one does nothing, if the use of an hour falls evenly."""
LOG_ERROR = 0.05
"""The coefficient of variation by which a log is taken to err. No return tells it."""
LOG_ERRORS = (0.0, 0.05, 0.1, 0.15)
PUPIL = "pupil"
UNDER = "Plans under-delivered"
ADJUSTED = ("specified", "log_specified", "need", "placement", "sex", "meals", "year")
SHOWN = ("estimate", "low", "high")


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    places = authorities(snapshot)
    made = [_rows(snapshot, population, places) for population in (SECTIONS[picks["sections"]], LEAVERS_DELIVERED)]
    if made[0].rows is None or made[0].rows.is_empty():
        raise NothingToRelease("STUDY-04", "No plan has a record of delivery.", "Load returns of provision first.")
    both = pl.concat([one.rows for one in made if one.rows is not None], how="diagonal")
    return AnalysisTable(rows=both, flows={**made[0].flows, **made[1].flows})


def _rows(snapshot: Snapshot, population: Population, places: pl.DataFrame) -> AnalysisTable:
    """Units with the ratio's two sides, names for codes, and which kind of unit they are."""
    built = rows(snapshot, population)
    assert built.rows is not None  # noqa: S101
    labels = {code.code: code.label for code in NEED_TYPE.codes}
    named = built.rows.join(places, on="authority_code", how="left", maintain_order="left").with_columns(
        unit=pl.lit(population.unit),
        need=pl.col("need_code").replace(labels).fill_null(UNKNOWN),
        placement=pl.col("placement").fill_null(UNKNOWN),
    )
    return AnalysisTable(rows=named, flows=built.flows)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    short = SHORT[picks["short"]]
    years = _ratio(table.rows.filter(pl.col("unit") != PUPIL), short)
    plans, leavers = _plans(years, short), _leavers(table.rows.filter(unit=PUPIL))
    fitted = delivery.ratios(plans, "delivered_hours", "due_hours_known", "authority", ["need", "placement"], short)
    return Result(
        title="Provision specified and provision delivered",
        estimand=f"Of hours due under section {picks['sections']} whose delivery was recorded, that delivered; "
        f"and the share of plans with less than {picks['short']} of theirs.",
        method="Ratios of sums and means over plans, errors clustered by authority; weeks without a record made up "
        "for, lines without one left out. Fractional logit for need and placement. Authorities: empirical Bayes and "
        "an over-dispersed funnel. Attainment: linear model given hours specified, need, placement, sex, free meals "
        "and year, put right for error in logs by calibration, intervals from leaving out one authority at a time.",
        tables=(*_delivered(fitted, plans, years, picks["short"]), *_attained(leavers)),
        derived=(Derived("funnel", "Funnel: plans under-delivered", _funnel, Chart.FUNNEL),),
        say=lambda frames: _say(frames, picks["short"]),
        flows=table.flows,
        assumptions=(
            "What was not recorded was delivered as what was recorded: a missing record is not a missing hour.",
            f"Logs are right but for a factor of each child with mean 1 and coefficient of variation {LOG_ERROR}; no "
            "return tells how much they err.",
            "Among children of like need to whom as much was specified, what was delivered does not go with anything "
            "else that tells on attainment.",
        ),
        warnings=(
            "Few hours may mean little need or a plan that asks for little: read the hours beside the share delivered.",
            "The figure for attainment is an association given what was recorded; it is not shown to be causal.",
            NO_RANKS,
            "A plan that got more than was due counts as fully delivered.",
            *of_model(fitted.warnings),
        ),
        n_in=table.rows.height,
        n_used=fitted.n_used + leavers.height,
    )


def _delivered(
    fitted: delivery.DeliveryResult, plans: pl.DataFrame, years: pl.DataFrame, words: str
) -> tuple[CountTable | EstimateTable, ...]:
    by = {"need": "Hours a week specified and delivered, by need", "placement": "By kind of setting"}
    short, dims = SHORT[words], ("authority", "region")
    return (
        EstimateTable("england", "England", _england(fitted, plans)),
        *(EstimateTable(f"{name}s", title, _groups(plans, name, short)) for name, title in by.items()),
        EstimateTable("years", "By school year", _groups(years, "year", short), dimensions=("year",)),
        CountTable("short", f"Plans with less than {words} of their hours", _short(plans), dims),
        EstimateTable("authorities", "Authorities, drawn towards the mean", _authorities(fitted, plans)),
        EstimateTable("terms", "What goes with the share delivered (log-odds)", _terms(fitted, plans)),
        EstimateTable("ways", "What other ways of counting say", _ways(years), part=Part.SENSITIVITY),
    )


def _attained(leavers: pl.DataFrame) -> tuple[EstimateTable, ...]:
    return (
        EstimateTable("effect", f"Attainment 8 points for {MORE} hours a week more", _effect(leavers)),
        EstimateTable("effects", f"Other ways to {MORE} hours a week", _effects(leavers), part=Part.SENSITIVITY),
        EstimateTable("errors", "Were the logs to err more", _errors(leavers), part=Part.SENSITIVITY),
    )


def _ratio(frame: pl.DataFrame, short: float) -> pl.DataFrame:
    return frame.with_columns(is_short=pl.col("delivered_hours") < short * pl.col("due_hours_known"))


def _plans(years: pl.DataFrame, short: float) -> pl.DataFrame:
    """One row a plan holder in an authority: sums over the school years told, described by the latest."""
    sums = ("lines", "lines_known", "due_hours", "due_hours_known", "recorded_hours", "delivered_hours", "weeks")
    last = ("authority", "region", "need", "placement")
    summed = years.sort("year").group_by("person_id", "authority_code", maintain_order=True)
    return _ratio(summed.agg(pl.col(sums).sum(), pl.col(last).last()), short)


def _fewer(rest: pl.Expr) -> pl.Expr:
    """Persons on whom a row rests: the fewer of those of whom it holds and of the others."""
    person = pl.col("person_id")
    return pl.min_horizontal(person.filter(rest).n_unique(), person.filter(~rest).n_unique()).cast(pl.Int64)


def _overall(frame: pl.DataFrame, short: float) -> dict[str, dict[str, float]]:
    """Measure → estimate, low, high; nothing where they cannot be estimated."""
    found = tried(delivery.ratios, frame, "delivered_hours", "due_hours_known", "authority", (), short)
    if found is None:
        return {}
    return {row["measure"]: row for row in pl.DataFrame(found.overall).iter_rows(named=True)}


def _ratio_of(frame: pl.DataFrame, top: str, bottom: str) -> float:
    return frame.select(pl.col(top).sum() / pl.col(bottom).sum()).item()


def _groups(frame: pl.DataFrame, by: str, short: float) -> pl.DataFrame:
    """The joint display: hours a week specified and delivered, the share delivered, and how whole the records are."""
    made = []
    for (name,), of in frame.group_by(by):
        found = _overall(of, short)
        ratio, less = found.get("ratio of all hours", {}), found.get("short", {})
        due = _ratio_of(of, "due_hours", "weeks")
        made.append(
            {
                by: name,
                "hours_specified": due,
                "hours_delivered": None if "estimate" not in ratio else due * ratio["estimate"],
                "value": ratio.get("estimate"),
                "low": ratio.get("low"),
                "high": ratio.get("high"),
                "under_delivered": less.get("estimate"),
                "under_low": less.get("low"),
                "under_high": less.get("high"),
                "share_recorded": _ratio_of(of, "due_hours_known", "due_hours"),
                "n": of.select(_fewer(pl.col("is_short"))).item(),
            }
        )
    return pl.DataFrame(made, infer_schema_length=None).sort(by)


def _england(fitted: delivery.DeliveryResult, plans: pl.DataFrame) -> pl.DataFrame:
    words = {
        "mean ratio": "Share delivered, mean of plans",
        "ratio of all hours": "Share delivered, of all hours",
        "short": UNDER,
    }
    told = pl.DataFrame(fitted.overall).select(pl.col("measure").replace(words), *SHOWN)
    spread = {"measure": "Spread of authorities' mean shares (SD)", "estimate": fitted.between_sd}
    return pl.concat([told, pl.DataFrame([spread])], how="diagonal").with_columns(
        n=plans.select(_fewer(pl.col("is_short"))).item()
    )


def _short(plans: pl.DataFrame) -> pl.DataFrame:
    counted = plans.group_by("authority", "region").agg(
        pl.col("is_short").sum().cast(pl.Int64).alias("numerator"), pl.len().cast(pl.Int64).alias("denominator")
    )
    return counted.sort("authority")


def _authorities(fitted: delivery.DeliveryResult, plans: pl.DataFrame) -> pl.DataFrame:
    behind = plans.group_by("authority", "region").agg(
        share_recorded=pl.col("due_hours_known").sum() / pl.col("due_hours").sum(), n=_fewer(pl.col("is_short"))
    )
    told = pl.DataFrame(fitted.authorities).select(
        "authority",
        pl.col("estimate").alias("value"),
        "low",
        "high",
        pl.col("short_estimate").alias("under_delivered"),
        pl.col("short_low").alias("under_low"),
        pl.col("short_high").alias("under_high"),
        "chance_above",
    )
    shown = behind.join(told, on="authority").sort("authority")
    return shown.select("authority", "region", *told.columns[1:], "share_recorded", "n")


def _terms(fitted: delivery.DeliveryResult, plans: pl.DataFrame) -> pl.DataFrame:
    sizes = {"(intercept)": plans.select(_fewer(pl.col("is_short"))).item()}
    for name in ("need", "placement"):
        found = plans.group_by(name).agg(_fewer(pl.col("is_short")).alias("n"))
        sizes |= {f"{name}[{level}]": n for level, n in found.rows()}
    return pl.DataFrame(fitted.coefficients).with_columns(
        pl.col("term").replace_strict(sizes, default=0, return_dtype=pl.Int64).alias("n")
    )


def _ways(years: pl.DataFrame) -> pl.DataFrame:
    """Gaps taken for nothing delivered, against gaps taken for gaps."""
    ways = {
        "Hours recorded of all hours due: what is not recorded was not delivered": ("recorded_hours", "due_hours"),
        "Hours recorded, of lines with a record: weeks without bring nothing": (
            "recorded_hours",
            "due_hours_known",
        ),
        "Weeks without a record made up for, lines without one left out": ("delivered_hours", "due_hours_known"),
    }
    made = {"way": list(ways), "value": [_ratio_of(years, *sums) for sums in ways.values()]}
    return pl.DataFrame({**made, "n": years["person_id"].n_unique()})


def _leavers(frame: pl.DataFrame) -> pl.DataFrame:
    """Weekly hours of the two years, and what is held equal."""
    due = pl.col("due_hours") / WEEKS_OF_TWO_YEARS
    told = frame.with_columns(
        specified=due,
        log_specified=due.log(),
        delivered=due * pl.col("delivered_hours") / pl.col("due_hours_known"),
        sex=pl.col("sex_code").fill_null(UNKNOWN),
        meals=pl.col("has_been_meals_eligible").cast(pl.String).fill_null(UNKNOWN),
        year=pl.col("year").cast(pl.String),
    )
    hours = pl.col("delivered").clip(upper_bound=FLAT)
    return told.with_columns(used=hours - hours**2 / (2 * FLAT))


def _corrected(leavers: pl.DataFrame, held: tuple[str, ...], cv: float) -> dict[str, dict[str, float]]:
    """Method → estimate, low, high of MORE hours; nothing where they cannot be estimated."""
    found = tried(
        delivery.corrected, leavers, "points", "delivered", "authority", held, error_cv=cv, method="calibration"
    )
    if found is None:
        return {}
    told = pl.DataFrame(found.estimates).with_columns(
        pl.col(SHOWN) * MORE, reliability=pl.lit(found.reliability), kept=pl.lit(found.kept)
    )
    return {row["method"]: row for row in told.iter_rows(named=True)}


def _row(way: str, found: dict[str, float], leavers: pl.DataFrame) -> dict[str, object]:
    return {"way": way, **{name: found.get(name) for name in SHOWN}, "n": leavers["person_id"].n_unique()}


def _effect(leavers: pl.DataFrame) -> pl.DataFrame:
    found = _corrected(leavers, ADJUSTED, LOG_ERROR).get("calibration", {})
    return _table([_row("Delivered, hours specified and need given", found, leavers)])


def _effects(leavers: pl.DataFrame) -> pl.DataFrame:
    """The same without what makes it fit to be read; and hours specified as a control: what goes with them is need."""
    given = _corrected(leavers, ADJUSTED, LOG_ERROR)
    plain, by_need = _corrected(leavers, (), 0.0), _corrected(leavers, ADJUSTED[2:], 0.0)
    return _table(
        [
            _row("Nothing held equal: need taken for the work of hours", plain.get("naive", {}), leavers),
            _row("Need and setting held equal, hours specified not", by_need.get("naive", {}), leavers),
            _row("Logs taken as they are", given.get("naive", {}), leavers),
            _row(
                "Hours specified, those delivered given: a control, 0 if need is held equal", _control(leavers), leavers
            ),
            _row(
                f"The first {MORE} hours, were a further hour to do evenly less up to {FLAT}, logs as they are",
                _linear(leavers, "used", ADJUSTED),
                leavers,
            ),
        ]
    )


def _control(leavers: pl.DataFrame) -> dict[str, float]:
    return _linear(leavers, "specified", ("delivered", *ADJUSTED[2:]))


def _linear(leavers: pl.DataFrame, exposure: str, held: tuple[str, ...]) -> dict[str, float]:
    found = tried(robust.fit, leavers, "points", [exposure, *held], cluster="authority")
    if found is None:
        return {}
    told = pl.DataFrame(found.coefficients).with_columns(pl.col(SHOWN) * MORE)
    return told.filter(term=exposure).row(0, named=True)


def _errors(leavers: pl.DataFrame) -> pl.DataFrame:
    made = []
    for cv in LOG_ERRORS:
        found = _corrected(leavers, ADJUSTED, cv).get("calibration", {})
        words = f"coefficient of variation {cv:g}"
        rest = {name: found.get(name) for name in ("reliability", "kept")}
        made.append({**_row(words, found, leavers), **rest})
    return _table(made)


def _table(made: list[dict[str, object]]) -> pl.DataFrame:
    return pl.DataFrame(made, infer_schema_length=None).with_columns(pl.col(*SHOWN).cast(pl.Float64))


def _funnel(frames: Frames) -> pl.DataFrame:
    less = frames["england"].filter(measure=UNDER)["estimate"].item()
    return positions(frames["short"], target=less)


def _say(frames: Frames, short: str) -> str:
    england = {row["measure"]: row for row in frames["england"].iter_rows(named=True)}
    all_hours, less = england["Share delivered, of all hours"], england[UNDER]
    if all_hours["estimate"] is None:
        return "Too few plans have a record of delivery to say how much of what is specified comes."
    said = (
        f"Of hours due whose delivery was recorded, {all_hours['estimate']:.0%} were delivered (95 % interval "
        f"{all_hours['low']:.0%} to {all_hours['high']:.0%}); {less['estimate']:.0%} of plans got less than {short} of "
        "theirs."
    )
    effect = frames["effect"].row(0, named=True)
    if effect["estimate"] is None:
        return f"{said} {told_apart(frames['funnel'])}"
    return (
        f"{said} Given hours specified and need, {MORE} delivered hours a week more went with "
        f"{effect['estimate']:+.1f} points of Attainment 8 ({effect['low']:+.1f} to {effect['high']:+.1f}): an "
        "association, not shown to be causal."
    )


specified_and_delivered = Study(
    name="specified_and_delivered",
    title="Provision specified and delivered",
    question="How much of the provision that plans specify is delivered, and to whom?",
    choices=(
        Choice("sections", "Sections of the plan.", tuple(SECTIONS), "F"),
        Choice("short", "Under-delivered is less than this share of the hours due.", tuple(SHORT), "90 %"),
    ),
    build=_build,
    compute=_compute,
)
