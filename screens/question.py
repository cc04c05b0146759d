"""A question that is asked: the study, its choices from fixed lists, the snapshot, and the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from analysis.release import Release
from screens.calls import Ask, StudyCard
from screens.guard import attempt
from screens.words import capital, option, plain

KEPT = 12
"""Releases that a session keeps, so that a page that is drawn again does not ask again."""


def card(ask: Ask, name: str) -> StudyCard | None:
    """The study of that name; None after saying that there is none."""
    found = next((card for card in attempt(ask.studies) or () if card.name == name), None)
    if found is None:
        st.info("This study is not offered here.")
    return found


def put(ask: Ask, card: StudyCard, key: str) -> tuple[str, dict[str, str]] | None:
    """The question with its choices in a row, the snapshot last: the newest unless another is chosen.

    What is chosen stays chosen while the session lasts. None after saying that there is no snapshot.
    """
    st.markdown(f"**{plain(card.question)}**")
    snapshots = attempt(ask.snapshots)
    if not snapshots:
        if snapshots is not None:
            st.info("There is no snapshot yet. The operator cuts one with `cohort snapshot cut NAME`.")
        return None
    *columns, last = st.columns([3] * len(card.choices) + [2], vertical_alignment="bottom")
    picks = {}
    for column, choice in zip(columns, card.choices, strict=True):
        label = capital(choice.sentence.rstrip("."))
        with column:
            picks[choice.name] = _select(label, choice.options, choice.default, f"{key}-{choice.name}", option)
    with last:
        return _select("Snapshot", snapshots, snapshots[0], f"{key}-snapshot", str), picks


def policy(picks: Mapping[str, str], otherwise: str) -> str:
    """The policy to be asked under: figures already published have one of their own."""
    return "public" if picks.get("source") == "published" else otherwise


def answer(ask: Ask, study: str, snapshot: str, policy: str, picks: Mapping[str, str]) -> Release:
    """The release, asked once in a session. Raises CohortError.

    It is kept in the session and nowhere else: what one person may see is never served to another.
    """
    kept: dict[tuple[object, ...], Release] = st.session_state.setdefault("releases", {})
    key = (study, snapshot, policy, *sorted(picks.items()))
    if key not in kept:
        with st.spinner("Asking the snapshot …"):
            release = ask.release(study, snapshot=snapshot, policy=policy, **picks)
        while len(kept) >= KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = release
    return kept[key]


def _select(label: str, options: Sequence[str], default: str, key: str, words: Callable[[str], str]) -> str:
    index = list(options).index(default)
    return st.selectbox(label, options, index=index, format_func=words, key=key, persist_state="session")
