"""What an authority gets back for an accepted return: cases to see to, its own figures, its place, its data quality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import streamlit as st

from screens import figure
from screens.authority import moved
from screens.calls import Desk, SubmissionLine
from screens.guard import attempt
from screens.told import Case, ClosedSchool, Position, Quality, Standing, Summary, Tally
from screens.words import count, percent, plain

TAKEN_IN = ("accepted", "signed")
SUMMARY = "summary-told"
"""Where the session keeps the last summary, with the submission and the day that it is of."""
SHOWN = 20
"""Cases on the screen."""
ROWS = 10
"""Rows named of each closed school."""
COUNTS = "What is counted"
SCORE = (
    "Present: cells that are filled. Valid: cells that are well formed. Open: rows with a finding and no reason. "
    "Score = present (where the standard asks for the item) × valid × (1 − open)."
)


def draw(desk: Desk) -> None:
    """The screen."""
    st.title("Summary of a return")
    st.markdown(f"For **{plain(desk.authority_name)}** (authority {desk.authority}). Nobody else sees this page.")
    lines = attempt(desk.history)
    if lines is None:
        return
    accepted = {line.submission: line for line in lines if line.status in TAKEN_IN}
    if not accepted:
        st.info("No return was accepted yet. Once one is, its figures stand here.")
        return
    submission = st.selectbox("Return", list(accepted), format_func=lambda n: _name(accepted[n]), key="summary-return")
    day = st.date_input(
        "Day for the clocks", None, format="DD/MM/YYYY", help="Left empty: census day, of which the return tells."
    )
    told = _told(desk, submission, day if isinstance(day, date) else None)
    if told is not None:
        _show(told)


def _name(line: SubmissionLine) -> str:
    return f"{line.collection} {line.year} (submission {line.submission}, {line.status})"


def _told(desk: Desk, submission: int, day: date | None) -> Summary | None:
    """The summary, asked for once: to go to another part of the page is no new question."""
    asked = (desk.authority, submission, day)
    of, told = st.session_state.get(SUMMARY, (None, None))
    if of != asked:
        with st.spinner("Working the figures out …"):
            told = attempt(desk.summary, submission, day)
        if told is not None:
            st.session_state[SUMMARY] = (asked, told)
    return told


def _show(told: Summary) -> None:
    st.header("See to these first")
    _cases(told.cases, told.on)
    _closed(told.closed)
    st.header("Your figures")
    _trend(told)
    moved.draw(told.moves, "What this return changed")
    st.header("Your place among all authorities")
    _standing(told.standing)
    st.header("What your return holds")
    _tallies(told.tallies)
    st.header("Quality of your data")
    _quality(told.quality)


def _cases(cases: Sequence[Case], on: date) -> None:
    late = sum(case.is_breached for case in cases)
    soon = len(cases) - late
    st.markdown(
        f"On {on.day} {on:%B %Y}: **{count(late, 'case')} past the day that the law sets**, "
        f"**{count(soon, 'case')} due within six weeks**. Find each in your own file: row 3 is the third record of its "
        "table, counted from the top."
    )
    if not cases:
        return
    clocks = dict.fromkeys(case.title for case in cases)
    st.table([_clock(title, [case for case in cases if case.title == title]) for title in clocks], hide_index=True)
    st.table([_case(case) for case in cases[:SHOWN]], hide_index=True)
    if len(cases) > SHOWN:
        st.caption(
            f"The first {SHOWN} of {len(cases):,}, the longest overdue first. "
            "The command line lists all of them: `cohort summary` with `--json`."
        )


def _clock(title: str, cases: Sequence[Case]) -> dict[str, str]:
    late = sum(case.is_breached for case in cases)
    return {"Due": plain(title), "Past the day": f"{late:,}", "Within six weeks": f"{len(cases) - late:,}"}


def _case(case: Case) -> dict[str, str]:
    left = count(abs(case.days_left), "day")
    return {
        "Due": plain(case.title),
        "Table": plain(case.table),
        "Row": str(case.row),
        "Day": f"{case.due.day} {case.due:%b %Y}",
        "Left": f"{left} late" if case.is_breached else left,
    }


def _closed(schools: Sequence[ClosedSchool] | None) -> None:
    st.subheader("Closed schools that you still name")
    if schools is None:
        st.markdown("No register of schools is loaded here, so nothing can be said. Ask the operator of this record.")
    elif not schools:
        st.markdown("None.")
    else:
        st.table([_school(school) for school in schools], hide_index=True)


def _school(school: ClosedSchool) -> dict[str, str]:
    rows = ", ".join(map(str, school.rows[:ROWS])) + (" …" if len(school.rows) > ROWS else "")
    return {
        "School": plain(f"{school.name} ({school.urn})"),
        "Closed": f"{school.closed_on.day} {school.closed_on:%b %Y}",
        "Now": plain(f"{school.successor_name} ({school.successor_urn})") if school.successor_urn else "none known",
        "Where": f"{plain(school.table)}, row {rows}",
    }


def _trend(told: Summary) -> None:
    if not told.trend:
        st.info("This collection has no indicators yet.")
        return
    rows = [
        {
            "Indicator": plain(by_year[0].title),
            **{str(i.year): i.words for i in by_year},
            COUNTS: plain(by_year[0].sentence),
        }
        for by_year in zip(*told.trend, strict=True)
    ]
    st.table(rows, hide_index=True)
    st.caption("True counts of your own returns, by calendar year. Do not publish them: they are not rounded.")


def _standing(standing: Standing) -> None:
    for note in standing.notes:
        st.info(plain(note))
    if standing.positions:
        st.table([_place(place) for place in standing.positions], hide_index=True)
        st.caption(
            "From figures as they are released, rounded. z: how far you lie from England, in standard deviations that "
            "allow for ordinary differences between authorities; within the limits nobody can be told apart."
        )
        for release in standing.releases:
            with st.expander(f"Chart: {release.title}"):
                figure.opening(release)
                figure.chart(release, "funnel")
    if standing.published:
        st.subheader("Rows that will be published for you")
        st.table(list(_published(standing)), hide_index=True)
        st.caption(
            "Rounded for everybody: they differ a little from your own true counts above. "
            "c: withheld, because the count is small."
        )


def _place(place: Position) -> dict[str, str]:
    return {
        "Measure": f"{plain(place.title)}, {place.year}",
        "You": percent(place.value),
        "England": percent(place.target),
        "95 % limits": f"{percent(place.low95)} to {percent(place.high95)}",
        "z": f"{place.z:+.1f}",
        "Place": f"{plain(place.group)} ({place.authorities} compared)",
    }


def _published(standing: Standing) -> Iterator[dict[str, str]]:
    for row in standing.published:
        numbers = {"Number, rounded": row.numerator, "Out of, rounded": row.denominator}
        shown = {name: "c" if n is None else f"{n:,}" for name, n in numbers.items()}
        share = "c" if row.value is None else percent(row.value)
        yield {"Measure": f"{plain(row.title)}, {row.year}", **shown, "Share, of rounded numbers": share}


def _tallies(tallies: Sequence[Tally]) -> None:
    for counted in dict.fromkeys(tally.counted for tally in tallies):
        rows = [{"Value": plain(t.value), "Number": f"{t.n:,}"} for t in tallies if t.counted == counted]
        with st.expander(f"{counted} ({sum(t.n for t in tallies if t.counted == counted):,})"):
            st.table(rows, hide_index=True)
            st.caption(plain(next(tally.sentence for tally in tallies if tally.counted == counted)))


def _quality(items: Sequence[Quality]) -> None:
    low = sorted((item for item in items if item.score < 1), key=lambda item: item.score)
    if low:
        st.markdown(f"{count(len(low), 'item')} of {len(items)} can be better, the worst first.")
        st.table([_item(item) for item in low], hide_index=True)
    else:
        st.markdown(f"All {len(items)} items are as they should be.")
    with st.expander("Every item"):
        st.table([_item(item) for item in items], hide_index=True)
    st.caption(SCORE)


def _item(item: Quality) -> dict[str, str]:
    return {
        "Table": plain(item.table),
        "Item": plain(item.item),
        "Present": "not kept" if item.present is None else percent(item.present),
        "Valid": percent(item.valid),
        "Open": percent(item.unexplained),
        "Score": f"{item.score:.2f}",
    }
