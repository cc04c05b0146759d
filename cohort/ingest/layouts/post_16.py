"""Learning after 16 as files: one a kind of course, one of placements in work, one of destinations.

Each row names its learner. What else the Individualised Learner Record says of a learner or an aim may stand there too.
"""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.post_16 import POST_16
from cohort.ingest.layout import Layout, Sheet, plain

UNREAD = """
    LearnRefNumber PrevLearnRefNumber PrevUKPRN PMUKPRN CampId Ethnicity LLDDHealthProb PriorAttain Accom ALSCost
    PlanEEPHours PostcodePrior Postcode AddLine1 AddLine2 AddLine3 AddLine4 TelNo Email NINumber
    LearnAimRef AimSeqNumber OrigLearnStartDate FundModel FworkCode PwayCode StdCode PartnerUKPRN DelLocPostCode
    AddHours PriorLearnFundAdj OtherFundAdj ConRefNumber EPAOrgID EmpOutcome Outcome AchDate OutGrade SWSupAimId
    WorkPlaceEmpId
"""
"""Fields of the ILR that the record has no use for."""

FILES = Layout(
    POST_16.collection,
    "a file a kind of course",
    tuple(Sheet(plain(table.name), (CHILD, table.name)) for table in POST_16.tables[1:]),
    idle=frozenset(map(plain, UNREAD.split())),
)
