"""The outcome measures as a list of codes, for returns that tell which measure a result is of."""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList
from cohort.schema.outcome_measures import outcome_measures

OUTCOME_MEASURE = CodeList(
    "measure_of_result",
    "Outcome measures by the codes under which results are kept; its years stand with each measure.",
    tuple(Code(measure.code, measure.label) for measure in outcome_measures().values()),
)
