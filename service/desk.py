"""An authority's calls: judge a return, send it, see what became of it, sign it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from cohort.errors import NotAllowed, ReturnRefused, UsageError
from cohort.ingest import report
from cohort.ingest.header import UNSAID, Said
from cohort.ingest.judge import judge, silent
from cohort.ingest.load import Decision, event, refuse
from cohort.ingest.pipeline import ingest
from cohort.ingest.pseudonymise import file_digest
from cohort.ingest.receipt import Receipt, of_refusal
from cohort.ingest.source import Limits, opened
from cohort.schema.calendar import authorities
from cohort.store.roles import acting
from cohort.store.status import Status
from service.access import Principal, asked, role_of
from service.history import SubmissionLine, lines, same_bytes
from service.office import Office
from service.preview import Preview, preview
from service.summary import Summary, summary

Progress = Callable[[str, float], None]
Source = Path | bytes | BinaryIO


@dataclass(frozen=True)
class Desk:
    """The desk at which one authority's officer, or the operator, stands."""

    principal: Principal
    office: Office = field(repr=False)

    @property
    def authority(self) -> str | None:
        """DfE number of the authority; None for the operator, who stands for all."""
        return self.principal.authority_code

    @property
    def authority_name(self) -> str:
        """The authority's latest name."""
        names = {a.authority_code: a.name for a in sorted(authorities(), key=lambda a: a.from_date)}
        return names.get(self.authority or "", "all authorities")

    @property
    def _limits(self) -> Limits:
        return Limits(size=self.office.settings.max_megabytes << 20)

    def validate(self, file: Source, name: str, progress: Progress | None = None, said: Said = UNSAID) -> Receipt:
        """Judge a return; nothing is kept. A refused file has a receipt too. `said`: where the file says it not."""
        with asked(self.office.engine, self.principal, "validate", "a return"):
            try:
                return judge(file, name, progress or silent, self._limits, self._own_said(said))
            except ReturnRefused as error:
                return of_refusal(name, error)

    def preview(
        self,
        file: Source,
        name: str,
        progress: Progress | None = None,
        said: Said = UNSAID,
        *,
        dry_run: bool = False,
    ) -> Preview:
        """Judge a return of this authority and show which indicators it would move; nothing is kept.

        `dry_run`: census day may still be to come.
        """
        with asked(self.office.engine, self.principal, "preview", "a return"):
            return preview(
                self.office, self.principal, file, name, progress or silent, self._own_said(said), dry_run=dry_run
            )

    def submit(
        self,
        file: Source,
        name: str,
        *,
        confirm: str = "",
        explanations: Mapping[str, str] | None = None,
        progress: Progress | None = None,
        tokens: Source | None = None,
        said: Said = UNSAID,
        force: bool = False,
    ) -> Receipt:
        """Send a return in: accepted, held, already received, or refused. `force`: an older extract is meant.

        `explanations`: code of a query, or CODE:TABLE:ROW of one finding, → reason; `last-year` takes over the
        reason given then. `tokens`: what a third party made of the identifiers of a split, whose
        attributes are the `file`.
        """
        action = "submit" if self.authority else "submit any"
        with asked(self.office.engine, self.principal, action, "a return"):
            decision = Decision(self.principal.account, confirm, dict(explanations or {}), force)
            try:
                return ingest(
                    file,
                    name,
                    engine=self.office.engine,
                    ring=self.office.current_ring(),
                    decision=decision,
                    authority=self.authority,
                    progress=progress or silent,
                    limits=self._limits,
                    tokens=tokens,
                    said=self._own_said(said),
                )
            except ReturnRefused as error:
                return of_refusal(name, error, submission=self._keep_refusal(error))

    def _own_said(self, said: Said) -> Said:
        """An officer's file that names no authority is the officer's own."""
        return replace(said, own_authority=self.authority)

    def received(self, file: Path) -> Receipt | None:
        """What the record already holds of exactly these bytes, found by their keyed hash without parsing; else None.

        The hash is under the ring's first key, so a rotation hides nothing.
        """
        with opened(file, self._limits) as source:
            for _ in source.blocks():
                pass
        with acting(self.office.engine, role_of(self.principal)) as connection:
            return same_bytes(connection, file_digest(source.digest, self.office.ring), file.name)

    def _keep_refusal(self, error: ReturnRefused) -> int:
        """Of a refused file its keyed hash and size are kept, where it was read at all."""
        digest = getattr(error, "digest", None)
        keyed = file_digest(digest, self.office.ring) if digest else getattr(error, "keyed_digest", None)
        size = getattr(error, "size", None)
        return refuse(
            self.office.engine,
            code=error.code,
            account=self.principal.account,
            authority=self.authority,
            file_digest=keyed,
            size=size,
        )

    def history(self) -> Sequence[SubmissionLine]:
        """What was sent and what became of it, newest first."""
        with asked(self.office.engine, self.principal, "history", self.authority or "all"):
            return self._lines()

    def summary(self, submission: int, on: date | None = None) -> Summary:
        """What the authority gets back for an accepted return. `on`: the day for the clocks, else census day.

        Raises NotAllowed for a submission that is not this authority's, UsageError for one that was not accepted.
        """
        with asked(self.office.engine, self.principal, "summary", f"submission {submission}"):
            self._own(submission)
            return summary(self.office, self.principal, submission, on)

    def report(self, receipt: Receipt, kind: str) -> bytes:
        """The report of a receipt: html, xlsx, csv, json or text."""
        return report.render(receipt, kind)

    def sign(self, submission: int) -> None:
        """Sign an accepted return off. Raises UsageError where it is not one of this authority's accepted ones."""
        with asked(self.office.engine, self.principal, "sign", f"submission {submission}"):
            line = self._own(submission)
            if not Status(line.status).holds:
                raise UsageError("SIGN-02", f"A {line.status} return cannot be signed.", "Only an accepted one can.")
            if line.status != Status.SIGNED:
                self._enter(submission, Status.SIGNED)

    def withdraw(self, submission: int, reason: str) -> None:
        """Take a return back, with a reason; it holds no longer and stays in the history.

        Raises UsageError without a reason, or where it does not hold.
        """
        with asked(self.office.engine, self.principal, "withdraw", f"submission {submission}"):
            if not reason.strip():
                raise UsageError("WITHDRAW-01", "A withdrawal needs a reason.", "Say why, in words without names.")
            if not Status(self._own(submission).status).is_open:
                raise UsageError("WITHDRAW-02", "This submission does not hold.", "See: cohort submissions")
            self._enter(submission, Status.WITHDRAWN, reason)

    def _own(self, submission: int) -> SubmissionLine:
        line = next((line for line in self._lines() if line.submission == submission), None)
        if line is None:
            raise NotAllowed("SIGN-01", "This submission is not this authority's.", "See: cohort submissions")
        return line

    def _enter(self, submission: int, kind: str, reason: str = "") -> None:
        with acting(self.office.engine, role_of(self.principal)) as connection:
            event(connection, submission, kind, self.principal.account, reason=reason)

    def _lines(self) -> list[SubmissionLine]:
        with acting(self.office.engine, role_of(self.principal)) as connection:
            return lines(connection)
