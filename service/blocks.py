"""Blocks of rules: the operator lifts one for an authority and year, with a reason, or puts it back."""

from __future__ import annotations

from collections.abc import Sequence

from cohort.errors import UsageError
from cohort.ingest.check import rules
from cohort.ingest.format import Level
from cohort.store import lifts
from cohort.store.lifts import Lift
from cohort.store.roles import Role, acting
from service.access import Principal, asked
from service.office import Office


def set_block(
    office: Office, principal: Principal, code: str, authority: str, year: int, reason: str, *, is_lifted: bool
) -> None:
    """Lift the block of a rule, or put it back. Raises UsageError without a reason, or where no such rule blocks."""
    subject = f"{'lift' if is_lifted else 'restore'} {code} for {authority} in {year}"
    with asked(office.engine, principal, "blocks", subject):
        if not reason.strip():
            raise UsageError("BLOCK-01", "A block is lifted or put back for a reason.", "Say why, without names.")
        rule = rules().get(code)
        if rule is None or rule.level is not Level.ERROR:
            raise UsageError(
                "BLOCK-02",
                "No rule of that code blocks a return.",
                "Errors of rules can be lifted; a cell that cannot be read has no value to keep.",
            )
        with acting(office.engine, Role.OPERATOR) as connection:
            given = {"is_lifted": is_lifted, "reason": reason.strip(), "account": principal.account}
            lifts.enter(connection, authority, year, code, **given)


def blocks(office: Office, principal: Principal) -> Sequence[Lift]:
    """The last word on every rule that was ever lifted."""
    with asked(office.engine, principal, "blocks", "list"), acting(office.engine, Role.OPERATOR) as connection:
        return lifts.words(connection)
