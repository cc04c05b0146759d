"""Boards on which parents and carers sit, and what they recommend."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import codes, generator
from synthetic.lives import Lives

BOARDS = {"LAP": (1.0, 18, 3), "PCF": (0.97, 12, 10), "SF": (1.0, 22, 1), "IMP": (0.3, 14, 2), "YP": (0.45, 12, 1)}
"""Board → share of authorities that have one, its seats, and those of parents."""
RECOMMEND = {"LAP": 2.0, "PCF": 2.6, "IMP": 1.0}
"""Board → recommendations in a year, on average."""
THEMES = {
    "TI": 0.16,
    "QU": 0.12,
    "PR": 0.17,
    "PL": 0.12,
    "HE": 0.13,
    "SC": 0.06,
    "CO": 0.10,
    "TR": 0.07,
    "AD": 0.05,
    "FU": 0.02,
}
ANSWERED = {"A": 0.42, "P": 0.30, "R": 0.10, "N": 0.18}
IN_TIME, DONE = 60, (60, 400)
"""Days in which an answer is due; after it in which what was accepted is carried out."""
ACCEPTED = ("A", "P")


def board_years(lives: Lives, year: int) -> pl.DataFrame:
    """`board_year` of a calendar year, by place: place, board_code, seats, parent_seats, parent_seats_filled,
    young_person_seats, meetings."""
    return pl.concat([_board(lives, board, year) for board in BOARDS]).sort("place", maintain_order=True)


def _board(lives: Lives, board: str, year: int) -> pl.DataFrame:
    _, seats, parents = BOARDS[board]
    place = has_board(lives, board)
    rng, n = generator(lives.seed, f"seats {board} {year}"), len(place)
    own = generator(lives.seed, f"board {board}").integers(-2, 3, len(lives.places))[place]
    total = np.maximum(seats + own, 4)
    for_parents = np.minimum(np.maximum(parents + (own > 1), 1), total)
    young = np.full(n, 8 if board == "YP" else 1)
    return pl.DataFrame(
        {
            "place": place,
            "board_code": [board] * n,
            "seats": total,
            "parent_seats": for_parents,
            "parent_seats_filled": rng.binomial(for_parents, 0.82),
            "young_person_seats": np.minimum(young, total - for_parents),
            "meetings": 3 + rng.integers(0, 5, n),
        }
    )


def has_board(lives: Lives, board: str) -> np.ndarray:
    """The places that have a board, all the time."""
    n = len(lives.places)
    return np.flatnonzero(generator(lives.seed, f"has a board {board}").random(n) < BOARDS[board][0])


def recommendations(lives: Lives, year: int) -> pl.DataFrame:
    """What boards recommended in a calendar year, drawn to its end: place, board_code, board_theme_code,
    recommended_date, answer_due_date, answer_date, answer_code, done_date."""
    frames = [_recommended(lives, board, year) for board in RECOMMEND]
    return pl.concat(frames).sort("place", "recommended_date", "board_code")


def _recommended(lives: Lives, board: str, year: int) -> pl.DataFrame:
    where = has_board(lives, board)
    rng = generator(lives.seed, f"recommendations {board} {year}")
    place = np.repeat(where, rng.poisson(RECOMMEND[board], len(where)))
    n = len(place)
    day = np.datetime64(date(year, 1, 1)) + rng.integers(0, 365, n)
    answer = codes(rng, ANSWERED, n)
    due, done = day + IN_TIME, day + IN_TIME + rng.integers(*DONE, n)
    told = pl.DataFrame(
        {
            "place": place,
            "board_code": [board] * n,
            "board_theme_code": codes(rng, THEMES, n),
            "recommended_date": day,
            "answer_due_date": due,
            "answered": day + rng.integers(14, IN_TIME, n, endpoint=True),
            "answer_code": answer,
            "done": done,
        },
        schema_overrides={"place": pl.Int64, "board_code": pl.String},
    )
    return told.with_columns(
        answer_date=pl.when(pl.col("answer_code") != "N").then("answered"),
        done_date=pl.when(pl.col("answer_code").is_in(ACCEPTED)).then("done"),
    ).drop("answered", "done")
