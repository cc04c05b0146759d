"""Attainment as files of one row a child: which field holds the result of which measure.

Two fields stand for a measure where one holds its result and the other the code that stands where there is none.
"""

from __future__ import annotations

from cohort.ingest.attained import layout
from cohort.ingest.formats.early_years_profile import PROFILE
from cohort.ingest.formats.key_stage_1 import KEY_STAGE_1
from cohort.ingest.formats.key_stage_2 import KEY_STAGE_2
from cohort.ingest.formats.key_stage_4 import KEY_STAGE_4
from cohort.ingest.formats.level_by_19 import LEVEL_BY_19
from cohort.ingest.formats.multiplication_check import MULTIPLICATION_CHECK
from cohort.ingest.formats.phonics import PHONICS

AREAS = {
    "COM": ("G01", "G02", "G03", "E01", "E02"),
    "PHY": ("G04", "G05", "E06", "E07"),
    "PSE": ("G06", "G07", "G08", "E03", "E04", "E05"),
    "LIT": ("G09", "G10", "E08", "E09", "E10"),
    "MAT": ("G11", "G12", "E11", "E12"),
    "UTW": ("G13", "G14", "G15", "E13", "E14", "E15"),
    "EXP": ("G16", "G17", "E16", "E17"),
}
"""Area of learning → its goals: G until 2019, E from 2022."""

EARLY_YEARS_PROFILE = layout(
    PROFILE,
    {
        "good_level_of_development": ("FSP_GLD",),
        "early_learning_goals": ("FSP_GOALS",),
        **{f"goal_{goal.lower()}": (f"FSP_{area}_{goal}",) for area, goals in AREAS.items() for goal in goals},
    },
    group="R",
)
PHONICS_CHECK = layout(
    PHONICS, {"phonics_mark": ("Phonics_PHONICS_MARK",), "phonics_standard": ("Phonics_PHONICS_OUTCOME",)}
)
KEY_STAGE_1_ASSESSED = layout(
    KEY_STAGE_1,
    {
        "ks1_reading": ("READ_OUTCOME",),
        "ks1_writing": ("WRIT_OUTCOME",),
        "ks1_maths": ("MATH_OUTCOME",),
        "ks1_science": ("SCI_OUTCOME",),
    },
    group="2",
)
TABLES_CHECK = layout(MULTIPLICATION_CHECK, {"multiplication_mark": ("FormMark", "ReasonNotTakingCheck")}, group="4")
KEY_STAGE_2_RESULTS = layout(
    KEY_STAGE_2,
    {
        "ks2_reading": ("READSCORE", "READOUTCOME"),
        "ks2_maths": ("MATSCORE", "MATOUTCOME"),
        "ks2_grammar": ("GPSSCORE", "GPSOUTCOME"),
        "ks2_reading_assessment": ("READTAOUTCOME",),
        "ks2_writing": ("WRITTAOUTCOME",),
        "ks2_maths_assessment": ("MATTAOUTCOME",),
        "ks2_science": ("SCITAOUTCOME",),
        "ks2_standard": ("RWMEXP",),
    },
)
KEY_STAGE_4_RESULTS = layout(
    KEY_STAGE_4,
    {
        "attainment_8": ("KS4_ATT8",),
        "progress_8": ("KS4_P8SCORE",),
        "english_maths_9_4": ("KS4_L2BASICS_94",),
        "english_maths_9_5": ("KS4_L2BASICS_95",),
        "gcse_english_points": ("KS4_EBPTSENG_PTQ_EE",),
        "gcse_maths_points": ("KS4_EBPTSMAT_PTQ_EE",),
        "ebacc_points": ("KS4_EBACCAPS_PUPIL",),
        "ebacc_9_4": ("KS4_EBACC_94",),
        "ebacc_9_5": ("KS4_EBACC_95",),
        "ebacc_entered": ("KS4_EBACC_E_PTQ_EE",),
        "ebacc_english_entered": ("KS4_EBACENG_E_PTQ_EE",),
        "ebacc_maths_entered": ("KS4_EBACMAT_E_PTQ_EE",),
        "ebacc_science_entered": ("KS4_EBAC2SCI_E_PTQ_EE",),
        "ebacc_humanities_entered": ("KS4_EBACHUM_E_PTQ_EE",),
        "ebacc_languages_entered": ("KS4_EBACLAN_E_PTQ_EE",),
    },
)
LEVELS = layout(
    LEVEL_BY_19,
    {
        "level_2_by_19": ("Level2",),
        "level_2_english_maths_by_19": ("Level2EnglishMaths",),
        "level_3_by_19": ("Level3",),
    },
)
