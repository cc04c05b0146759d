"""The gate: what is withheld, rounded and refused, tested on its boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure import POLICIES, protect, release
from analysis.disclosure.policy import policy_named
from analysis.release import Provenance, Status
from analysis.result import CountTable, Derived, EstimateTable, PublishedTable, Result
from cohort.errors import NothingToRelease, ReleaseRefused, UsageError

POLICY = POLICIES["publication"]
AT = datetime(2026, 11, 1, tzinfo=UTC)
INVENTED = Provenance("s", "q", {}, "demo", "d" * 64, AT, True, "0.1.0", "publication", AT, "me")


def table(*cells: tuple[int, int | None], is_share: bool = True) -> CountTable:
    schema = {"numerator": pl.Int64, "denominator": pl.Int64}
    frame = pl.DataFrame(cells, schema=schema, orient="row").with_row_index("place")
    return CountTable("t", "T", frame, ("place",), is_share)


def result(*tables: CountTable | EstimateTable | PublishedTable, **more: object) -> Result:
    return Result("r", "e", tables, lambda _: "said", **more)


def shown(*cells: tuple[int, int | None], is_share: bool = True) -> list[tuple[object, ...]]:
    out = release(result(table(*cells, is_share=is_share)), POLICY, INVENTED).tables["t"].frame
    return out.select("numerator", "denominator", "status").rows()


@pytest.mark.parametrize(("count", "is_shown"), [(0, False), (1, False), (9, False), (10, True), (11, True)])
def test_a_count_is_withheld_under_ten_and_shown_from_ten(count: int, is_shown: bool) -> None:
    (row,) = shown((count, None))
    assert (row[0] is not None) == is_shown
    assert row[2] == ("shown" if is_shown else "suppressed")


@pytest.mark.parametrize(("count", "rounded"), [(10, 10), (12, 10), (13, 15), (17, 15), (18, 20), (10_001, 10_000)])
def test_what_is_shown_is_rounded_to_five(count: int, rounded: int) -> None:
    assert shown((count, None))[0][0] == rounded


@pytest.mark.parametrize(("numerator", "is_shown"), [(9, False), (10, True), (90, True), (91, False), (100, False)])
def test_a_share_is_withheld_with_its_small_part_whichever_that_is(numerator: int, is_shown: bool) -> None:
    (row,) = shown((numerator, 100))
    assert (row[0] is not None) == is_shown
    assert row[1] == 100


def test_a_rate_whose_numerator_is_no_part_of_the_denominator_has_no_rest() -> None:
    (row,) = shown((98, 100), is_share=False)
    assert row[:2] == (100, 100)


def test_a_share_is_made_from_rounded_counts_with_an_interval_of_the_same() -> None:
    frame = release(result(table((33, 102))), POLICY, INVENTED).tables["t"].frame
    value, low, high = frame.select("value", "low", "high").row(0)
    assert value == pytest.approx(35 / 100)
    # statsmodels: proportion_confint(35, 100, method="wilson")
    assert (low, high) == (pytest.approx(0.26364, abs=1e-4), pytest.approx(0.44742, abs=1e-4))


def of_people(numerator: int, rest: int, *, denominator: int = 90) -> CountTable:
    """300 of 900 months, and the people behind them, behind the other months and behind all."""
    people = {"numerator_people": numerator, "denominator_people": denominator, "rest_people": rest}
    frame = pl.DataFrame({"place": ["A"], "numerator": [300], "denominator": [900], **people, "deff": [6.0]})
    return CountTable("t", "T", frame, ("place",))


@pytest.mark.parametrize(
    ("numerator", "rest", "is_shown"), [(9, 50, False), (10, 50, True), (50, 9, False), (50, 10, True), (1, 1, False)]
)
def test_months_of_nine_people_are_withheld_however_many_they_are(numerator: int, rest: int, is_shown: bool) -> None:
    out = release(result(of_people(numerator, rest)), POLICY, INVENTED).tables["t"]
    row = out.frame.row(0, named=True)
    assert (row["numerator"] is not None, row["value"] is not None) == (is_shown, is_shown)
    assert out.withheld == (not is_shown)
    assert not any(name.endswith("_people") for name in out.frame.columns)


def test_a_denominator_of_nine_people_is_withheld_with_the_rest() -> None:
    row = release(result(of_people(9, 9, denominator=9)), POLICY, INVENTED).tables["t"].frame.row(0, named=True)
    assert (row["numerator"], row["denominator"], row["value"]) == (None, None, None)


def test_an_interval_weighs_months_of_a_person_by_their_design_effect() -> None:
    row = release(result(of_people(40, 60)), POLICY, INVENTED).tables["t"].frame.row(0, named=True)
    # statsmodels: proportion_confint(50, 150, method="wilson")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((1 / 3, 0.262888, 0.412102), abs=1e-5)


def test_a_rate_has_the_exact_interval_of_its_events() -> None:
    frame = release(result(table((35, 20), is_share=False)), POLICY, INVENTED).tables["t"].frame
    # R 4.2: poisson.test(35, 20)
    assert frame.select("value", "low", "high").row(0) == pytest.approx((1.75, 1.218939, 2.433826), abs=1e-5)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30))
def test_no_number_that_leaves_the_gate_rests_on_one_to_nine(pairs: list[tuple[int, int]]) -> None:
    cells = [(small, small + rest) for small, rest in pairs]
    released = release(result(table(*cells)), POLICY, INVENTED)
    rows = zip(cells, released.tables["t"].frame.iter_rows(named=True), strict=True)
    for (numerator, denominator), row in rows:
        if min(numerator, denominator - numerator) < 10:
            assert row["numerator"] is row["value"] is row["low"] is row["high"] is None
        if denominator < 10:
            assert row["denominator"] is None
        assert all(row[c] is None or row[c] % 5 == 0 for c in ("numerator", "denominator"))
    withheld = sum(row["numerator"] is None for row in released.tables["t"].frame.iter_rows(named=True))
    assert released.withheld == withheld


def test_what_is_derived_sees_released_tables_only() -> None:
    seen: list[pl.DataFrame] = []

    def make(frames: object) -> pl.DataFrame:
        seen.append(frames["t"])
        return frames["t"].select("numerator")

    release(result(table((33, 102), (3, 50)), derived=(Derived("d", "D", make),)), POLICY, INVENTED)
    assert seen[0]["numerator"].to_list() == [35, None]


def test_the_sentence_is_made_from_released_tables() -> None:
    said = replace(result(table((33, 102))), say=lambda frames: str(frames["t"]["numerator"][0]))
    assert release(said, POLICY, INVENTED).sentence == "35"


@pytest.mark.parametrize(("n", "is_shown"), [(9, False), (10, True)])
def test_an_estimate_stands_only_on_ten_and_the_backing_stays_inside(n: int, is_shown: bool) -> None:
    frame = pl.DataFrame({"term": ["a"], "estimate": [0.5], "n": [n]})
    out = release(result(EstimateTable("m", "M", frame)), POLICY, INVENTED).tables["m"].frame
    assert "n" not in out.columns
    assert (out["estimate"][0] is not None) == is_shown


@pytest.mark.parametrize(("df", "refused"), [(9, True), (10, False)])
def test_a_model_with_too_few_degrees_of_freedom_is_refused(df: int, refused: bool) -> None:
    made = result(table((50, 100)), residual_df=df)
    if refused:
        with pytest.raises(ReleaseRefused, match="GATE-05"):
            release(made, POLICY, INVENTED)
    else:
        assert release(made, POLICY, INVENTED)


def test_figures_of_real_children_are_refused_until_complementary_suppression_is_built() -> None:
    with pytest.raises(ReleaseRefused, match="GATE-04"):
        release(result(table((50, 100))), POLICY, replace(INVENTED, is_invented=False))


PUBLISHED = PublishedTable("p", "P", pl.DataFrame({"numerator": [3], "denominator": [7]}), "DfE")


def test_published_figures_pass_unchanged_under_the_public_policy_with_their_source() -> None:
    out = release(result(PUBLISHED), POLICIES["public"], replace(INVENTED, is_invented=False))
    assert out.tables["p"].frame.equals(PUBLISHED.frame)
    assert out.sources == ("DfE",)


def test_our_own_counts_do_not_pass_as_public_nor_published_ones_as_ours() -> None:
    with pytest.raises(ReleaseRefused, match="GATE-02"):
        release(result(table((50, 100))), POLICIES["public"], INVENTED)
    with pytest.raises(ReleaseRefused, match="GATE-02"):
        release(result(PUBLISHED, table((50, 100))), POLICIES["public"], INVENTED)
    with pytest.raises(ReleaseRefused, match="GATE-03"):
        release(result(PUBLISHED), POLICY, INVENTED)


def test_nobody_counted_is_said_and_no_policy_means_no_release() -> None:
    with pytest.raises(NothingToRelease, match="GATE-01"):
        release(result(), POLICY, INVENTED)
    with pytest.raises(NothingToRelease, match="GATE-01"):
        release(result(table()), POLICY, INVENTED)
    with pytest.raises(UsageError, match="POLICY-01"):
        policy_named("none")


def test_attrition_is_rounded_and_withheld_like_any_count() -> None:
    flow = pl.DataFrame({"step": ["a", "b"], "sentence": ["A.", "B."], "n": [103, 7]})
    out = release(result(table((50, 100)), flows={"p": flow}, n_in=103, n_used=7), POLICY, INVENTED)
    assert out.flows["p"]["n"].to_list() == [105, None]
    assert (out.n_in, out.n_used) == (105, None)


def test_statuses_are_ordered_so_that_the_worst_is_the_greatest() -> None:
    assert max(Status.SHOWN, Status.SECONDARY, Status.SUPPRESSED) is Status.SUPPRESSED
    assert Status.SHOWN < Status.NO_DATA < Status.SUPPRESSED


def test_protect_keeps_dimensions_and_says_why_a_cell_is_empty() -> None:
    frame = pl.DataFrame({"la": ["a", "a", "b"], "need": ["x", "y", "x"], "count": [12, 4, None]})
    out = protect(frame, ["la"], ["need"], "count", POLICY)
    assert out.table.rows() == [
        ("a", "x", "shown", 10),
        ("a", "y", "suppressed", None),
        ("b", "x", "no_data", None),
    ]
    assert out.withheld == 1
