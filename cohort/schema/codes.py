"""Code lists as types: code, label, years and old spellings. An unknown code is a finding, never a null.

Sources: the SEN2 guides for 2023 to 2026 as far as they are public, the common basic data set (CBDS) for
ethnicity, and the published schema of a third party for letters. A year is the year of the return.
"""

from __future__ import annotations

from dataclasses import dataclass

from cohort.errors import DeclarationError

FIRST, LAST = 2015, 2100


@dataclass(frozen=True)
class Code:
    """One code with its label, the return years in which it may be used and other spellings seen."""

    code: str
    label: str
    since: int = FIRST
    until: int = LAST
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True)
class CodeList:
    """A named list. Looking up ignores case and surrounding space."""

    name: str
    comment: str
    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        seen: dict[str, list[Code]] = {}
        for code in self.codes:
            for spelling in {s.upper() for s in (code.code, *code.spellings)}:
                others = seen.setdefault(spelling, [])
                if any(other.since <= code.until and code.since <= other.until for other in others):
                    raise DeclarationError(f"{self.name}: {spelling!r} is used twice in one year")
                others.append(code)

    def lookup(self, year: int) -> dict[str, str]:
        """Every spelling in upper case → code, for the codes of that year."""
        current = [code for code in self.codes if code.since <= year <= code.until]
        return {spelling.upper(): code.code for code in current for spelling in (code.code, *code.spellings)}

    def other_years(self, year: int) -> frozenset[str]:
        """Spellings that belong to some other year only: retired codes and next year's."""
        every = {spelling.upper() for code in self.codes for spelling in (code.code, *code.spellings)}
        return frozenset(every - set(self.lookup(year)))

    def labels(self, year: int) -> dict[str, str]:
        """Code → label in that year."""
        return {code.code: code.label for code in self.codes if code.since <= year <= code.until}


def _codes(*pairs: tuple[str, str]) -> tuple[Code, ...]:
    return tuple(Code(code, label) for code, label in pairs)


SEX = CodeList(
    "sex",
    "Sex as recorded by the authority.",
    (
        Code("M", "Male", spellings=("1", "MALE")),
        Code("F", "Female", spellings=("2", "FEMALE")),
        Code("U", "Unknown", spellings=("0", "9", "UNKNOWN")),
    ),
)

# Authorities may send the extended codes; each is read as the main code that it rolls up to.
ETHNICITY = CodeList(
    "ethnicity",
    "Ethnic group, the main codes of the CBDS; extended codes are read as the main code above them.",
    (
        Code("WBRI", "White British", spellings=("WENG", "WSCO", "WWEL", "WCOR", "WOWB")),
        Code("WIRI", "White Irish"),
        Code("WIRT", "Traveller of Irish heritage"),
        Code("WROM", "Gypsy or Roma", spellings=("WROG", "WROR", "WROO")),
        Code(
            "WOTH",
            "Any other White background",
            spellings=(
                *("WALB", "WBOS", "WCRO", "WGRE", "WGRK", "WGRC", "WITA", "WKOS", "WPOR", "WSER"),
                *("WTUR", "WTUK", "WTUC", "WEUR", "WEEU", "WWEU", "WOTW"),
            ),
        ),
        Code("MWBC", "White and Black Caribbean"),
        Code("MWBA", "White and Black African"),
        Code("MWAS", "White and Asian", spellings=("MWAP", "MWAI", "MWAO")),
        Code(
            "MOTH",
            "Any other mixed background",
            spellings=("MAOE", "MABL", "MACH", "MBOE", "MBCH", "MCOE", "MWOE", "MWCH", "MOTM"),
        ),
        Code("AIND", "Indian"),
        Code("APKN", "Pakistani", spellings=("AMPK", "AOPK", "AKPA")),
        Code("ABAN", "Bangladeshi"),
        Code(
            "AOTH",
            "Any other Asian background",
            spellings=("AAFR", "AKAO", "ANEP", "AOTA", "ASLT", "ASNL", "ASRO"),
        ),
        Code("CHNE", "Chinese", spellings=("CHKC", "CMAL", "CSNG", "CTWN", "COCH")),
        Code("BCRB", "Black Caribbean"),
        Code(
            "BAFR",
            "Black African",
            spellings=("BANN", "BCON", "BGHA", "BNGN", "BSLN", "BSOM", "BSUD", "BAOF"),
        ),
        Code("BOTH", "Any other Black background", spellings=("BEUR", "BNAM", "BOTB")),
        Code(
            "OOTH",
            "Any other ethnic group",
            spellings=(
                *("OAFG", "OARA", "OEGY", "OFIL", "OIRN", "OIRQ", "OJPN", "OKOR", "OKRD", "OLAM"),
                *("OLEB", "OLIB", "OMAL", "OMRC", "OPOL", "OTHA", "OVIE", "OYEM", "OOEG"),
            ),
        ),
        Code("REFU", "Refused"),
        Code("NOBT", "Information not yet obtained"),
    ),
)

UPN_UNKNOWN = CodeList(
    "upn_unknown",
    "Why neither a UPN nor a ULN is known.",
    _codes(
        ("UN1", "Under school age, no UPN yet"),
        ("UN2", "Never attended a state-funded school in England"),
        ("UN3", "Educated outside England"),
        ("UN4", "Newly looked after, UPN not yet collected"),
        ("UN5", "Sources disagree"),
        ("UN6", "No further action before the UPN was known"),
        ("UN7", "Referral with no further action"),
        ("UN8", "New to the authority, UPN or ULN not yet known"),
        ("UN9", "Young person never in state-funded education in England"),
        ("UN10", "Request or assessment ended before the UPN was known"),
    ),
)

REQUEST_SOURCE = CodeList(
    "request_source",
    "Who asked for the EHC needs assessment; collected from the return of 2026.",
    tuple(
        Code(code, label, since=2026)
        for code, label in (
            ("1", "Young person or parent"),
            ("2", "School or other education setting"),
            ("3", "Health care professionals"),
            ("4", "Social care professionals"),
            ("5", "Other"),
        )
    ),
)

REQUEST_OUTCOME = CodeList(
    "request_outcome",
    "What the authority decided on a request for an EHC needs assessment.",
    _codes(
        ("Y", "Decided to assess"),
        ("N", "Decided not to assess"),
        ("A", "Decision awaited"),
        ("W", "Withdrawn or ceased before the decision"),
        ("H", "Historical: dealt with before the collection year, shown to carry an active plan"),
    ),
)

ASSESSMENT_OUTCOME = CodeList(
    "assessment_outcome",
    "What the authority decided after an EHC needs assessment.",
    _codes(
        ("Y", "A plan is to be issued"),
        ("N", "No plan is to be issued"),
        ("A", "Decision awaited"),
        ("W", "Withdrawn or ceased before the decision"),
        ("H", "Historical, or the plan was transferred in from another authority"),
        ("S", "Plan issued after another authority completed the assessment"),
    ),
)

CEASE_REASON = CodeList(
    "cease_reason",
    "Why a plan ended.",
    _codes(
        ("1", "Reached maximum age"),
        ("2", "Needs met without a plan"),
        ("3", "Moved to higher education"),
        ("4", "Moved to paid employment, apprenticeships excluded"),
        ("5", "Transferred to another authority in England"),
        ("6", "No longer wishes to engage in education or training"),
        ("7", "Moved outside England"),
        ("8", "Deceased"),
        ("9", "Other"),
    ),
)

SEN_SETTING = CodeList(
    "sen_setting",
    "The kind of setting, where no establishment number serves.",
    (
        Code("OLA", "Other arrangements by the authority (section 61)"),
        Code("OPA", "Other arrangements by parent or young person"),
        Code("EHE", "Elective home education"),
        Code("EYP", "Early years provider without a URN"),
        Code("OTH", "Other, a type of setting named without an establishment included"),
        Code("NEET", "Not in education, employment or training, age 16 to 25"),
        Code("NIEC", "Not in education or training, notice to cease issued"),
        Code("NIEO", "Not in education or training, other"),
    ),
)

NEED_TYPE = CodeList(
    "need_type",
    "Type of special educational need named in a plan.",
    (
        Code("SPLD", "Specific learning difficulty"),
        Code("MLD", "Moderate learning difficulty"),
        Code("SLD", "Severe learning difficulty"),
        Code("PMLD", "Profound and multiple learning difficulty"),
        Code("SEMH", "Social, emotional and mental health"),
        Code("SLCN", "Speech, language and communication needs"),
        Code("HI", "Hearing impairment"),
        Code("VI", "Vision impairment"),
        Code("MSI", "Multi-sensory impairment"),
        Code("PD", "Physical disability"),
        Code("ASD", "Autistic spectrum disorder"),
        Code("OTH", "Other difficulty"),
        Code("DS", "Down syndrome", since=2025),
    ),
)

# One vendor's article gives other weeks from 2026; until the guide can be read, the letters carry both.
RESIDENTIAL = CodeList(
    "residential",
    "Residential placement by weeks a year.",
    (
        Code("A", "38 to 51 weeks", until=2025),
        Code("A", "Up to 38 weeks", since=2026),
        Code("B", "52 weeks", until=2025),
        Code("B", "39 to 52 weeks", since=2026),
    ),
)

WORK_BASED = CodeList(
    "work_based",
    "Work-based learning.",
    _codes(("S", "Supported internship"), ("A", "Apprenticeship"), ("T", "Traineeship")),
)

DIRECT_PAYMENT = CodeList(
    "direct_payment",
    "What direct payments from a personal budget are for.",
    _codes(
        ("E", "Education only"),
        ("H", "Health only"),
        ("S", "Social care only"),
        ("I", "Integrated: any combination"),
    ),
)

REVIEW_OUTCOME = CodeList(
    "review_outcome",
    "What was decided after the annual review.",
    _codes(("A", "Amend the plan"), ("C", "Cease the plan"), ("M", "Maintain the plan")),
)

RANK = CodeList("rank", "Order of importance.", _codes(("1", "Main"), ("2", "Second")))

OFFICER = CodeList(
    "officer",
    "Whether a designated officer is in post.",
    (
        Code("Y", "In post", spellings=("1", "YES", "TRUE")),
        Code("N", "Not in post", spellings=("0", "NO", "FALSE")),
        Code("R", "Recruiting"),
    ),
)

INVENTED_SOFTWARE = "Invented England"
"""What the invented world names as the supplier of its files: a record of nothing else is an invented one."""
