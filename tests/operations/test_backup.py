"""What is saved is whole, comes back the same, and never overwrites by accident."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.operations.conftest import Installation

from quorate.kernel.errors import UserError
from quorate.surfaces.operations.backup import examine
from quorate.surfaces.operations.restore import fits

pytestmark = pytest.mark.slow


def test_saved_and_brought_back(installation: Installation, empty: Installation, tmp_path: Path) -> None:
    installation.run("account", "create", "unsealed@people.example")
    file = tmp_path / "backup.tar"
    saved = installation.ask("backup", str(file))
    assert (saved["ledger"]["entries"], saved["ledger"]["size"]) == (2, 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".quorate")] == []
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert names[0] == "manifest.json"
    assert "files/ab/attachment" in names
    assert [name for name in names if name.startswith("keys/")] == ["keys/ledger.pub"]

    done = empty.ask("restore", str(file))
    assert done["ledger"]["ok"]
    assert (done["ledger"]["entries"], done["ledger"]["unsealed"]) == (2, 1)
    assert done["ledger"]["root"] == saved["ledger"]["root"]
    assert (empty.home / "files" / "ab" / "attachment").read_bytes() == b"what somebody attached"
    assert len(empty.ask("account", "list")["accounts"]) == 2


def test_with_keys_the_record_goes_on(installation: Installation, empty: Installation, tmp_path: Path) -> None:
    installation.run("backup", str(tmp_path / "b.tar"), "--keys")
    empty.run("restore", str(tmp_path / "b.tar"))
    assert stat.S_IMODE((empty.home / "keys" / "ledger.key").stat().st_mode) == 0o600
    empty.run("account", "create", "next@people.example")
    empty.run("ledger", "seal")
    assert empty.ask("ledger", "verify")["size"] == 2


def test_nothing_is_overwritten_by_accident(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    installation.run("backup", str(file))
    assert "--overwrite" in installation.ask("backup", str(file), status=2)["error"]["mend"]
    installation.run("account", "create", "later@people.example")
    assert "--overwrite" in installation.ask("restore", str(file), status=2)["error"]["mend"]
    assert len(installation.ask("account", "list")["accounts"]) == 2
    installation.run("restore", str(file), "--overwrite")
    assert len(installation.ask("account", "list")["accounts"]) == 1
    if not installation.url:
        assert [path for path in installation.home.iterdir() if ".before-" in path.name], "what was there is kept"


def rewritten(file: Path, change: Change, more: dict[str, bytes]) -> Path:
    """A copy of a backup with members changed, left out or added."""
    copy = file.with_name("changed.tar")
    with tarfile.open(file) as source, tarfile.open(copy, "w") as target:
        members = {member.name: source.extractfile(member).read() for member in source}  # type: ignore[union-attr]  # all are files
        for name, content in {**members, **more}.items():
            found = change(name, content)
            if found is not None:
                member = tarfile.TarInfo(name)
                member.size = len(found)
                target.addfile(member, io.BytesIO(found))
    return copy


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def manifest_with(content: bytes, **more: Any) -> bytes:
    return json.dumps(json.loads(content) | more).encode()


@pytest.fixture(scope="module")
def sound(pattern: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup to do bad things to."""
    file = tmp_path_factory.mktemp("sound") / "b.tar"
    pattern.run("backup", str(file))
    return file


Change = Callable[[str, bytes], bytes | None]
DAMAGE: dict[str, tuple[Change, dict[str, bytes]]] = {
    "one bit of the database": (lambda name, content: flip(content) if name.startswith("database") else content, {}),
    "one bit of a file": (lambda name, content: flip(content) if name.startswith("files") else content, {}),
    "a file is missing": (lambda name, content: None if name.startswith("files") else content, {}),
    "the manifest is missing": (lambda name, content: None if name == "manifest.json" else content, {}),
    "the manifest is no JSON": (lambda name, content: b"{" if name == "manifest.json" else content, {}),
    "a file too many": (lambda _name, content: content, {"files/extra": b"x"}),
    "a file outside": (lambda _name, content: content, {"files/../../evil": b"x"}),
    "a newer form": (
        lambda name, content: manifest_with(content, format=99) if name == "manifest.json" else content,
        {},
    ),
}


@pytest.mark.parametrize("title", DAMAGE)
def test_a_damaged_backup_is_refused(sound: Path, tmp_path: Path, title: str) -> None:
    change, more = DAMAGE[title]
    with pytest.raises(UserError):
        examine(rewritten(sound, change, more), into=tmp_path / "into")
    assert not (tmp_path / "evil").exists()


def test_a_listed_file_may_not_lie_outside(sound: Path, tmp_path: Path) -> None:
    """Not even when the manifest lists it with the right checksum."""
    name = "files/../../evil"
    digest = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}

    def listed(member: str, content: bytes) -> bytes:
        if member != "manifest.json":
            return content
        return manifest_with(content, members=json.loads(content)["members"] | {name: digest})

    with pytest.raises(UserError, match="does not list"):
        examine(rewritten(sound, listed, {name: b"x"}), into=tmp_path / "into")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_backup_that_was_cut_off_is_refused(sound: Path, tmp_path: Path, share: float) -> None:
    cut = tmp_path / "cut.tar"
    content = sound.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UserError):
        examine(cut)


@pytest.mark.django_db
def test_what_does_not_fit_this_installation_is_refused(sound: Path) -> None:
    manifest = examine(sound)
    fits(manifest, sound)
    with pytest.raises(UserError, match="newer"):
        fits(replace(manifest, migrations=[*manifest.migrations, "ledger.9999_later"]), sound)
    with pytest.raises(UserError, match="runs on"):
        fits(replace(manifest, database="other"), sound)


def test_a_backup_can_be_read_through_without_restoring(sound: Path, empty: Installation, tmp_path: Path) -> None:
    assert empty.ask("restore", str(sound), "--check")["ledger"]["entries"] == 1
    (tmp_path / "text").write_text("not a backup")
    assert "not a" in empty.ask("restore", str(tmp_path / "text"), "--check", status=2)["error"]["what"]
