"""What young people do after 16: monthly activity, and programmes of study.

Sources: the NCCIS codes and labels as listed in the variable form of the Longitudinal Education Outcomes data, with
groups after FFT Education Datalab (not the DfE's); the autumn school census of 2024/25 for programmes.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, grouped, plain, unexplained

EDUCATION, EMPLOYMENT, TRAINING, CUSTODY, OTHER = "education", "employment", "training", "custody", "other"
NEET_ACTIVE, NEET_INACTIVE = "NEET, active", "NEET, inactive"
NEET = (NEET_ACTIVE, NEET_INACTIVE)
"""Not in education, employment or training. Never with NOT_KNOWN: who was not found is not known to be NEET."""
NOT_KNOWN = "not known"

# The source counts a juvenile in custody twice, as education and as custody; groups do not overlap, so custody.
ACTIVITY = CodeList(
    "activity",
    "Current activity of a young person as tracked by the authority each month (NCCIS).",
    grouped(
        {
            EDUCATION: (
                ("110", "Registered at a school or other educational establishment in the area"),
                ("120", "Educated at home"),
                ("210", "School sixth form, full time"),
                ("220", "Sixth form college, full time"),
                ("230", "Further education, full time"),
                ("240", "Higher education, full time"),
                ("250", "Part-time education"),
                ("260", "Gap year"),
                ("270", "Other full-time education"),
                ("280", "Independent specialist provider"),
            ),
            EMPLOYMENT: (
                ("310", "Apprenticeship"),
                ("320", "Full-time employment with study for a regulated qualification"),
                ("330", "Employment without training"),
                ("340", "Employment with other training"),
                ("350", "Temporary employment"),
                ("360", "Part-time employment"),
                ("380", "Self-employment"),
                ("381", "Self-employment with study for a regulated qualification"),
                ("550", "Working not for reward, with part-time study"),
            ),
            TRAINING: (
                ("410", "Work-based learning funded by the funding agency"),
                ("430", "Other training"),
                ("440", "Training of the Work Programme"),
                ("450", "Traineeship"),
                ("460", "Supported internship"),
                ("530", "Re-engagement provision"),
            ),
            NEET_ACTIVE: (
                ("540", "Working not for reward"),
                ("610", "Not yet ready for work or learning"),
                ("615", "Start date agreed, other"),
                ("616", "Start date agreed, within the duty to participate"),
                ("619", "Seeking employment, education or training"),
            ),
            NEET_INACTIVE: (
                ("140", "Of school age, not registered at a school or other educational establishment"),
                ("620", "Not available: young carer"),
                ("630", "Not available: teenage parent"),
                ("640", "Not available: illness"),
                ("650", "Not available: pregnancy"),
                ("660", "Not available: religious grounds"),
                ("670", "Not available: unlikely to be economically active"),
                ("680", "Not available: other reason"),
            ),
            NOT_KNOWN: (
                ("150", "Of school age, current situation not known"),
                ("810", "Current situation not known"),
                ("820", "Cannot be contacted"),
                ("830", "Refused to disclose activity"),
            ),
            CUSTODY: (
                ("130", "Of school age, custodial sentence"),
                ("290", "Custodial institution for juveniles"),
                ("710", "Custody, young adult offender"),
            ),
            OTHER: (("720", "Refugee or asylum seeker"),),
        }
    ),
)

AIM_STATUS = CodeList(
    "aim_status",
    "How a learning aim or programme stands.",
    plain(
        ("1", "Continuing"),
        ("2", "Completed"),
        ("3", "Withdrawn"),
        ("4", "Transferred to another aim"),
        ("6", "Break in learning, agreed"),
    ),
)

WITHDRAWAL_REASON = CodeList(
    "withdrawal_reason",
    "Why a learning aim or programme was given up.",
    unexplained("1", "2", "3", "4", "44", "45", "97", "98"),
)

STUDY_PROGRAMME = CodeList(
    "study_programme",
    "Kind of programme of study after 16.",
    (*plain(("30", "Programme that leads to a T level"), ("31", "T level")), *unexplained("01")),
)

LEARNER_SUPPORT = CodeList(
    "learner_support",
    "Support that a student over 16 receives.",
    unexplained("24", "32", "35", "36", "41", "53", "54", "55", "56"),
)

WORK_PLACEMENT = CodeList(
    "work_placement",
    "Where a work placement of a programme of study took place.",
    plain(("1", "Internal"), ("2", "External")),
)
