"""What a young person does in a month, and which way a life goes.

Each is a small whole number, so that a matrix of months holds it in a byte. Temporary work stands apart from work, as
its code does in the record: who has it leaves it soon, and often for nothing.
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final

MONTHS: Final = 108
"""From September after year 11 to August of the school year in which a young person becomes 25."""
TRACKED_MONTHS: Final = 24
"""Months in which an authority follows everybody: to 31 August after the 18th birthday."""
MONTHS_A_YEAR: Final = 12


@unique
class State(IntEnum):
    """What is done in a month. ABSENT: not in England any more, or the window has ended."""

    ABSENT = -1
    SIXTH_FORM = 0
    FURTHER = 1
    SPECIALIST = 2
    APPRENTICESHIP = 3
    TRAINING = 4
    HIGHER = 5
    WORK = 6
    TEMPORARY = 7
    SEEKING = 8
    UNAVAILABLE = 9
    CUSTODY = 10
    YEAR_11 = 11


STATES: Final = tuple(state for state in State if state != State.ABSENT)
NEET: Final = (State.SEEKING, State.UNAVAILABLE)
STUDYING: Final = (State.SIXTH_FORM, State.FURTHER, State.SPECIALIST, State.TRAINING, State.HIGHER)
EMPLOYED: Final = (State.APPRENTICESHIP, State.WORK, State.TEMPORARY)


@unique
class Way(IntEnum):
    """Latent trajectory: the way that a life goes after 16."""

    ACADEMIC = 0
    COLLEGE = 1
    APPRENTICE = 2
    LONG_STUDY = 3
    UNSETTLED = 4


@unique
class Sen(IntEnum):
    """SEN in the January of year 11."""

    NONE = 0
    SUPPORT = 1
    PLAN = 2
