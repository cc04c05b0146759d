"""Rules on Boards: boards on which parents and carers sit."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import Rules

OF = Rules("BOARDS", "board_year")

PARENTS = OF.part_of(
    1, "parent_seats", "seats", "Seats for parents are among the seats.", "Correct ParentSeats or Seats."
)
FILLED = OF.part_of(
    2,
    "parent_seats_filled",
    "parent_seats",
    "No more seats of parents are filled than there are.",
    "Correct ParentSeatsFilled or ParentSeats.",
)
YOUNG = OF.part_of(
    3, "young_person_seats", "seats", "Seats for young people are among the seats.", "Correct YoungSeats or Seats."
)


@rule(
    "BOARDS-04",
    table="board_year",
    column="board_code",
    sentence="A board is returned once.",
    advice="Take the second row out; boards without a code of their own are OT.",
    example="""
        board_code || breaks
        LAP        || yes
        LAP        || yes
        PCF        || no
        OT         || no
        OT         || no
                   || no
                   || no
    """,
)
def once() -> pl.Expr:
    return (pl.col("board_code") != "OT") & (pl.len().over("board_code") > 1)


@rule(
    "BOARDS-05",
    table="board_year",
    column="meetings",
    level=Level.QUERY,
    sentence="A board meets in the year, and no more often than weekly.",
    advice="Check Meetings; a board that never met may be left out.",
    example="""
        meetings || breaks
        0        || yes
        53       || yes
        6        || no
        52       || no
                 || no
    """,
)
def meets() -> pl.Expr:
    return (pl.col("meetings") == 0) | (pl.col("meetings") > 52)


@rule(
    "BOARDS-06",
    table="board_year",
    column="seats",
    level=Level.QUERY,
    sentence="All seats for parents and young people together are no more than the seats.",
    advice="Correct Seats, ParentSeats or YoungSeats.",
    example="""
        seats | parent_seats | young_person_seats || breaks
        12    | 8            | 5                  || yes
        12    | 8            | 4                  || no
        12    | 8            |                    || no
              | 8            | 5                  || no
    """,
)
def seats_for_all() -> pl.Expr:
    return pl.col("parent_seats") + pl.col("young_person_seats") > pl.col("seats")
