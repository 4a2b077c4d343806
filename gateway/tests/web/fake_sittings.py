# SPDX-License-Identifier: Apache-2.0
"""What the fake venue answers about sittings and desks: the shapes of the contract, every state of them."""

from __future__ import annotations

from typing import Any

from .fake_answers import NEED, PERSON, ROOMS, SPACES, page

ID = "0197f000-0000-7000-8000-0000000000"
SITTING, MISSED, UNPLACED, RUNNING, DESK, NEXT_DESK = (f"{ID}{n}" for n in (71, 72, 73, 74, 75, 76))
UNPLACED_DESK = f"{ID}77"
TOPIC, OTHER_TOPIC, TICKET, ROTA = (f"{ID}{n}" for n in (81, 82, 91, 95))
# Tickets of which there is news, by id: their state, whether they were called, and their session's state and reason.
ENDED = {
    f"{ID}92": ("lapsed", False, "planned", None),
    f"{ID}93": ("lapsed", True, "planned", None),
    f"{ID}94": ("not_came", True, "planned", None),
    f"{ID}96": ("cancelled", False, "cancelled", "全区防汛"),
    f"{ID}97": ("waiting", False, "unplaced", "closed"),
}
BRING = (["本人身份证", "社会保障卡"], ["identity card", "social security card"])
REFERRAL = ("只咨询和转介，不收存材料", "Advice and referral only")


def answer(method: str, path: str, query: Any, english: bool) -> Any:
    """Answer a path of sittings or desks; None for any other."""
    parts = path.strip("/").split("/")
    if path.endswith("/sittings"):
        items = [_session(one, english, public=True) for one in (MISSED, SITTING, UNPLACED)]
        return {"items": items, "held": 11, "missed": 1}
    if path == "/sessions/" + UNPLACED_DESK:
        return {**_session(DESK, english), "session_id": UNPLACED_DESK, "state": "unplaced", "reason": "closed"}
    if path.endswith("/desks"):
        return {"items": [_desk(english)]}
    if parts[0] == "rotas":
        rota = _rota(query.get("kind", "sitting"), english)
        return rota if method == "POST" else page([rota])
    if path == "/sessions":
        which = [DESK] if query.get("kind") == "desk" else [MISSED, RUNNING, SITTING, UNPLACED]
        if query.get("unrecorded") == "true":
            which = [MISSED, RUNNING]
        if query.get("state") == "unplaced":
            which = [UNPLACED]
        return page([_session(one, english) for one in which])
    if parts[0] == "sessions" and parts[-1] == "tickets" and method == "GET":
        return {"items": [_ticket(state, english) for state in ("called", "waiting", "served", "not_came")]}
    if parts[0] == "tickets" or parts[-1] in ("tickets", "calls"):
        if parts[0] == "my":
            return page([_ticket("waiting", english)])
        return _ticket(ENDED.get(parts[1], ("waiting",))[0], english, parts[1] if parts[1] in ENDED else TICKET)
    if parts[0] == "topics" or parts[-1] == "topics":
        if parts[0] == "topics" and query.get("state") == "published":
            return page([_topic(OTHER_TOPIC, "published"), _topic(f"{ID}86", "published")])
        topics = [
            _topic(TOPIC, "proposed"),
            _topic(OTHER_TOPIC, "published"),
            _topic(f"{ID}83", "handed_on"),
            _topic(f"{ID}85", "declined"),
        ]
        return page(topics) if method == "GET" else topics[0]
    return _session(parts[1], english) if parts[0] == "sessions" else None


def _official(office: str, function: tuple[str, str], english: bool, public: bool) -> dict[str, Any]:
    told = {"office": office, "function": function[english]}
    return (
        told if public else {**told, "functions": dict(zip(("zh", "en"), function, strict=True)), "officer_id": PERSON}
    )


def _session(session_id: str, english: bool, public: bool = False) -> dict[str, Any]:
    days = {MISSED: "2026-11-18", RUNNING: "2026-11-23", UNPLACED: "2026-12-02", NEXT_DESK: "2026-12-02"}
    day = days.get(session_id, "2026-11-25")
    state = {MISSED: "missed", UNPLACED: "unplaced"}.get(session_id, "planned")
    is_desk = session_id in (DESK, NEXT_DESK)
    who = _official("street_officer", ("街道干部", "Street officer"), english, public)
    deputy = _official("community_worker", ("社区工作者", "Community worker"), english, public)
    acts = {RUNNING: ["record"], MISSED: ["explain"]}.get(session_id, ["assign", "substitute", "place", "cancel"])
    row = {
        "session_id": session_id,
        "title": ("每周坐谈", "Weekly open tea")[english],
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "date": day,
        "starts_at": f"{day}T{'09' if is_desk else '15'}:00:00+08:00",
        "ends_at": f"{day}T{'11' if is_desk else '17'}:00:00+08:00",
        "state": state,
        "reason": "taken" if session_id == UNPLACED else None,
        "official": None if is_desk else who,
        "substitute": deputy if session_id == RUNNING else None,
        "substitute_reason": "meeting" if session_id == RUNNING else None,
        "attendance": {"outcome": "missed", "reason": None} if session_id == MISSED else None,
    }
    if public:
        return {**row, "topics": _public_topics(), "hours": []}
    more = {"version": 1, "kind": "desk" if is_desk else "sitting", "rota_id": ROTA, "acts": acts}
    names = {"desk": "elder_insurance", "desk_name": ("老年社保", "Insurance for elders")[english], "hours": _hours()}
    return row | more | (names if is_desk else {"desk": None, "desk_name": None, "hours": []})


def _public_topics() -> list[dict[str, Any]]:
    fresh = {"topic_id": OTHER_TOPIC, "wording": "三号院路灯", "category": "lighting", "state": "published"}
    fresh |= {"supporters": None, "need_number": None, "answer": None}
    answered = {"state": "answered", "supporters": 6, "need_number": "N-2026-0007", "answer": "已转路灯所"}
    return [fresh, {**fresh, "topic_id": f"{ID}84", **answered}]


def _hours() -> list[dict[str, Any]]:
    return [
        {
            "hour_no": number,
            "starts_at": f"2026-11-25T{9 + number:02d}:00:00+08:00",
            "ends_at": f"2026-11-25T{10 + number:02d}:00:00+08:00",
            "seats": 6,
            "free": (4, 0)[number],
            "is_offered": True,
        }
        for number in range(2)
    ]


def _desk(english: bool) -> dict[str, Any]:
    both = [{**_session(one, english, public=True), "topics": [], "hours": _hours()} for one in (DESK, NEXT_DESK)]
    name = ("老年社保", "Insurance for elders")[english]
    told = {"desk": "elder_insurance", "name": name, "what_to_bring": BRING[english], "referral": REFERRAL[english]}
    return {**told, "sessions": both}


def _rota(kind: str, english: bool) -> dict[str, Any]:
    is_desk = kind == "desk"
    return {
        "rota_id": ROTA,
        "version": 1,
        "kind": kind,
        "space_id": SPACES[0],
        "space_name": ROOMS[0][english],
        "title": ("每周坐谈", "Weekly open tea")[english],
        "titles": {"zh": "每周坐谈", "en": "Weekly open tea"},
        "weekdays": [3],
        "from": "15:00",
        "until": "17:00",
        "time_zone": "Asia/Shanghai",
        "valid_from": "2026-11-02",
        "valid_until": None,
        "officials": [] if is_desk else [_official("street_officer", ("街道干部", "Street officer"), english, False)],
        "desk": "elder_insurance" if is_desk else None,
        "capacity_per_hour": 6 if is_desk else None,
        "sessions_made": 0,
        "unplaced": [],
    }


def _topic(topic_id: str, state: str) -> dict[str, Any]:
    acts = {
        "proposed": ["publish", "merge", "decline"],
        "published": ["publish", "answer", "hand_on", "merge"],
        "handed_on": ["publish", "answer"],
        "declined": [],
    }
    return {
        "topic_id": topic_id,
        "version": 1,
        "session_id": SITTING,
        "state": state,
        "category": "lighting",
        "channel": "letterbox" if state == "proposed" else "qq",
        "text": "三号院路灯",
        "wording": None if state in ("proposed", "declined") else "三号院路灯",
        "answer": None,
        "need": {"need_id": NEED, "number": "N-2026-0007"} if state == "handed_on" else None,
        "merged_into": None,
        "supporters": 6,
        "supported": state == "handed_on",
        "is_own": True,
        "created_at": "2026-11-20T10:00:00+08:00",
        "acts": acts[state],
        "declined": {"reason": "about_a_person", "words": "at the counter, please"} if state == "declined" else None,
        "raised_by": None if topic_id == OTHER_TOPIC else PERSON,
    }


def _ticket(state: str, english: bool, ticket_id: str = TICKET) -> dict[str, Any]:
    _, was_called, session_state, reason = ENDED.get(ticket_id, (state, state == "called", "planned", None))
    return {
        "ticket_id": ticket_id,
        "version": 1,
        "number": "09-02",
        "state": state,
        "session_id": DESK,
        "desk": "elder_insurance",
        "desk_name": ("老年社保", "Insurance for elders")[english],
        "space_name": ROOMS[1][english],
        "date": "2026-11-25",
        "starts_at": "2026-11-25T09:00:00+08:00",
        "ends_at": "2026-11-25T10:00:00+08:00",
        "people_before": 1,
        "what_to_bring": BRING[english],
        "referral": REFERRAL[english],
        "can_leave": state in ("waiting", "called"),
        "was_called": was_called,
        "session_state": session_state,
        "session_reason": reason,
        "person_id": PERSON,
    }
