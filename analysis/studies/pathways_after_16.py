"""Types of pathways from 16 to 18: a description, and whether there are types at all.

A clustering always finds clusters. So what it finds stands beside what the same method finds in worlds without types,
and the types are never compared between authorities: they are made of the outcome, each with an error of its own.
What goes with SEN or need is asked of the pathways themselves, by the share of their differences that it explains.
"""

from __future__ import annotations

import polars as pl

from analysis.models import sequences
from analysis.populations.after_year_11 import (
    EDUCATION,
    MONTHS_AFTER_YEAR_11,
    MONTHS_TO_18,
    NONE,
    NOT_KNOWN,
    PLAN,
    SUPPORT,
)
from analysis.result import CountTable, EstimateTable, Frames, Part, Result
from analysis.study import Choice, Picks, Study
from analysis.table import AnalysisTable, rows
from analysis.tried import tried
from analysis.warned import of_model
from cohort.errors import NothingToRelease, UsageError
from cohort.snapshot import Snapshot

WHO = {"everybody": (NONE, SUPPORT, PLAN), "with SEN": (SUPPORT, PLAN)}
SEED = 25
AT_MOST = 1_000
"""Young people drawn from each group of SEN; they stand for their group by weight."""
TRIED = range(2, 9)
"""Numbers of types that are tried."""
DRAWS, PEOPLE = 59, 400
"""Worlds without types, and young people in each."""
COURSES = {
    "210": "sixth form",
    "220": "sixth form",
    "230": "further education",
    "240": "higher education",
    "250": "further education",
    "270": "further education",
    "280": "specialist college",
    "310": "apprenticeship",
}
TRAINING = "training"
"""What is left of education or training: traineeships and supported internships."""
GROUPINGS = {"SEN at 16": "sen_at_16", "need, of those with SEN": "need", "free meals": "meals", "sex": "sex_code"}
NEEDS = ("ASD", "SEMH", "SLCN", "MLD", "SPLD")
"""Needs common enough to be told apart; the rest are together."""


def _build(snapshot: Snapshot, picks: Picks) -> AnalysisTable:
    built = rows(snapshot, MONTHS_AFTER_YEAR_11)
    assert built.rows is not None  # noqa: S101
    told = built.rows.filter(pl.col("month") < MONTHS_TO_18, pl.col("sen_at_16").is_in(WHO[picks["who"]]))
    told = told.sort("person_id", "month").unique(["person_id", "month"], keep="first", maintain_order=True)
    whole = told.filter(pl.len().over("person_id") == MONTHS_TO_18)
    if whole.is_empty():
        raise NothingToRelease(
            "STUDY-04", "Nobody is told for all months from 16 to 18.", "Load more returns of activity first."
        )
    return AnalysisTable(rows=_drawn(whole), flows=built.flows)


def _drawn(whole: pl.DataFrame) -> pl.DataFrame:
    """A sample of each group of SEN, with weights, and what is done in words."""
    people = whole.group_by("person_id", "sen_at_16", maintain_order=True).agg()
    parts = [
        of.sample(min(of.height, AT_MOST), seed=SEED, shuffle=True).with_columns(
            weight=pl.lit(of.height / min(of.height, AT_MOST))
        )
        for _, of in people.group_by("sen_at_16", maintain_order=True)
    ]
    drawn = whole.join(pl.concat(parts).drop("sen_at_16"), on="person_id").sort("person_id", "month")
    rest = pl.when(pl.col("state") == EDUCATION).then(pl.lit(TRAINING)).otherwise("state")
    meals = pl.when("is_meals_eligible").then(pl.lit("eligible")).otherwise(pl.lit("not eligible"))
    need = pl.when(pl.col("need_at_16").is_in(NEEDS)).then("need_at_16").otherwise(pl.lit("other"))
    need = pl.when(pl.col("sen_at_16") != NONE, pl.col("need_at_16").is_not_null()).then(need)
    return drawn.with_columns(
        pl.col("activity_code").replace_strict(COURSES, default=rest).alias("does"),
        need.alias("need"),
        meals.alias("meals"),
    )


def _compute(table: AnalysisTable, _: Picks) -> Result:
    assert table.rows is not None  # noqa: S101
    frame = table.rows
    distances, clusters = _clustered(frame)
    typed = frame.join(_lettered(pl.DataFrame(clusters.members)), on="person_id", how="left")
    people = frame.unique("person_id", keep="first", maintain_order=True)
    shown = sequences.validate(clusters, "markov", DRAWS, PEOPLE, SEED)
    return Result(
        title="Types of pathways from 16 to 18",
        estimand="Groups of young people whose months from 16 to 18 are alike, and the share of each group of SEN in "
        "them; a description, of which no cause is claimed.",
        method=f"Optimal matching with costs from transition rates; PAM, the number of types (2 to {TRIED[-1]}) by the "
        "widest average silhouette, beside worlds that share one chain of moves and have no types (Studer 2021); "
        "pseudo-R² of discrepancy by permutation. A sample of each group of SEN, weighted.",
        tables=(
            CountTable("types", "Share of each group in each type, of a sample", _shares(typed), ("type", "group")),
            EstimateTable("months", "Months in each activity, by type", _months(typed)),
            EstimateTable("explained", "Share of differences between pathways", _explained(distances, people)),
            EstimateTable("separation", "Types beside worlds without types", _separation(shown), part=Part.DIAGNOSTIC),
            EstimateTable("otherwise", "Types found in other ways", _otherwise(frame, clusters), part=Part.SENSITIVITY),
        ),
        say=_say,
        flows=table.flows,
        assumptions=(
            "Not known is a state of its own: what is done behind it is not guessed.",
            "Only those who are told for all 24 months have a pathway; who left England before has none.",
        ),
        warnings=of_model(words for words in clusters.warnings if " people " not in words),
        n_in=people.height,
        n_used=clusters.n_used,
        seed=SEED,
    )  # fmt: skip


def _clustered(frame: pl.DataFrame, method: str = "om") -> tuple[sequences.Distances, sequences.Clusters]:
    try:
        apart = sequences.distances(
            frame,
            "hamming" if method == "hamming" else "om",
            id="person_id",
            time="month",
            state="does",
            weights="weight",
        )
        return apart, sequences.cluster(apart, [k for k in TRIED if k < apart.distinct], seed=SEED)
    except UsageError as why:
        raise NothingToRelease("STUDY-41", "Too few pathways differ to look for types.", "Load more returns.") from why


def _lettered(members: pl.DataFrame) -> pl.DataFrame:
    """Types are lettered by size: a name made of their members' lives would tell of a small one."""
    sizes = members["cluster"].value_counts().sort("count", "cluster", descending=[True, False])
    letters = {cluster: f"type {chr(65 + place)}" for place, cluster in enumerate(sizes["cluster"])}
    return members.select("person_id", type=pl.col("cluster").replace_strict(letters, return_dtype=pl.String))


def _shares(typed: pl.DataFrame) -> pl.DataFrame:
    people = typed.unique("person_id")
    counted = people.group_by("type", pl.col("sen_at_16").alias("group")).len("numerator")
    every = people.select("type").unique().join(people.select(group="sen_at_16").unique(), how="cross")
    whole = people.group_by(pl.col("sen_at_16").alias("group")).len("denominator")
    joined = every.join(counted, on=["type", "group"], how="left").join(whole, on="group")
    return joined.with_columns(pl.col("numerator", "denominator").fill_null(0).cast(pl.Int64)).sort("type", "group")


def _months(typed: pl.DataFrame) -> pl.DataFrame:
    """Mean months of a type in each activity; n: who was ever in it."""
    weight = typed.unique("person_id").group_by("type").agg(pl.col("weight").sum().alias("members"))
    spent = typed.group_by("type", "does").agg(
        pl.col("weight").sum().alias("spent"), pl.col("person_id").n_unique().cast(pl.Int64).alias("n")
    )
    mean = (pl.col("spent") / pl.col("members")).alias("mean_months")
    return (
        spent.join(weight, on="type")
        .select("type", pl.col("does").alias("activity"), mean, "n")
        .sort("type", "activity")
    )


def _explained(distances: sequences.Distances, people: pl.DataFrame) -> pl.DataFrame:
    """grouping, r2, p; n: the smallest group. Those without a value of the grouping are left out."""
    order = (
        pl.DataFrame(distances.people)
        .select("person_id")
        .join(people, on="person_id", how="left", maintain_order="left")
    )
    found = []
    for words, column in GROUPINGS.items():
        known = order[column].drop_nulls()
        fitted = tried(sequences.discrepancy, distances, order[column], permutations=199, seed=SEED)
        if fitted is None:
            continue
        found.append(
            (words, fitted.pseudo_r2, fitted.p, known.value_counts()["count"].to_numpy().min(initial=len(known)))
        )
    kinds = {"goes_with": pl.String, "r2": pl.Float64, "p": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")


def _separation(shown: sequences.Validation) -> pl.DataFrame:
    """A row a number of types; `p_at_any` is the chance to find types as clear at any number where there are none."""
    table = pl.DataFrame(shown.table).rename({"k": "types", "high": "without_types_95"})
    return table.with_columns(pl.lit(shown.p).alias("p_at_any"), pl.lit(shown.n, pl.Int64).alias("n"))


def _otherwise(frame: pl.DataFrame, clusters: sequences.Clusters) -> pl.DataFrame:
    """The number of types and their silhouette, had it been done otherwise."""
    told = frame.filter((pl.col("does") != NOT_KNOWN).all().over("person_id"))
    ways = [("as shown", clusters)]
    for way, of, method in (("Hamming distances", frame, "hamming"), ("those who are always known", told, "om")):
        try:
            ways.append((way, _clustered(of, method)[1]))
        except NothingToRelease:
            continue
    found = [
        (way, one.k, pl.DataFrame(one.quality).filter(k=one.k)["silhouette"].item(), one.n_used) for way, one in ways
    ]
    kinds = {"way": pl.String, "types": pl.Int64, "silhouette": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(found, schema=kinds, orient="row")


def _say(frames: Frames) -> str:
    way = frames["otherwise"].drop_nulls("types")
    if way.is_empty():
        return "Too few young people may be shown to say which pathways there are."
    types, p = way["types"][0], frames["separation"].drop_nulls("p_at_any")["p_at_any"]
    explained = frames["explained"].filter(goes_with="SEN at 16").drop_nulls("r2")
    clear = "no test says whether they are more than chance" if p.is_empty() else _clear(p[0])
    said = f"The months from 16 to 18 are best parted into {types} types; {clear}."
    if explained.is_empty():
        return said
    return f"{said} SEN at 16 goes with {explained['r2'][0]:.1%} of the differences between pathways."


def _clear(p: float) -> str:
    if p < 0.05:
        return f"they stand apart more clearly than in worlds without types (p = {p:.2f})"
    return f"in worlds without types as clear ones are found (p = {p:.2f}), so read them as a way to sort, not as kinds"


pathways_after_16 = Study(
    name="pathways_after_16",
    title="Pathways after 16",
    question="Which pathways do young people take from 16 to 18?",
    choices=(Choice("who", "Whose pathways.", tuple(WHO), "everybody"),),
    build=_build,
    compute=_compute,
)
