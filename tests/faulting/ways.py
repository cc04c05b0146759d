"""The ways in which things go wrong at a step."""

from __future__ import annotations

import os
import signal
import struct
import time
from collections.abc import Callable

from tests.faulting.proxy import Happen, Link
from tests.faulting.server import Server

STATES = {
    "serialization failure": "40001",
    "deadlock": "40P01",
    "statement timeout": "57014",
    "disk full": "53100",
    "lock timeout": "55P03",
}
LONGEST_STALL = 0.6


def cut(link: Link, request: bytes) -> None:
    """The connection breaks."""
    link.cut()


def terminate(server: Server) -> Happen:
    """An administrator ends the session."""

    def happen(link: Link, request: bytes) -> None:
        server.sql("SELECT pg_terminate_backend(%s)", link.pid)
        _gone(link.pid)
        link.cut()

    return happen


def kill_backend(server: Server) -> Happen:
    """SIGKILL to the process that serves the client: the server ends all others and recovers."""

    def happen(link: Link, request: bytes) -> None:
        os.kill(link.pid, signal.SIGKILL)
        link.cut()

    return happen


def restart(server: Server, how: Callable[[], None]) -> Happen:
    """The server goes down in some way and comes up again."""

    def happen(link: Link, request: bytes) -> None:
        how()
        link.cut()
        server.start()

    return happen


def stay_down(server: Server) -> Happen:
    """The server is killed and stays down."""

    def happen(link: Link, request: bytes) -> None:
        server.kill()
        link.cut()

    return happen


def kill_client(pid: Callable[[], int]) -> Happen:
    """SIGKILL to the client's process."""

    def happen(link: Link, request: bytes) -> None:
        os.kill(pid(), signal.SIGKILL)
        link.cut()

    return happen


def stall(link: Link, request: bytes) -> None:
    """The client falls silent until the server gives it up."""
    ends = time.monotonic() + LONGEST_STALL
    while time.monotonic() < ends and _is_alive(link.pid):
        time.sleep(0.02)
    link.cut()


def fail(state: str) -> Happen:
    """The server fails the request with an error of this state, and its transaction with it."""
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'a fault' USING ERRCODE = '{state}'; END $$".encode() + b"\0"

    def happen(link: Link, request: bytes) -> bytes | None:
        kind = request[:1] if request[:1] != b"H" else request[5:6]
        if kind in b"dc":  # inside COPY: the client's side of it fails
            return _message(b"f", b"a fault\0")
        if kind == b"Q":
            return _message(b"Q", raising)
        parse = _message(b"P", b"\0" + raising + struct.pack("!h", 0))
        bind = _message(b"B", b"\0\0" + struct.pack("!hhh", 0, 0, 0))
        return parse + bind + _message(b"E", b"\0" + struct.pack("!i", 0)) + _message(b"S", b"")

    return happen


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _gone(pid: int) -> None:
    for _ in range(400):
        if not _is_alive(pid):
            return
        time.sleep(0.005)
