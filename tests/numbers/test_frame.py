"""The door of every estimator: what is dropped is counted, what cannot be used is named, no value is shown."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from analysis.models.frame import MAX_LEVELS, complete_frame, design, grouping
from cohort.errors import UsageError

PLAIN = {"y": [1.0, 2.0, None, 4.0], "g": ["b", "a", "b", None], "n": [1, 2, 3, 4]}


@pytest.mark.parametrize("kind", [pl.DataFrame, pd.DataFrame, pa.table])
def test_incomplete_rows_are_dropped_and_counted_by_column(kind) -> None:
    complete = complete_frame(kind(PLAIN), ["y", "g"])
    assert (complete.n_in, complete.n_used, complete.dropped) == (4, 2, {"y": 1, "g": 1})
    assert_frame_equal(complete.rows, pl.DataFrame({"y": [1.0, 2.0], "g": ["b", "a"]}))
    assert type(complete.give_back(complete.rows)) is type(kind(PLAIN))


def test_not_a_number_is_missing_and_a_column_not_asked_for_drops_nothing() -> None:
    frame = pl.DataFrame({"y": [1.0, float("nan")], "other": [None, None]})
    complete = complete_frame(frame, ["y"])
    assert (complete.n_used, complete.dropped) == (1, {"y": 1})


@pytest.mark.parametrize(
    ("frame", "columns", "code"),
    [
        ([1, 2], ["y"], "MODEL-01"),
        (pl.LazyFrame(PLAIN), ["y"], "MODEL-01"),
        (pl.DataFrame(PLAIN), ["y", "absent"], "MODEL-02"),
        (pd.DataFrame([[1, 2]], columns=["y", "y"]), ["y"], "MODEL-02"),
        (pd.DataFrame({"y": [1, "secret"]}, dtype=object), ["y"], "MODEL-03"),
        (pl.DataFrame({"y": [None, None]}), ["y"], "MODEL-04"),
        (pl.DataFrame({"y": []}), ["y"], "MODEL-04"),
        (pl.DataFrame({"y": [1.0, float("inf")]}), ["y"], "MODEL-05"),
    ],
)
def test_what_cannot_be_used_is_refused_without_showing_a_value(frame, columns, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        complete_frame(frame, columns)
    assert refused.value.code == code
    assert refused.value.remedy
    assert "secret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_text_is_coded_against_its_first_level_and_an_intercept_always_stands_first() -> None:
    rows = pl.DataFrame(
        {"need": ["SLD", "ASD", "MLD", "ASD"], "age": [1, 3, 2, 9], "is_boy": [True, False, False, True]}
    )
    made = design(rows, ["need", "age", "is_boy"])
    assert made.terms == ("(intercept)", "need[MLD]", "need[SLD]", "age", "is_boy")[: len(made.terms)]
    assert made.all_terms == ("(intercept)", "need[MLD]", "need[SLD]", "age", "is_boy")
    whole = np.array([[1, 0, 1, 1, 1], [1, 0, 0, 3, 0], [1, 1, 0, 2, 0], [1, 0, 0, 9, 1]], dtype=float)
    assert np.allclose(made.matrix, whole[:, : len(made.terms)])


def test_a_category_that_fixes_an_order_decides_which_level_comes_first() -> None:
    values = pd.Categorical(["low", "high", "low"], categories=["none", "low", "high"])
    from_pandas = complete_frame(pd.DataFrame({"x": values}), ["x"]).rows
    from_polars = pl.DataFrame({"x": pl.Series(["low", "high", "low"], dtype=pl.Enum(["none", "low", "high"]))})
    for rows in (from_pandas, from_polars):
        assert design(rows, ["x"]).all_terms == ("(intercept)", "x[high]")


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_terms_that_others_explain_are_named_whatever_their_units(scale: float) -> None:
    rng = np.random.default_rng(25)
    a, b = rng.standard_normal((2, 50))
    rows = pl.DataFrame(
        {"a": a, "year": 2024 + np.arange(50) % 3, "b": b * scale, "twin": 2 * a - 3 * b, "flat": [7.0] * 50}
    )
    made = design(rows, ["a", "year", "b", "twin", "flat"])
    assert made.aliased == ("twin", "flat")
    assert made.terms == ("(intercept)", "a", "year", "b")


def test_coefficients_return_to_their_own_units() -> None:
    rng = np.random.default_rng(25)
    made = design(pl.DataFrame({"a": 1000 + rng.standard_normal(80), "b": rng.random(80)}), ["a", "b"])
    standardised = np.array([0.5, 2.0, -1.0])
    assert np.allclose(made.standard @ standardised, made.matrix @ (made.to_own_units @ standardised))


def test_a_column_of_names_is_not_a_fixed_term_and_a_date_is_none_either() -> None:
    many = pl.DataFrame({"x": [f"c{i}" for i in range(MAX_LEVELS + 1)]})
    dates = pl.DataFrame({"x": pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 9), eager=True)})
    for rows, code in ((many, "MODEL-14"), (dates, "MODEL-03")):
        with pytest.raises(UsageError) as refused:
            design(rows, ["x"])
        assert refused.value.code == code


@pytest.mark.parametrize(
    "values",
    [
        ["b", "a", "b"],
        [2, 1, 2],
        [2.0, 1.0, 2.0],
        [True, False, True],
        pl.Series(["b", "a", "b"], dtype=pl.Categorical),
    ],
)
def test_levels_are_sorted_and_every_row_finds_its_own(values) -> None:
    made = grouping(pl.DataFrame({"g": values}), "g")
    assert made.size == 2
    assert made.codes.tolist() == [1, 0, 1]
    assert made.levels.gather(made.codes).to_list() == list(values)
