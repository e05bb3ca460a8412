"""Two workers with two slots each, and handlers of every temper."""

from __future__ import annotations

import pytest
from tests.ledger.conftest import Installation


@pytest.mark.slow
def test_no_handler_can_hold_up_the_others_or_run_twice_for_being_slow(installation: Installation) -> None:
    found = installation.run("juggle", "12")
    assert found["states"] == {"behave done": 40, "dawdle done": 1, "fail dead": 3, "hang dead": 4}, found
    ran = found["ran"]
    assert ran["behave"] == 40
    assert ran["dawdle"] == 1, "its lease was renewed"
    assert ran["fail"] == 6, "each was tried twice"
    assert ran["hang"] == 8
    assert 3 <= ran["job"] <= 13, "one of the two workers ran it each second"
