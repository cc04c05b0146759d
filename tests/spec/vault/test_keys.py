"""The key ring: who may read it, what is refused, and that nothing ever shows a key."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cohort.errors import UsageError
from cohort.settings import from_environment
from cohort.vault.keys import EXAMPLE, KEY_BYTES, VARIABLE, FileKeys, KeyRing, create, load, provider, throwaway

KEY = "5a" * KEY_BYTES
NEXT = "c3" * KEY_BYTES


def ring_file(folder: Path, content: object, mode: int = 0o600) -> Path:
    path = folder / "keyring.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    path.chmod(mode)
    return path


def refusal(path: Path, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as raised:
        load(path, environment or {})
    assert raised.value.remedy
    return raised.value.code


def test_a_ring_that_was_made_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "vault" / "keyring.json"
    made = create(path)
    assert load(path, {}) == made
    assert (made.version, len(made.keys[0])) == (1, KEY_BYTES)


def test_a_new_ring_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "vault" / "keyring.json"
        create(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_two_rings_never_hold_the_same_key(tmp_path: Path) -> None:
    assert create(tmp_path / "a").keys != create(tmp_path / "b").keys
    assert throwaway().keys != throwaway().keys


def test_a_ring_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    first = create(path)
    with pytest.raises(UsageError) as raised:
        create(path)
    assert raised.value.code == "KEY-01"
    assert load(path, {}) == first


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666])
def test_a_ring_that_others_may_reach_is_refused(tmp_path: Path, mode: int) -> None:
    assert refusal(ring_file(tmp_path, {"keys": [KEY]}, mode)) == "KEY-03"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_ring_that_only_its_owner_may_read_is_taken(tmp_path: Path, mode: int) -> None:
    assert load(ring_file(tmp_path, {"keys": [KEY]}, mode), {}).keys == (bytes.fromhex(KEY),)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "KEY-04"),
        ("not json", "KEY-04"),
        ("[]", "KEY-04"),
        ({}, "KEY-04"),
        ({"keys": None}, "KEY-04"),
        ({"keys": [None]}, "KEY-04"),
        ({"keys": [7]}, "KEY-04"),
        ({"keys": KEY}, "KEY-04"),
        ({"keys": ["xy" * KEY_BYTES]}, "KEY-04"),
        ({"keys": []}, "KEY-05"),
        ({"keys": [EXAMPLE]}, "KEY-05"),
        ({"keys": [KEY, EXAMPLE]}, "KEY-05"),
        ({"keys": [" ".join(["00"] * KEY_BYTES)]}, "KEY-05"),
        ({"keys": ["00" * (KEY_BYTES + 1)]}, "KEY-05"),
        ({"keys": [KEY[:-2]]}, "KEY-06"),
        ({"keys": [KEY, ""]}, "KEY-06"),
    ],
)
def test_what_is_no_usable_ring_is_refused_by_its_fault(tmp_path: Path, content: object, code: str) -> None:
    assert refusal(ring_file(tmp_path, content)) == code


def test_a_file_in_another_encoding_is_refused_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    path.write_bytes(b'{"keys": ["\xff\xfe' + KEY.encode() + b'"]}')
    path.chmod(0o600)
    assert refusal(path) == "KEY-04"


def test_an_absent_ring_is_refused_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        load(tmp_path / "keyring.json", {})
    assert raised.value.code == "KEY-02"
    assert "cohort keys init" in raised.value.remedy


def test_the_environment_serves_where_there_is_no_file(tmp_path: Path) -> None:
    assert load(tmp_path / "none", {VARIABLE: KEY}).keys == (bytes.fromhex(KEY),)


def test_a_file_goes_before_the_environment(tmp_path: Path) -> None:
    path = ring_file(tmp_path, {"keys": [KEY]})
    assert load(path, {VARIABLE: NEXT}).keys == (bytes.fromhex(KEY),)


@pytest.mark.parametrize(("text", "code"), [(EXAMPLE, "KEY-05"), ("5a", "KEY-06"), ("secret", "KEY-04")])
def test_the_environment_is_held_to_the_same(tmp_path: Path, text: str, code: str) -> None:
    assert refusal(tmp_path / "none", {VARIABLE: text}) == code


def test_no_text_form_of_a_ring_shows_a_key() -> None:
    ring = KeyRing((bytes.fromhex(KEY), bytes.fromhex(NEXT)))
    shown = f"{ring!r} {ring} {[ring]}"
    assert "version=2" in shown
    for key in ring.keys:
        assert key.hex() not in shown
        assert repr(key)[2:10] not in shown


@pytest.mark.parametrize("content", [{"keys": [KEY[:-2]]}, {"keys": [KEY + "g"]}, {"keys": KEY}])
def test_no_refusal_quotes_what_the_file_holds(tmp_path: Path, content: object) -> None:
    path = ring_file(tmp_path, content)
    with pytest.raises(UsageError) as raised:
        load(path, {})
    assert KEY[:8] not in "".join(traceback.format_exception(raised.value))


def test_a_derived_key_stands_for_its_purpose_and_survives_rotation() -> None:
    one, two = KeyRing((bytes.fromhex(KEY),)), KeyRing((bytes.fromhex(KEY), bytes.fromhex(NEXT)))
    assert one.derive("project a") == two.derive("project a")
    assert one.derive("project a") != one.derive("project b")
    assert one.derive("project a") != KeyRing((bytes.fromhex(NEXT),)).derive("project a")
    assert len(one.derive("project a")) == KEY_BYTES


def locked(folder: Path, content: object = None) -> Path:
    """A sound ring in a folder of its own."""
    folder.mkdir(mode=0o700, parents=True)
    return ring_file(folder, content or {"keys": [KEY]})


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
@pytest.mark.parametrize("mode", [0o770, 0o720, 0o702, 0o777])
def test_a_folder_into_which_others_may_write_is_refused_with_its_remedy(tmp_path: Path, mode: int) -> None:
    path = locked(tmp_path / "open")
    path.parent.chmod(mode)
    with pytest.raises(UsageError) as raised:
        load(path, {})
    assert (raised.value.code, "chmod go-w" in raised.value.remedy) == ("KEY-10", True)
    path.parent.chmod(mode & ~0o022)  # the remedy
    assert load(path, {}).version == 1


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_a_sticky_folder_is_let_pass(tmp_path: Path) -> None:
    path = locked(tmp_path / "sticky")
    path.parent.chmod(0o1777)
    assert load(path, {}).version == 1


def test_a_link_to_elsewhere_is_refused_and_one_within_the_folder_is_not(tmp_path: Path) -> None:
    path = locked(tmp_path / "far")
    away, beside = tmp_path / "near" / "keyring.json", path.with_name("link.json")
    away.parent.mkdir(mode=0o700)
    away.symlink_to(path)
    beside.symlink_to(path.name)
    assert refusal(away) == "KEY-09"
    assert load(path, {}) == load(beside, {})


def test_a_ring_inside_a_repository_is_refused_wherever_it_lies_there(tmp_path: Path) -> None:
    path = locked(tmp_path / "project" / "deep" / "down")
    assert load(path, {}).version == 1
    (tmp_path / "project" / ".git").mkdir()
    assert refusal(path) == "KEY-11"
    with pytest.raises(UsageError) as raised:
        create(path.with_name("new.json"))
    assert raised.value.code == "KEY-11"
    assert "COHORT_KEY_FILE" in raised.value.remedy
    assert not path.with_name("new.json").exists()


@pytest.mark.parametrize("folder", ["postgres", "snapshots", "releases", "backups"])
def test_a_ring_among_what_is_copied_with_the_data_is_refused(tmp_path: Path, folder: str) -> None:
    copied = from_environment({"COHORT_HOME": str(tmp_path)}).copied
    path = locked(tmp_path / folder / "keys")
    for use in (FileKeys(path, copied).load, FileKeys(path.with_name("new.json"), copied).create):
        with pytest.raises(UsageError) as raised:
            use()
        assert (raised.value.code, "COHORT_KEY_FILE" in raised.value.remedy) == ("KEY-12", True)
    assert FileKeys(locked(tmp_path / "keys"), copied).load().version == 1


def test_the_environments_key_is_used_with_a_warning_and_cannot_be_rotated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = provider(tmp_path / "none", environment={VARIABLE: KEY})
    assert "for development only" in caplog.text
    assert KEY[:8] not in caplog.text + repr(found)
    with pytest.raises(UsageError) as raised:
        found.extend(1)
    assert (raised.value.code, "cohort keys init" in raised.value.remedy) == ("KEY-15", True)


def test_nothing_is_warned_of_where_a_file_serves(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    provider(locked(tmp_path / "keys"), environment={VARIABLE: NEXT}).load()
    assert caplog.text == ""


def test_an_extended_ring_keeps_its_keys_its_mode_and_no_second_file(tmp_path: Path) -> None:
    kept = FileKeys(tmp_path / "keys" / "keyring.json")
    first = kept.create()
    second = kept.extend(1)
    assert (second.version, second.at(1)) == (2, first)
    assert kept.load() == second
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert [path.name for path in kept.path.parent.iterdir()] == ["keyring.json"]


def test_a_key_that_waits_in_the_ring_is_used_and_none_is_added(tmp_path: Path) -> None:
    kept = FileKeys(tmp_path / "keys" / "keyring.json")
    kept.create()
    assert kept.extend(1) == kept.extend(1) == kept.load()


def test_records_that_share_a_ring_never_drop_each_others_key(tmp_path: Path) -> None:
    """Two rotations of two databases at once: both get the same second key."""
    kept = FileKeys(tmp_path / "keys" / "keyring.json")
    kept.create()
    with ThreadPoolExecutor(8) as pool:
        rings = set(pool.map(lambda _: kept.extend(1).keys, range(32)))
    assert rings == {kept.load().keys}


def test_the_name_of_a_ring_tells_nothing_and_every_ring_has_its_own() -> None:
    one, two = KeyRing((bytes.fromhex(KEY),)), KeyRing((bytes.fromhex(KEY), bytes.fromhex(NEXT)))
    names = [one.key_id, two.key_id, KeyRing(two.keys[::-1]).key_id, one.record_id, KeyRing(two.keys[1:]).key_id]
    assert len(set(names)) == len(names)
    assert one.record_id == two.record_id
    assert not any(part in name for name in names for key in one.keys for part in (key.hex()[:12], name_of(key)))


def name_of(key: bytes) -> str:
    """What anybody could work out who guessed that a bare hash was used."""
    return hashlib.sha256(key).hexdigest()[:12]


def test_no_printer_of_objects_shows_a_key() -> None:
    """Hypothesis and Rich print a dataclass field by field, whatever its own text form says."""
    from hypothesis.vendor import pretty
    from rich.pretty import pretty_repr

    ring = throwaway()
    shown = pretty.pretty(ring) + pretty_repr(ring) + repr(ring) + str(ring)
    assert repr(ring.keys[0]) not in shown
    assert ring.keys[0].hex() not in shown
