"""The course of a dispute: mediation and its certificate, and the day on which an appeal is registered.

An appeal is registered within two months of the decision or one of the certificate, whichever is later (SEND
First-tier Tribunal Rules 2008, rule 20). Nothing happens here after a child has left England.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from synthetic.chance import codes, generator
from synthetic.disputes.disputed import disputed
from synthetic.disputes.planted import Disputing
from synthetic.lives import Lives

CONTACT = (4, 48)
"""Days from the decision in which the mediation adviser is contacted; the law allows two months."""
HELD = (8, 40)
"""Days from then to mediation; the law allows thirty, and some authorities take longer."""
CERTIFICATE = 3
"""Days to the certificate, after mediation or where nobody wants it."""
FOUR_WEEKS = 28
AGREED = (10, 60)
"""Days from mediation in which what was agreed about a plan is done."""
SOONEST = 2


def courses(lives: Lives, held: pl.DataFrame, until: date, planted: Disputing) -> pl.DataFrame:
    """`disputed` with contacted_date, mediation_date, mediation_outcome_code, certificate_date (null where none is
    needed), agreement_due_date, agreement_done_date, registered_date (null where nobody appeals), and `last_day`
    before the child leaves."""
    told = disputed(lives, held, until, planted)
    rng = generator(lives.seed, "courses of disputes")
    lot = pl.DataFrame(rng.random((len(told), 4)), schema=["contact", "hold", "alone", "register"])
    both = pl.concat([told, lot], how="horizontal").with_columns(
        agreed=pl.Series(codes(generator(lives.seed, "mediation agreed"), planted.agreed, len(told))),
        not_agreed=pl.Series(codes(generator(lives.seed, "mediation not agreed"), planted.not_agreed, len(told))),
        last_day=pl.col("exit_date") - pl.duration(days=1),
    )
    return _registered(_mediated(both, planted))


def days(span: tuple[int, int], lot: str) -> pl.Expr:
    """A number of days from the first to the second of a span, by a lot from 0 to 1."""
    return pl.duration(days=(span[0] + pl.col(lot) * (span[1] - span[0])).cast(pl.Int64))


def _before_leaving(day: pl.Expr) -> pl.Expr:
    return pl.min_horizontal(day, "last_day")


def _mediated(told: pl.DataFrame, planted: Disputing) -> pl.DataFrame:
    on_content = pl.col("appealable_decision_code") == "CO"
    alone = on_content & ~pl.col("is_mediated") & (pl.col("alone") < planted.placement_alone)
    contacted = _before_leaving(pl.col("decision_date") + days(CONTACT, "contact"))
    outcome = pl.when("is_appealed").then("not_agreed").otherwise("agreed")
    not_held = pl.col("mediation_outcome_code") == "NH"
    meeting = pl.when(pl.col("is_mediated") & ~not_held).then(
        _before_leaving(pl.col("contacted_date") + days(HELD, "hold"))
    )
    certificate = pl.coalesce("mediation_date", "contacted_date") + pl.duration(days=CERTIFICATE)
    return (
        told.with_columns(
            on_placement_alone=alone,
            contacted_date=pl.when(~alone).then(contacted),
            mediation_outcome_code=pl.when("is_mediated").then(outcome).when(~alone).then(pl.lit("NP")),
        )
        .with_columns(mediation_date=meeting)
        .with_columns(certificate_date=pl.when(~alone).then(_before_leaving(certificate)), **_agreement())
    )


def _agreement() -> dict[str, pl.Expr]:
    """When what was agreed is due and done. An agreement to assess shows as a later request, if at all."""
    agreed = pl.col("mediation_outcome_code").is_in(["AF", "AP"])
    about_plan = pl.col("plan").is_not_null()
    due = pl.col("mediation_date") + pl.duration(days=FOUR_WEEKS)
    done = pl.min_horizontal(pl.col("mediation_date") + days(AGREED, "alone"), "cease_date", "last_day")
    return {
        "agreement_due_date": pl.when(agreed).then(due),
        "agreement_done_date": pl.when(agreed & about_plan).then(done),
    }


def _registered(told: pl.DataFrame) -> pl.DataFrame:
    deadline = pl.max_horizontal(
        pl.col("decision_date").dt.offset_by("2mo"), pl.col("certificate_date").dt.offset_by("1mo")
    )
    first = pl.coalesce("certificate_date", "decision_date") + pl.duration(days=SOONEST)
    free = (deadline - first).dt.total_days().clip(lower_bound=0)
    day = first + pl.duration(days=(pl.col("register") * free).cast(pl.Int64))
    return told.with_columns(registered_date=pl.when("is_appealed").then(_before_leaving(day)))
