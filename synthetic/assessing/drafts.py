"""Drafts of plans: of the first one, once or twice; and of amendments after a review or for the next phase."""

from __future__ import annotations

import polars as pl

from synthetic.assessing.planted import Assessing
from synthetic.chance import generator
from synthetic.content.holders import of_children, place_on
from synthetic.content.life import PlanLife
from synthetic.content.settings import preference
from synthetic.content.versions import FIRST, MOVED_ON, REVIEWED
from synthetic.lives import Lives

FIFTEEN_DAYS = 15
ANSWERED, SILENT = (3, 24), 0.12
"""Days in which parents answer a draft; share who do not."""
AHEAD = 30
"""Days before a plan for the next phase on which its draft is sent."""
AS_ASKED = "Y"


def drafts(lives: Lives, of: PlanLife, planted: Assessing) -> pl.DataFrame:
    """A row a draft, by place, child and day: place, child, birth_date, request_received_date (of a first plan),
    plan_start_date (of an amended one), draft_number, version_reason_code, draft_date, final_date (of the version;
    null where it never comes), representations_due_date, representations_date, preferred_urn."""
    first = _first(lives, planted)
    both = pl.concat([first, _amended(lives, of)], how="diagonal").sort("place", "child", "draft_date")
    rng, n = generator(lives.seed, "answers to drafts"), len(both)
    told = both.hstack(of_children(lives, both["child"], "birth_date")).with_columns(
        days=pl.Series(rng.integers(*ANSWERED, n)), silent=pl.Series(rng.random(n) < SILENT)
    )
    answer = pl.col("draft_date") + pl.duration(days="days")
    answered = ~pl.col("silent") & (answer <= pl.col("final_date")).fill_null(value=True)
    return told.with_columns(
        representations_due_date=pl.col("draft_date") + pl.duration(days=FIFTEEN_DAYS),
        representations_date=pl.when(answered).then(answer),
    ).drop("days", "silent")


def _first(lives: Lives, planted: Assessing) -> pl.DataFrame:
    """Drafts between the end of the assessment and the first plan."""
    issued = lives.episodes.filter("has_request", pl.col("start_date").is_not_null())
    asked = lives.plans.select("plan", preference_code=preference(lives))
    urns = lives.named.filter(pl.col("rank_code") == "1").select("stay", "urn").unique("stay", keep="first")
    told = issued.join(asked, on="plan", how="left", maintain_order="left")
    told = told.join(urns, on="stay", how="left", maintain_order="left")
    rng, n = generator(lives.seed, "drafts of first plans"), len(told)
    free = (pl.col("start_date") - pl.col("assessed_date")).dt.total_days()
    told = told.with_columns(
        part=pl.Series(rng.uniform(0.1, 0.5, n)), again=pl.Series(rng.random(n) < planted.drafted_again)
    ).select(
        *("child", "again", "start_date"),
        place="authority",
        request_received_date="received_date",
        version_reason_code=pl.lit(FIRST),
        final_date="start_date",
        draft_date=pl.col("assessed_date") + pl.duration(days=(pl.col("part") * free).cast(pl.Int64)),
        preferred_urn=pl.when(pl.col("preference_code") == AS_ASKED).then("urn"),
    )
    between = (pl.col("start_date") - pl.col("draft_date")).dt.total_days() // 2
    second = told.filter("again").with_columns(
        draft_date=pl.col("draft_date") + pl.duration(days=between), draft_number=pl.lit(2, pl.Int64)
    )
    return pl.concat([told.with_columns(draft_number=pl.lit(1, pl.Int64)), second]).drop("again", "start_date")


def _amended(lives: Lives, of: PlanLife) -> pl.DataFrame:
    """Drafts of amendments, by the authority that held the plan on that day."""
    reviewed = of.reviews.filter(pl.col("review_draft_date").is_not_null()).select(
        *("plan", "child"),
        version_reason_code=pl.lit(REVIEWED),
        draft_date="review_draft_date",
        final_date="review_final_date",
    )
    final = pl.col("phase_transfer_final_date")
    moved_on = of.phases.filter(final.is_not_null()).select(
        *("plan", "child"),
        version_reason_code=pl.lit(MOVED_ON),
        draft_date=final - pl.duration(days=AHEAD),
        final_date=final,
    )
    starts = lives.plans.select("plan", plan_start_date="start_date")
    both = pl.concat([reviewed, moved_on]).join(starts, on="plan", how="left", maintain_order="left")
    sent = both.filter(pl.col("draft_date") > pl.col("plan_start_date"))
    place = place_on(sent, "draft_date", lives)
    return sent.with_columns(place, draft_number=pl.lit(1, pl.Int64)).drop("plan")
