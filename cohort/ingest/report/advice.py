"""What a standing means for the officer who sent the return, and what is to be done next."""

from __future__ import annotations

from collections.abc import Iterable

from cohort.ingest.answers import LAST_YEAR
from cohort.ingest.receipt import Receipt, Standing
from cohort.ingest.report.shown import REASON, counted, shown

FEW = 5
"""Names that are written out where many might be."""
MEANINGS = {
    Standing.ACCEPTED: "The return is in the record.",
    Standing.HELD: "The return waits for you. None of its records is in the record yet.",
    Standing.ALREADY: "The record holds this content already. Nothing was changed.",
    Standing.JUDGED: "The return was judged on this machine. Nothing was sent to anybody.",
}


def meaning(receipt: Receipt) -> str:
    """What became of the return, in a sentence or two; for a refused file, why."""
    if receipt.refusal is not None:
        code, sentence, _ = receipt.refusal
        return f"The whole file was refused and none of its records was kept. {code}: {shown(sentence, 300)}"
    return MEANINGS.get(receipt.status, "The whole file was refused and none of its records was kept.")


def next_steps(receipt: Receipt) -> tuple[str, ...]:
    """What is to be done, in order."""
    if receipt.refusal is not None:
        return (shown(receipt.refusal[2], 300) or "Correct the file and send it again.",)
    steps = {
        Standing.ACCEPTED: _accepted,
        Standing.HELD: _held,
        Standing.JUDGED: _judged,
        Standing.ALREADY: _already,
    }.get(receipt.status)
    return tuple(steps(receipt)) if steps else ("Nothing is left to do.",)


def _already(receipt: Receipt) -> Iterable[str]:
    yield "If this is not the file that you meant, send the other one."
    yield f"If it is not signed yet, sign it when your figures are final{_signing(receipt)}."


def _signing(receipt: Receipt) -> str:
    return "" if receipt.submission is None else f": cohort sign {receipt.submission}, or the page History"


def _of_no_finding(receipt: Receipt) -> Iterable[str]:
    if receipt.idle:
        more = f" and {len(receipt.idle) - FEW} more" if len(receipt.idle) > FEW else ""
        named = ", ".join(shown(name) for name in receipt.idle[:FEW])
        yield f"These reasons are for no finding of this return, check what they name: {named}{more}."


def _accepted(receipt: Receipt) -> Iterable[str]:
    aside = sum(receipt.set_aside.values())
    if aside:
        left = counted(aside, "record was", "records were")
        yield f"{left} set aside and left out. Correct them in your system and send the return again."
    yield from _of_no_finding(receipt)
    yield f"When your figures are final, sign the return{_signing(receipt)}."


def _held(receipt: Receipt) -> Iterable[str]:
    if receipt.n_errors:
        yield (
            f"Correct {counted(receipt.n_errors, 'error')} in your system and send the return again; or confirm, "
            'with a reason, that the records with errors are to be left out: --confirm "…", or on the screen.'
        )
    if receipt.unexplained:
        example = f'--explain {receipt.unexplained[0]}="…"'
        yield (
            f"Give a reason for each of these queries, or correct the records: {', '.join(receipt.unexplained)}. Write "
            f"it when you send the file again, as in {example}, or on the screen."
        )
    yield from _of_no_finding(receipt)
    for code, words in receipt.remembered.items():
        if code in receipt.unexplained:
            yield (
                f"For {code}, last year you said: {shown(words, REASON)} Is it so again? Say so with "
                f"--explain {code}={LAST_YEAR}, or with the tick on the screen."
            )


def _judged(receipt: Receipt) -> Iterable[str]:
    if receipt.n_errors:
        yield (
            f"Correct {counted(receipt.n_errors, 'error')} in your system, export the return and judge it again. A "
            "record with an error would be set aside, and all that hangs below it."
        )
    if receipt.places.height > receipt.n_errors:
        yield (
            "Look at each query. Correct the record where it is wrong; where it is right, note the reason: you "
            "are asked for it when you send the return."
        )
    if receipt.places.is_empty():
        yield "Nothing is left to do: the return can be sent."
