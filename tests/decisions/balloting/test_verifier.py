"""The verifier, which shares nothing with the product: it accepts what is right and names what is not."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.decisions.balloting import made

from quorate.decisions.balloting import ballots, bundle, receipts, verifier
from quorate.ledger.merkle import Frontier, leaf_hash
from quorate.ledger.notes import Checkpoint, SigningKey

Json = dict[str, Any]
KEY = made.KEY.public.text()
FILE = Path(verifier.__file__)


@pytest.fixture(scope="module")
def level_b() -> Json:
    return made.election()


@pytest.fixture(scope="module")
def level_c() -> Json:
    return made.election(9, level="C", seed=3)


@pytest.fixture(scope="module")
def level_a() -> Json:
    return made.election(9, level="A", seed=4)


def refused(found: Json, where: str = "") -> verifier.Bad:
    """The bundle is refused, at that place."""
    with pytest.raises(verifier.Bad) as caught:
        verifier.check(found, KEY, [])
    assert caught.value.args[0].startswith(where), caught.value.args
    return caught.value


def resealed(found: Json) -> Json:
    """Signed again by the operator's own key: what a dishonest operator would publish."""
    sections = {name: bundle.digest(found[name]).hex() for name in bundle.SECTIONS}
    seal = Checkpoint(f"{found['manifest']['log']}/result", len(found["ballots"] or ()), bundle.digest(sections))
    return {**found, "sections": sections, "seal": made.KEY.sign(seal, made.AT)}


@pytest.mark.parametrize("rule", ["scottish-stv", "irv", "plurality", "approval"])
@pytest.mark.parametrize("seats", [1, 3])
def test_elections_are_accepted(rule: str, seats: int) -> None:
    for seed in range(4):
        assert verifier.check(made.election(31, rule=rule, seats=seats, seed=seed, level="A"), KEY, []) == []


def test_all_levels_are_accepted(level_a: Json, level_b: Json, level_c: Json) -> None:
    for found in (level_a, level_b, level_c):
        assert verifier.check(found, KEY, []) == []


def test_few_ballots_are_not_published_and_not_counted_again() -> None:
    remarks = verifier.check(made.election(4), KEY, [])
    assert len(remarks) == 1 and "so few" in remarks[0]


def limits(mode: str, *rules: tuple[list[str], int, int | None]) -> Json:
    named = [
        {"name": f"group {place}", "candidates": who, "least": least, "most": most}
        for place, (who, least, most) in enumerate(rules)
    ]
    return {"mode": mode, "rules": named}


@pytest.mark.parametrize("mode", ["count", "seating"])
def test_caps_are_applied_again(mode: str) -> None:
    plain = made.election(40, seats=3)
    group = plain["result"]["elected"]
    capped = made.election(40, seats=3, constraints=limits(mode, (group, 0, 1)))
    assert len(set(capped["result"]["elected"]) & set(group)) == 1
    assert (len(capped["result"]["struck"]) >= 2) == (mode == "seating")
    assert verifier.check(capped, KEY, []) == []
    ignored = copy.deepcopy(capped)
    ignored["result"] = copy.deepcopy(plain["result"])
    refused(resealed(ignored), "result.elected")
    if mode == "seating":
        changed = copy.deepcopy(capped)
        changed["result"]["struck"] = []
        refused(resealed(changed), "result.struck")


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_counts_under_constraints_are_repeated_by_the_verifier(data: st.DataObject) -> None:
    """The third implementation, which shares nothing with the two counters, follows them stage by stage."""
    rules = []
    for _rule in range(data.draw(st.integers(1, 3))):
        who = data.draw(st.lists(st.sampled_from(made.NAMES), min_size=1, unique=True))
        least = data.draw(st.integers(0, 2))
        rules.append((sorted(who), least, data.draw(st.one_of(st.none(), st.integers(least, 3)))))
    rule = data.draw(st.sampled_from(["scottish-stv", "irv", "plurality", "approval"]))
    mode, seats = data.draw(st.sampled_from(["count", "seating"])), data.draw(st.integers(1, 4))
    gone = data.draw(st.lists(st.sampled_from(made.NAMES), max_size=3, unique=True))
    found = made.election(
        data.draw(st.integers(5, 20)),
        rule=rule,
        seats=seats,
        level="A",
        seed=data.draw(st.integers(0, 1000)),
        constraints=limits(mode, *rules),
        withdrawn=tuple(gone),
    )
    assert verifier.check(found, KEY, []) == []


def test_a_rule_that_is_not_counted_again_is_still_held_to_its_constraints() -> None:
    wrong = made.election(20, rule="meek-prf", seats=2, level="A")
    assert "does not count by meek-prf" in verifier.check(wrong, KEY, [])[0]
    limited = made.election(
        20, rule="meek-prf", seats=2, level="A", constraints=limits("count", (made.NAMES[:5], 0, 1))
    )
    assert "does not count by meek-prf" in verifier.check(limited, KEY, [])[0]
    limited["result"]["elected"] = made.NAMES[:2]
    refused(resealed(limited), "result.elected")


def test_who_withdrew_is_struck_and_cannot_be_elected() -> None:
    plain = made.election(24)
    first = plain["result"]["elected"][0]
    found = made.election(24, withdrawn=(first,))
    assert first not in found["result"]["elected"]
    assert verifier.check(found, KEY, []) == []
    kept = copy.deepcopy(found)
    kept["withdrawn"] = []
    refused(resealed(kept), "result.")
    seated = copy.deepcopy(plain)
    seated["withdrawn"] = found["withdrawn"]
    refused(resealed(seated), "result.elected")


def test_two_registrars_must_both_sign() -> None:
    found = made.election(9, level="C", seed=3, registrars=2)
    assert verifier.check(found, KEY, []) == []
    one = copy.deepcopy(found)
    one["tokens"][0]["signatures"][1] = one["tokens"][0]["signatures"][0]
    refused(resealed(one), "tokens[0]")
    fewer = copy.deepcopy(found)
    for item in fewer["tokens"]:
        del item["signatures"][1]
    refused(resealed(fewer), "tokens[0]")
    unsigned = copy.deepcopy(found)
    del unsigned["issued"][1]
    refused(resealed(unsigned), "issued")
    # The operator may add names to both lists, but the second registrar's signature is over theirs.
    more = copy.deepcopy(found)
    for item in more["issued"]:
        item["electors"] = sorted([*item["electors"], more["roll"][-1]])
    more["voted"] = more["issued"][0]["electors"]
    refused(resealed(more), "issued[1]")


def test_what_a_dishonest_operator_could_publish_is_refused(level_b: Json) -> None:
    """Everything is signed again with the true key; the proof, the log and the change codes still tell."""
    found = copy.deepcopy(level_b)
    other = next(ballot for ballot in found["ballots"] if ballot != found["ballots"][3])
    found["ballots"][3] = other
    found["ballots"] = bundle.sorted_ballots(found["ballots"])
    refused(resealed(found), "ballots")

    dropped = copy.deepcopy(level_b)
    del dropped["ballots"][5]
    refused(resealed(dropped), "ballots")

    added = copy.deepcopy(level_b)
    added["ballots"] = bundle.sorted_ballots([*added["ballots"], [["ada"]]])
    refused(resealed(added), "ballots")

    both = copy.deepcopy(level_b)
    del both["ballots"][5]
    standing = [place for place, row in enumerate(both["log"]) if row["code"] is None]
    both["log"][standing[0]]["code"] = "00" * 32
    both["voted"].pop()
    refused(resealed(both), f"log[{standing[0]}]")

    shorter = copy.deepcopy(level_b)
    del shorter["log"][standing[0]]
    refused(resealed(shorter), "log")

    stranger = copy.deepcopy(level_b)
    stranger["voted"][0] = "somebody"
    stranger["voted"].sort()
    refused(resealed(stranger), "voted")

    roll = copy.deepcopy(level_b)
    roll["roll"].pop()
    refused(resealed(roll), "roll")

    rule = copy.deepcopy(level_b)
    rule["manifest"]["rule"]["name"] = "plurality"
    refused(resealed(rule), "manifest")

    renamed = copy.deepcopy(rule)
    renamed["manifest_hash"] = bundle.manifest_hash(renamed["manifest"]).hex()
    refused(resealed(renamed), "")  # every commitment was made under the true manifest

    result = copy.deepcopy(level_b)
    result["result"]["elected"].reverse()
    refused(resealed(result), "result.elected")

    totals = copy.deepcopy(level_b)
    totals["result"]["count"]["stages"][1]["totals"]["1"] = "99"
    refused(resealed(totals), "result.count.stages[1]")

    lot = copy.deepcopy(level_b)
    lot["lot"]["public_value"] = "another"
    refused(resealed(lot), "lot.seed")


def test_tokens_are_held_to_the_registrar(level_c: Json) -> None:
    forged = copy.deepcopy(level_c)
    forged["tokens"][2]["token"] = forged["tokens"][1]["token"]
    forged["tokens"].sort(key=verifier.canonical)
    refused(resealed(forged), "tokens[")
    fewer = copy.deepcopy(level_c)
    fewer["tokens"].pop()
    refused(resealed(fewer), "tokens")


def test_another_key_is_refused(level_b: Json) -> None:
    other = SigningKey.generate("vote.example/ledger/0a1b2c3d").public.text()
    with pytest.raises(verifier.Bad) as caught:
        verifier.check(level_b, other, [])
    assert caught.value.args[0] == "key"


def leaves_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values that hold no others."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in leaves_of(item, (*path, key))]
    if isinstance(value, list) and value:
        return [found for place, item in enumerate(value) for found in leaves_of(item, (*path, place))]
    return [path]


def changed(value: Any) -> Any:
    """Something else of the same kind."""
    if isinstance(value, bool) or value is None or value in ([], {}):
        return 1
    if isinstance(value, int):
        return value + 1
    middle = len(value) // 2
    letter = "1" if value[middle : middle + 1] != "1" else "2"
    return value[:middle] + letter + value[middle + 1 :]


@given(data=st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_anywhere_is_seen_and_named(
    level_b: Json, level_c: Json, level_a: Json, data: st.DataObject
) -> None:
    found = copy.deepcopy(data.draw(st.sampled_from([level_b, level_c, level_a])))
    section = data.draw(st.sampled_from(sorted(found)))
    path = data.draw(st.sampled_from(leaves_of(found[section], (section,))))
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = changed(holder[path[-1]])
    with pytest.raises((verifier.Bad, KeyError, TypeError, ValueError, AttributeError, IndexError)) as caught:
        verifier.check(found, KEY, [])
    if isinstance(caught.value, verifier.Bad):
        assert caught.value.args[0]


@pytest.mark.parametrize("section", sorted(bundle.SECTIONS))
def test_a_section_that_is_gone_is_named(level_b: Json, section: str) -> None:
    refused({name: value for name, value in level_b.items() if name != section}, section)


def test_receipts(level_b: Json, tmp_path: Path) -> None:
    frontier = Frontier()
    given_out = []
    for place, row in enumerate(level_b["log"]):
        commitment, anchored = bytes.fromhex(row["commitment"]), bytes.fromhex(row["anchor"])
        path = receipts.path_of_last(frontier)
        frontier.append(leaf_hash(ballots.leaf(commitment, anchored)))
        head = made.KEY.sign(Checkpoint(level_b["manifest"]["log"], frontier.size, frontier.root()), made.AT)
        hashed = level_b["manifest_hash"]
        receipt = receipts.Receipt("e1", hashed, place, frontier.size, commitment, anchored, path, head)
        assert receipt.holds([made.KEY.public])
        given_out.append(receipt.as_json())
    leaves = [leaf_hash(bytes.fromhex(row["commitment"] + row["anchor"])) for row in level_b["log"]]
    assert receipts.path_of(leaves, len(leaves) - 1) == path
    assert verifier.check(level_b, KEY, given_out[-3:]) == []
    for wrong, why in (
        ({**given_out[-1], "index": 3}, "not the one"),
        (given_out[0], "replaced"),
        ({**given_out[-1], "commitment": given_out[-2]["commitment"]}, "replaced"),
    ):
        with pytest.raises(verifier.Bad, match=why):
            verifier.check(level_b, KEY, [wrong])


def test_it_runs_alone_with_the_standard_library(level_b: Json, tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(level_b), encoding="utf-8")
    run = [sys.executable, "-I", "-S", str(FILE), str(path)]
    good = subprocess.run([*run, "--key", KEY, "--json"], capture_output=True, text=True, check=False)
    assert (good.returncode, json.loads(good.stdout)["ok"]) == (0, True), good.stderr
    path.write_text(json.dumps({**level_b, "voted": level_b["voted"][1:]}), encoding="utf-8")
    wrong = subprocess.run(run, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and wrong.stdout.startswith("NOT ok: voted: ")
    path.write_text("no", encoding="utf-8")
    assert subprocess.run(run, capture_output=True, check=False).returncode == 2


def test_it_is_short_and_needs_nothing() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 500
    assert "quorate." not in text.replace("quorate/", "").split("from __future__")[1]
