"""Appeals to the SEND tribunal against decisions that could be appealed."""

from __future__ import annotations

from cohort.reference.check import Check, authorities, england, percentage

TABLE = "MoJ, SEND appeal rate table 1, 2014 to 2024"
FILE = "send_tribunals_appeal_rate"
SHOWN_ONLY = "England total excluding suppressed"
HELD_BACK = ("317", "320", "870", "879", "890", "936")
"""Redbridge, Waltham Forest, Reading, Plymouth, Blackpool and Surrey: no figure in development for 2024."""

REGISTERED = {
    2014: 4_108,
    2015: 3_126,
    2016: 3_863,
    2017: 4_988,
    2018: 6_023,
    2019: 7_385,
    2020: 7_843,
    2021: 9_184,
    2022: 12_796,
    2023: 15_615,
    2024: 22_276,
}

APPEALS = Check(
    "appeals registered",
    "Appeals registered in the calendar year, England.",
    england(FILE, "appeals_registered"),
    REGISTERED,
    TABLE,
)
APPEALS_BY_AUTHORITY = Check(
    "appeals registered by authority",
    "The sum of all authorities, abolished ones included.",
    authorities(FILE, "appeals_registered"),
    REGISTERED,
    TABLE,
)
DECISIONS = Check(
    "appealable decisions",
    "Refusals to assess, refusals to issue, plans the following January and plans ceased as needs were met.",
    england(FILE, "appealable_decisions"),
    {2014: 251_096, 2023: 617_776, 2024: 689_739},
    TABLE,
)
RATE = Check(
    "appeal rate",
    "Appeals registered as a percentage of appealable decisions.",
    percentage(england(FILE, "appeals_registered"), england(FILE, "appealable_decisions")),
    {2014: 1.6, 2023: 2.5, 2024: 3.2},
    TABLE,
    decimals=1,
)
IN_DEVELOPMENT = Check(
    "appealable decisions, in development",
    "The denominator in development, without the six authorities that are held back.",
    england(FILE, "appealable_decisions_in_development"),
    {2024: 364_912},
    TABLE,
)
RATE_IN_DEVELOPMENT = Check(
    "appeal rate, in development",
    "As printed: all appeals by the decisions of all authorities but six, so it is too high.",
    percentage(england(FILE, "appeals_registered"), england(FILE, "appealable_decisions_in_development")),
    {2024: 6.1},
    TABLE,
    decimals=1,
)
APPEALS_HELD_BACK = Check(
    "appeals of authorities held back",
    "Known fault: appeals of the six authorities without a denominator in development; the row `excluding "
    "suppressed` takes off four of them only (194), though its rate of 5.7 % is that without all six.",
    authorities(FILE, "appeals_registered", codes=HELD_BACK),
    {2024: 1_505},
    TABLE,
)
APPEALS_SHOWN_ONLY = Check(
    "appeals, excluding suppressed",
    "Known fault: printed 22,082, which is England without four of the six.",
    england(FILE, "appeals_registered", breakdown=SHOWN_ONLY),
    {2024: 22_082},
    TABLE,
)
CAMBRIDGESHIRE = Check(
    "appealable decisions of Cambridgeshire",
    "Known fault: printed 4,410, fewer than its 8,007 plans; they are those of Central Bedfordshire.",
    authorities(FILE, "appealable_decisions", codes=("873",)),
    {2024: 4_410},
    TABLE,
)
CENTRAL_BEDFORDSHIRE = Check(
    "appealable decisions of Central Bedfordshire",
    "Known fault: printed 8,246; they are those of Cambridgeshire.",
    authorities(FILE, "appealable_decisions", codes=("823",)),
    {2024: 8_246},
    TABLE,
)
