"""Files of ballots: what is written is read as it was or refused, and each dialect is read."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.decisions.counting.profiles import ranked, scored

from quorate.decisions.counting import Notes, Profile, agreed
from quorate.decisions.counting.formats import FORMATS, manifest, named, read, save, write
from quorate.kernel.errors import UserError

WRITTEN = [name for name, form in FORMATS.items() if form.write is not None]

PLAIN = Profile.ranked(("Anna", "Bela Example", "Cleo"), 1, [((1, 2), 3), ((2, 3, 1), 1), ((), 2), ((3,), 1)])
EQUAL = PLAIN.but(rankings=[(((1, 2), (3,)), 2), (((3,), (1, 2)), 1)])
STARS = Profile.scored(("Anna", "Bela"), 2, [((5, None), 2), ((0, 3), 1)])
FULL = EQUAL.but(
    withdrawn=[2],
    ids=["anna", "bela", "cleo"],
    tie_order=[3, 1, 2],
    seats=2,
    notes=Notes('A "quoted" title', "back\\slash", "and # no comment"),
    rankings=[(((1,), (), (2, 3)), 4), (((1,), (1,)), 1)],
)


@pytest.mark.parametrize("form", WRITTEN)
@settings(max_examples=25)
@given(profile=st.one_of(ranked(), ranked(clean=True), scored()), data=st.data())
def test_what_is_written_is_read_as_it_was_or_refused(form: str, profile: Profile, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.text(max_size=6), min_size=len(profile.candidates), max_size=len(profile.candidates)))
    odd = profile.but(candidates=names, notes=Notes(data.draw(st.text(max_size=4))))
    for each in (profile, odd):
        try:
            text = write(each, form)
        except UserError:
            continue
        assert named(form).read(text, "") == each


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_character_that_is_no_line_feed_ends_no_line(mark: str) -> None:
    told = PLAIN.but(notes=Notes(f"Before{mark}after"))
    assert named("abif").read(write(told, "abif"), "") == told


@settings(max_examples=60)
@given(profile=st.one_of(ranked(), scored()), name=st.text(max_size=5))
@example(profile=FULL, name="")
def test_a_manifest_holds_everything(profile: Profile, name: str) -> None:
    whole = profile.but(candidates=[name, *profile.candidates[1:]])
    document, ballots = manifest.pair(whole)
    assert manifest.parse(json.loads(document), ballots) == whole
    assert ballots == b"".join(sorted(ballots.splitlines(keepends=True)))


@pytest.mark.parametrize("form", [form for form in WRITTEN if form != "scores-csv"])
def test_plain_ballots_go_through_every_format(form: str) -> None:
    assert named(form).read(write(PLAIN, form), "") == PLAIN


@pytest.mark.parametrize("form", [form for form in WRITTEN if form not in ("scottish-csv", "scores-csv")])
def test_equal_ranks_stay_equal_in_every_format_that_knows_them(form: str) -> None:
    assert named(form).read(write(EQUAL, form), "") == EQUAL


def test_what_a_format_cannot_hold_is_refused() -> None:
    with pytest.raises(UserError, match="equal ranks"):
        write(EQUAL, "scottish-csv")
    with pytest.raises(UserError, match="scores"):
        write(STARS, "blt")
    with pytest.raises(UserError, match="no format"):
        write(PLAIN, "pdf")


def test_blt_holds_all_that_a_profile_of_rankings_has() -> None:
    text = write(FULL, "blt")
    assert named("blt").read(text, "") == FULL
    assert "4 1 - 2=3 0" in text


@pytest.mark.parametrize(
    ("ballot", "ranking"),
    [
        ("2 1=2 3 0", ((1, 2), (3,))),
        ("2 (1 2) 3 0", ((1, 2), (3,))),
        ("2 (2 1) (3) 0", ((1, 2), (3,))),
        ("2 - 3 - 1 0", ((), (3,), (), (1,))),
        ("(b7) 2 3 1 0", ((3,), (1,))),
        ("2 0", ()),
        ("2 3 3 1 0", ((3,), (3,), (1,))),
        ("2 3 # the best\n 1 0 /* over\ntwo lines */", ((3,), (1,))),
        ("2.0 1 0", ((1,),)),
    ],
)
def test_dialects_of_a_blt_ballot(ballot: str, ranking: object) -> None:
    profile = named("blt").read(f'# a comment\n3 2\n{ballot}\n0\n"A" "B" "C"\n"Title"\n', "")
    assert profile.rankings == ((ranking, 2),)
    assert profile.notes.title == "Title"


def test_dialects_around_the_ballots() -> None:
    profile = named("blt").read(
        "4 2 -3 [nick a b c d] [tie d c b a] -1\r\n3 a c 0 2 b=d 0 0\r\n"
        '"Anna ""the"" Example" "B # no comment" "C" "D" "Title" "Source" "Comment"',
        "",
    )
    assert profile.candidates == ('Anna "the" Example', "B # no comment", "C", "D")
    assert (profile.withdrawn, profile.ids, profile.tie_order) == ({1, 3}, ("a", "b", "c", "d"), (4, 3, 2, 1))
    assert profile.rankings == ((((1,), (3,)), 3), (((2, 4),), 2))
    assert profile.notes == Notes("Title", "Source", "Comment")
    assert named("blt").read("2 1\n1 1 0\n0\n", "").candidates == ("Candidate 1", "Candidate 2")
    assert named("blt").read("2 1\n1 1 0\n0\nAnna Example\nBela\n", "").candidates == ("Anna Example", "Bela")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "e.blt:1", "ends too early"),
        ("3 x\n", "e.blt:1", "number of seats"),
        ("0 1\n0\n", "e.blt:1", "0 candidates"),
        ("3 1\n2 4 0\n0\n", "e.blt:2", "no candidate '4'"),
        ("3 1\n2 1\n", "e.blt:2", "ends too early"),
        ('3 1\n1 1 0\n0\n"A"\n"B"\n', "e.blt:5", "2 names for 3"),
        ('3 1\n1 1 0\n0\n"A"\n"B', "e.blt:5", "cannot read"),
        ("3 1\n[nick a b]\n0\n", "e.blt:2", "2 nicknames"),
        ("3 1\n-9\n0\n", "e.blt:2", "no candidate '9'"),
        ('3 1\n1 "A" 0\n0\n', "e.blt:2", "within a ballot"),
    ],
)
def test_a_bad_blt_says_where_and_what(text: str, where: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as raised:
        named("blt").read(text, "e.blt")
    assert raised.value.where == where


SCOTTISH = '3,2,\n10,2,1,\n4,3,\n"Candidate 1","Anna Example","Green (Gr)",\n"Candidate 2","Bela","",\nCandidate 3,Cleo\nWard 7,\n'


def test_a_scottish_table() -> None:
    profile = named("csv").read(SCOTTISH, "")
    assert profile.candidates == ("Anna Example (Green (Gr))", "Bela", "Cleo")
    assert (profile.seats, profile.notes.title) == (2, "Ward 7")
    assert profile.rankings == ((((2,), (1,)), 10), (((3,),), 4))


def test_merged_patterns_with_names() -> None:
    text = "Rank 1,Rank 2,Rank 3,Weight\nC 10,C 2,,5\nC 2,skipped,C 10,3\nC 2|C 10,,,1\n,,,2\n"
    profile = named("csv").read(text, "")
    assert profile.candidates == ("C 2", "C 10")
    assert dict(profile.rankings) == {((2,), (1,)): 5, ((1,), (), (2,)): 3, ((1, 2),): 1, (): 2}


def test_merged_patterns_with_numbers_and_the_weight_first() -> None:
    profile = named("csv").read("count,1st choice,2nd choice\n7,3,1\n2,1,\n", "")
    assert profile.candidates == ("Candidate 1", "Candidate 2", "Candidate 3")
    assert profile.rankings == ((((1,),), 2), (((3,), (1,)), 7))


@pytest.mark.parametrize(
    "heading",
    [
        "rank1,rank2,weight",
        "Rank_1,Rank_2,Count",
        "1,2,n",
        "1st Choice,2nd Choice,Votes",
        "First,Second,Number of ballots",
    ],
)
def test_headings_of_merged_patterns(heading: str) -> None:
    profile = named("csv").read(f"{heading}\nAnna,Bela,4\nBela,overvote,1\n", "")
    assert dict(profile.rankings) == {((1,), (2,)): 4, ((2,),): 1}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "e.csv"),
        ("a,b,c\n1,2,3\n", "e.csv:1"),
        ("rank1,weight\nA,many\n", "e.csv:2"),
        ("3,1\n2,9\n", "e.csv:2"),
        ("3,1\n2,1\nAnna\n", "e.csv:3"),
    ],
)
def test_a_bad_table_says_where(text: str, where: str) -> None:
    with pytest.raises(UserError) as raised:
        named("csv").read(text, "e.csv")
    assert raised.value.where == where


def test_preflib_with_braces_and_the_old_form() -> None:
    new = "# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 4\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 4: D\n2: 1,{2,3}\n1: {1, 4}, 2\n"
    profile = named("preflib").read(new, "")
    assert profile.candidates == ("A", "Candidate 2", "Candidate 3", "D")
    assert dict(profile.rankings) == {((1,), (2, 3)): 2, ((1, 4), (2,)): 1}
    old = "3\n1,A\n2,B\n3,C\n5,5,2\n3,1,{2,3}\n2,3,1\n"
    assert dict(named("preflib").read(old, "").rankings) == {((1,), (2, 3)): 3, ((3,), (1,)): 2}
    with pytest.raises(UserError):
        named("preflib").read("# NUMBER ALTERNATIVES: 2\n1: 1,x\n", "")


def test_equal_ranks_that_are_flattened_turn_a_result() -> None:
    """What happened to a published file of 2003, in small: the equal ranks in the order of the paper."""
    profile = Profile.ranked(("G", "M"), 1, [(((1, 2),), 4), ((2,), 2), ((1,), 1)])
    flat = profile.but(rankings=[(tuple((n,) for rank in ranking for n in rank), w) for ranking, w in profile.rankings])
    assert agreed(profile, "schulze-winning").elected == (2,)
    assert agreed(flat, "schulze-winning").elected == (1,)


def test_abif_with_names_ratings_and_bare_tokens() -> None:
    text = '# c\n{title: "Example"}\n{"seats": 2}\n=A:[Anna Example]\n27:A>B=C\n3:[Anna Example]\n1*C>A\n'
    profile = named("abif").read(text, "")
    assert profile.candidates == ("Anna Example", "B", "C")
    assert (profile.seats, profile.notes.title) == (2, "Example")
    assert dict(profile.rankings) == {((1,), (2, 3)): 27, ((1,),): 3, ((3,), (1,)): 1}
    rated = named("abif").read("2:A/5>B/3=C/3\n1:B/4,C/0\n", "")
    assert rated.scores == (((None, 4, 0), 1), ((5, 3, 3), 2))
    with pytest.raises(UserError, match="a ballot is like"):
        named("abif").read("A>B\n", "")


def test_civs_and_elekto_go_opposite_ways() -> None:
    text = "Anna,Bela,Cleo\n1,2,No opinion\n2X2,2,1\n"
    assert dict(named("civs").read(text, "").rankings) == {((1,), (2,)): 1, ((3,), (1, 2)): 2}
    assert dict(named("elekto").read(text, "").rankings) == {((2,), (1,)): 1, ((1, 2), (3,)): 2}
    with pytest.raises(UserError, match="2 ranks for 3 candidates"):
        named("civs").read("A,B,C\n1,2\n", "")


def test_scores_in_a_table() -> None:
    profile = named("scores-csv").read("ballot_id,Anna,Bela,Weight\nx1,5,,2\nx2,0,4,1\n", "")
    assert profile.candidates == ("Anna", "Bela")
    assert profile.scores == (((0, 4), 1), ((5, None), 2))
    assert named("scores-csv").read(write(STARS.but(seats=1), "scores-csv"), "") == STARS.but(seats=1)
    for text in ("", "id\n1\n", "A,B\n1,x\n", "A,weight\n1,y\n"):
        with pytest.raises(UserError):
            named("scores-csv").read(text, "e.csv")
    with pytest.raises(UserError, match="scores-csv"):
        named("csv").read("Anna,Bela\n5,3\n", "e.csv")


def test_no_opinion_elects_another_than_below_all() -> None:
    rows = ["2,3,1"] * 4 + ["3,1,2"] * 2 + ["No opinion,No opinion,3"] * 3
    profile = named("elekto").read("\n".join(["A,B,C", *rows]), "")
    assert agreed(profile, "schulze-no-opinion").elected == (2,)
    assert agreed(profile, "schulze-winning").elected == (1,)


def test_a_cast_vote_record_counts_the_current_snapshot_only() -> None:
    report = json.loads(write(PLAIN.but(rankings=[(((1,), (2,)), 1)]), "cvr"))
    record = report["CVR"][0]
    record["CVRSnapshot"].append({"@id": "other", "CVRContest": [{"ContestId": "contest", "CVRContestSelection": []}]})
    assert named("cvr").read(json.dumps(report), "").rankings == ((((1,), (2,)), 1),)
    record["CurrentSnapshotId"] = "other"
    assert named("cvr").read(json.dumps(report), "").rankings == (((), 1),)
    for bad in ("{", "[]", '{"Election": [{}], "CVR": []}'):
        with pytest.raises(UserError):
            named("cvr").read(bad, "e.json")


def test_a_manifest_whose_ballots_were_changed_is_refused(tmp_path: Path) -> None:
    document, ballots = save(FULL, "manifest", tmp_path / "e.json")
    assert read(document) == FULL
    assert read(document, "manifest") == FULL
    ballots.write_bytes(ballots.read_bytes()[:-4])
    with pytest.raises(UserError, match="SHA-256"):
        read(document)
    ballots.unlink()
    with pytest.raises(UserError, match="No such file"):
        read(document)


def test_a_file_that_is_not_utf8_is_read_as_latin1() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "e.blt"
        path.write_bytes(b'1 1\n1 1 0\n0\n"Ren\xe9e"\n')
        assert read(path).candidates == ("Renée",)


MUTATED = st.sampled_from(
    [
        "",
        "0",
        "-1",
        "99999999999999999999",
        "x",
        '"',
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "=",
        "(",
        ")",
        "\n",
        "#",
        "\0",
        "٣",
        "null",
    ]
)


@pytest.mark.parametrize("form", list(FORMATS))
@settings(max_examples=30)
@given(data=st.data())
def test_any_text_is_read_or_refused_with_words(form: str, data: st.DataObject) -> None:
    """Files come from anywhere: a broken one is the user's error, never a defect of ours."""
    if data.draw(st.booleans()):
        text = data.draw(st.text(alphabet='0123456789 ,-=()[]{}:>/"#\n\0aB٣²', max_size=40))
    else:
        text = (
            manifest.pair(FULL)[0].decode()
            if form == "manifest"
            else write(STARS.but(seats=1) if form == "scores-csv" else PLAIN, form)
        )
        for _change in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(text)))
            text = text[:at] + data.draw(MUTATED) + text[at + data.draw(st.integers(0, 5)) :]
    try:
        assert isinstance(named(form).read(text, "file"), Profile)
    except UserError as error:
        assert error.line
