"""Sessions, suspensions, exclusions and alternative provision. A year is the year in which the school year ends.

Sources: the school census tables of 2024/25 and 2025/26; for session codes the School Attendance (Pupil
Registration) (England) Regulations 2024, regulation 10, in force from 19 August 2024, and before them the DfE's
guidance on absence and attendance codes. A term's sessions are returned a term later: the list to read them by is
that of the year in which the sessions lay.
"""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain, unexplained

PRESENT, AUTHORISED, UNAUTHORISED, NOT_POSSIBLE = (
    "present",
    "authorised absence",
    "unauthorised absence",
    "not possible",
)
"""What a session counts as; sessions that were not possible are in no denominator."""
REFORM = 2025
"""First school year under the regulations of 2024."""

SESSION = CodeList(
    "session",
    "What a register says of one session, half a school day.",
    (
        Code("/", "Present in the morning", group=PRESENT),
        Code("\\", "Present in the afternoon", group=PRESENT),
        Code("L", "Late, before the register closed", group=PRESENT),
        Code("B", "Educated off site, supervised", group=PRESENT),
        Code("K", "Provision arranged by the authority", since=REFORM, group=PRESENT),
        Code("P", "Sporting activity", group=PRESENT),
        Code("V", "Educational visit", group=PRESENT),
        Code("W", "Work experience", group=PRESENT),
        Code("J", "Interview", until=REFORM - 1, group=PRESENT),
        Code("C", "Other authorised circumstances", group=AUTHORISED),
        Code("C1", "Regulated performance or work abroad", since=REFORM, group=AUTHORISED),
        Code("C2", "Part-time timetable", since=REFORM, group=AUTHORISED),
        Code("E", "Suspended or excluded, no provision made", group=AUTHORISED),
        Code("H", "Holiday that was agreed", until=REFORM - 1, group=AUTHORISED),
        Code("I", "Illness", group=AUTHORISED),
        Code("J1", "Interview", since=REFORM, group=AUTHORISED),
        Code("M", "Medical or dental appointment", group=AUTHORISED),
        Code("R", "Religious observance", group=AUTHORISED),
        Code("S", "Study leave", group=AUTHORISED),
        Code("T", "Parent travelling for work", group=AUTHORISED),
        Code("G", "Holiday that was not agreed", group=UNAUTHORISED),
        Code("N", "Reason not yet established", group=UNAUTHORISED),
        Code("O", "Absent without authority", group=UNAUTHORISED),
        Code("U", "Arrived after the register closed", group=UNAUTHORISED),
        Code("D", "Registered at another school, which counts the session", group=NOT_POSSIBLE),
        Code("Q", "No access arrangements by the authority", since=REFORM, group=NOT_POSSIBLE),
        Code("X", "Not of compulsory school age, not expected", group=NOT_POSSIBLE),
        Code("Y", "Unable to attend, exceptional circumstances", until=REFORM - 1, group=NOT_POSSIBLE),
        Code("Y1", "Transport that the school or authority provides not available", since=REFORM, group=NOT_POSSIBLE),
        Code("Y2", "Widespread disruption to travel", since=REFORM, group=NOT_POSSIBLE),
        Code("Y3", "Part of the premises closed", since=REFORM, group=NOT_POSSIBLE),
        Code("Y4", "School closed unexpectedly", since=REFORM, group=NOT_POSSIBLE),
        Code("Y5", "In criminal justice detention", since=REFORM, group=NOT_POSSIBLE),
        Code("Y6", "Attendance contrary to public health guidance", since=REFORM, group=NOT_POSSIBLE),
        Code("Y7", "Other unavoidable cause", since=REFORM, group=NOT_POSSIBLE),
        Code("Z", "Not yet on the admission register", group=NOT_POSSIBLE),
        Code("#", "Planned closure", group=NOT_POSSIBLE),
    ),
)

EXCLUSION = CodeList(
    "exclusion",
    "Kind of exclusion from school.",
    (
        Code("PERM", "Permanent exclusion"),
        Code("SUSP", "Suspension", spellings=("FIXD",)),
        Code("LNCH", "Lunchtime exclusion"),
    ),
)

# From 2020/21 a school gives up to three reasons, five are new and "other" is gone.
EXCLUSION_REASON = CodeList(
    "exclusion_reason",
    "Reason for a suspension or exclusion; up to three are given.",
    (
        Code("PP", "Physical assault against a pupil"),
        Code("PA", "Physical assault against an adult"),
        Code("VP", "Verbal abuse or threat against a pupil"),
        Code("VA", "Verbal abuse or threat against an adult"),
        Code("OW", "Use or threat of an offensive weapon", since=2021),
        Code("BU", "Bullying"),
        Code("RA", "Racist abuse"),
        Code("LG", "Abuse against sexual orientation or gender identity", since=2021),
        Code("DS", "Abuse relating to disability", since=2021),
        Code("SM", "Sexual misconduct"),
        Code("DA", "Drugs and alcohol"),
        Code("DM", "Damage"),
        Code("TH", "Theft"),
        Code("DB", "Persistent disruptive behaviour"),
        Code("MT", "Inappropriate use of social media or online technology", since=2021),
        Code("PH", "Wilful and repeated transgression of protective measures", since=2021),
        Code("OT", "Other", until=2020),
    ),
)

PROVISION_REASON = CodeList(
    "alternative_provision_reason",
    "Why an authority placed a child in alternative provision.",
    (
        *plain(
            ("EHC", "An EHC plan names it"),
            ("MHN", "Mental health need"),
            ("NEW", "New arrival without a school place"),
            ("OTH", "Other"),
            ("PEX", "Permanently excluded"),
            ("PHN", "Physical health need"),
        ),
        *unexplained("ASP", "RHE"),
    ),
)

SCHOOL_PROVISION_REASON = CodeList(
    "school_alternative_provision_reason",
    "Why a school placed a pupil in alternative provision.",
    (
        *plain(
            ("BHS", "Behaviour support"),
            ("SUS", "Suspended"),
            ("MHN", "Mental health need"),
            ("OTH", "Other"),
            ("PHN", "Physical health need"),
        ),
        *unexplained("EXR"),
    ),
)

PROVISION_SETTING = CodeList(
    "alternative_provision_setting",
    "Kind of setting of provision that a school arranged, where it has no number.",
    (*plain(("OTH", "Other")), *unexplained("NFE", "OOT", "WBP")),
)

ATTENDANCE_PATTERN = CodeList(
    "attendance_pattern",
    "How much of the week alternative provision takes.",
    plain(("FT", "Full time"), ("PT", "Part time")),
)
