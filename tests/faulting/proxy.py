"""A proxy between a client and Postgres: it counts what the client asks, and lets a fault happen at a chosen step.

A step is one request on the wire: a statement, a block of COPY, COMMIT. A fault happens either before the request
reaches the server, or after the server has answered and before the client has heard of it. The client's code knows
nothing of all this: whatever it sends is a step, so no step can be forgotten.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ENDS = b"QSdcf"
"""Query, Sync, CopyData, CopyDone, CopyFail: the messages with which a request is complete."""
CANCEL = 80877102
LONGEST_WAIT = 0.3
"""Seconds in which an answer must come; a block of COPY has none."""


class Link:
    """One client's connection through the proxy."""

    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self.proxy, self.client = proxy, client
        self.server = socket.socket(socket.AF_UNIX)
        self.pid = 0
        self.is_held = False
        self.answered = threading.Event()

    def start(self) -> None:
        try:
            self.server.connect(str(self.proxy.behind / ".s.PGSQL.5432"))
        except OSError:
            self.cut()
            return
        for pump in (self._up, self._down):
            threading.Thread(target=self._safely, args=(pump,), daemon=True).start()

    def cut(self) -> None:
        """Close both ends; neither hears why."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                end.close()

    def _safely(self, pump: Callable[[], None]) -> None:
        with suppress(OSError, EOFError, struct.error):
            pump()
        self.cut()

    def _read(self, size: int) -> bytes:
        body = b""
        while len(body) < size:
            if not (more := self.client.recv(size - len(body))):
                raise EOFError
            body += more
        return body

    def _up(self) -> None:
        start = self._read(4)
        body = self._read(struct.unpack("!I", start)[0] - 4)
        self.server.sendall(start + body)
        if struct.unpack("!I", body[:4])[0] == CANCEL:
            return
        request = b""
        while True:
            head = self._read(5)
            request += head + self._read(struct.unpack("!I", head[1:])[0] - 4)
            if head[:1] in ENDS:
                self._step(request)
                request = b""
            elif head[:1] == b"X":
                self.server.sendall(request)
                request = b""

    def _step(self, request: bytes) -> None:
        fault = self.proxy.counted(request)
        if fault is None:
            self.server.sendall(request)
            return
        try:
            self._happen(fault, request)
        finally:
            fault.is_over.set()

    def _happen(self, fault: Fault, request: bytes) -> None:
        if fault.is_before:
            if instead := fault.happen(self, request):
                self.server.sendall(instead)
        else:
            self.answered.clear()
            self.is_held = True
            self.server.sendall(request)
            self.answered.wait(LONGEST_WAIT)
            fault.happen(self, request)

    def _down(self) -> None:
        is_first = True
        while body := self.server.recv(1 << 16):
            if is_first:
                at = body.find(b"K\x00\x00\x00")  # BackendKeyData: the pid that serves this client
                if at >= 0:
                    self.pid = struct.unpack("!I", body[at + 5 : at + 9])[0]
                    is_first = False
            if self.is_held:
                self.answered.set()
                continue
            self.client.sendall(body)


Happen = Callable[[Link, bytes], bytes | None]
"""What goes wrong; hands on what is sent to the server in the request's place, or nothing."""


@dataclass
class Fault:
    """`place`: the step at which it happens, counted from 1; or a word that stands in the request, its first time."""

    place: int | bytes
    is_before: bool
    happen: Happen
    has_happened: bool = False
    is_over: threading.Event = field(default_factory=threading.Event)


@dataclass
class Proxy:
    """Listens in `folder` for what is behind."""

    folder: Path
    behind: Path
    fault: Fault | None = None
    steps: int = 0
    requests: list[bytes] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._guard = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(self.folder / ".s.PGSQL.5432"))
        self._socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                link = Link(self, self._socket.accept()[0])
                self.links.append(link)
                link.start()

    def plan(self, fault: Fault | None) -> None:
        """From now on count anew, and let this fault happen once."""
        with self._guard:
            self.fault, self.steps, self.requests = fault, 0, []

    def counted(self, request: bytes) -> Fault | None:
        """Count a request; the fault where it is due."""
        with self._guard:
            self.steps += 1
            self.requests.append(request)
            fault = self.fault
            if fault is None or fault.has_happened:
                return None
            is_due = self.steps == fault.place if isinstance(fault.place, int) else fault.place in request
            fault.has_happened = is_due
            return fault if is_due else None

    def end_links(self) -> None:
        """Cut what is left of a client."""
        for link in self.links:
            link.cut()
        self.links.clear()

    def close(self) -> None:
        self._socket.close()
        self.end_links()
