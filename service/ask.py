"""A reader's calls: which studies there are, on which snapshots, and what they found, through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analysis import files
from analysis.disclosure.policy import policy_named
from analysis.release import Release
from analysis.run import run
from analysis.study import Choice, studies, study
from cohort.snapshot import Snapshot, open_snapshot
from service.access import Principal, asked, role_of
from service.ledger import PostgresLedger
from service.office import Office
from service.snapshots import caution, erasures_missed, named


@dataclass(frozen=True)
class StudyCard:
    """A study as it is offered."""

    name: str
    title: str
    question: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Ask:
    """What a researcher or a policymaker may ask for."""

    principal: Principal
    office: Office = field(repr=False)

    def studies(self) -> Sequence[StudyCard]:
        """Every study, with the choices that it offers."""
        return [StudyCard(s.name, s.title, s.question, s.choices) for s in studies().values()]

    def snapshots(self) -> Sequence[str]:
        """Names of snapshots, newest first."""
        return [manifest.name for manifest in named(self.office.settings.snapshots)]

    def release(self, name: str, *, snapshot: str, policy: str, **choices: str) -> Release:
        """Run a study and let its result through the gate. Raises CohortError where that cannot be."""
        with asked(self.office.engine, self.principal, "release", f"{name} on {snapshot} under {policy}"):
            opened = self._open(snapshot)
            missed = erasures_missed(self.office.engine, role_of(self.principal), opened.manifest)
            return run(
                study(name),
                snapshot=opened,
                policy=policy_named(policy),
                ledger=PostgresLedger(self.office.engine, role_of(self.principal)),
                account=self.principal.account,
                caution=caution(missed),
                choices=choices,
            )

    def files(self, release: Release) -> bytes:
        """A zip of `release.json`, the tables as CSV and the charts as SVG."""
        return files.zipped(release)

    def _open(self, name: str) -> Snapshot:
        return open_snapshot(self.office.settings.snapshots / name, self.office.settings.engine)
