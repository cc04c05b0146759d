"""Plans: their kinds, versions and sections.

No return gives codes for these. Sections are those of regulation 12 of the SEND Regulations 2014; the other lists
are this project's own. Types and tiers of plan are dated rows of `data/plan_kinds.csv`.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain
from cohort.schema.plan_kinds import listed

PLAN_TYPE = listed("plan_type", "Type of plan, by the return years in which it counts.", "type")
PLAN_TIER = listed("plan_tier", "Tier of plan: what it was made after, by return years.", "tier")

NEED_SECTION = CodeList(
    "need_section",
    "Section of a plan that describes a need (regulation 12).",
    plain(("B", "Special educational needs"), ("C", "Health needs"), ("D", "Social care needs")),
)

PROVISION_SECTION = CodeList(
    "provision_section",
    "Section of a plan that specifies provision (regulation 12).",
    plain(
        ("F", "Special educational provision"),
        ("G", "Health provision"),
        ("H1", "Social care provision under section 2 of the Chronically Sick and Disabled Persons Act 1970"),
        ("H2", "Other social care provision"),
    ),
)

VERSION_REASON = CodeList(
    "version_reason",
    "Why a version of a plan was issued; this project's own codes.",
    plain(
        ("N", "First plan"),
        ("R", "Amended after an annual review"),
        ("P", "Amended for a phase transfer"),
        ("E", "Replaced after a reassessment"),
        ("T", "Ordered or agreed in a tribunal case"),
        ("M", "Taken over from another authority"),
        ("O", "Amended otherwise"),
    ),
)

ADVICE_STATUS = CodeList(
    "advice_status",
    "What became of a request for advice; this project's own codes.",
    plain(
        ("R", "Received"),
        ("E", "Earlier advice used, by agreement (regulation 6(4))"),
        ("D", "Answered that nothing is known of the child"),
        ("A", "Awaited"),
        ("N", "Not received"),
        ("NS", "Not sought"),
    ),
)

HEALTH_NEED = CodeList(
    "health_need",
    "Kind of health need in section C; this project's own codes.",
    plain(
        ("MH", "Mental health"),
        ("NEU", "Epilepsy or other neurological condition"),
        ("RES", "Breathing"),
        ("FED", "Eating, drinking or feeding"),
        ("CON", "Continence"),
        ("MOB", "Mobility, posture or pain"),
        ("SLP", "Sleep"),
        ("HEA", "Hearing"),
        ("VIS", "Vision"),
        ("LLC", "Life-limiting or complex condition"),
        ("OTH", "Other"),
        ("NON", "Stated that there is none"),
    ),
)

SOCIAL_CARE_NEED = CodeList(
    "social_care_need",
    "Kind of social care need in section D; this project's own codes.",
    plain(
        ("SAF", "Safety and supervision"),
        ("PER", "Personal care"),
        ("CAR", "Breaks for carers"),
        ("SOC", "Friendships and community"),
        ("HOM", "Home and equipment"),
        ("IND", "Independence"),
        ("OTH", "Other"),
        ("NON", "Stated that there is none"),
    ),
)

OUTCOME_AREA = CodeList(
    "outcome_area",
    "What an outcome in section E is about: the areas of need and those of preparing for adulthood; own letters.",
    plain(
        ("CI", "Communication and interaction"),
        ("CL", "Cognition and learning"),
        ("SE", "Social, emotional and mental health"),
        ("SP", "Sensory and physical"),
        ("EM", "Adulthood: employment"),
        ("IL", "Adulthood: independent living"),
        ("CM", "Adulthood: community"),
        ("HE", "Adulthood: health"),
    ),
)

OUTCOME_STATUS = CodeList(
    "outcome_status",
    "How an outcome in section E stood at a review; this project's own codes.",
    plain(
        ("A", "Achieved"),
        ("G", "Good progress"),
        ("S", "Some progress"),
        ("N", "No progress"),
        ("C", "Changed or dropped"),
        ("NR", "Not recorded"),
    ),
)

BUDGET_DECISION = CodeList(
    "budget_decision",
    "What the authority decided on a request for a personal budget; this project's own codes.",
    plain(("Y", "Agreed"), ("P", "Agreed in part"), ("N", "Refused"), ("A", "Awaited")),
)

PHASE = CodeList(
    "phase",
    "Phase of education that a transfer leads to; this project's own codes.",
    plain(
        ("S", "School, from early years"),
        ("J", "Junior or middle school"),
        ("U", "Secondary school"),
        ("16", "Post-16, from secondary school"),
        ("P", "Another post-16 institution"),
    ),
)

PREFERENCE = CodeList(
    "preference",
    "Whether the setting named is the one that parent or young person asked for; this project's own codes.",
    plain(("Y", "As asked for"), ("N", "Not as asked for"), ("0", "Nothing was asked for"), ("U", "Not known")),
)
