"""SEN2 as the Department's Excel template has it: one worksheet, nine tables below each other.

Titles and headers are those that authorities' own programs read the template by (as far as they are public). Rows hang
together by numbers that the officer gives: of the person, and of the request under which all else stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.layout import Layout, Sheet

PERSON_ID, REQUEST_ID = "Person ID", "Requests record ID"
WHERE = {
    "URN": "URN - Unique Reference Number",
    "UKPRN": "UKPRN - UK Provider Reference Number",
    "SENSetting": "SEN Setting – Establishment type",
    "SENSettingOther": "SEN Setting - Other",
    "PlacementRank": "Placement Rank (1=Primary, 2=Secondary)",
    "SENunitIndicator": "SEN Unit Indicator",
    "ResourcedProvisionIndicator": "Resourced Provision Indicator",
}
HOW = {"Res": "Residential Settings", "WBP": "Work Based Learning Activity"}


def _below(table: str, title: str, labels: Mapping[str, str]) -> Sheet:
    """A table whose rows hang under a request, directly or through the one record that stands between."""
    return Sheet(title, (table,), above=(PERSON_ID, REQUEST_ID), labels=labels)


TEMPLATE = Layout(
    SEN2.collection,
    "Excel template",
    (
        Sheet(
            "Person Record",
            ("Person",),
            PERSON_ID,
            labels={
                "Surname": "Surname",
                "Forename": "Forename",
                "PersonBirthDate": "Date of Birth \n(ccyy-mm-dd)",
                "Sex": "Sex",
                "GenderCurrent": "Gender",
                "Ethnicity": "Ethnicity",
                "PostCode": "Post Code",
                "UPN": "UPN - Unique Pupil Number",
                "UniqueLearnerNumber": "ULN - Young Persons Unique Learner Number",
                "UPNunknown": "UPN and ULN unavailable – Reason",
            },
        ),
        Sheet(
            "Requests Records",
            ("Requests",),
            REQUEST_ID,
            (PERSON_ID,),
            {
                "ReceivedDate": "Date request was received",
                "RequestSource": "Source of request for an EHC needs assessment",
                "RYA": "Initial Request Whilst In RYA",
                "RequestOutcomeDate": "Request Outcome Date",
                "RequestOutcome": "Request Outcome",
                "RequestMediation": "Request Mediation",
                "RequestTribunal": "Request Tribunal",
                "Exported": "Exported - Child or young person moves out of LA before assessment is completed",
            },
        ),
        _below(
            "Assessment",
            "Assessments Records",
            {
                "AssessmentOutcome": "Assessment Outcome - Decision to issue EHC plan",
                "AssessmentOutcomeDate": "Assessment Outcome Date",
                "AssessmentMediation": "Assessment Mediation",
                "AssessmentTribunal": "Assessment Tribunal",
                "OtherMediation": "Other Mediation",
                "OtherTribunal": "Other Tribunal",
                "Week20": "Twenty week time limit exceptions apply",
            },
        ),
        _below(
            "NamedPlan",
            "Named Plan Records",
            {
                "StartDate": "EHC Plan Start Date",
                "PlanRes": "Residential Settings",
                "PlanWBP": "Work Based Learning Activity",
                "PB": "Personal Budget taken up",
                "OA": "Personal Budget - Organised Arrangements",
                "DP": "Personal Budget - Direct Payments",
                "CeaseDate": "Date EHC plan ceased",
                "CeaseReason": "Reason EHC plan ceased",
            },
        ),
        _below("PlanDetail", "Plan Detail Records", WHERE),
        _below(
            "ActivePlans",
            "Active Plan Records",
            {
                "TransferLA": "EHC Plan transferred in from another LA during calendar year",
                **HOW,
                "ReviewMeeting": "Annual Review Meeting Date",
                "ReviewOutcome": "Annual Review Decision",
                "LastReview": "EHC Plan Review Decisions Date",
                "ReviewDraft": "Annual review – date draft amended EHC plan issued",
                "PhaseTransferDueDate": "Phase transfer review - due date for any amended plan",
                "PhaseTransferFinalDate": "Phase transfer review - final plan date",
            },
        ),
        _below(
            "PlacementDetail",
            "Placement Detail Records",
            {**WHERE, **HOW, "EntryDate": "Placement Start Date", "LeavingDate": "Placement Leaving Date"},
        ),
        _below(
            "SENneed",
            "SEN Need Records",
            {"SENtype": "SEN Type of Need", "SENtypeRank": "SEN Type of Need rank  (1=Primary, 2=Secondary)"},
        ),
    ),
    Sheet(
        "Header Record",
        (),
        labels={
            "Collection": "Collection Name",
            "Year": "Year",
            "ReferenceDate": "Reference Date",
            "SourceLevel": "Source Level",
            "LEA": "LA Number",
            "SoftwareCode": "Software Code",
            "Release": "Release",
            "SerialNo": "Serial Number",
            "DateTime": "Date & Time \n(ccyy-mm-ddThh:mm:ss)",
            "DMO": "Designated Medical Officer",
            "DCO": "Designated Clinical Officer",
            "DSCO": "Designated Social Care Officer",
        },
    ),
    block_of="Data Entry Template",
    idle=frozenset({"recordtype", "la"}),
)
