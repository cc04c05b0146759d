"""Adult outcomes of a tax year: employment, earnings and benefits, like the Longitudinal Education Outcomes (LEO) data.

LEO leaves the government's own service only as figures; this is the shape in which an authority, or whoever links for
it, may return rows. Headers and codes are our own. The year of a return is the one in which the tax year ends.
"""

from __future__ import annotations

from datetime import date

from cohort.ingest.child import CHILD, child, whose
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.schema.codes import adulthood, status

ERROR = Level.ERROR
BEGINS, ENDS = (4, 6), (4, 5)
"""First and last day of a tax year: month, day."""
MOST_GBP = 10_000_000
"""Beyond it a figure was mistyped, or is in pence."""

ADULT = child(sex="Sex")


def _tax_year() -> tuple[Column, ...]:
    return (
        Column(
            "TaxYear",
            "tax_year",
            Kind.YEAR,
            "Year in which the tax year ends.",
            required=ERROR,
            age="age_at_start",
            age_day=BEGINS,
        ),
        Column("ValueStatus", "value_status_code", Kind.CODE, "Status.", codes=status.VALUE_STATUS, required=ERROR),
    )


WORK = Table(
    "TaxYear",
    "tax_year_outcome",
    "Work and earnings of a tax year.",
    (
        *_tax_year(),
        Column("Employed", "is_employed", Kind.FLAG, "Employed on any day."),
        Column("SelfEmployed", "is_self_employed", Kind.FLAG, "Self-employed, by a tax return."),
        Column("SustainedEmployment", "is_sustained", Kind.FLAG, "In five of the six months from October to March."),
        Column("EmployedDays", "employed_days", Kind.COUNT, "Days employed.", low=0, high=366),
        Column("Earnings", "earnings_gbp", Kind.NUMBER, "Pounds from employment.", low=0, high=MOST_GBP),
        Column(
            "SelfEmploymentProfit",
            "self_employment_gbp",
            Kind.NUMBER,
            "Pounds from self-employment; negative where a loss.",
            low=-MOST_GBP,
            high=MOST_GBP,
        ),
    ),
    parent=CHILD,
)
BENEFIT = Table(
    "Benefit",
    "benefit_year",
    "A benefit received in a tax year; a row without one says that none was.",
    (
        *_tax_year(),
        Column("BenefitType", "benefit_code", Kind.CODE, "Benefit; empty for none.", codes=adulthood.BENEFIT),
        Column("BenefitDays", "benefit_days", Kind.COUNT, "Days on it.", low=1, high=366),
    ),
    parent=CHILD,
)

OUTCOMES = ReturnFormat(
    collection="adult outcomes",
    title="Adult outcomes: employment, earnings and benefits",
    years=range(2015, 2028),
    tables=(ADULT, WORK, BENEFIT),
    header=whose(),
    census_day=lambda year: date(year, *ENDS),
    lineage={"person_trait": "person"},
)
