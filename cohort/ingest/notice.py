"""Notices: a short text for the officer who must act, at each change. They hold counts, codes and numbers of ours.

A receipt and a line of the history give the same notice, for both are told by the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from cohort.ingest import answers
from cohort.ingest.receipt import Receipt, Standing
from cohort.store.status import Status


@dataclass(frozen=True)
class Told:
    """What a notice is made of. `unexplained`: codes of queries without a reason; `cause`: code of a refusal.

    `n_errors`, `n_queries`: findings that still want an answer. `left_out`: rows. `by`: the submission that took
    its place.
    """

    status: Status
    submission: int
    n_errors: int = 0
    n_queries: int = 0
    unexplained: Collection[str] = ()
    remembered: Collection[str] = ()
    left_out: int = 0
    cause: str = ""
    by: int | None = None


def notice(told: Told) -> str:
    """What happened, and what is to be done next."""
    return f"Submission {told.submission}: {NOTICES[told.status](told)}"


def of_receipt(receipt: Receipt) -> str:
    """The notice of a return that was sent."""
    if receipt.status is Standing.ALREADY:
        return f"Submission {receipt.submission}: received already. Nothing was changed; sign it if that is to be done."
    told = Told(
        Status(receipt.status.value),
        receipt.submission or 0,
        n_errors=receipt.n_errors,
        n_queries=answers.unexplained(receipt.places, receipt.explained).height,
        unexplained=receipt.unexplained,
        remembered=set(receipt.remembered) & set(receipt.unexplained),
        left_out=sum(receipt.set_aside.values()),
        cause=receipt.refusal[0] if receipt.refusal else "",
    )
    return notice(told)


def to_do(n_errors: int, n_queries: int) -> str:
    """`3 errors: correct them or leave their rows out with a reason; 2 queries: correct or explain`."""
    parts = []
    if n_errors:
        parts.append(f"{_counted(n_errors, 'error')}: correct {_them(n_errors)} or leave the rows out with a reason")
    if n_queries:
        parts.append(f"{_counted(n_queries, 'query', 'queries')}: correct or explain")
    return "; ".join(parts)


def _held(told: Told) -> str:
    if told.by is not None:
        return f"held, and overtaken: submission {told.by} holds in its place. Nothing is left to do here."
    waits = to_do(told.n_errors, told.n_queries) or "send it again with your answers"
    codes = f" Wanting a reason: {', '.join(sorted(told.unexplained))}." if told.unexplained else ""
    offered = f" Last year you gave a reason for {', '.join(sorted(told.remembered))}." if told.remembered else ""
    return f"held, nothing of it is in the record yet. {waits}.{codes}{offered} Then send the file again."


def _accepted(told: Told) -> str:
    left = f" {_counted(told.left_out, 'row')} left out; a corrected return may still be sent." if told.left_out else ""
    return f"accepted.{left} Sign it when your figures are final."


def _refused(told: Told) -> str:
    cause = f" ({told.cause})" if told.cause else ""
    return f"refused{cause}, nothing of it is kept. Correct the file in your own system and send it again."


def _superseded(told: Told) -> str:
    by = f"submission {told.by}" if told.by is not None else "a later return"
    return f"superseded, {by} took its place. Nothing is left to do here."


def _signed(_: Told) -> str:
    return "signed. Nothing is left to do; a later return would take its place and want a signature of its own."


def _withdrawn(_: Told) -> str:
    return "withdrawn, it holds no longer. Send the return that holds in its stead."


NOTICES: dict[Status, Callable[[Told], str]] = {
    Status.HELD: _held,
    Status.ACCEPTED: _accepted,
    Status.REFUSED: _refused,
    Status.SUPERSEDED: _superseded,
    Status.SIGNED: _signed,
    Status.WITHDRAWN: _withdrawn,
}


def _counted(n: int, one: str, many: str = "") -> str:
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def _them(n: int) -> str:
    return "it" if n == 1 else "them"
