"""Warnings of models on their way to a reader."""

from __future__ import annotations

import pytest

from analysis.warned import LEFT_OUT, of_model


@pytest.mark.parametrize(
    "words",
    [
        "3 of 40 rows lack a value and were left out.",
        "In all 12 people have no group and were left out.",
        "1 row of the age at which the group was defined was left out.",
    ],
)
def test_how_many_were_left_out_is_not_told_but_that_some_were(words: str) -> None:
    assert of_model([words, words]) == (LEFT_OUT,)


@pytest.mark.parametrize(
    "words",
    [
        "7 children got more than was specified; their ratio counts as 1.",
        "2 gaps in people's histories: the moves across them are not counted.",
        "Of the 3% who moved, 4 pupils came back.",
    ],
)
def test_other_numbers_of_children_are_not_told(words: str) -> None:
    assert of_model([words]) == ()


@pytest.mark.parametrize(
    "words",
    [
        "3.2% of rows were trimmed: the effect is that among the others.",
        "There are 8 authorities only: errors clustered by so few are too small more often than they say.",
        "The 95 % interval of τ² ends at 0.",
        "Nobody of the people treated is like the others.",
    ],
)
def test_shares_numbers_of_authorities_and_words_stay(words: str) -> None:
    assert of_model([words, words]) == (words,)
