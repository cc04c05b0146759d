"""Which indicators a return moves, beside the return that holds."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from screens.told import Move
from screens.words import plain


def draw(moves: Sequence[Move], heading: str) -> None:
    """The indicators that move, or that none does; nothing where there are no figures."""
    if not moves:
        return
    st.subheader(heading)
    moved = [move for move in moves if move.has_moved]
    st.markdown("\n".join(f"- {plain(move.sentence)}" for move in moved or moves))
    rest = len(moves) - len(moved)
    if moved and rest:
        st.caption(f"{rest} other indicators stay as they are.")


def preview(moves: Sequence[Move], compared_with: int | None) -> None:
    """What sending the return would do to the authority's figures."""
    draw(moves, "What it would change in your figures")
    if moves:
        beside = f"submission {compared_with}, which holds now" if compared_with else "no return, for none holds yet"
        st.caption(f"Beside {beside}. Rows with errors are left out, as they would be. These are your own true counts.")
