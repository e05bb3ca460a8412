"""The council of the example: monthly meetings with minutes, motions at the table and by ballot, and elections."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from quorate.access.actors import person
from quorate.decisions.actions import cast, close_due, electorates_of, open_motion
from quorate.decisions.balloting import ballots
from quorate.decisions.models import Motion
from quorate.decisions.queries import public_of
from quorate.kernel.errors import Conflict
from quorate.registers.elections import actions as elections
from quorate.registers.elections.actions.casting import Paper
from quorate.registers.elections.models import Election, RollEntry
from quorate.registers.elections.rules import ElectionFacts
from quorate.registers.meetings import recurrence
from quorate.registers.meetings.actions import agendas, following, motions, planning, recording, running
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting, Place
from quorate.registers.meetings.queries.meetings import roll
from quorate.surfaces.cli.demo import history
from quorate.surfaces.cli.demo.world import Story, World, chance, later
from quorate.terms.models import Body

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: Agendas are put together three weeks before.
AHEAD = timedelta(days=21)
MAJORITY = {"threshold": "1/2", "strict": True, "of": "represented", "abstain": "both"}
TWO_THIRDS = {"threshold": "2/3", "strict": False, "of": "seats", "abstain": "neither"}


def sittings(world: World, said: history.Council) -> list[datetime]:
    """When the council sits: the last few occurrences before the history ends, and the next one."""
    rule = recurrence.Rule(said.zone, world.begins.date(), said.wall, said.rrule)
    found = [each.starts_at for each in recurrence.occurrences(rule, (), world.begins, world.ends + 45 * DAY)]
    times = [at for at in found if at is not None]
    past = [at for at in times if at + timedelta(hours=2) < world.ends]
    return past[-said.held :] + times[len(past) : len(past) + 1]


def council(world: World, said: history.Council) -> Story:
    """A council from the first of its meetings in Quorate to the agenda of the next."""
    body = Body.objects.get(slug=said.body)
    secretary = world.actor(said.secretary)
    days = sittings(world, said)
    facts = planning.SeriesFacts(
        title=body.name,
        zone=said.zone,
        first_day=days[0].date(),
        wall=said.wall,
        rrule=said.rrule,
        quorum={"count": said.quorum} if said.quorum else {},
    )
    series = planning.start_series(actor=secretary, body=body, facts=facts)
    waiting, before = [item for item in said.items if not item.ahead], None
    # Without items that wait for it, the meeting to come gets its share of the others.
    sharing = [at for at in days if at < world.ends] if len(waiting) < len(said.items) else days
    for at in days:
        yield max(at - AHEAD, world.now + MINUTE)
        meeting = planning.plan_occurrence(actor=secretary, series=series, day=at.date())
        if at > world.ends:
            for item in (*waiting, *(each for each in said.items if each.ahead)):
                _propose(world, said, body, item, meeting)
            return
        share = -(-len(waiting) // sum(1 for day in sharing if day >= at))
        for item in waiting[:share]:
            _propose(world, said, body, item, meeting)
        waiting = waiting[share:]
        yield at
        yield from _sit(world, said, Meeting.objects.get(pk=meeting.pk), before)
        before = Meeting.objects.get(pk=meeting.pk)


def _propose(world: World, said: history.Council, body: Body, item: history.Item, meeting: Meeting) -> None:
    """Somebody asks for time, and the secretary puts it on the agenda."""
    wanted = "decide" if item.motion else "discuss"
    facts = agendas.ItemFacts(item.title, item.text, wanted, item.minutes, world.who(item.by).name)
    made = agendas.propose_item(actor=world.actor(item.by), body=body, facts=facts)
    agendas.list_item(actor=world.actor(said.secretary), item=made, meeting=meeting)


def _sit(world: World, said: history.Council, meeting: Meeting, before: Meeting | None) -> Iterator[datetime]:
    """One meeting, from the call to order to the draft of its minutes."""
    secretary = world.actor(said.secretary)
    rng = chance("council", meeting.occurrence)
    chair = world.who(said.chair)
    meeting = running.call_to_order(actor=secretary, meeting=meeting, presiding=chair)
    running.read_antitrust(actor=secretary, meeting=meeting)
    for place in meeting.places.select_related("representative", "alternate"):
        running.mark_seat(actor=secretary, place=place, present=_present(place, chair.pk, rng))
    if before is not None:
        latest = before.versions.order_by("-number").first()
        assert latest is not None
        recording.adopt_minutes(actor=secretary, minutes=latest, adopted_in=meeting)
        recording.publish_minutes(actor=secretary, minutes=latest)
    plans = {item.title: item for item in said.items}
    for item in meeting.items.order_by("position"):
        yield world.now + 2 * MINUTE
        running.start_item(actor=secretary, item=item)
        yield world.now + item.minutes * MINUTE
        planned = plans[item.title]
        if planned.note:
            running.take_note(actor=secretary, meeting=meeting, text=planned.note)
        if planned.motion:
            yield from _put(world, said, meeting, item, planned, rng)
        if planned.task:
            owner = world.who(planned.owner or planned.by)
            following.give(
                actor=secretary,
                body=meeting.body,
                text=planned.task,
                owner=owner,
                due=(world.now + timedelta(days=planned.days)).date(),
                meeting=meeting,
                item=item,
            )
            if planned.done:
                world.begin(_carry_out(world, planned), later(rng, world.now, 3, planned.days))
        running.stop_item(actor=secretary, item=AgendaItem.objects.get(pk=item.pk))
    yield world.now + MINUTE
    meeting = running.adjourn(actor=secretary, meeting=Meeting.objects.get(pk=meeting.pk))
    recording.draft_minutes(actor=secretary, meeting=meeting)


def _present(place: Place, chair: UUID, rng: Random) -> set[str]:
    """Who of a seat comes: mostly its representative, else perhaps its alternate, now and then both."""
    here: set[str] = set()
    if place.representative is not None and (place.representative_id == chair or rng.random() < 0.8):
        here.add("representative")
    if place.alternate is not None and rng.random() < (0.2 if here else 0.7):
        here.add("alternate")
    return here


def _put(
    world: World, said: history.Council, meeting: Meeting, item: AgendaItem, planned: history.Item, rng: Random
) -> Iterator[datetime]:
    """A motion: decided at the table by roll call, or put to all seats by ballot after the meeting."""
    secretary = world.actor(said.secretary)
    rule = TWO_THIRDS if planned.by_ballot else MAJORITY
    carried = motions.put_motion(actor=secretary, meeting=meeting, title=planned.motion, rule=rule, item=item)
    yield world.now + MINUTE
    if not planned.by_ballot:
        rows = [row for row in roll(meeting) if row.standing.speaks is not None and not row.place.suspended]
        votes = {row.place.id: _choice(rng, planned.liked) for row in rows}
        motions.call_roll(actor=secretary, carried=carried, votes=votes)
        return
    closes = world.now + 7 * DAY
    on = motions.continue_by_ballot(actor=secretary, carried=carried, rule=rule, closes_at=closes)
    voters = [
        elector.person_id
        for elector in on.motion.electors.filter(recused="", person__isnull=False).order_by("person__slug")
        if elector.person_id is not None and rng.random() < 0.95
    ]
    for voter in voters:
        world.begin(_vote(world, on.motion, voter, _choice(rng, planned.liked)), later(rng, world.now, 0.1, 6))
    world.begin(_close(), closes)


def _choice(rng: Random, liked: float) -> str:
    said = rng.random()
    return "yes" if said < liked else "no" if said < liked + (1 - liked) / 2 else "abstain"


def _vote(world: World, motion: Motion, voter: UUID, choice: str) -> Story:
    found = next(each for each in world.people.values() if each.pk == voter)
    try:
        cast(actor=person(found.id, found.name), motion=motion, choice=choice)
    except Conflict:
        return  # it closed early: nothing still out could change the outcome
    yield from ()


def _close() -> Story:
    close_due()
    yield from ()


def _carry_out(world: World, planned: history.Item) -> Story:
    item = ActionItem.objects.get(text=planned.task)
    assert item.owner is not None
    following.close_item(actor=world.actor(item.owner.slug), item=item, outcome=planned.done)
    yield from ()


def joint(world: World, said: history.Joint) -> Story:
    """A motion to several bodies at once; most of those who may vote have."""
    lead = Body.objects.get(slug=said.body)
    motion = open_motion(
        actor=world.actor(said.officer),
        title=said.title,
        text=said.text,
        rule=said.rule,
        electorate=electorates_of(said.rule, lead),
        body=lead,
        public=public_of(said.rule, lead),
        closes_at=said.closes,
    )
    rng = chance("joint", said.title)
    voters = motion.electors.filter(person__isnull=False, suspended="").order_by("part", "person__slug")
    for voter in dict.fromkeys(voters.values_list("person_id", flat=True)):
        if voter is not None and rng.random() < 0.6:
            world.begin(_vote(world, motion, voter, _choice(rng, said.liked)), later(rng, world.now, 0.1, 6))
    yield from ()


def election(world: World, said: history.Vote) -> Story:
    """One election: notice, nominations, ballots, and where it is over the count."""
    officer = world.actor(said.officer)
    facts = ElectionFacts(
        slug=said.slug,
        title=said.title,
        seats=said.seats,
        nominations_until=said.opens - 2 * DAY,
        opens_at=said.opens,
        closes_at=said.closes,
        text=said.text,
        rule=said.rule,
        roll_roles=(f"body:{said.body}",),
        lot_source=said.lot_source,
    )
    made = elections.announce(actor=officer, body=Body.objects.get(slug=said.body), facts=facts)
    rng = chance("election", said.slug)
    for number, slug in enumerate(said.candidates):
        yield later(rng, world.now, 0.2, 1)
        who = world.who(slug)
        statement = said.statements[number % len(said.statements)] if said.statements else ""
        elections.nominate(actor=world.actor(slug), election=made, person=who, statement=statement)
    yield said.opens + MINUTE
    made = Election.objects.get(pk=made.pk)
    if made.state == Election.State.ANNOUNCED:  # the worker opens what is due by itself
        made = elections.open_election(actor=officer, election=made)
    rolled = RollEntry.objects.filter(election=made).select_related("person").order_by("person__slug")
    span = (said.closes - said.opens) / 2
    for place, entry in enumerate(rolled):
        if entry.person is None or rng.random() < 0.1:
            continue
        when = said.opens + span * rng.random() + (place + 2) * MINUTE
        world.begin(_ballot(world, made, entry.person.slug), when)
    yield said.closes + MINUTE
    made = Election.objects.get(pk=made.pk)
    if made.state == Election.State.OPEN:
        made = elections.close_election(actor=officer, election=made)
    yield world.now + timedelta(hours=3)
    elections.count_and_publish(
        actor=officer, election=Election.objects.get(pk=made.pk), public_value=said.public_value
    )


def _ballot(world: World, made: Election, slug: str) -> Story:
    """One secret ballot, with the blinding that a voter's device would keep to itself."""
    assert made.manifest is not None
    rng = chance("ballot", made.slug, slug)
    ids = [item["id"] for item in made.manifest["candidates"]]
    rng.shuffle(ids)
    choice = [[each] for each in ids[: rng.randint(1, len(ids))]]
    paper = Paper(choice, ballots.blinding(), ballots.anchor(secrets.token_bytes(32)))
    elections.cast_ballot(actor=world.actor(slug), election=made, paper=paper)
    yield from ()
