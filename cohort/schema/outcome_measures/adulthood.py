"""Adult outcomes by tax year.

Source: DfE, Longitudinal Education Outcomes (LEO): employment, earnings and benefits of former pupils; self-employment
is in its records from the tax year 2013/14. A year is the one in which the tax year ends.
"""

from __future__ import annotations

from cohort.schema.code_list import LAST
from cohort.schema.outcome_measure import Comparable, Method, OutcomeMeasure, Stage, Unit

_RECORDED = (Comparable("employers' and self-assessment records", ((2014, LAST),)),)

EMPLOYMENT = OutcomeMeasure(
    "sustained_employment",
    Stage.ADULTHOOD,
    "Sustained employment in the tax year",
    Method.RECORD,
    Unit.YES_NO,
    0,
    1,
    _RECORDED,
)
EARNINGS = OutcomeMeasure(
    "annual_earnings",
    Stage.ADULTHOOD,
    "Earnings in the tax year, not adjusted for prices",
    Method.RECORD,
    Unit.POUNDS,
    0,
    None,
    _RECORDED,
)
BENEFIT = OutcomeMeasure(
    "out_of_work_benefit",
    Stage.ADULTHOOD,
    "Out-of-work benefit claimed in the tax year",
    Method.RECORD,
    Unit.YES_NO,
    0,
    1,
    _RECORDED,
)
