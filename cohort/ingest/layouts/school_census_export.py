"""The school census as COLLECT gives it back: a file a table, by term.

What it says of sessions is of the term before.
"""

from __future__ import annotations

from cohort.ingest.child import CHILD
from cohort.ingest.formats.school_census import AUTUMN, SPRING, SUMMER
from cohort.ingest.layout import Layout, Sheet, number, plain, written_by_collect

ROLLS = {"onroll": "pupilonroll", "offroll": "pupilnolongeronroll"}
BIRTH = {"DOB": "dob"}
TABLES = (
    "schoolcensus",
    *ROLLS.values(),
    "senneeds",
    "fsmperiod",
    *(
        f"{table}{end}"
        for end in ROLLS
        for table in (
            "fsmperiods",
            "termlyexclusions",
            "termlysessiondetails",
            "summerhalfterm2sessiondetails",
            "addresses",
            "approvisiondetail",
            "schoolarrangedapdetail",
        )
    ),
)
UNREAD = """
    middlenames preferredsurname formersurname schoollunchtaken moveoffrollflag moveonrollflag
    missingaddress duplicatenotfunded extendedhours expandedhours eligibilitycode dafindicator yssa
    language classtype eyppr unitcontacttime ftemp qualhrs qualhrspreviousyear nonqualhrs
    nonqualhrspreviousyear tlevelqualhrs tlevelnonqualhrs mathsgcsehighestpriorattainment
    mathsgcsepriorattainmentyear11 mathsgcsefundingexemption mathsgcsehighestpriorattainmentpreviousyear
    englishgcsehighestpriorattainment englishgcsepriorattainmentyear11 englishgcsefundingexemption
    englishgcsehighestpriorattainmentpreviousyear uniquepropertyreferencenumber
    summerhalfterm2sessionseducational summerhalfterm2sessionsexceptional
    summerhalfterm2sessionscoronavirus termlysessionseducational termlysessionsexceptional
    termlysessionscoronavirus postcode
    apreason prevurn senprovisionentry applacementpostcode companynumber
"""
"""Items that the record has no use for."""


def _sessions(prefix: str) -> dict[str, str]:
    return {f"Sessions{what}": f"{prefix}sessions{what.lower()}" for what in ("Possible", "Authorised", "Unauthorised")}


def _layout(collection: str, term: str, now: str, before: tuple[str, str]) -> Layout:
    """`now`: the term; `before`: year and term of the sessions of which it tells."""
    here = {"academic_year": "{year}", "term_code": now}
    there = {"academic_year": before[0], "term_code": before[1]}
    sheets = []
    for end, roll in ROLLS.items():
        own = number(roll)
        sheets += [
            Sheet(roll, (CHILD, "Enrolment"), own, says=here),
            Sheet(roll, ("Attendance",), own, labels=_sessions("termly"), says=there),
            Sheet(f"termlysessiondetails{end}", ("SessionDetails",), above=(own,), says=there),
            Sheet(f"termlyexclusions{end}", ("Suspensions", "PermanentExclusions"), above=(own,)),
            Sheet(f"fsmperiods{end}", ("FSMPeriod",), above=(own,)),
            Sheet(f"addresses{end}", (), number(f"addresses{end}"), above=(own,)),
            Sheet(f"approvisiondetail{end}", (), number(f"approvisiondetail{end}"), above=(own,)),
            Sheet(f"schoolarrangedapdetail{end}", ("APPlacement",), above=(own,), says={"is_arranged_by_school": "1"}),
        ]
        if term == "autumn":
            sheets += [
                Sheet(roll, ("Attendance",), own, labels=_sessions("summerhalfterm2"), says=there),
                Sheet(f"summerhalfterm2sessiondetails{end}", ("SessionDetails",), above=(own,), says=there),
            ]
    sheets.append(Sheet("fsmperiod", ("FSMPeriod",), above=(number(ROLLS["onroll"]),)))
    if term == "spring":
        sheets.append(Sheet("senneeds", ("SENNeeds",), above=(number(ROLLS["onroll"]),), says=here))
    numbers = {plain(sheet.own) for sheet in sheets}
    return Layout(
        collection,
        "COLLECT export",
        tuple(sheets),
        Sheet("schoolcensus", ()),
        head_may_lack=True,
        word=term,
        idle=(written_by_collect(TABLES) | set(UNREAD.split())) - numbers,
    )


LAYOUTS = {
    "autumn": (AUTUMN.collection, "AUT", ("{before}", "SUM")),
    "spring": (SPRING.collection, "SPR", ("{year}", "AUT")),
    "summer": (SUMMER.collection, "SUM", ("{year}", "SPR")),
}
AUTUMN_EXPORT, SPRING_EXPORT, SUMMER_EXPORT = (
    _layout(collection, term, now, before) for term, (collection, now, before) in LAYOUTS.items()
)
