"""What must hold of every kind of course after 16: of its days, how it stands, and whether it was achieved."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import Rule, rule

CONTINUES, COMPLETED, WITHDRAWN, BREAK = "1", "2", "3", "6"
LONGEST = "8y"
"""Longer than any course is planned: a medical degree, part of it again."""

Rules = tuple[Rule, ...]


def dated(name: str, table: str) -> Rules:
    """Four rules on the days of a course: `name`-01 to -04."""
    return tuple(
        of(name, table) for of in (_ends_after_start, _planned_after_start, _planned_in_reason, _stood_in_the_year)
    )


def standing(name: str, table: str) -> Rules:
    """Four rules on how a course stands: `name`-05 to -08."""
    return tuple(of(name, table) for of in (_continues, _has_ended, _why_withdrawn, _nobody_withdrew))


def achieving(name: str, table: str) -> Rules:
    """Two rules on whether a course was achieved: `name`-09 and -10."""
    return tuple(of(name, table) for of in (_achieved_at_the_end, _not_achieved_by_withdrawal))


def _ends_after_start(name: str, table: str) -> Rule:
    @rule(
        f"{name}-01",
        table=table,
        column="end_date",
        sentence="A course does not end before it begins.",
        advice="Correct LearnStartDate or LearnActEndDate.",
        example="""
            start_date | end_date   || breaks
            2023-09-04 | 2023-09-03 || yes
            2023-09-04 | 2023-09-04 || no
            2023-09-04 |            || no
        """,
    )
    def ends_after_start() -> pl.Expr:
        return pl.col("end_date") < pl.col("start_date")

    return ends_after_start


def _planned_after_start(name: str, table: str) -> Rule:
    @rule(
        f"{name}-02",
        table=table,
        column="planned_end_date",
        sentence="A course is not planned to end before it begins.",
        advice="Correct LearnStartDate or LearnPlanEndDate.",
        example="""
            start_date | planned_end_date || breaks
            2023-09-04 | 2023-09-03       || yes
            2023-09-04 | 2024-07-19       || no
            2023-09-04 |                  || no
        """,
    )
    def planned_after_start() -> pl.Expr:
        return pl.col("planned_end_date") < pl.col("start_date")

    return planned_after_start


def _planned_in_reason(name: str, table: str) -> Rule:
    @rule(
        f"{name}-03",
        table=table,
        column="planned_end_date",
        level=Level.QUERY,
        sentence="No course is planned for more than eight years.",
        advice="Check LearnPlanEndDate; systems often write a day far ahead where none is known.",
        example="""
            start_date | planned_end_date || breaks
            2023-09-04 | 2031-09-05       || yes
            2023-09-04 | 2031-09-04       || no
            2023-09-04 |                  || no
        """,
    )
    def planned_in_reason() -> pl.Expr:
        return pl.col("planned_end_date") > pl.col("start_date").dt.offset_by(LONGEST)

    return planned_in_reason


def _stood_in_the_year(name: str, table: str) -> Rule:
    @rule(
        f"{name}-04",
        table=table,
        column="end_date",
        level=Level.QUERY,
        sentence="A course that ended before the school year is not returned again.",
        advice="Leave it out, or correct LearnActEndDate.",
        example="""
            end_date   | return.year || breaks
            2022-08-31 | 2024        || yes
            2023-05-30 | 2024        || yes
            2023-09-01 | 2024        || no
                       | 2024        || no
        """,
    )
    def stood_in_the_year() -> pl.Expr:
        return pl.col("end_date") < pl.date(pl.col("return.year") - 1, 9, 1)

    return stood_in_the_year


def _continues(name: str, table: str) -> Rule:
    @rule(
        f"{name}-05",
        table=table,
        column="end_date",
        sentence="A course that continues has no last day.",
        advice="Take LearnActEndDate out, or say by CompStatus how the course ended.",
        example="""
            aim_status_code | end_date   || breaks
            1               | 2024-01-31 || yes
            1               |            || no
            3               | 2024-01-31 || no
                            | 2024-01-31 || no
        """,
    )
    def continues() -> pl.Expr:
        return (pl.col("aim_status_code") == CONTINUES) & pl.col("end_date").is_not_null()

    return continues


def _has_ended(name: str, table: str) -> Rule:
    @rule(
        f"{name}-06",
        table=table,
        column="end_date",
        sentence="A course that was completed or given up has a last day.",
        advice="Enter LearnActEndDate; where the course goes on, CompStatus is 1.",
        example="""
            aim_status_code | end_date   || breaks
            2               |            || yes
            3               |            || yes
            2               | 2024-01-31 || no
            1               |            || no
                            |            || no
        """,
    )
    def has_ended() -> pl.Expr:
        return (pl.col("aim_status_code") != CONTINUES) & pl.col("end_date").is_null()

    return has_ended


def _why_withdrawn(name: str, table: str) -> Rule:
    @rule(
        f"{name}-07",
        table=table,
        column="withdrawal_reason_code",
        level=Level.QUERY,
        sentence="A learner who withdrew had a reason.",
        advice="Enter WithdrawReason; 98 where it is not known.",
        example="""
            aim_status_code | withdrawal_reason_code || breaks
            3               |                        || yes
            3               | 98                     || no
            2               |                        || no
                            |                        || no
        """,
    )
    def why_withdrawn() -> pl.Expr:
        return (pl.col("aim_status_code") == WITHDRAWN) & pl.col("withdrawal_reason_code").is_null()

    return why_withdrawn


def _nobody_withdrew(name: str, table: str) -> Rule:
    @rule(
        f"{name}-08",
        table=table,
        column="withdrawal_reason_code",
        level=Level.QUERY,
        sentence="There is no reason for withdrawal where nobody withdrew.",
        advice="Take WithdrawReason out, or correct CompStatus.",
        example="""
            aim_status_code | withdrawal_reason_code || breaks
            1               | 97                     || yes
            2               | 97                     || yes
            3               | 97                     || no
            4               | 97                     || no
            2               |                        || no
                            | 97                     || no
        """,
    )
    def nobody_withdrew() -> pl.Expr:
        stays = pl.col("aim_status_code").is_in([CONTINUES, COMPLETED, BREAK])
        return stays & pl.col("withdrawal_reason_code").is_not_null()

    return nobody_withdrew


def _achieved_at_the_end(name: str, table: str) -> Rule:
    @rule(
        f"{name}-09",
        table=table,
        column="is_achieved",
        sentence="Nothing is achieved before a course ends.",
        advice="Leave Achieved empty while the course lasts, or enter LearnActEndDate.",
        example="""
            is_achieved | end_date   || breaks
            yes         |            || yes
            yes         | 2024-07-19 || no
            no          |            || no
                        |            || no
        """,
    )
    def achieved_at_the_end() -> pl.Expr:
        return pl.col("is_achieved") & pl.col("end_date").is_null()

    return achieved_at_the_end


def _not_achieved_by_withdrawal(name: str, table: str) -> Rule:
    @rule(
        f"{name}-10",
        table=table,
        column="is_achieved",
        level=Level.QUERY,
        sentence="Who withdrew from a course has not achieved it.",
        advice="Correct Achieved or CompStatus.",
        example="""
            is_achieved | aim_status_code || breaks
            yes         | 3               || yes
            yes         | 2               || no
            no          | 3               || no
            yes         |                 || no
        """,
    )
    def not_achieved_by_withdrawal() -> pl.Expr:
        return pl.col("is_achieved") & (pl.col("aim_status_code") == WITHDRAWN)

    return not_achieved_by_withdrawal
