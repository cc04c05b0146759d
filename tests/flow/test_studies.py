"""A question goes out through the gate: measures equal what was planted, studies say it, the ledger knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import polars as pl
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from analysis import draw, files
from analysis.ledger import FileLedger
from analysis.measure import measures
from analysis.release import Release
from analysis.result import Result
from analysis.run import run
from analysis.study import study
from analysis.table import counts
from cohort.errors import ReleaseRefused, UsageError
from cohort.ingest.receipt import Standing
from cohort.snapshot import Snapshot
from tests.flow.conftest import Invented

AT = datetime(2026, 11, 1, tzinfo=UTC)
PLANTED = {
    "plans_in_force": "plans.in_force",
    "requests": "requests.received",
    "refused": "requests.refused_of_received",
    "within_20_weeks": "plans.within_20_weeks",
}


def asked(invented: Invented, tmp_path: Path, name: str, policy: str = "publication", **choices: str) -> Release:
    ledger = FileLedger(tmp_path / "ledger")
    return run(name, snapshot=invented.snapshot, policy=policy, ledger=ledger, at=AT, **choices)


@pytest.fixture(scope="module")
def released(invented: Invented, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Release]:
    """What was asked before is not asked again."""
    return cache(partial(asked, invented, tmp_path_factory.mktemp("released")))


def test_clean_invented_returns_raise_no_finding_and_are_accepted(invented: Invented) -> None:
    assert {r.status for r in invented.receipts} == {Standing.ACCEPTED}
    assert [r.findings for r in invented.receipts if r.findings] == []


def test_movers_are_one_person(invented: Invented) -> None:
    trait = invented.snapshot.tables["person_trait"]
    homes = trait.group_by("person_id").aggregate(n=trait.authority_code.nunique()).to_polars()
    assert homes.filter(pl.col("n") > 1).height > 20
    assert homes["n"].max() <= 4


@pytest.mark.parametrize("name", PLANTED)
def test_a_measure_equals_what_was_planted_in_every_authority_and_year(invented: Invented, name: str) -> None:
    found = counts(invented.snapshot, [measures()[name]]).counts
    planted = pl.DataFrame(
        [
            (e["year"] - 1, e["authority_code"], e["numerator"], e["denominator"])
            for e in invented.truth["estimands"]
            if e["id"] == PLANTED[name]
        ],
        schema={"year": pl.Int64, "authority_code": pl.String, "n": pl.Int64, "of": pl.Int64},
        orient="row",
    )
    both = planted.join(found, on=["year", "authority_code"], how="left").with_columns(
        pl.col("numerator").fill_null(0), pl.when(pl.col("of").is_not_null()).then(pl.col("denominator").fill_null(0))
    )
    assert both.height == 36
    assert both["n"].equals(both["numerator"].rename("n"))
    if found["denominator"].is_not_null().any():
        assert both["of"].equals(both.select(of=pl.col("denominator").fill_null(0))["of"])


def test_appeals_equal_the_flags_planted(invented: Invented) -> None:
    found = counts(invented.snapshot, [measures()["appeals"]]).counts
    planted = sum(e["numerator"] for e in invented.truth["estimands"] if e["id"] == "appeals.registered")
    assert found["numerator"].sum() == planted


def test_attrition_is_counted_step_by_step(invented: Invented) -> None:
    flow = measures()["within_20_weeks"].denominator.population.flow(invented.snapshot)
    assert flow["n"].is_sorted(descending=True)
    assert flow.height == 4


def test_a_release_is_entered_in_the_ledger(invented: Invented, tmp_path: Path) -> None:
    release = asked(invented, tmp_path, "leavers")
    entered = FileLedger(tmp_path / "ledger").earlier("leavers")
    assert [entry["release"] for entry in entered] == [release.provenance.release_id]


def test_the_comparison_finds_no_authority_outside_where_none_was_planted_outside(
    released: Callable[..., Release],
) -> None:
    release = released("la_comparison", "publication", measure="within_20_weeks")
    funnel = release.tables["funnel"].frame
    assert set(funnel["group"]) == {"not distinguishable from England"}
    assert funnel["tau2"][0] > 0
    assert funnel["authority"].is_sorted()
    england = release.tables["england"].frame
    assert funnel["target"][0] == england["value"].item(), "with those among them whose own figures are withheld"
    apart = england["denominator"].item() - release.tables["authorities"].frame["denominator"].sum()
    assert abs(apart) <= 2 * len(funnel) + 2, "each is rounded to five"
    assert set(draw.charts(release)) == {"authorities", "funnel"}


def test_the_multilevel_study_recovers_the_planted_effects(
    invented: Invented, released: Callable[..., Release]
) -> None:
    release = released("timeliness_model", "publication")
    dgp = invented.truth["dgp"]
    terms = release.tables["terms"].frame
    for term, effect in {"sex[M]": "in_time_male", "need[SEMH]": "in_time_semh"}.items():
        found = terms.filter(term=term).row(0, named=True)
        assert found["low"] < dgp[effect] < found["high"], f"{effect} lies in its interval"
    assert terms.filter(term="need[SEMH]")["high"].item() < 0, "and that of need is no null"
    planted = {a["name"]: a["timeliness"] for a in invented.truth["la"]}
    variance = release.tables["variance"].frame.filter(group="authority").row(0, named=True)
    assert variance["low"] < pl.Series(planted.values()).var() < variance["high"], "of these twelve authorities"
    effects = release.tables["authorities"].frame
    pairs = [(e["estimate"], planted[e["level"]]) for e in effects.drop_nulls("estimate").iter_rows(named=True)]
    both = pl.DataFrame(pairs, schema=["found", "planted"], orient="row")
    assert both.select(pl.corr("found", "planted")).item() > 0.8


def test_without_a_ledger_nothing_is_released(invented: Invented) -> None:
    with pytest.raises(ReleaseRefused, match="RUN-01"):
        run("outcome_summary", snapshot=invented.snapshot, policy="publication")


def test_a_study_computes_with_one_thread_of_linear_algebra(invented: Invented, tmp_path: Path) -> None:
    """Several wait for each other longer than they work, wherever the processor is shared."""
    seen = []

    def compute(*given: object) -> Result:
        seen.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")
        return study("leavers").compute(*given)  # type: ignore[arg-type]

    with threadpool_limits(2, user_api="blas"):
        run(
            replace(study("leavers"), compute=compute),
            snapshot=invented.snapshot,
            policy="research",
            ledger=FileLedger(tmp_path),
            at=AT,
        )
    assert set(seen) == {1}


def test_a_ledger_that_cannot_write_stops_the_release(invented: Invented) -> None:
    class Broken(FileLedger):
        def enter(self, record: object) -> None:
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        run("outcome_summary", snapshot=invented.snapshot, policy="publication", ledger=Broken(Path("x")))


def test_real_children_are_refused_at_the_end_of_the_same_road(invented: Invented, tmp_path: Path) -> None:
    manifest = replace(invented.snapshot.manifest, is_invented=False)
    real = Snapshot(invented.snapshot.path, manifest, invented.snapshot.tables)
    with pytest.raises(ReleaseRefused, match="GATE-04"):
        run("outcome_summary", snapshot=real, policy="publication", ledger=FileLedger(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_offered_is_refused_with_what_is(invented: Invented, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="STUDY-01"):
        study("nothing")
    with pytest.raises(UsageError, match="STUDY-02"):
        asked(invented, tmp_path, "la_comparison", colour="blue")
    with pytest.raises(UsageError, match="STUDY-03"):
        asked(invented, tmp_path, "la_comparison", measure="surname")
    with pytest.raises(UsageError, match="TABLE-01"):
        asked(invented, tmp_path, "la_comparison", "public", source="published")


def test_the_same_question_of_the_same_snapshot_has_the_same_id(
    invented: Invented, released: Callable[..., Release], tmp_path: Path
) -> None:
    first, again = released("outcome_summary", "publication"), asked(invented, tmp_path, "outcome_summary")
    other = released("outcome_summary", "publication", group="sex")
    assert first.provenance.release_id == again.provenance.release_id != other.provenance.release_id
    assert first.tables["shares"].frame.equals(again.tables["shares"].frame)


def test_a_text_that_looks_like_a_formula_is_made_harmless_in_files() -> None:
    frame = files.safe(pl.DataFrame({"a": ["=1+1", "＝cmd", "-3", "fine", None], "n": [-1, 2, 3, 4, 5]}))
    assert frame["a"].to_list() == ["'=1+1", "'＝cmd", "'-3", "fine", None]
    assert frame["n"].to_list() == [-1, 2, 3, 4, 5]


def test_no_number_of_children_leaves_in_a_warning(invented: Invented, tmp_path: Path) -> None:
    """Sabotage: rows are spoilt so that the model drops few of them and says so; the study must not pass that on."""
    spoilt = invented.snapshot.tables["person"]
    few = spoilt.mutate(sex_code=(spoilt.person_id < "02").ifelse("U", spoilt.sex_code))
    tables = {**invented.snapshot.tables, "person": few}
    snapshot = Snapshot(invented.snapshot.path, invented.snapshot.manifest, tables)
    ledger = FileLedger(tmp_path)
    release = run("timeliness_model", snapshot=snapshot, policy="publication", ledger=ledger, at=AT)
    assert not [words for words in release.warnings if " rows " in words.lower() and any(c.isdigit() for c in words)]
    assert release.n_used % 5 == release.n_in % 5 == 0


def test_the_quality_of_links_is_told_with_the_gaps_between_groups(released: Callable[..., Release]) -> None:
    gaps = released("linkage_quality", "publication").tables["gaps"].frame
    assert gaps.filter(pl.col("trait") == "sex").height > 0
    assert gaps["gap"].is_between(0, 1).all()
