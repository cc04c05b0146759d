"""A receipt as it is seen: what became of a return, what was found and where, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from cohort.ingest.receipt import Receipt, Standing
from screens.calls import Desk
from screens.guard import later, refuse
from screens.words import capital, count, plain

SHOWN = 200
"""Findings on the screen; the downloads hold all of them."""

QUERY = "query"
"""The level of a finding that wants a reason."""

KINDS = {
    "html": ("Web page", "text/html"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("CSV", "text/csv"),
    "json": ("JSON", "application/json"),
}


def status(receipt: Receipt) -> None:
    """What became of it, in plain words; a refusal in those of the command line."""
    number = f"submission {receipt.submission}"
    left = sum(receipt.set_aside.values())
    if receipt.refusal is not None:
        refuse(*receipt.refusal, heading="**Refused.** The file cannot be taken in, and nothing of it is kept.")
    elif receipt.status is Standing.ACCEPTED:
        out = f" {capital(count(left, 'row'))} {'was' if left == 1 else 'were'} left out." if left else ""
        st.success(f"**Accepted.** The return is in the record as {number}.{out}")
    elif receipt.status is Standing.ALREADY:
        st.info(f"**Already received.** The same content is in the record as {number}. Nothing was changed.")
    elif receipt.status is Standing.HELD:
        st.warning(f"**Held.** The return waits as {number}: see below what to do next.")
    else:
        _judged(receipt)


def _judged(receipt: Receipt) -> None:
    queries = receipt.places.height - receipt.n_errors
    if not receipt.places.height:
        st.success("**No problems were found.** Nothing was sent or kept.")
        return
    said = [
        count(n, one, many) for n, one, many in ((receipt.n_errors, "error", ""), (queries, "query", "queries")) if n
    ]
    st.warning(
        f"**Checked: {' and '.join(said)}.** Nothing was sent or kept. A row with an error is left out of the "
        "record unless it is corrected; a query wants a correction or a reason."
    )


def findings(receipt: Receipt) -> None:
    """Findings by place, those of headings first, at most SHOWN of them."""
    total = receipt.places.height
    if not total:
        return
    st.subheader("What was found, and where")
    once = receipt.places_once()
    shown = replace(receipt, places=once.head(SHOWN)).places_in_words()
    if once.height > SHOWN:
        st.markdown(f"The first {SHOWN} of {total:,} findings. The downloads below hold all of them.")
    with st.container(key="findings"):
        st.table([_finding(row) for row in shown.iter_rows(named=True)], hide_index=True)


def _finding(row: Mapping[str, Any]) -> dict[str, str]:
    dfe = f" (DfE {row['dfe_rule']})" if row["dfe_rule"] else ""
    return {
        "Kind": capital(row["level"]),
        "Table": plain(row["table"]),
        "Row": "every row" if row["row"] is None else str(row["row"]),
        "Item": plain(row["column"]),
        "Finding": plain(row["sentence"]),
        "What to do": plain(row["advice"]),
        "Rule": plain(f"{row['code']}{dfe}"),
    }


def queries(receipt: Receipt) -> list[tuple[str, int, str]]:
    """Code, number of places and sentence of each query, in order of code."""
    one_each = replace(receipt, places=receipt.places.unique(subset="code", keep="first").sort("code"))
    return [
        (row["code"], receipt.findings[row["code"]], row["sentence"])
        for row in one_each.places_in_words().iter_rows(named=True)
        if row["level"] == QUERY
    ]


def counts(receipt: Receipt) -> None:
    """Rows by table, children known and new, what changed, what was put right, which rules were not run."""
    if receipt.refusal is not None:
        return
    st.subheader("What the return holds")
    about = [receipt.collection, receipt.year, f"authority {receipt.authority}" if receipt.authority else None]
    st.markdown(plain(", ".join(str(part) for part in about if part)))
    rows = [
        {"Table": plain(name), "Rows": f"{n:,}", "Left out": f"{receipt.set_aside.get(name, 0):,}"}
        for name, n in receipt.rows.items()
    ]
    st.table(rows, hide_index=True)
    if "known" in receipt.linked:
        known, new = receipt.linked["known"], receipt.linked["new"]
        st.markdown(f"Children: {known:,} known to the record already, {new:,} new.")
    _changes(receipt)
    if receipt.notes:
        st.markdown(
            "**Put right on the way**\n\n" + "\n".join(f"- {plain(note)}: {n:,}" for note, n in receipt.notes.items())
        )
    if receipt.not_run:
        n, codes = count(len(receipt.not_run), "rule"), plain(", ".join(receipt.not_run))
        day = "is not looked at in a dry run" if receipt.census_has_come else "has not come"
        lacking = f"last year's return, or census day, which {day}" if receipt.is_dry_run else "last year's return"
        st.markdown(f"{n} that look at {lacking} were not run: {codes}.")


def _changes(receipt: Receipt) -> None:
    if receipt.supersedes is None:
        return
    st.markdown(f"It replaces submission {receipt.supersedes}; both stay in the record.")
    changed = [
        {"Table": plain(name), "Before": f"{before:,}", "Now": f"{now:,}"}
        for name, (before, now) in receipt.difference.get("rows", {}).items()
    ]
    if changed:
        st.table(changed, hide_index=True)


def downloads(desk: Desk, receipt: Receipt) -> None:
    """The whole report, in four formats."""
    st.subheader("Download the report")
    for column, (kind, (words, mime)) in zip(st.columns(len(KINDS)), KINDS.items(), strict=True):
        column.download_button(
            words,
            later(desk.report, receipt, kind),
            file_name=f"report-{receipt.collection or 'return'}-{receipt.year or 'unread'}.{kind}",
            mime=mime,
            on_click="ignore",
            key=f"report-{kind}",
            width="stretch",
        )
