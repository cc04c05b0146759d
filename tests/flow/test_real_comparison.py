"""Useful on its first day: the real 2024 figures of all authorities, compared under the policy `public`."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from analysis.ledger import FileLedger
from analysis.models import funnel
from analysis.run import run
from cohort.errors import ReleaseRefused
from cohort.reference.read import read
from cohort.reference.store import load
from cohort.snapshot import Snapshot, open_snapshot
from cohort.snapshot.cut import Cut, cut
from cohort.vault import keys
from cohort.vault.project import project_key
from tests.postgres import Databases

pytestmark = pytest.mark.real_data
FILES = ("timeliness_20_week", "requests", "send_tribunals_appeal_rate_2014_2024")


@pytest.fixture(scope="session")
def published(embedded_server: Databases, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("published")
    release = real_data / "official" / "ehc_plans_2025"
    with embedded_server.fresh() as engine:
        with engine.begin() as connection:
            load(connection, [read(release / f"{name}.csv") for name in FILES], "tests")
        rekey, key_id = project_key(keys.throwaway(), "tests")
        cut(engine, folder, Cut("published", rekey, key_id))
    return open_snapshot(folder / "published")


def compared(published: Snapshot, tmp_path: Path, measure: str):
    return run(
        "la_comparison",
        snapshot=published,
        policy="public",
        ledger=FileLedger(tmp_path),
        source="published",
        measure=measure,
        year="2024",
    )


@pytest.mark.parametrize(
    ("measure", "england", "comparable", "phi"),
    [("within_20_weeks", 0.4643, 151, 160), ("refused", 0.252, 153, 1), ("appeals", 0.0323, 151, 1)],
)
def test_the_real_figures_of_2024_are_compared_unchanged(
    published: Snapshot, tmp_path: Path, measure: str, england: float, comparable: int, phi: float
) -> None:
    release = compared(published, tmp_path, measure)
    table = release.tables["authorities"].frame
    assert table.height == 153
    assert table.filter(status="shown").height == comparable
    assert table["numerator"].sum() / table["denominator"].sum() == pytest.approx(england, abs=6e-4)
    assert release.tables["funnel"].frame["phi"][0] > phi
    assert release.provenance.policy == "public"
    assert "Open Government Licence" in release.sources[0]


def test_timeliness_is_the_known_sum_and_no_authority_is_lost(published: Snapshot, tmp_path: Path) -> None:
    table = compared(published, tmp_path, "within_20_weeks").tables["authorities"].frame
    assert table.select("numerator", "denominator").sum().row(0) == (39_407, 84_866)
    absent = table.filter(pl.col("status") != "shown")
    assert set(absent["authority"]) >= {"City of London"}
    assert absent["status"].null_count() == 0


def test_without_over_dispersion_most_authorities_would_be_outliers(published: Snapshot, tmp_path: Path) -> None:
    """The trap: on the real rates a plain funnel puts about 126 to 129 of 150 authorities outside 99.8 % limits."""
    table = compared(published, tmp_path, "within_20_weeks").tables["authorities"].frame.drop_nulls("numerator")
    plain = funnel.fit(table, "authority_code", "numerator", "denominator", overdispersion=False)
    over = funnel.fit(table, "authority_code", "numerator", "denominator")
    flagged = [int(pl.DataFrame(f.units)["outlier"].fill_null(value=False).sum()) for f in (plain, over)]
    assert 120 <= flagged[0] <= 135
    assert flagged[1] <= 1


def test_figures_that_are_published_do_not_pass_as_a_publication_of_ours(published: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefused, match="GATE-03"):
        run(
            "la_comparison",
            snapshot=published,
            policy="publication",
            ledger=FileLedger(tmp_path),
            source="published",
            year="2024",
        )
