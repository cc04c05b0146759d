"""A tour of every screen in a real browser, on invented calls: what is drawn, what is asked of whom.

AppTest draws no chart and opens no socket; here charts are drawn, files go up and come down, and every request
of the page is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.fake_service import CANARY
from tests.browser import NEEDS_CHROMIUM, Tour, chromium, free_port, serving, streamlit

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The fake app, served as `cohort app` serves the real one."""
    log, port = tmp_path_factory.mktemp("served") / "log.txt", free_port()
    with serving(streamlit("tests/app/fake_app.py", port), port, log) as address:
        yield address
    told = log.read_text(encoding="utf-8")
    assert "Traceback" not in told, told
    assert not [word for word in CANARY.split() if word in told]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def tour(browser, address: str, tmp_path: Path) -> Iterator[Tour]:
    visitor = Tour(browser, address, tmp_path, CANARY.split())
    yield visitor
    visitor.page.context.close()
    assert not visitor.outside, "requests left this machine"


def test_an_authority_checks_sends_explains_and_signs(tour: Tour) -> None:
    tour.come_in("Authority")
    tour.sees("Upload a return", "up to 200 MB")
    tour.picture("upload")
    tour.upload("held.xml", b"held return")
    tour.press("Check the return")
    tour.sees("Checked: 3 errors and 2 queries.", "Enter it in your system; every record needs it.")
    tour.picture("upload-checked")
    tour.press("Send the return")
    tour.sees("The return waits as submission 12", "Write no name")
    tour.settle()
    tour.fill("Known to the team")
    tour.picture("upload-held")
    tour.press("Send again with these answers")
    tour.sees("The return is in the record as submission 12.", "104 new")
    tour.picture("upload-accepted")
    with tour.page.expect_download() as download:
        tour.page.get_by_role("button", name="JSON", exact=True).click()
    assert '"status": "accepted"' in Path(download.value.path()).read_text(encoding="utf-8")
    tour.page.get_by_role("link", name="History").click()
    tour.sees("Returns sent for", "SEN2 2026")
    tour.picture("history")
    tour.press("Sign this return")
    tour.sees("Submission 12 is signed.")
    tour.picture("history-signed")
    tour.page.get_by_role("link", name="Summary of a return").click()
    tour.sees("60 cases past the day", "True counts of your own returns", "Rows that will be published for you")
    tour.page.get_by_text("Chart: Authorities compared").click()
    tour.charts(1)
    tour.picture("back")


def test_a_file_that_cannot_be_read_is_refused_and_a_fault_says_nothing(tour: Tour) -> None:
    tour.come_in("Authority")
    tour.upload("refused.xml", b"refused return")
    tour.press("Check the return")
    tour.sees("FILE-13: The file is a compressed archive.", "Unpack it and send the XML file in it.")
    tour.picture("upload-refused")
    tour.upload("crash.xml", b"crash return")
    tour.press("Check the return")
    tour.sees("UNEXPECTED: Something went wrong.")
    tour.picture("upload-fault")
    tour.upload("many.xml", b"many return")
    tour.press("Check the return")
    tour.sees("The first 200 of 250 findings.")


def test_a_policymaker_compares_authorities(tour: Tour) -> None:
    tour.come_in("Policymaker")
    tour.sees("cannot be told apart from England", "Invented data:", "It is no league table")
    tour.charts(2)
    tour.picture("comparison")
    with tour.page.expect_download() as download:
        tour.page.get_by_role("button", name="Download figures, charts and record (zip)").click()
    assert "la_comparison" in Path(download.value.path()).read_text(encoding="utf-8")
    tour.choose("Our record, or figures already published", "Figures already published")
    tour.sees("cohort reference load timeliness_20_week.csv")
    tour.picture("comparison-not-loaded")
    tour.choose("What is compared", "Appeals to the tribunal")
    tour.sees("Source: Tribunal statistics")
    tour.charts(2)
    tour.picture("comparison-published")


def test_a_policymaker_follows_outcomes_over_the_years(tour: Tour) -> None:
    tour.come_in("Policymaker")
    tour.page.get_by_role("link", name="Outcome summary").click()
    tour.sees("plans were issued within 20 weeks")
    tour.charts(2)
    tour.picture("summary")
    for group in ("Sex", "Ethnic group"):
        tour.choose("Compare groups of children", group)
        tour.sees("they say nothing of causes")
        tour.charts(2)
        tour.picture(f"summary-{group.split()[0].lower()}")


def test_a_researcher_runs_a_study(tour: Tour) -> None:
    tour.come_in("Researcher")
    tour.sees("Choose, then run the study.")
    tour.choose("Study", "Timeliness: a multilevel model")
    tour.press("Run the study")
    tour.sees("About 12 %", "Log-odds of a final plan", "A step that hardly anybody passes.")
    tour.charts(2)  # the authorities, and who was counted
    tour.page.get_by_text("Where these figures come from").click()
    tour.sees("3f9c21d07ab4")
    tour.picture("study")


def test_an_address_leads_to_the_door_and_then_to_its_page_or_back(tour: Tour) -> None:
    tour.page.goto(f"{tour.address}/summary")
    tour.page.get_by_text("Choose a role").wait_for()
    tour.page.locator("label").filter(has_text="Policymaker").first.click()
    tour.press("Continue")
    tour.page.get_by_role("heading", name="Outcome summary").wait_for()
    tour.press("Sign out")
    tour.page.get_by_text("Choose a role").wait_for()
    tour.page.locator("label").filter(has_text="Researcher").first.click()
    tour.press("Continue")
    tour.page.get_by_role("heading", name="Studies").wait_for()
    assert "Page not found" not in tour.page.locator("body").inner_text()


def test_two_visitors_do_not_see_each_other(tour: Tour, browser, address: str, tmp_path: Path) -> None:
    tour.come_in("Authority")
    tour.upload("held.xml", b"held return")
    tour.press("Check the return")
    tour.sees("Checked: 3 errors and 2 queries.")
    other = Tour(browser, address, tmp_path, CANARY.split())
    other.come_in("Authority")
    other.sees("The return is checked first")
    assert "Checked:" not in other.page.locator("body").inner_text()
    other.page.context.close()


def test_choices_stay_while_one_looks_at_another_page(tour: Tour) -> None:
    tour.come_in("Policymaker")
    tour.choose("What is compared", "Requests refused")
    tour.sees("Requests refused, 2025")
    tour.page.get_by_role("link", name="Outcome summary").click()
    tour.sees("plans were issued within 20 weeks")
    tour.page.get_by_role("link", name="Authorities compared").click()
    tour.sees("Requests refused, 2025")
