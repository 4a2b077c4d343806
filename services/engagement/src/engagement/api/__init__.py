# SPDX-License-Identifier: Apache-2.0
"""One function per operation of contracts/openapi/engagement.v1.yaml: no SQL, no rule."""

from engagement.api.counts import get_need_counts, list_need_categories
from engagement.api.needs import (
    add_remark,
    assign_need,
    get_need,
    list_my_needs,
    list_needs,
    raise_need,
    rate_need,
    reopen_need,
    resolve_need,
)
from engagement.api.notices import list_my_notices, mark_all_read, mark_notice_read
from engagement.api.visits import list_visits, record_visit

__all__ = [
    "add_remark",
    "assign_need",
    "get_need",
    "get_need_counts",
    "list_my_needs",
    "list_my_notices",
    "list_need_categories",
    "list_needs",
    "list_visits",
    "mark_all_read",
    "mark_notice_read",
    "raise_need",
    "rate_need",
    "record_visit",
    "reopen_need",
    "resolve_need",
]
