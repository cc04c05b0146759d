"""Authorities compared: a sentence, a funnel, three groups, a map and a table; never a league table."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from analysis.release import Release
from cohort.errors import UsageError
from screens import figure, question
from screens.calls import Ask
from screens.guard import attempt
from screens.words import count, plain

STUDY = "la_comparison"
NOT_PUBLISHED = "TABLE-01"
PLACES = (
    ("better than England", "■ Better than England"),
    ("above England", "▲ Above England"),
    ("worse than England", "◆ Worse than England"),
    ("below England", "▼ Below England"),
    ("not distinguishable from England", "● Not distinguishable from England"),
)
"""Group → heading, with the shape that it has in the funnel."""

IS_NOT = (
    "It is no league table: within a group, authorities stand in alphabetical order, and order says nothing.",
    "It is no judgement of help that children get: it counts one step of a process.",
    "It is not adjusted for how many children need help, or how much.",
    "Outside the limits means: differs by more than authorities ordinarily do. It does not say why.",
)

EES = (
    "On Explore education statistics (explore-education-statistics.service.gov.uk), open the publication "
    "“Education, health and care plans” of the Department for Education, reporting year 2025, and download the "
    "data file **`{file}`** (it covers 2019 to 2024)."
)
MOJ = (
    "On GOV.UK, open “Tribunal Statistics Quarterly” of the Ministry of Justice, and save the table of "
    "appeal rates to the SEND Tribunal by local authority, 2014 to 2024 (“SEND appeal rate table 1”), as CSV: "
    "**`{file}`**."
)
WHERE: Mapping[str, tuple[str, str]] = {
    "within_20_weeks": (EES, "timeliness_20_week.csv"),
    "refused": (EES, "requests.csv"),
    "appeals": (MOJ, "send_tribunals_appeal_rate_2014_2024.csv"),
}
"""Measure → where its published figures lie, and the name of the file."""


def draw(ask: Ask) -> None:
    """The screen."""
    st.title("Authorities compared")
    card = question.card(ask, STUDY)
    put = question.put(ask, card, STUDY) if card else None
    if put is None:
        return
    snapshot, picks = put
    release = attempt(_release, ask, snapshot, picks)
    if release is not None:
        _show(ask, release)


def _release(ask: Ask, snapshot: str, picks: Mapping[str, str]) -> Release | None:
    try:
        return question.answer(ask, STUDY, snapshot, question.policy(picks, "publication"), picks)
    except UsageError as error:
        if error.code != NOT_PUBLISHED:
            raise
        _how_to_load(picks["measure"])
        return None


def _how_to_load(measure: str) -> None:
    where, file = WHERE.get(measure, (EES, "its file"))
    st.info(
        "**The published figures of this measure are not loaded.** They are not shipped with the software.\n\n"
        f"1. {where.format(file=file)}\n"
        f"2. Load it: `cohort reference load {file}`\n"
        "3. Cut a new snapshot: `cohort snapshot cut NAME`, and choose it above."
    )


def _show(ask: Ask, release: Release) -> None:
    figure.opening(release)
    st.header("How far authorities differ")
    st.markdown(
        "Each point is an authority: the more cases it has, the further to the right. Points between the dashed "
        "lines differ from England by no more than authorities ordinarily differ from one another."
    )
    figure.chart(release, "funnel")
    _groups(release)
    st.header("Map")
    st.markdown("One square an authority, neighbours near neighbours.")
    figure.chart(release, "authorities")
    st.header("Table")
    figure.table(release, "authorities")
    st.header("What to mind")
    figure.notes(release, IS_NOT)
    figure.download(ask, release)
    figure.record(release)


def _groups(release: Release) -> None:
    st.header("Which authorities")
    placed = release.tables["funnel"].frame
    members: dict[str, list[str]] = {}
    for row in placed.iter_rows(named=True):
        members.setdefault(row.get("group") or "", []).append(row["authority"])
    for group, heading in PLACES:
        names = sorted(members.get(group, ()))
        if names:
            _group(heading, names, is_open=not group.startswith("not"))
    hidden = [r["authority"] for r in release.tables["authorities"].frame.iter_rows(named=True) if r["value"] is None]
    if hidden:
        _group("No figure: withheld or not supplied", sorted(hidden), is_open=False)


def _group(heading: str, names: list[str], *, is_open: bool) -> None:
    with st.expander(f"{heading}: {count(len(names), 'authority', 'authorities')}", expanded=is_open):
        st.markdown(plain(" · ".join(names)))
