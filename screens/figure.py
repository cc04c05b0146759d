"""A release as it is seen: sentence, charts, tables, what to mind, where it comes from, downloads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from analysis import draw
from analysis.draw import Kind
from analysis.release import Release
from screens import look
from screens.calls import Ask
from screens.guard import later
from screens.words import capital, count, option, plain

NO_CHART = "none"
FORMATS: dict[Kind, str] = {Kind.SHARE: "%.1f%%", Kind.COUNT: "localized", Kind.NUMBER: "%.2f"}


def opening(release: Release) -> None:
    """Whose data it is, and the plain sentence, before any figure."""
    if draw.is_invented(release):
        look.invented()
    look.lead(plain(release.sentence))
    if release.warnings:
        st.warning("\n\n".join(plain(warning) for warning in release.warnings))


def chart(release: Release, name: str) -> None:
    """The chart of a table with its caption; a word where too little may be shown for one."""
    drawn = draw.chart(release, name)
    if drawn is None:
        if release.tables[name].chart != NO_CHART:
            st.info("Too few figures may be shown for a chart.")
        return
    st.altair_chart(
        drawn,
        theme=None,
        width="stretch" if draw.stretches(release, name) else "content",
    )
    st.caption(plain(draw.caption(release)))


def table(release: Release, name: str) -> None:
    """A released table; a click on a heading sorts it. Empty cells show the mark of why."""
    frame = draw.table(release, name)
    if not frame.height:
        st.info("Nothing in this table may be shown.")
        return
    columns: dict[str, Any] = {
        heading: st.column_config.NumberColumn(heading, format=FORMATS[kind])
        if kind in FORMATS
        else st.column_config.Column(heading, width=_width(frame[heading]))
        for heading, kind in draw.kinds(release, name).items()
    }
    st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        placeholder=draw.mark(release, name),
        height=min(460, 38 + 35 * frame.height),
        alt=release.tables[name].title,
    )
    if legend := draw.legend(release, name):
        st.caption(legend)


def parts(release: Release) -> None:
    """Every table with its chart: the answer first, then how far to trust it, then what would change it."""
    several = draw.parts(release)
    for part, names in several.items():
        if len(several) > 1:
            st.header(part)
        for name in names:
            st.subheader(release.tables[name].title)
            chart(release, name)
            table(release, name)


def _width(cells: Iterable[object]) -> int:
    """Pixels for the longest of some words; Streamlit looks at the first rows only."""
    return min(320, 30 + 7 * max((len(str(cell)) for cell in cells), default=0))


def notes(release: Release, more: Iterable[str] = ()) -> None:
    """What was estimated and how, what was taken for granted, what it is not."""
    st.markdown(f"**What is estimated.** {plain(release.estimand)}")
    st.markdown(f"**How.** {plain(release.method)}")
    for heading, sentences in (
        ("What is taken for granted", release.assumptions),
        ("What this is not", tuple(more)),
    ):
        if sentences:
            st.markdown(f"**{heading}**\n\n" + "\n".join(f"- {plain(sentence)}" for sentence in sentences))


def population(release: Release) -> None:
    """Who was counted: units left after each step. A number that is withheld is the letter c."""
    pictures = draw.flows(release)
    for name, flow in release.flows.items():
        st.markdown(f"**{plain(capital(name.replace('_', ' ')))}**")
        if name in pictures:
            st.altair_chart(pictures[name])
        rows = [
            {"Step": plain(row["sentence"]), "Left": "c" if row["n"] is None else f"{row['n']:,}"}
            for row in flow.iter_rows(named=True)
        ]
        st.table(rows, hide_index=True)


def record(release: Release) -> None:
    """Everything that is needed to make the figures again."""
    p = release.provenance
    asked = "; ".join(f"{capital(name)}: {option(value)}" for name, value in p.choices.items())
    rows = {
        "Release": p.release_id,
        "Study": p.study,
        "Question": p.question,
        "Choices": asked or "none",
        "Snapshot": f"{p.snapshot}, digest {p.snapshot_digest}",
        "As known at": f"{p.as_known_at.day} {p.as_known_at:%B %Y, %H:%M}",
        "Policy": p.policy,
        "Withheld": count(release.withheld, "cell"),
        "Counted": "c" if release.n_used is None else f"{release.n_used:,}",
        "Source": "; ".join(release.sources) or "the record",
        "Data": "invented" if draw.is_invented(release) else "real",
        "Software": f"cohort 0–25, version {p.software_version}",
        "Asked by": p.account,
        "Asked at": f"{p.at.day} {p.at:%B %Y, %H:%M}",
    }
    with st.expander("Where these figures come from"):
        st.table([{"Item": key, "Value": plain(value)} for key, value in rows.items()], hide_index=True)


def download(ask: Ask, release: Release) -> None:
    """The release as files, made when asked for."""
    st.download_button(
        "Download figures, charts and record (zip)",
        later(ask.files, release),
        file_name=f"{release.provenance.study}-{release.provenance.release_id}.zip",
        mime="application/zip",
        on_click="ignore",
        type="primary",
    )
    st.caption("Tables as CSV, charts as pictures, and release.json with the record of how they were made.")
