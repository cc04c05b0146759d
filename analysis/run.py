"""run(): a study is built, computed, let through the gate and entered in the ledger; nothing else is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Protocol

from threadpoolctl import threadpool_limits

from analysis.disclosure.gate import release
from analysis.disclosure.policy import Policy, policy_named
from analysis.release import Provenance, Release
from analysis.study import Picks, Study
from analysis.study import study as study_named
from cohort.errors import ReleaseRefused
from cohort.snapshot import Snapshot, open_snapshot


class Ledger(Protocol):
    """Where releases are entered: who saw what of whom, against differencing and for provenance."""

    def earlier(self, study: str) -> Iterable[Mapping[str, Any]]:
        """Records of earlier releases of a study."""
        ...

    def enter(self, record: Mapping[str, Any]) -> None:
        """Enter a release. Raises if it cannot: then nothing is released."""
        ...


def run(
    study: Study | str,
    *,
    snapshot: Snapshot | str,
    policy: Policy | str,
    ledger: Ledger | None = None,
    account: str = "script",
    at: datetime | None = None,
    caution: str = "",
    choices: Mapping[str, str] | None = None,
    **more: str,
) -> Release:
    """Run a study on a snapshot and let its result through the gate under a policy.

    Choices are given by name, or as a mapping. `at`: the time to be recorded, now where not given. `caution`: a
    sentence about the snapshot that the record knows and the snapshot does not. Raises UsageError for names and
    choices that are not offered, ReleaseRefused where the policy refuses or no ledger is at hand.
    """
    if ledger is None:
        raise ReleaseRefused("RUN-01", "Without a ledger nothing is released.", "Hand a ledger to run().")
    asked = study_named(study) if isinstance(study, str) else study
    rules = policy_named(policy) if isinstance(policy, str) else policy
    frozen = open_snapshot(snapshot) if isinstance(snapshot, str) else snapshot
    picks = asked.pick({**(choices or {}), **more})
    table = asked.build(frozen, picks)
    # Matrices are small: several threads wait for each other longer than they work.
    with threadpool_limits(1, user_api="blas"):
        result = asked.compute(table, picks)
    origin = _provenance(asked, picks, frozen, rules, at or datetime.now(UTC), account)
    released = release(result, rules, replace(origin, caution=caution))
    ledger.enter(released.record())
    return released


def _provenance(
    study: Study, picks: Picks, snapshot: Snapshot, policy: Policy, at: datetime, account: str
) -> Provenance:
    return Provenance(
        study=study.name,
        question=study.question,
        choices=dict(picks),
        snapshot=snapshot.name,
        snapshot_digest=snapshot.digest,
        as_known_at=snapshot.manifest.as_known_at,
        is_invented=snapshot.manifest.is_invented,
        software_version=version("cohort-0-25"),
        policy=policy.name,
        at=at,
        account=account,
    )
