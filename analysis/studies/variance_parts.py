"""How much of what becomes of pupils differs between children, schools and authorities, before and given intake.

Authorities' raw means differ by whom they have and by chance as well. A multilevel model parts the differences between
the levels, and its intervals are profile likelihood ones: a variance is never below nothing, and often hardly above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from analysis.intake import BROUGHT, INTAKE, OUTCOMES, brought, compared, complete, covariates
from analysis.models import multilevel, variance
from analysis.result import Chart, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable
from analysis.tried import tried
from analysis.warned import of_model
from cohort.snapshot import Snapshot

SCORES = {"reading": "reading score at 11", "attainment_8": "Attainment 8"}
YES_OR_NO = {name: outcome.title.lower() for name, outcome in OUTCOMES.items() if name != "phonics"}
WORDS = {**SCORES, **YES_OR_NO}
WHO = {"SEN": "pupils with SEN", "all pupils": "all pupils"}
METHOD_OF_SCORES = "Linear model with random intercepts of schools within authorities (REML); profile 95 % intervals."
METHOD_OF_SHARES = (
    "Logistic models with a random intercept, one of authorities and one of schools: the part of schools holds that of "
    "authorities. Latent shares set π²/3 for children; median odds ratios; shares of the outcome's own variance at the "
    "average risk by simulation; profile 95 % intervals."
)
POINTS = 11
LEVELS = {"authority": "authorities", "school": "schools in authorities", "residual": "children in schools"}
WAYS = {"as they are": ["year"], "given whom they have": list(INTAKE)}
PARTS = {"given": pl.String, "between": pl.String, **dict.fromkeys(("sd", "low", "high", "share"), pl.Float64)}
ODDS = {
    "odds_ratio": "odds_ratio", "odds_ratio_low": "odds_ratio_low", "odds_ratio_high": "odds_ratio_high",
    "value": "estimate", "low": "low", "high": "high",
}  # fmt: skip
"""Column → field of a ResponseShare."""
RANKED = ("level", "estimate", "low", "high", "rank_low", "rank_high")
ASSUMPTIONS = (
    "Effects of schools and authorities are normal, and alike in size for all pupils.",
    f"Pupils alike in {BROUGHT} were alike before school; what else they bring counts as the school's.",
    "School and authority are those of the year of the outcome: who moved brings the work of others along.",
)
NOT_FITTED = "Some parts could not be estimated: too few pupils, schools or authorities."
Models = Mapping[tuple[str, str], multilevel.MultilevelResult | None]
"""By what is given and the grouping; of scores, the model of schools holds authorities too."""


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = brought(snapshot, compared(picks["outcome"], picks["among"]))
    assert built.rows is not None  # noqa: S101
    # A school stands in one authority; one whose authority was redrawn counts once in each.
    named = built.rows.with_columns(school=pl.col("authority_code") + " " + pl.col("urn"))
    return replace(built, rows=named)


def _compute(table: AnalysisTable, picks: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame, of, who = complete(table.rows), WORDS[picks["outcome"]], WHO[picks["among"]]
    is_score = picks["outcome"] in SCORES
    groupings = ("school",) if is_score else ("authority", "school")
    models = {(given, by): _fitted(frame, given, by, is_score) for given in WAYS for by in groupings}
    rests = pl.lit(frame.height if is_score else _fewer(frame["outcome"])).alias("n")
    parts, authorities = _parts(models, is_score), _effects(models, frame, is_score)
    odds = () if is_score else (("odds", "The same on the scales of odds and of shares", _odds(models, frame)),)
    groups, naive = _groups(frame), _naive(frame, parts, is_score)
    told = {words for model in models.values() if model for words in of_model(model.warnings)}
    return Result(
        title=f"Children, schools and authorities: {of}",
        estimand=f"Parts of the variance of the {of} of {who} within a year that lie between authorities, between "
        f"schools and between children; and the same among pupils alike in {BROUGHT}.",
        method=METHOD_OF_SCORES if is_score else METHOD_OF_SHARES,
        tables=(
            EstimateTable("parts", "Where the differences lie", parts.with_columns(rests)),
            *(EstimateTable(name, title, made.with_columns(rests)) for name, title, made in odds),
            EstimateTable("authorities", "Authorities given whom they have, shrunken", authorities, Chart.CATERPILLAR),
            EstimateTable("groups", "Schools and authorities", groups.with_columns(rests), part=Part.DIAGNOSTIC),
            EstimateTable(
                "naive", "What the spread of authorities seems to be", naive.with_columns(rests), part=Part.SENSITIVITY
            ),
        ),
        say=lambda frames: _say(frames, of, who),
        flows=table.flows,
        assumptions=ASSUMPTIONS,
        warnings=(
            "A part of the variance does not measure what schools and authorities do: it is associated with where "
            "pupils are, and a small part may still be a large difference for a child.",
            *((NOT_FITTED,) if None in models.values() else ()),
            *sorted(told),
        ),
        n_in=table.rows.height,
        n_used=frame.height,
    )  # fmt: skip


def _fewer(outcome: pl.Series) -> int:
    events = int(outcome.sum())
    return min(events, len(outcome) - events)


def _fitted(frame: pl.DataFrame, given: str, by: str, is_score: bool) -> multilevel.MultilevelResult | None:
    """A model of scores holds schools and authorities, one of shares a single grouping. None where it cannot be."""
    known = WAYS[given] if is_score else covariates(frame)
    fixed = [name for name in WAYS[given] if name in known]
    groups = ["school", "authority"] if is_score else [by]
    if is_score:
        return tried(multilevel.fit, frame, "outcome", fixed=fixed, groups=groups)
    return tried(multilevel.fit, frame, "outcome", fixed=fixed, groups=groups, family="binomial", points=POINTS)


def _parts(models: Models, is_score: bool) -> pl.DataFrame:
    """given, between, sd with its interval, share of the variance; on the scale of the score, or of log odds."""
    tables = [pl.DataFrame(schema=PARTS)]
    for (given, _), model in models.items():
        if model is None:
            continue
        told = pl.DataFrame(model.variances).filter((pl.col("group") != "residual") | is_score)
        tables.append(
            told.select(
                pl.lit(given).alias("given"),
                pl.col("group").replace(LEVELS).alias("between"),
                pl.col("variance").sqrt().alias("sd"),
                *(pl.col(end).sqrt() for end in ("low", "high")),
                "share",
            )
        )
    return pl.concat(tables).sort("given", "between") if len(tables) > 1 else _none_known()


def _none_known() -> pl.DataFrame:
    rows = [(given, words, None, None, None, None) for given in WAYS for words in LEVELS.values()]
    return pl.DataFrame(rows, schema=PARTS, orient="row")


def _odds(models: Models, frame: pl.DataFrame) -> pl.DataFrame:
    """Median odds ratio, and the share of the outcome's variance at the average risk, with intervals."""
    risk = float(frame.select(pl.col("outcome").mean()).item())
    rows = []
    for (given, by), model in models.items():
        told = variance.response_share(model, by, risk) if model and 0 < risk < 1 else None
        figures = {name: getattr(told, of) if told else None for name, of in ODDS.items()}
        rows.append({"given": given, "between": LEVELS[by], **figures})
    kinds = {name: pl.Float64 for name in rows[0] if name not in ("given", "between")}
    return pl.DataFrame(rows, schema={"given": pl.String, "between": pl.String, **kinds})


def _effects(models: Models, frame: pl.DataFrame, is_score: bool) -> pl.DataFrame:
    """Shrunken effects of authorities given whom they have, each with the pupils on whom it rests."""
    rests = pl.len() if is_score else pl.min_horizontal(pl.col("outcome").sum(), (1 - pl.col("outcome")).sum())
    counted = frame.group_by(pl.col("authority").alias("level")).agg(rests.cast(pl.Int64).alias("n"))
    model = models["given whom they have", "school" if is_score else "authority"]
    if model is None:
        none = pl.DataFrame(schema={"level": pl.String, **dict.fromkeys(RANKED[1:], pl.Float64)})
    else:
        none = pl.DataFrame(model.effects("authority")).select(RANKED)
    return counted.join(none, on="level", how="left").select(*RANKED, "n").sort("level")


def _groups(frame: pl.DataFrame) -> pl.DataFrame:
    """How many groups stand behind each part."""
    counted = [(LEVELS[by], frame[by].n_unique()) for by in ("authority", "school")]
    return pl.DataFrame(counted, schema={"between": pl.String, "groups": pl.Int64}, orient="row")


def _naive(frame: pl.DataFrame, parts: pl.DataFrame, is_score: bool) -> pl.DataFrame:
    """The spread of authorities' raw means, what chance alone would make of it, and what the models leave."""
    by = frame.group_by("authority").agg(pl.col("outcome").mean(), pl.col("outcome").var().alias("within"), pl.len())
    raw, chance = by.select(pl.col("outcome").std(), (pl.col("within") / pl.col("len")).mean().sqrt()).row(0)
    rows = [("raw means of authorities", raw), ("chance alone", chance)]
    if is_score:
        left = parts.filter(between=LEVELS["authority"])
        rows += [(f"model, {given}", sd) for given, sd in left.select("given", "sd").rows()]
    return pl.DataFrame(rows, schema={"way": pl.String, "sd": pl.Float64}, orient="row")


def _say(frames: Frames, of: str, who: str) -> str:
    shares = {(r["given"], r["between"]): r["share"] for r in frames["parts"].drop_nulls("share").iter_rows(named=True)}
    raw, left = (shares.get((given, LEVELS["authority"])) for given in WAYS)
    school = shares.get(("given whom they have", LEVELS["school"]))
    if raw is None or left is None or school is None:
        return f"Too few of {who} may be shown to say where differences in the {of} lie."
    return (
        f"About {raw:.1%} of the differences in the {of} of {who} go with the authority; among pupils alike in what "
        f"they bring, {left:.1%} do, and {school:.1%} go with the school. The rest lies between children."
    )


variance_parts = Study(
    name="variance_parts",
    title="Children, schools and authorities",
    question="How much of the difference in an outcome lies between children, schools and authorities?",
    choices=(
        Choice("outcome", "What becomes of pupils.", tuple(WORDS), "reading"),
        Choice("among", "Of whom.", tuple(WHO), "SEN"),
    ),
    build=_build,
    compute=_compute,
)
