# SPDX-License-Identifier: Apache-2.0
"""When a month may be submitted, approved and rejected, and the refusals a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from chassis.errors import Conflict, Forbidden, NotFound

from disclosure.domain.months import following, has_begun, is_over, local_date, month_of

OPEN, CLOSED = "open", "closed"
SUBMITTED, REJECTED, PUBLISHED = "submitted", "rejected", "published"


def no_books() -> NotFound:
    """Nobody has opened the books of this community."""
    return NotFound("no_books", zh="本社区还没有建账。", en="The books of this community have not been opened.")


def check_has_entries_to_tell(month: str, *, opened_month: str, now: datetime) -> None:
    """Refuse months before the books were opened and months that have not begun."""
    if month < opened_month or not has_begun(month, now):
        raise Conflict(
            "nothing_to_publish", zh="这个月没有可公布的账。", en="There is nothing to publish for this month."
        )


def check_submittable(
    month: str, *, opened_month: str, states: Mapping[str, str | None], now: datetime, confirm_to_date: bool
) -> date | None:
    """Return the day an unfinished month reaches to (None: it is over or published already), or refuse.

    ``states`` holds the state of each month's latest statement that was not rejected. Every earlier month must be
    published first: only then can no later decision move this month's opening balance, and no month is left out.
    """
    check_has_entries_to_tell(month, opened_month=opened_month, now=now)
    if states.get(month) == SUBMITTED:
        raise Conflict(
            "already_submitted",
            zh="这个月的报表已经提交，正在等待审批。",
            en="This month's statement has been submitted and awaits approval.",
        )
    earlier = opened_month
    while earlier < month:
        if states.get(earlier) != PUBLISHED:
            raise Conflict(
                "period_open",
                zh=f"{earlier} 还没有公布，请先按月份顺序办理。",
                en=f"{earlier} is not published yet; months are published in order.",
                month=earlier,
            )
        earlier = following(earlier)
    if is_over(month, now) or states.get(month) == PUBLISHED:
        return None
    if not confirm_to_date:
        raise Conflict(
            "month_not_over",
            zh="这个月还没有结束；如要公布截至今天的报表，请确认。",
            en="This month is not over; confirm to publish it up to today.",
            to_date=local_date(now).isoformat(),
        )
    return local_date(now)


def check_reissue(*, tells_something_new: bool) -> None:
    """Refuse a new version that says nothing new."""
    if not tells_something_new:
        raise Conflict(
            "nothing_to_publish",
            zh="与已公布的一版相比没有变化，不需要重新公布。",
            en="Nothing has changed since the published version.",
        )


def check_undecided(state: str) -> None:
    """Refuse a second decision."""
    if state != SUBMITTED:
        raise Conflict(
            "already_decided", zh="这份报表已经办理过了。", en="This statement has already been decided.", state=state
        )


def check_two_persons(prepared_by: str, approver: str) -> None:
    """Refuse the approval of one's own statement (会计法: who prepares does not approve)."""
    if prepared_by == approver:
        raise Forbidden(
            "same_person",
            zh="编制人不能审批自己提交的报表，请由另一位负责人审批。",
            en="The person who submitted a statement cannot approve it.",
        )


def months_to_show(opened_month: str, now: datetime) -> list[str]:
    """List every month of a book up to the present one, newest first: none can be left out silently."""
    months, last = [opened_month], month_of(local_date(now))
    while months[-1] < last:
        months.append(following(months[-1]))
    return months[::-1]
