"""Any study: its question, its choices, who was counted, estimates with intervals, and the record of it all."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.release import Release
from screens import figure, question
from screens.calls import Ask, StudyCard
from screens.guard import attempt

RAN = "studies-ran"
"""Where the session keeps what was last run: study, snapshot and choices."""


def draw(ask: Ask) -> None:
    """The screen."""
    st.title("Studies")
    cards = attempt(ask.studies)
    if not cards:
        st.info("No study is offered here.")
        return
    card = _choose(cards)
    put = question.put(ask, card, f"studies-{card.name}")
    if put is None:
        return
    snapshot, picks = put
    if st.button("Run the study", type="primary"):
        st.session_state[RAN] = (card.name, snapshot, picks)
    if st.session_state.get(RAN) != (card.name, snapshot, picks):
        st.info("Choose, then run the study.")
        return
    release = attempt(question.answer, ask, card.name, snapshot, question.policy(picks, "research"), picks)
    if release is not None:
        _show(ask, release)


def _choose(cards: Sequence[StudyCard]) -> StudyCard:
    titles = {card.name: card.title for card in cards}
    name = st.selectbox(
        "Study", list(titles), format_func=lambda name: titles[name], key="studies-study", persist_state="session"
    )
    return next(card for card in cards if card.name == name)


def _show(ask: Ask, release: Release) -> None:
    st.header(release.title)
    figure.opening(release)
    figure.parts(release)
    st.header("What to mind")
    figure.notes(release)
    st.header("Who was counted")
    figure.population(release)
    figure.download(ask, release)
    figure.record(release)
