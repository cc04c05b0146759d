"""The outcome summary: how many children ask, get a plan, wait and appeal, over the years."""

from __future__ import annotations

import streamlit as st

from analysis.release import Release
from screens import figure, question
from screens.calls import Ask
from screens.guard import attempt

STUDY = "outcome_summary"
IS_NOT = (
    "It says nothing of causes: groups of children differ in who is seen and who is served.",
    "It says nothing of what children get out of a plan: it counts the steps on the way to one.",
)


def draw(ask: Ask) -> None:
    """The screen."""
    st.title("Outcome summary")
    card = question.card(ask, STUDY)
    put = question.put(ask, card, STUDY) if card else None
    if put is None:
        return
    snapshot, picks = put
    release = attempt(question.answer, ask, STUDY, snapshot, "publication", picks)
    if release is not None:
        _show(ask, release)


def _show(ask: Ask, release: Release) -> None:
    figure.opening(release)
    for name, given in release.tables.items():
        st.header(given.title)
        figure.chart(release, name)
        with st.expander(f"Table: {given.title.lower()}"):
            figure.table(release, name)
    st.header("What to mind")
    figure.notes(release, IS_NOT)
    figure.download(ask, release)
    figure.record(release)
