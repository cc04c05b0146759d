"""What sequence analysis refuses, what it counts, and what must not matter to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sklearn.metrics import adjusted_rand_score

from analysis.models import sequences
from cohort.errors import UsageError

PEOPLE = pl.read_csv(Path(__file__).parent / "reference" / "sequences.csv").with_columns(id=pl.col("id") + 100)
WIDE = PEOPLE.drop("group", "weight")
LONG = WIDE.unpivot(index="id", variable_name="time", value_name="state")
GAPPED = WIDE.with_columns(m05=pl.when(pl.col("id") > 104).then("m05"))


def people_by_people(frame: Any, **choices: Any) -> np.ndarray:
    found = sequences.distances(frame, id="id", **choices)
    people = pl.DataFrame(found.people).sort("id")
    return found.matrix[np.ix_(people["sequence"], people["sequence"])]


@pytest.mark.parametrize(
    "turned",
    [
        (LONG, {"time": "time", "state": "state"}),
        (LONG.sample(fraction=1, shuffle=True, seed=25), {"time": "time", "state": "state"}),
        (WIDE.sample(fraction=1, shuffle=True, seed=25), {}),
        (WIDE.to_pandas(), {}),
        (WIDE.to_arrow(), {}),
        (WIDE.with_columns(pl.exclude("id").cast(pl.Categorical)), {}),
        (WIDE.with_columns(pl.exclude("id").replace({"fe": "zz", "job": "a"})), {}),
    ],
    ids=["long", "long shuffled", "shuffled", "pandas", "arrow", "categorical", "relabelled"],
)
def test_shape_order_kind_and_names_of_states_do_not_matter(turned: tuple[Any, dict[str, Any]]) -> None:
    assert people_by_people(turned[0], **turned[1]) == pytest.approx(people_by_people(WIDE), abs=1e-9)


def test_tables_go_back_as_the_kind_that_came() -> None:
    assert isinstance(sequences.describe(WIDE.to_pandas(), id="id").by_month, pd.DataFrame)
    assert isinstance(sequences.distances(WIDE.to_pandas(), id="id").people, pd.DataFrame)


def test_twice_everybody_at_half_the_weight_changes_nothing() -> None:
    once = PEOPLE.drop("group")
    twice = pl.concat([once, once.with_columns(id=pl.col("id") + 1000)]).with_columns(pl.col("weight") / 2)
    one, two = (sequences.distances(frame, id="id", weights="weight") for frame in (once, twice))
    assert two.matrix == pytest.approx(one.matrix)
    parts = [sequences.cluster(found, 3) for found in (one, two)]
    assert adjusted_rand_score(parts[0].members["cluster"], parts[1].members["cluster"][: len(once)]) == 1
    assert_frame_equal(parts[0].types.select("share"), parts[1].types.select("share"))
    told = [sequences.describe(frame, "weight", id="id") for frame in (once, twice)]
    assert_frame_equal(told[0].by_month.drop("n"), told[1].by_month.drop("n"))
    assert_frame_equal(told[0].transitions, told[1].transitions)


def test_distances_are_a_metric_that_hamming_bounds() -> None:
    om, hamming = (people_by_people(WIDE, method=m, costs="constant") for m in ("om", "hamming"))
    assert (om <= 2 * hamming + 1e-9).all()
    assert (om[:, :, None] <= om[:, None, :] + om.T[None, :, :] + 1e-9).all()
    assert np.array_equal(om, om.T)
    assert not om.diagonal().any()


def test_months_and_people_add_up() -> None:
    told = sequences.describe(WIDE, id="id")
    assert told.by_month.group_by("month").agg(pl.col("n").sum(), pl.col("share").sum())["n"].unique().to_list() == [46]
    assert told.mean_time["estimate"].sum() == pytest.approx(18)
    rates = told.transitions.group_by("from").agg(pl.col("rate").sum())["rate"].to_list()
    assert rates == pytest.approx([1] * 4)
    same = told.people.filter(pl.col("moves") == 0)
    assert same["turbulence"].to_list() == pytest.approx([1.0] * len(same))
    assert same["complexity"].to_list() == [0.0] * len(same)


def test_who_has_a_gap_is_counted_or_has_a_state_for_it() -> None:
    left_out = sequences.distances(GAPPED, id="id")
    assert (left_out.n_in, left_out.n_used, dict(left_out.dropped)) == (46, 42, {"a month": 4})
    assert "4 of 46 people" in left_out.warnings[0]
    kept = sequences.describe(GAPPED, id="id", gaps="not known")
    assert (kept.n_used, kept.warnings) == (46, ())
    assert kept.by_month.filter(month="m05", state="not known")["n"].item() == 4
    long = GAPPED.unpivot(index="id", variable_name="time", value_name="state")
    absent = sequences.describe(long.drop_nulls(), id="id", time="time", state="state", gaps="not known")
    assert_frame_equal(absent.by_month, kept.by_month)


def test_people_without_a_group_are_counted() -> None:
    found = sequences.distances(WIDE, id="id")
    group = ["a", "b", None] * 15 + ["a"]
    explained = sequences.discrepancy(found, group, permutations=19)
    assert (explained.n_in, explained.n_used) == (46, 31)
    assert "15 people have no group" in explained.warnings[0]


SAME = pl.DataFrame({"m1": ["fe"] * 5, "m2": ["fe"] * 5})


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda: sequences.distances(WIDE, "edit"), "MODEL-80"),
        (lambda: sequences.distances(WIDE, costs="free"), "MODEL-80"),
        (lambda: sequences.distances(WIDE, indel=0), "MODEL-80"),
        (lambda: sequences.distances(WIDE, "dhd", "constant"), "MODEL-80"),
        (lambda: sequences.distances(LONG, time="time", state="state"), "MODEL-80"),
        (lambda: sequences.distances(LONG, id="id", time="time"), "MODEL-80"),
        (lambda: sequences.distances({"m1": ["fe"]}), "MODEL-01"),
        (lambda: sequences.distances(WIDE, id="absent"), "MODEL-02"),
        (lambda: sequences.distances(SAME.with_columns(m1=None)), "MODEL-04"),
        (lambda: sequences.distances(SAME.select("m1")), "MODEL-81"),
        (lambda: sequences.distances(SAME.with_columns(m3=1.5)), "MODEL-81"),
        (lambda: sequences.distances(pl.concat([WIDE, WIDE]), id="id"), "MODEL-81"),
        (lambda: sequences.distances(pl.concat([LONG, LONG]), id="id", time="time", state="state"), "MODEL-81"),
        (lambda: sequences.distances(PEOPLE.with_columns(weight=-1.0), id="id", weights="weight"), "MODEL-81"),
        (lambda: sequences.distances(pl.DataFrame({"a": range(200), "b": range(200)})), "MODEL-81"),
        (lambda: sequences.cluster(sequences.distances(SAME), 2), "MODEL-82"),
        (lambda: sequences.cluster(sequences.distances(WIDE, id="id"), 1), "MODEL-80"),
        (lambda: sequences.cluster(sequences.distances(WIDE, id="id"), []), "MODEL-80"),
        (lambda: sequences.cluster(sequences.distances(WIDE, id="id"), 3, [1.0]), "MODEL-84"),
        (lambda: sequences.cluster(sequences.distances(WIDE, id="id"), 3, [0.0] * 46), "MODEL-84"),
        (lambda: sequences.discrepancy(sequences.distances(WIDE, id="id"), ["a"] * 46), "MODEL-84"),
        (lambda: sequences.discrepancy(sequences.distances(WIDE, id="id"), ["a"] * 5), "MODEL-84"),
        (lambda: sequences.discrepancy(sequences.distances(SAME), ["a", "a", "a", "b", "b"]), "MODEL-84"),
        (lambda: sequences.discrepancy(sequences.distances(WIDE, id="id"), ["a", "b"] * 23, ["x"] * 46), "MODEL-84"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_way_out(act: Any, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        act()
    assert refused.value.code == code
    assert refused.value.remedy
    assert "not known" in str(refused.value) or not {"neet", "school"} & set(str(refused.value).split())


def test_people_who_all_live_alike_are_described_without_a_warning_of_a_library(
    recwarn: pytest.WarningsRecorder,
) -> None:
    told = sequences.describe(SAME)
    assert told.people["turbulence"].to_list() == [1.0] * 5
    assert told.means["se"].to_list() == [0.0] * 5
    assert not recwarn.list
