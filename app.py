"""The front door: who comes in, which pages are theirs, and the calls that each page is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from screens import look
from screens.authority import history, upload
from screens.authority import summary as back
from screens.calls import Doors, FrontDoor
from screens.guard import attempt
from screens.policy import comparison, summary
from screens.research import study
from screens.words import plain

# Where the session keeps the role and the authority chosen. It is no right: `open` is asked on every run.
CAME_IN = "came-in"

# Role → its name, and what one may do in it.
ROLES = {
    "authority": ("Authority", "Send returns of one local authority, and see what became of them."),
    "policymaker": ("Policymaker", "Compare authorities and follow outcomes over the years."),
    "researcher": ("Researcher", "Run any study and take its figures away, with their record."),
}


# Role → its pages: screen, title, address. No other page is there for it.
PAGES: Mapping[str, Sequence[tuple[Callable[[Any], None], str, str]]] = {
    "authority": (
        (upload.draw, "Upload a return", "upload"),
        (history.draw, "History", "history"),
        (back.draw, "Summary of a return", "back"),
    ),
    "policymaker": (
        (comparison.draw, "Authorities compared", "comparison"),
        (summary.draw, "Outcome summary", "summary"),
    ),
    "researcher": ((study.draw, "Studies", "studies"),),
}


ADDRESSES = [address for pages in PAGES.values() for _, _, address in pages]


def main(front: FrontDoor) -> None:
    """The app, drawn once. `front` is the only way in, and is asked again on every run."""
    look.dress()
    look.masthead()
    if CAME_IN not in st.session_state:
        # Every address leads to the same door, so that a link survives it and nobody is told which exist.
        doors = [_page(_sign_in, front, "Sign in", address) for address in ("", *ADDRESSES)]
        st.navigation(doors, position="hidden").run()
        return
    role, authority = st.session_state[CAME_IN]
    doors = attempt(front.open, role, authority)
    calls = None if doors is None else doors.desk if role == "authority" else doors.ask
    own = [] if calls is None else [_page(draw, calls, title, address) for draw, title, address in PAGES[role]]
    page = _navigation(own)
    _bar(own, role, doors)
    page.run()


def _navigation(own: Sequence[Any]) -> Any:
    """The role's pages and no others; any other address leads to the first of them, or nowhere."""

    def lead_back(_: object) -> None:
        if own:
            st.switch_page(own[0])

    others = sorted({"", *ADDRESSES} - {page.url_path for page in own})
    return st.navigation([*own, *(_page(lead_back, None, "Cohort 0–25", at) for at in others)], position="hidden")


def _bar(own: Sequence[Any], role: str, doors: Doors | None) -> None:
    """The pages, who is signed in, and the way out."""
    place = f", {plain(doors.desk.authority_name)}" if doors is not None and doors.desk is not None else ""
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        for page in own:
            st.page_link(page, width="content")
        st.space("stretch")
        st.markdown(f"{ROLES[role][0]}{place}", width="content")
        if st.button("Sign out"):
            st.session_state.clear()
            st.rerun()


def _sign_in(front: FrontDoor) -> None:
    st.title("Sign in")
    st.markdown("A pseudonymised research record of children with special educational needs and disabilities.")
    role = st.radio(
        "Choose a role",
        list(ROLES),
        format_func=lambda r: ROLES[r][0],
        captions=[words for _, words in ROLES.values()],
    )
    authority = _authority(front) if role == "authority" else None
    is_complete = role != "authority" or authority is not None
    if st.button("Continue", type="primary", disabled=not is_complete) and attempt(front.open, role, authority):
        st.session_state[CAME_IN] = (role, authority)
        st.rerun()


def _authority(front: FrontDoor) -> str | None:
    names = dict(attempt(front.authorities) or ())
    return st.selectbox("Which authority", list(names), format_func=lambda code: f"{names[code]} ({code})")


def _page(draw: Callable[[Any], None], given: object, title: str, address: str) -> Any:
    def guarded() -> None:
        attempt(draw, given)

    return st.Page(guarded, title=title, url_path=address, default=not address)


if __name__ == "__main__":
    from service import doors

    attempt(main, doors)
