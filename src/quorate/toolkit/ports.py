"""Ports by which a register serves the engine that stands above it, without either importing the other.

A *probe* measures something about a subject and says what it found, how it knows and as of when. A *grant
handler* makes a grant true in the register that owns the fact, and takes it back. Registers declare both in
their ``ports.py``; the engine finds them here by the name that a program file gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from quorate.access.actors import Actor
from quorate.kernel.registry import Registry

Result = Literal["pass", "fail", "unknown", "attested"]


@dataclass(frozen=True)
class Finding:
    """What one criterion came to. ``found`` and ``needed`` are JSON scalars or lists; ``evidence`` is a sentence."""

    criterion: str
    result: Result
    found: Any
    needed: Any
    evidence: str
    as_of: datetime | None


@dataclass(frozen=True)
class Subject:
    """What a case is about, as a port sees it: ``kind`` (project, person, organisation, body) and its id."""

    kind: str
    id: str


@dataclass(frozen=True)
class Criterion:
    """One line of a program's checks: which probe, with which parameters, against which bar."""

    name: str
    title: str
    probe: str
    bar: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)


#: Measures several criteria of one subject in one go (a repository is opened once).
Measure = Callable[[Subject, Sequence[Criterion]], Sequence[Finding]]


@dataclass(frozen=True)
class Probe:
    """A family of measurements, named by the part of a probe's name before the dot (``repository``)."""

    family: str
    title: object
    measure: Measure
    #: The same on something at hand (a path), with nothing stored; gives facts about it beside the findings.
    measure_at: Callable[[str, Sequence[Criterion]], tuple[Mapping[str, Any], Sequence[Finding]]] | None = None


PROBES: Registry[Probe] = Registry("probe")


@dataclass(frozen=True)
class GrantNotice:
    """What a grant handler is told: the change, on what, since when, on whose authority and by which case."""

    change: Literal["granted", "renewed", "lapsed", "revoked"]
    subject: Subject
    params: Mapping[str, Any]
    at: datetime
    until: datetime | None
    case: str
    answers: Mapping[str, Any]
    case_id: str = ""


#: Runs inside the transaction of the grant; it appends its own ledger entries.
GrantHandler = Callable[[Actor, GrantNotice], None]

GRANTS: Registry[GrantHandler] = Registry("kind of grant")


@dataclass(frozen=True)
class SubjectKind:
    """How the engine finds or makes a subject from an application's mapped answers, and shows it.

    ``resolve(actor, fields)`` returns the subject's id for mapped answers such as ``name`` and ``repo_url``,
    creating it when it is new; ``label`` maps ids to names; ``url`` links one; ``people(id, at)`` gives the ids
    of the people who speak for it and ``organisations(id, at)`` of those behind it, for recusal. ``status(id, at)``
    is its standing in its register, in the register's own word, where it has one; ``held_by(person, at)`` gives the
    ids of the subjects for which a person speaks: ``people`` the other way round.
    """

    name: str
    resolve: Callable[[Actor, Mapping[str, Any]], str]
    label: Callable[[Sequence[str]], Mapping[str, str]]
    url: Callable[[str], str]
    people: Callable[[str, datetime], Sequence[str]]
    organisations: Callable[[str, datetime], Sequence[str]]
    status: Callable[[str, datetime], str] | None = None
    held_by: Callable[[str, datetime], Sequence[str]] | None = None


SUBJECTS: Registry[SubjectKind] = Registry("kind of subject")
