# SPDX-License-Identifier: Apache-2.0
"""One function per operationId of contracts/openapi/venue.v1.yaml: validated dict in, use case, dict out."""

from venue.api.booking import (
    book_space,
    cancel_booking,
    get_booking,
    list_bookings,
    list_my_bookings,
)
from venue.api.closures import close_space, end_closure, list_closures
from venue.api.counter import check_in, check_out, reverse_settlement, settle_booking
from venue.api.imports import import_bookings
from venue.api.times import get_availability, get_public_week, list_venues

__all__ = [
    "book_space",
    "cancel_booking",
    "check_in",
    "check_out",
    "close_space",
    "end_closure",
    "get_availability",
    "get_booking",
    "get_public_week",
    "import_bookings",
    "list_bookings",
    "list_closures",
    "list_my_bookings",
    "list_venues",
    "reverse_settlement",
    "settle_booking",
]
