# SPDX-License-Identifier: Apache-2.0
"""The life of a need: received → assigned → resolved → rated, or resolved → reopened → assigned again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.errors import Conflict, Unprocessable

STATES = ("received", "assigned", "resolved", "rated", "reopened")
FARTHEST_PROMISE = timedelta(days=366)

# From which states each act leads onward. A rated need is closed for ever: what breaks again is a new need.
_ALLOWED = {
    "assign": frozenset({"received", "assigned", "reopened"}),
    "resolve": frozenset({"assigned"}),
    "rate": frozenset({"resolved"}),
    "reopen": frozenset({"resolved"}),
    "remark": frozenset({"received", "assigned", "resolved", "reopened"}),
}
_OF_STAFF = ("assign", "resolve", "reopen", "remark")
_OF_THE_PERSON = ("rate", "reopen", "remark")
_OPEN = frozenset({"received", "assigned", "reopened"})


@dataclass(frozen=True)
class Need:
    """One need as it stands. ``version`` counts its changes; ``number`` is unique in a community and year."""

    need_id: UUID
    version: int
    number_year: int
    number_no: int
    state: str
    title: str
    category: str
    detail: str
    channel: str
    person_id: UUID
    raised_at: datetime
    visit_id: UUID | None = None
    raised_office: str | None = None
    on_behalf_reason: str | None = None
    assignee: str | None = None
    due_on: date | None = None
    score: int | None = None
    rating_comment: str | None = None
    source_topic_id: UUID | None = None

    @property
    def number(self) -> str:
        """The reference people use: N-2026-0001."""
        return f"N-{self.number_year}-{self.number_no:04d}"

    def is_overdue(self, today: date) -> bool:
        """Tell whether it was promised for a day that has passed and is still open."""
        return self.state in _OPEN and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline. ``office`` speaks, or the resident where it is None; never a named person."""

    kind: str
    state: str
    office: str | None
    text: str
    assignee: str | None = None
    due_on: date | None = None
    score: int | None = None


Change = tuple[Need, Entry]


def raised(need: Need) -> Entry:
    """Return the first entry of a new need's timeline, in the resident's words."""
    return Entry("raised", need.state, need.raised_office, need.detail or need.title)


def assign(need: Need, office: str, assignee: str, due_on: date, note: str, today: date) -> Change:
    """Pass the need to an office with a promise. Raises Unprocessable when the day is past or too far ahead."""
    _require("assign", need)
    if due_on < today:
        raise Unprocessable(
            "due_on_in_the_past", zh="答应的日期不能早于今天。", en="The promised day must not lie in the past."
        )
    if due_on > today + FARTHEST_PROMISE:
        raise Unprocessable(
            "due_on_too_far_ahead",
            zh="答应的日期不能超过一年。",
            en="The promised day must be within a year.",
        )
    changed = replace(_next(need, "assigned"), assignee=assignee, due_on=due_on)
    return changed, Entry("assigned", "assigned", office, note, assignee=assignee, due_on=due_on)


def resolve(need: Need, office: str, note: str) -> Change:
    """Say what has been done about it."""
    _require("resolve", need)
    return _next(need, "resolved"), Entry("resolved", "resolved", office, note)


def rate(need: Need, score: int, comment: str | None) -> Change:
    """Take the person's own judgement, once: afterwards the need is closed."""
    _require("rate", need)
    changed = replace(_next(need, "rated"), score=score, rating_comment=comment)
    return changed, Entry("rated", "rated", None, comment or "", score=score)


def reopen(need: Need, office: str | None, reason: str) -> Change:
    """Say that it is not done after all; the earlier promise stays visible until a new one is made."""
    _require("reopen", need)
    return _next(need, "reopened"), Entry("reopened", "reopened", office, reason)


def remark(need: Need, office: str | None, text: str) -> Change:
    """Add a sentence without changing the state."""
    _require("remark", need)
    return _next(need, need.state), Entry("remark", need.state, office, text)


def acts(need: Need, *, is_staff: bool, is_own: bool) -> list[str]:
    """List what this reader may do with the need now, in the order pages show it."""
    mine = (*(_OF_STAFF if is_staff else ()), *(_OF_THE_PERSON if is_own else ()))
    return [act for act in _ALLOWED if act in mine and need.state in _ALLOWED[act]]


def _next(need: Need, state: str) -> Need:
    return replace(need, version=need.version + 1, state=state)


def _require(act: str, need: Need) -> None:
    if need.state not in _ALLOWED[act]:
        raise Conflict(
            "wrong_state",
            zh="这条需求现在的状态不能这样办理，请刷新后再看。",
            en=f"A need that is {need.state} does not allow this; please reload it.",
            state=need.state,
        )
