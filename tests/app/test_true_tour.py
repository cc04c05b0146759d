"""The whole product in a real browser: `cohort demo`, then an upload, a comparison and a study by hand."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import NEEDS_CHROMIUM, Tour, chromium, free_port, serving

pytestmark = [pytest.mark.browser, NEEDS_CHROMIUM]

SIZE = ("--authorities", "8", "--children", "9000", "--no-app")
COHORT = Path(sys.executable).parent / "cohort"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A demo of eight authorities. As root its folder must not lie under a private one."""
    folder = Path(tempfile.mkdtemp(prefix="cohort-tour-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def told(home: Path) -> str:
    """What `cohort demo --no-app` printed."""
    done = subprocess.run([COHORT, "demo", *SIZE], env=_environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _environment(home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COHORT_")}
    return {**ours, "COHORT_HOME": str(home / "home")}


@pytest.fixture(scope="module")
def address(home: Path, told: str) -> Iterator[str]:
    port, log = free_port(), home / "log.txt"
    with serving([COHORT, "app", "--port", str(port)], port, log, _environment(home)) as address:
        yield address
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.fixture
def tour(address: str, tmp_path: Path) -> Iterator[Tour]:
    pictures = Path(os.environ.get("COHORT_TOUR_PICTURES") or tmp_path)
    with chromium() as browser:
        visitor = Tour(browser, address, pictures)
        yield visitor
    assert not visitor.outside, "requests left this machine"


def test_the_demo_says_what_it_did_and_again_is_safe(home: Path, told: str) -> None:
    assert "24 accepted" in told
    assert "within 20 weeks" in told
    assert "cohort reference load" in told, "the demo says how to see real figures"
    index = home / "home" / "releases" / "demo" / "publication" / "index.html"
    assert str(index) in told.replace("\n", "")
    assert index.exists()
    again = subprocess.run(
        [COHORT, "demo", *SIZE],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "24 already received" in again.stdout
    assert [p.name for p in (home / "home" / "snapshots").iterdir()] == ["demo"]


def test_an_officer_sends_a_spoilt_return_corrects_it_and_signs(home: Path, tour: Tour) -> None:
    returns = sorted((home / "home" / "demo").rglob("SEN2_*_2026.xml"))
    authority = returns[0].stem.split("_")[1]
    text = returns[0].read_text(encoding="utf-8")
    at = text.index("<UPN>") + len("<UPN>")
    spoilt = text[:at] + ("B" if text[at] == "A" else "A") + text[at + 1 :]
    name = text[text.index("<Surname>") + 9 : text.index("</Surname>")]
    tour.page.goto(tour.address)
    tour.page.get_by_text("Choose a role").wait_for()
    tour.page.locator("label").filter(has_text="Authority").first.click()
    tour.settle()
    box = tour.page.get_by_role("combobox", name="Which authority")
    box.click()
    box.fill(f"({authority})")
    tour.page.get_by_role("option").first.click()
    tour.press("Continue")
    tour.upload("spoilt.xml", spoilt.encode())
    tour.press("Check the return")
    tour.sees("CELL-08", "first letter of UPN")
    assert "is asked on every run" not in tour.page.locator("body").inner_text(), "app.py's documentation is not shown"
    tour.picture("true-checked")
    tour.press("Send the return")
    tour.sees("waits as submission")
    assert name not in tour.page.locator("body").inner_text()
    changed = text.replace("<Ethnicity>WBRI</Ethnicity>", "<Ethnicity>WIRI</Ethnicity>", 1)
    tour.upload("corrected.xml", changed.encode())
    tour.press("Check the return")
    tour.press("Send the return")
    tour.sees("is in the record as submission")
    tour.picture("true-accepted")
    tour.page.get_by_role("link", name="History").click()
    tour.sees("SEN2 2026")
    tour.press("Sign this return")
    tour.sees("is signed.")
    tour.picture("true-history")


def test_a_policymaker_compares_and_follows(tour: Tour) -> None:
    tour.come_in("Policymaker")
    tour.sees("England", "Invented data:", "It is no league table")
    tour.charts(2)
    tour.picture("true-comparison")
    tour.choose("Our record, or figures already published", "Figures already published")
    tour.sees("cohort reference load")
    tour.page.get_by_role("link", name="Outcome summary").click()
    tour.sees("plans were issued within 20 weeks")
    tour.charts(2)
    tour.picture("true-summary")


def test_a_researcher_runs_the_multilevel_study(tour: Tour) -> None:
    tour.come_in("Researcher")
    tour.choose("Study", "Timeliness: a multilevel model")
    tour.press("Run the study")
    tour.sees("lie between authorities", "Log-odds of a final plan")
    tour.charts(2)  # the authorities, and who was counted
    tour.picture("true-study")
