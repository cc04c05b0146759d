"""The app on the children's record: all that its server answers and all that a browser is shown, kept as files.

What the server sends a browser goes over a websocket, so its frames are kept beside the pages; what plain HTTP
gets is asked for without a browser, and once more for every address that the browser had asked for. A control is
planted on a real page, for a scanner that is blind to pages would prove nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import app
from tests.attack.canary import control, files
from tests.attack.canary.children import CONTROL
from tests.attack.canary.life import Life
from tests.browser import CHROMIUM, ROOT, Tour, chromium, free_port, serving, streamlit

OFFICER = "206"
PLAIN = ("", *app.ADDRESSES, "_stcore/health", "_stcore/host-config", "_stcore/metrics", "media/x", "app/static/x", "x")
PLANT = """words => {
    for (const word of words) {
        const shown = document.createElement("pre");
        shown.textContent = word;
        shown.setAttribute("aria-label", word);
        document.body.append(shown);
    }
}"""


def look(life: Life) -> None:
    """Serve the app, telling all that it can in its log, visit it as everybody may, and ask it plainly."""
    port, log = free_port(), life.place("printed") / "app.txt"
    command = [*streamlit(ROOT / "app.py", port), "--logger.level", "debug"]
    with serving(command, port, log, life.environment) as address:
        seen = _visits(life, address) if CHROMIUM else []
        for place, url in enumerate([f"{address}/{path}" for path in PLAIN] + seen):
            _ask(url, life.place("answers") / f"{place:03d}")


def _ask(url: str, path: Path) -> None:
    """Keep what plain HTTP gets: status and headers in one file, the body as it is in another."""
    try:
        reply = urlopen(Request(url), timeout=60)
    except HTTPError as refused:
        reply = refused
    with reply:
        path.with_suffix(".txt").write_text(f"{url}\n{reply.status}\n{reply.headers}")
        path.with_suffix(".bin").write_bytes(reply.read())


class Visitor(Tour):
    """A visitor who keeps all that is shown and sent to the browser."""

    def __init__(self, browser: Any, address: str, folder: Path) -> None:
        super().__init__(browser, address, folder)
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._frame))

    def _frame(self, payload: str | bytes) -> None:
        with (self.pictures / "frames.bin").open("ab") as out:
            out.write(payload.encode() if isinstance(payload, str) else payload)

    def keep(self, name: str, *words: str) -> None:
        """Keep the page once it says these words: its HTML, its text, and what stands in its boxes."""
        self.sees(*words)
        self.settle()
        boxes = self.page.eval_on_selector_all("input, textarea", "all => all.map(one => one.value)")
        told = "\n".join([self.page.locator("body").inner_text(), *boxes])
        (self.pictures / f"{name}.html").write_text(self.page.content(), encoding="utf-8")
        (self.pictures / f"{name}.txt").write_text(told, encoding="utf-8")


def _visits(life: Life, address: str) -> list[str]:
    """The addresses on this server that the visits asked for, the app's own programs left out."""
    with chromium() as browser:
        visitor = Visitor(browser, address, life.place("pages"))
        _officer(visitor)
        _readers(visitor)
        seen = dict.fromkeys(url for url in visitor.asked if url.startswith(address) and "/static/" not in url)
        visitor.pictures = life.place("planted pages")
        _plant(visitor)
        return list(seen)


def _officer(visitor: Visitor) -> None:
    """A return full of names where codes belong is checked, sent and held; a ruined one is refused."""
    visitor.come_in("Authority")
    visitor.keep("upload", "The return is checked first")
    visitor.upload("bad.xml", files.bad(OFFICER))
    visitor.press("Check the return")
    visitor.keep("checked", "Checked:", "CELL-08")
    visitor.press("Send the return")
    visitor.keep("held", "waits as submission", "CELL-08")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Excel", exact=True).click()
    download.value.save_as(visitor.pictures / "report.xlsx")
    visitor.upload("ruined.xml", files.ruined()["cut in a name.xml"])
    visitor.press("Check the return")
    visitor.keep("refused", "nothing of it is kept")
    visitor.page.get_by_role("link", name="History").click()
    visitor.keep("history", "Returns sent for")
    visitor.press("Sign out")


def _readers(visitor: Visitor) -> None:
    visitor.come_in("Policymaker")
    visitor.keep("comparison", "It is no league table", "Where these figures come from")
    visitor.page.get_by_role("link", name="Outcome summary").click()
    visitor.keep("summary", "Where these figures come from")
    visitor.press("Sign out")
    visitor.come_in("Researcher")
    visitor.choose("Study", "Outcome summary")
    visitor.press("Run the study")
    visitor.keep("study", "Where these figures come from")
    visitor.press("Sign out")


def _plant(visitor: Visitor) -> None:
    """The control as the name of a file, which the server and the page say back, and as words on the page."""
    visitor.come_in("Authority")
    visitor.upload(f"{CONTROL.surname}.xml", b"<Message/>")
    visitor.keep("named", "Check the return")
    visitor.page.evaluate(PLANT, [word for words in control.words().values() for word in words])
    visitor.keep("written", "Check the return")
