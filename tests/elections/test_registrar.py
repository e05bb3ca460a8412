"""Two registrars who must both sign (level C): the second one's key is never where the server's is."""

from __future__ import annotations

import copy
import json
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from tests.elections.scene import Scene, Voter, make

from quorate.access.actors import VISITOR, system
from quorate.decisions.balloting import blind, verifier
from quorate.decisions.balloting.bundle import Token
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.keys import public_keys
from quorate.registers.elections import actions, keyring
from quorate.registers.elections.models import RollEntry
from quorate.registers.elections.registrar import Office

pytestmark = pytest.mark.django_db
CLERK = system("registrar")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.make(tmp_path / "second.key", "Office of the secretary (synthetic)")


def opened(office: Office) -> Scene:
    scene = make(8, level="C", second_registrar=office.public())
    scene.nominate(3)
    scene.open()
    return scene


def dropped(scene: Scene, token: Token) -> None:
    actions.drop_ballot(
        actor=VISITOR, election=scene.election, paper=Voter().paper([["elin-0"], ["elin-1"]]), token=token
    )


def test_an_election_with_two_registrars_is_verified(office: Office) -> None:
    scene = opened(office)
    for place in range(6):
        dropped(scene, scene.token(place, lambda: office.sign_waiting(CLERK, scene.election)))
    scene.close()
    with pytest.raises(Conflict, match="second registrar has not yet"):
        scene.publish()
    assert office.state(CLERK, scene.again()) == 6
    bundle = scene.publish().bundle
    assert bundle is not None
    key = public_keys()[-1].text()
    assert verifier.check(bundle, key, []) == []
    assert [len(item["electors"]) for item in bundle["issued"]] == [6, 6]
    other = copy.deepcopy(bundle)
    other["issued"][1]["electors"].pop()
    with pytest.raises(verifier.Bad):
        verifier.check(other, key, [])
    assert not RollEntry.objects.exclude(second_blinded="", second_signed="").exists()


def test_the_box_takes_no_token_with_one_signature_or_one_twice(office: Office) -> None:
    scene = opened(office)
    good = scene.token(0, lambda: office.sign_waiting(CLERK, scene.election))
    for signatures in ((good.signatures[0],), (good.signatures[0],) * 2, good.signatures[::-1]):
        with pytest.raises(Refused):
            dropped(scene, Token(good.token, good.prefix, signatures))
    dropped(scene, good)


def test_the_server_alone_cannot_mint_a_token(office: Office) -> None:
    """With the election's own key file, which is all that the server holds, the second signature is missing."""
    scene = opened(office)
    own = keyring.read(scene.election.pk).registrar
    assert own is not None
    prepared = blind.prepare(secrets.token_bytes(32))
    numbers = own.public_key().public_numbers()
    hidden = blind.blind(numbers, prepared)
    signature = blind.finalize(numbers, prepared, blind.blind_sign(own, hidden.message), hidden.inverse)
    with pytest.raises(Refused):
        dropped(scene, Token(prepared[32:], prepared[:32], (signature, signature)))
    assert scene.election.manifest is not None
    text = keyring.path_of(scene.election.pk).read_text()
    assert scene.election.manifest["registrars"][1]["n"] not in text


def test_an_elector_is_signed_for_once(office: Office) -> None:
    scene = opened(office)
    assert scene.election.manifest is not None
    keys = [RSAPublicNumbers(item["e"], int(item["n"], 16)) for item in scene.election.manifest["registrars"]]

    def ask() -> list[bytes | None]:
        prepared = blind.prepare(secrets.token_bytes(32))
        blinded = [blind.blind(key, prepared).message for key in keys]
        return actions.issue_token(actor=scene.actor(0), election=scene.election, blinded=blinded)

    assert ask()[1] is None
    assert office.sign_waiting(CLERK, scene.election) == 1
    with pytest.raises(Conflict):
        ask()
    # Somebody with the database asks in the same elector's name once more: the office kept its own register.
    forged = blind.blind(keys[1], blind.prepare(secrets.token_bytes(32))).message
    RollEntry.objects.filter(elector=scene.people[0].pk).update(second_blinded=forged.hex(), second_signed="")
    with pytest.raises(Conflict, match="another token"):
        office.sign_waiting(CLERK, scene.election)


def test_a_list_that_is_not_the_offices_own_is_not_signed(office: Office) -> None:
    scene = opened(office)
    for place in range(2):
        scene.token(place, lambda: office.sign_waiting(CLERK, scene.election))
    RollEntry.objects.filter(elector=scene.people[3].pk).update(voted=True, second_blinded="aa", second_signed="bb")
    scene.close()
    with pytest.raises(Conflict, match="names 3 electors and this register 2"):
        office.state(CLERK, scene.again())
    with pytest.raises(Refused):
        actions.state_issued(actor=CLERK, election=scene.again(), note="no")


def test_a_signature_that_does_not_hold_is_not_taken(office: Office) -> None:
    scene = opened(office)
    with pytest.raises(AssertionError):
        scene.token(0)
    for signed in (bytes(256), b"", b"\x01" * 256, b"\xff" * 400):
        with pytest.raises(Refused):
            actions.cosign(actor=CLERK, election=scene.election, elector=scene.people[0].pk, signed=signed)
    with pytest.raises(Conflict):
        actions.cosign(actor=CLERK, election=scene.election, elector=scene.people[1].pk, signed=bytes(256))


def test_a_key_serves_one_election_that_names_it(office: Office, tmp_path: Path) -> None:
    scene = opened(office)
    other = Office.make(tmp_path / "other.key", "Somebody else (synthetic)")
    with pytest.raises(Conflict, match="does not name this registrar"):
        other.sign_waiting(CLERK, scene.election)
    office.register.write_text(json.dumps({"election": "another", "elector": "x", "mark": "y"}) + "\n")
    with pytest.raises(Conflict, match="another election"):
        office.sign_waiting(CLERK, scene.election)


def test_the_file_is_its_owners_and_is_never_replaced(office: Office, tmp_path: Path) -> None:
    assert office.path.stat().st_mode & 0o777 == 0o600
    assert Office.read(office.path).public() == office.public()
    with pytest.raises(UserError, match="exists"):
        Office.make(office.path, "Again")
    (tmp_path / "no.key").write_text("{}")
    with pytest.raises(UserError, match="no file of a registrar"):
        Office.read(tmp_path / "no.key")


def test_a_notice_takes_a_second_registrar_at_level_c_alone(office: Office) -> None:
    with pytest.raises(UserError, match="only level C"):
        make(3, level="B", second_registrar=office.public())


@pytest.mark.parametrize("change", [{"n": "ff"}, {"e": 3}, {"key": "x"}, {"name": ""}, {"more": 1}])
def test_what_is_no_public_key_is_refused(office: Office, change: dict[str, object]) -> None:
    with pytest.raises(UserError, match="not the public key"):
        make(3, level="C", second_registrar={**office.public(), **change})
