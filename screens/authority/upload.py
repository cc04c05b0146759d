"""Upload a return: check it, send it, and answer what the record asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cohort.ingest.answers import LAST_YEAR
from cohort.ingest.header import Said
from cohort.ingest.receipt import Receipt, Standing
from screens import outcome
from screens.authority import moved
from screens.calls import Desk, Progress
from screens.guard import attempt
from screens.told import Preview
from screens.words import count, plain, station

RECEIPT = "upload-receipt"
"""Where the session keeps the last receipt, with the id of the file that it is of."""
MOVES = "upload-moves"
"""Where it keeps what the file would move, by the file's id."""
Told = TypeVar("Told")
REMINDER = "Write no name, date of birth or number of a child: reasons are kept with the return."
OLDER = "ROUTE-03"
"""The refusal of a file that was made before the one that was sent already."""
YEAR = "upload-year"
"""Where the session keeps the year that the officer said of a file that names none, by the file's id."""
NO_YEAR = "HEAD-15"
"""The refusal of such a file."""
LONGEST = 500
"""Characters of a reason."""


def draw(desk: Desk) -> None:
    """The screen."""
    st.title("Upload a return")
    st.markdown(f"For **{plain(desk.authority_name)}** (authority {desk.authority}).")
    limit = int(st.get_option("server.maxUploadSize"))
    file = st.file_uploader(
        f"The file of the return: XML, CSV, a zip of CSV files or an Excel workbook, up to {limit} MB",
        key="upload-file",
    )
    if file is None:
        st.session_state.pop(RECEIPT, None)
        st.markdown(
            "The return is checked first; nothing is kept until you send it. Names, dates of birth, postcodes and "
            "pupil numbers are replaced before anything is stored."
        )
        return
    dry_run = st.checkbox(
        "Dry run: census day has not come",
        key="upload-dry-run",
        help="Check an extract of the autumn. Rules that look at census day are not run, and nothing can be sent.",
    )
    if st.button("Check the return", type="secondary" if _receipt(file) else "primary", key="upload-check"):
        _check(desk, file, dry_run=dry_run)
    receipt = _receipt(file)
    if receipt is not None:
        st.header("Result")
        outcome.status(receipt)
        outcome.findings(receipt)
        moved.preview(*st.session_state.get(MOVES, {}).get(file.file_id, ((), None)))
        if receipt.refusal is not None and receipt.refusal[0] == NO_YEAR:
            _ask_year(desk, file, dry_run=dry_run)
        else:
            _next(desk, file, receipt)
        outcome.counts(receipt)
        outcome.downloads(desk, receipt)


def _check(desk: Desk, file: UploadedFile, *, dry_run: bool) -> None:
    """Judge the file; what it would move is kept beside its receipt until another file is chosen."""

    def call(told: Progress) -> Preview:
        return desk.preview(file, file.name, told, _said(file), dry_run=dry_run)

    seen = attempt(_climb, "Checking", file, call)
    if seen is not None:
        st.session_state[MOVES] = {file.file_id: (seen.moves, seen.compared_with)}
        _keep(file, seen.receipt.on(date.today()))  # the screen is a door: it has the clock


def _said(file: UploadedFile) -> Said:
    """What the officer said of a file beside what stands in it."""
    return Said(year=st.session_state.get(YEAR, {}).get(file.file_id))


def _ask_year(desk: Desk, file: UploadedFile, *, dry_run: bool) -> None:
    """Of which year is it? Asked where neither the file nor its name says so."""
    st.subheader("Which year is it of?")
    st.markdown("Neither the file nor its name says so. A school year is named by the year in which it ends.")
    year = st.number_input("Year of the return", value=None, min_value=2000, max_value=2100, step=1, key="said-year")
    if st.button("Check it as the return of this year", type="primary", disabled=year is None) and year is not None:
        st.session_state[YEAR] = {file.file_id: int(year)}
        _check(desk, file, dry_run=dry_run)


def _receipt(file: UploadedFile) -> Receipt | None:
    of, receipt = st.session_state.get(RECEIPT, ("", None))
    return receipt if of == file.file_id else None


def _keep(file: UploadedFile, receipt: Receipt | None) -> None:
    """The receipt takes the place of the one before; a call that failed has none and changes nothing."""
    if receipt is not None:
        st.session_state[RECEIPT] = (file.file_id, receipt)
        st.rerun()


def _climb(title: str, file: UploadedFile, call: Callable[[Progress], Told]) -> Told:
    """The call, with its stations told as they are reached."""
    file.seek(0)
    with st.status(f"{title} …", expanded=True) as shown:
        bar = st.progress(0.0)

        def told(name: str, share: float) -> None:
            bar.progress(min(max(share, 0.0), 1.0), text=f"{station(name)} …")

        try:
            return call(told)
        except BaseException:
            shown.update(label=f"{title}: stopped", state="error")
            raise


def _next(desk: Desk, file: UploadedFile, receipt: Receipt) -> None:
    """What can be done now: correct, send, answer and send again, or sign."""
    st.subheader("What to do next")
    if receipt.refusal is not None:
        st.markdown("Correct the file in your own system, export it again and upload it here.")
        if receipt.refusal[0] == OLDER:
            meant = st.checkbox("The older file is the one that is meant.", key="older-is-meant")
            if st.button("Send it all the same", disabled=not meant):
                _send(desk, file, "", {}, force=True)
    elif receipt.is_dry_run and receipt.census_has_come:
        st.markdown(
            "**Census day has come.** Take the tick of the dry run away and check the return again: "
            "then it can be sent."
        )
    elif receipt.is_dry_run:
        st.markdown("Correct what you can in your own system. Send the return once census day has come.")
    elif receipt.status is Standing.ACCEPTED:
        st.markdown(
            f"It is accepted, as submission {receipt.submission}. Sign it on the page History. "
            "What it says of your authority stands on the page Summary of a return."
        )
    elif receipt.status is Standing.ALREADY:
        st.markdown("Nothing. If this is not the return that you meant to send, upload the other one.")
    elif receipt.status is Standing.HELD:
        _answers(desk, file, receipt)
    else:
        _ready(desk, file, receipt)


def _ready(desk: Desk, file: UploadedFile, receipt: Receipt) -> None:
    """Checked and not sent yet."""
    if receipt.places.height:
        st.markdown(
            "Correct what you can in your own system and upload the file again, or send it as it is: it is "
            "then held until its errors are left out with a reason and its queries are explained."
        )
    if st.button("Send the return", type="primary"):
        _send(desk, file, "", {})


def _answers(desk: Desk, file: UploadedFile, receipt: Receipt) -> None:
    """A reason for each query, and one for leaving rows with errors out."""
    st.markdown(f"Correct the file and upload it again, or answer here and send it once more. **{REMINDER}**")
    with st.form("answers", enter_to_submit=False):
        confirm = ""
        if receipt.n_errors:
            rows = count(sum(receipt.set_aside.values()), "row")
            confirm = st.text_input(
                f"Why {rows} (those with errors, and all that hang under them) may be left out",
                max_chars=LONGEST,
                key="answer-confirm",
                help="Leave this empty if you will correct them instead.",
            )
        explained = {code: _reason(receipt, code, n, sentence) for code, n, sentence in outcome.queries(receipt)}
        if st.form_submit_button("Send again with these answers", type="primary"):
            _send(desk, file, confirm, {code: words for code, words in explained.items() if words.strip()})


def _reason(receipt: Receipt, code: str, n: int, sentence: str) -> str:
    """The officer's reason for a query; last year's is offered, and taken over by a tick alone."""
    asked = f"{code} ({count(n, 'place')}): {plain(sentence)} Why is it right?"
    words = st.text_input(asked, max_chars=LONGEST, key=f"answer-{code}")
    if code in receipt.remembered:
        said = f"Last year you said: {plain(receipt.remembered[code])} It is so again."
        if st.checkbox(said, key=f"again-{code}") and not words.strip():
            return LAST_YEAR
    return words


def _send(
    desk: Desk, file: UploadedFile, confirm: str, explanations: Mapping[str, str], *, force: bool = False
) -> None:
    def call(told: Progress) -> Receipt:
        return desk.submit(
            file,
            file.name,
            confirm=confirm,
            explanations=explanations,
            progress=told,
            said=_said(file),
            force=force,
        )

    _keep(file, attempt(_climb, "Sending", file, call))
