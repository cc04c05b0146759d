"""The parts of appeals: their grounds, and recommendations on health and social care, which do not bind."""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.chance import generator
from synthetic.disputes.appeals import DECIDED, SECTIONS

MADE = {"M": 0.55, "P": 0.2, "N": 0.15, "W": 0.1}
ANSWERED = {"A": 0.6, "P": 0.2, "R": 0.1, "N": 0.1}
FIVE_WEEKS = 35
"""In which health and social care answer a recommendation."""
LONGEST = 60
SERVICES = {"H": ("C", "G"), "S": ("D", "H1")}
"""Service → the sections on its needs and on its provision."""
ASKED = {"H": 0.35, "S": 0.25, "HS": 0.4}
ABOUT_NEEDS = 0.3
APPEAL = ("place", "child", "registered_date")


def grounds(appeals: pl.DataFrame) -> pl.DataFrame:
    """A row a ground: APPEAL, concluded_date, appeal_ground_code, appeal_outcome_code, in the order of a plan.

    Of an appeal allowed in part the first ground is allowed, the choice of placement is as it ended, and the others
    are allowed in part.
    """
    named = pl.concat_list(pl.when(pl.col(section)).then(pl.lit(section)) for section in SECTIONS).list.drop_nulls()
    content = pl.col("appealable_decision_code") == "CO"
    ground = pl.when(content).then(named).otherwise(pl.concat_list("appealable_decision_code"))
    told = appeals.with_columns(appeal_ground_code=ground).explode("appeal_ground_code")
    lost = (pl.col("appeal_ground_code") == "I") & (pl.col("section_i_result_code") == "L")
    first = pl.int_range(pl.len()).over(APPEAL) == 0
    part = pl.when(lost).then(pl.lit("DI")).when(first).then(pl.lit("AW")).otherwise(pl.lit("AP"))
    outcome = pl.when(pl.col("appeal_outcome_code") == "AP").then(part).otherwise("appeal_outcome_code")
    return told.select(*APPEAL, "concluded_date", "appeal_ground_code", appeal_outcome_code=outcome)


def recommendations(appeals: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A row a recommendation asked for: APPEAL, concluded_date, service_code, need_section_code,
    provision_section_code, recommendation_result_code, recommended_date, answer_due_date, answer_date, answer_code.

    None is made in an appeal that the tribunal does not decide.
    """
    asked = appeals.filter("is_extended")
    n, rng = len(asked), generator(seed, "recommendations")
    drawn = _drawn(rng, n)
    told = asked.select(*APPEAL, "concluded_date", "appeal_outcome_code").hstack(drawn)
    told = told.with_columns(service_code=pl.col("services").str.split("")).explode("service_code")
    decided = pl.col("appeal_outcome_code").is_in(DECIDED)
    needs = {service: sections[0] for service, sections in SERVICES.items()}
    provision = {service: sections[1] for service, sections in SERVICES.items()}
    made = pl.col("result").is_in(["M", "P"])
    day = pl.when(decided & made).then("concluded_date")
    return told.select(
        *APPEAL,
        "concluded_date",
        "service_code",
        need_section_code=pl.when("about_needs").then(pl.col("service_code").replace_strict(needs)),
        provision_section_code=pl.when(~pl.col("about_needs")).then(pl.col("service_code").replace_strict(provision)),
        recommendation_result_code=pl.when(decided).then("result").otherwise(pl.lit("W")),
        recommended_date=day,
        answer_due_date=day + pl.duration(days=FIVE_WEEKS),
        answer_date=pl.when(pl.col("answer") != "N").then(day + pl.duration(days=pl.col("days"))),
        answer_code=pl.when(day.is_not_null()).then("answer"),
    )


def _drawn(rng: np.random.Generator, n: int) -> pl.DataFrame:
    """Draws for each extended appeal: the services asked, about needs or provision, what came of it, the answer."""
    lots = rng.random((n, 5))
    edges = [np.cumsum(list(shares.values())) for shares in (ASKED, MADE, ANSWERED)]
    names = [np.array(list(shares)) for shares in (ASKED, MADE, ANSWERED)]
    services, result, answer = (
        name[np.minimum(np.searchsorted(edge, lots[:, i]), len(name) - 1)]
        for i, (name, edge) in enumerate(zip(names, edges, strict=True))
    )
    return pl.DataFrame(
        {
            "services": services,
            "result": result,
            "answer": answer,
            "about_needs": lots[:, 3] < ABOUT_NEEDS,
            "days": (lots[:, 4] * LONGEST).astype(np.int64),
        }
    )
