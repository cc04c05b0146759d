"""The app served, and a visitor's browser: what the tests share that look at screens as people see them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from screens.options import OPTIONS

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
FRUGAL = ["--disable-gpu", "--js-flags=--no-opt,--single-threaded"]
"""A page is looked at once or twice: to compile its programs well costs more than it saves."""
WITHIN = 60_000
"""Milliseconds to wait for a page on a busy machine."""
OFTEN = 100
"""Milliseconds between looks at a page: to look at every frame would have the browser draw sixty a second."""
SETTLED = """() =>
    document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning" &&
    !document.querySelector("[data-stale=true]")"""
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed on this machine (apt-get install chromium)"
)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def streamlit(script: str | Path, port: int) -> list[str]:
    """The command that serves a script as `cohort app` serves the real one."""
    options = [part for name, value in OPTIONS.items() for part in (f"--{name}", value)]
    return [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]


@contextmanager
def serving(
    command: Sequence[str | Path], port: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address at which a command serves while this lasts; what it prints goes to the log."""
    with log.open("w") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(server, f"http://127.0.0.1:{port}/_stcore/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)
    with socket.socket() as asked:
        assert asked.connect_ex(("127.0.0.1", port)), "whoever ends the command ends the server"


def _wait(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    for _ in range(240):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        with suppress(URLError, ConnectionError):
            if urlopen(health, timeout=1).status == 200:
                return
        time.sleep(0.25)
    pytest.fail("the app did not answer within a minute")


@contextmanager
def chromium() -> Iterator[object]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET + FRUGAL)
        yield opened
        opened.close()


class Tour:
    """A visitor: a page of its own, the requests that left this machine, and pictures of what was seen."""

    def __init__(self, browser, address: str, pictures: Path, never: Iterable[str] = ()) -> None:
        size = {"width": 1280, "height": 1000}
        context = browser.new_context(viewport=size, locale="en-GB", accept_downloads=True, reduced_motion="reduce")
        self.page = context.new_page()
        self.page.set_default_timeout(WITHIN)
        self.address, self.pictures = address, pictures
        self.never = ("Traceback", "Exception", "Error:", *never)
        self.outside: list[str] = []
        self.told, self.told_when_taken = 0, sys.maxsize
        self.page.on("request", self._note)
        self.page.on("response", self._take)
        self.page.on("websocket", lambda socket: socket.on("framesent", self._tell))

    def _note(self, request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", self.address.replace("http", "ws"))):
            self.outside.append(request.url)

    def _tell(self, _frame: str | bytes) -> None:
        self.told += 1

    def _take(self, answer) -> None:
        if answer.request.method == "PUT":
            self.told_when_taken = self.told

    def _within(self, milliseconds: int, holds: Callable[[], bool]) -> bool:
        for _ in range(milliseconds // OFTEN):
            if holds():
                return True
            self.page.wait_for_timeout(OFTEN)
        return False

    def _hears(self, press: Callable[[], None]) -> bool:
        """Whether the app is told of what is pressed: while a page is being drawn that may be lost."""
        before = self.told
        press()
        return self._within(2_000, lambda: self.told > before)

    def come_in(self, role: str) -> None:
        """Sign in as a role."""
        self.page.goto(self.address)
        self.page.get_by_text("Choose a role").wait_for()
        self.page.locator("label").filter(has_text=role).first.click()
        self.press("Continue")

    def press(self, name: str) -> None:
        """Press a button, again if it was not heard, and wait until the page has settled."""
        button = self.page.get_by_role("button", name=name, exact=True)
        assert any(self._hears(button.click) for _ in range(5)), f"{name!r} is not heard"
        self.settle()

    def upload(self, name: str, body: bytes) -> None:
        """Choose a file, as an officer does, and wait until the app has it: its name stands there before that."""
        self.told_when_taken = sys.maxsize
        self.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/xml", "buffer": body})
        assert self._within(WITHIN, lambda: self.told > self.told_when_taken), f"the app was not told of {name}"
        self.sees(name)
        self.settle()

    def choose(self, label: str, option: str) -> None:
        """Choose from a list, by its first letters, as one does with a keyboard."""
        self.settle()
        box = self.page.get_by_role("combobox", name=label).first
        box.scroll_into_view_if_needed()
        self.page.wait_for_timeout(300)
        box.click()
        box.fill(option)
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()

    def fill(self, words: str) -> None:
        """Write the same words into every box; what is lost because the page was drawn anew is written again."""
        boxes = self.page.get_by_role("textbox")
        for _ in range(10):
            for box in boxes.all():
                box.fill(words)
            self.settle()
            if boxes.count() and all(box.input_value() == words for box in boxes.all()):
                return
        pytest.fail("the page does not keep what is written into it")

    def settle(self) -> None:
        """Wait until no run goes on: an input that is filled while the page is being drawn is drawn anew, empty."""
        self.page.wait_for_timeout(300)
        self.page.wait_for_function(SETTLED, polling=OFTEN)

    def sees(self, *words: str) -> None:
        """Wait for words to be on the page."""
        for word in words:
            try:
                self.page.get_by_text(word).first.wait_for()
            except Exception as fault:
                raise AssertionError(f"{word!r} is not on the page:\n{self.page.inner_text('body')}") from fault

    def charts(self, number: int) -> None:
        """Wait until that many charts are drawn: an SVG or a canvas with marks each."""
        drawn = "[data-testid=stVegaLiteChart] :is(canvas, svg).marks"
        self.page.wait_for_function(f"() => document.querySelectorAll({drawn!r}).length === {number}", polling=OFTEN)

    def picture(self, name: str) -> None:
        """The whole page as a picture, and what every page must hold to."""
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": 1280, "height": min(int(height) + 40, 5000)})
        self.settle()
        self.page.screenshot(path=self.pictures / f"{name}.png")
        self.page.set_viewport_size({"width": 1280, "height": 1000})
        self.settle()  # what is pressed while the page is being fitted to the window is not hit
        text = self.page.locator("body").inner_text()
        assert not [word for word in self.never if word in text]
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
