"""Measures of adult life: work, earnings, benefits, homes, health. Who is not in the records is in no figure."""

from __future__ import annotations

from analysis.measure import Direction, mean, median, share, since
from analysis.populations.adulthood import BENEFIT_YEARS, CHECKS, HOMES, TAX_YEARS
from cohort.schema.outcome_measures import outcome_measure

LEO = "DfE, Longitudinal Education Outcomes."
EMPLOYED = outcome_measure("sustained_employment").comparable
EARNED = outcome_measure("annual_earnings").comparable
BENEFITS = outcome_measure("out_of_work_benefit").comparable
RECORDED = since(2023, "homes and health checks returned one by one, school years")

sustained_employment = share(
    TAX_YEARS,
    lambda t: t.is_sustained,
    """
    is_employed | is_sustained || of  | counts
    yes         | yes          || yes | yes
    yes         | no           || yes | no
    no          | no           || yes | no
                |              || no  | no
    """,
    lambda t: t.is_sustained.notnull(),
    name="sustained_employment",
    title="Sustained employment",
    sentence="Of tax years of young adults found in the records, those with employment in five of the six months from "
    "October to March.",
    unit="share of tax years",
    direction=Direction.HIGHER,
    years=EMPLOYED,
    source=LEO,
)

any_work = share(
    TAX_YEARS,
    lambda t: t.is_employed | t.is_self_employed.fill_null(False),
    """
    is_employed | is_self_employed || of  | counts
    yes         | no               || yes | yes
    no          | yes              || yes | yes
    no          |                  || yes | no
                | yes              || no  | no
    """,
    lambda t: t.is_employed.notnull(),
    name="any_work",
    title="Employed or self-employed on any day",
    sentence="Of tax years of young adults found in the records, those with employment on any day, or self-employment.",
    unit="share of tax years",
    direction=Direction.HIGHER,
    years=EMPLOYED,
    source=LEO,
)

earnings = median(
    TAX_YEARS,
    lambda t: t.is_sustained.ifelse(t.earnings_gbp, None),
    """
    is_sustained | earnings_gbp || value
    yes          | 10000        || 10000
    yes          | 18000        || 18000
    yes          | 30000        || 30000
    no           | 900          ||
                 |              ||
    """,
    18000,
    name="earnings",
    title="Earnings of those in sustained employment",
    sentence="Pounds earned in the tax year that half of the young adults in sustained employment did not exceed. Who "
    "does not work is not in it: read it beside sustained employment.",
    unit="pounds a year",
    direction=Direction.HIGHER,
    years=EARNED,
    source=f"{LEO} Not adjusted for prices.",
)

out_of_work_benefit = share(
    BENEFIT_YEARS,
    lambda t: t.is_out_of_work,
    """
    age_at_start | is_out_of_work || of  | counts
    19           | yes            || yes | yes
    19           | no             || yes | no
    """,
    name="out_of_work_benefit",
    title="Out-of-work benefits",
    sentence="Of tax years of young adults found in the records, those in which a benefit for people out of work was "
    "received. Benefits for disability and for those in work are not counted.",
    unit="share of tax years",
    # A benefit that is due is right to have: fewer may be more work, or less help.
    direction=Direction.NONE,
    years=BENEFITS,
    source=LEO,
)

own_home = share(
    HOMES,
    lambda t: t.has_own_tenancy,
    """
    home_code | has_own_tenancy || of  | counts
    OWN       | yes             || yes | yes
    FAM       | no              || yes | no
    UNK       |                 || no  | no
    """,
    lambda t: t.has_own_tenancy.notnull(),
    name="own_home",
    title="Own tenancy or home",
    sentence="Of young adults whose home was recorded in the school year, those who hold a tenancy or own it.",
    unit="share of records",
    direction=Direction.NONE,
    years=RECORDED,
    source="NHS England, Adult Social Care Outcomes Framework: settled accommodation, there for adults of all ages.",
)

travels_independently = share(
    HOMES,
    lambda t: t.travel_code.isin(["I", "K"]),
    """
    travel_code || of  | counts
    I           || yes | yes
    K           || yes | yes
    A           || yes | no
    U           || no  | no
                || no  | no
    """,
    lambda t: t.travel_code != "U",
    name="travels_independently",
    title="Travels independently",
    sentence="Of young adults of whom it was recorded in the school year how they get about, those who do so "
    "independently, if only on known ways.",
    unit="share of records",
    direction=Direction.HIGHER,
    years=RECORDED,
    source="This project: preparing for adulthood.",
)

support_at_home = mean(
    HOMES,
    lambda t: t.support_hours_per_week,
    """
    support_hours_per_week || value
    0                      || 0
    10                     || 10
                           ||
    """,
    5,
    name="support_at_home",
    title="Hours a week of support at home",
    sentence="Paid support at home, hours a week, on average over young adults of whom it was recorded in the school "
    "year.",
    unit="hours a week",
    direction=Direction.NONE,
    years=RECORDED,
    source="This project: preparing for adulthood.",
)

health_checks_done = share(
    CHECKS,
    lambda t: t.health_check_result_code.isin(["D", "DP"]),
    """
    health_check_code | health_check_result_code || of  | counts
    LD                | D                        || yes | yes
    LD                | DP                       || yes | yes
    LD                | NO                       || yes | no
    LA                | D                        || no  | no
    """,
    lambda t: t.health_check_code == "LD",
    name="health_checks_done",
    title="Yearly health checks done",
    sentence="Of yearly checks of the learning disability register due in the school year and recorded, those done.",
    unit="share of checks due",
    direction=Direction.HIGHER,
    years=RECORDED,
    source="NHS England, Learning disabilities health check scheme.",
)
