"""What an authority sent, and what became of it; accepted returns are signed here."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from screens.calls import Desk, SubmissionLine
from screens.guard import attempt
from screens.words import capital, count, plain

ACCEPTED = "accepted"
SAID = "history-said"
"""Where the session keeps what is to be said after the page is drawn again."""
STATUSES = (
    ("Accepted", "in the record."),
    ("Held", "waits for corrections or reasons."),
    ("Refused", "could not be read; nothing of it is kept."),
    ("Superseded", "a later return took its place; both stay."),
    ("Signed", "signed off by the authority."),
)


def draw(desk: Desk) -> None:
    """The screen."""
    st.title("History")
    st.markdown(f"Returns sent for **{plain(desk.authority_name)}** (authority {desk.authority}), newest first.")
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID))
    lines = attempt(desk.history)
    if lines is None:
        return
    if not lines:
        st.info("Nothing was sent yet.")
        return
    st.table([_row(line) for line in lines], hide_index=True)
    st.markdown("\n".join(f"- {plain(line.notice)}" for line in lines))
    st.caption(" ".join(f"{status}: {words}" for status, words in STATUSES))
    _sign(desk, [line for line in lines if line.status == ACCEPTED])


def _row(line: SubmissionLine) -> dict[str, str]:
    return {
        "Submission": str(line.submission),
        "Return": _name(line),
        "Status": capital(line.status),
        "Received": f"{line.received_at.day} {line.received_at:%B %Y, %H:%M}",
        "Rows": f"{line.rows:,}",
        "Errors": f"{line.n_errors:,}",
        "Queries": f"{line.n_queries:,}",
    }


def _name(line: SubmissionLine) -> str:
    return f"{line.collection} {line.year}" if line.collection else "not read"


def _sign(desk: Desk, accepted: Sequence[SubmissionLine]) -> None:
    st.header("Sign off")
    if not accepted:
        st.markdown("No accepted return waits for a signature.")
        return
    st.markdown(f"{capital(count(len(accepted), 'accepted return'))} may be signed. To sign says: this is our return.")
    by_number = {line.submission: line for line in accepted}
    with st.form("sign"):
        number = st.selectbox("Return", list(by_number), format_func=lambda n: f"Submission {n}: {_name(by_number[n])}")
        if st.form_submit_button("Sign this return", type="primary"):
            attempt(_signed, desk, number)


def _signed(desk: Desk, submission: int) -> None:
    desk.sign(submission)
    st.session_state[SAID] = f"Submission {submission} is signed."
    st.rerun()
