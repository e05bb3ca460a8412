"""Amounts stay exact, whatever is done with them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.kernel import money
from quorate.kernel.errors import UserError

minor = st.integers(-money.LARGEST, money.LARGEST)


@given(minor, st.integers(0, 9))
def test_there_and_back(amount: int, digits: int) -> None:
    exact = money.from_minor(amount, digits)
    assert money.to_minor(exact, digits) == amount
    assert money.to_minor(money.show(amount, digits), digits) == amount
    assert exact == Decimal(amount) / (Decimal(10) ** digits)


@given(minor, st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any))
def test_shares_add_up_and_are_fair(total: int, weights: list[int]) -> None:
    parts = money.share(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part


def test_what_is_not_exact_is_refused() -> None:
    for wrong in ("", "x", "NaN", "Infinity", "1e400", "0.001", "1." + "0" * 300, str(10**16)):
        with pytest.raises(UserError):
            money.to_minor(wrong, 2)
    with pytest.raises(TypeError):
        money.to_minor(0.1, 2)  # type: ignore[arg-type]  # what is tested
    for weights in ([0], [1, -1], [-2, 3]):
        with pytest.raises(ValueError):
            money.share(10, weights)


def test_no_digit_of_a_long_amount_is_lost() -> None:
    with pytest.raises(UserError):
        money.to_minor("1.0000000000000000000000000000001", 2)
    assert money.to_minor("1.00000000000000000000", 2) == 100


def test_currencies_have_their_own_units() -> None:
    assert [money.CURRENCIES[code] for code in ("USD", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert "XXX" not in money.CURRENCIES
