"""Sealers and writers that truly collide, in processes of their own, on both databases."""

from __future__ import annotations

import json

import pytest
from tests.ledger.conftest import Installation

WRITERS, ENTRIES = 4, 120


@pytest.mark.slow
def test_every_entry_is_sealed_once_whoever_writes_and_seals(installation: Installation) -> None:
    sealers = [installation.start("seal", "6") for _ in range(2)]
    writers = [installation.start("append", str(ENTRIES), str(seed)) for seed in range(WRITERS)]
    written = 0
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        assert writer.returncode == 0, err
        written += int(out)
    sealed = 0
    for process in sealers:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        sealed += int(out)
    found = installation.run("verdict")
    assert found["ok"], json.dumps(found)
    assert found["entries"] == found["size"] == written
    assert 0 < sealed <= written
    assert found["unsealed"] == 0
