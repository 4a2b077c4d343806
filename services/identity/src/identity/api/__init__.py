# SPDX-License-Identifier: Apache-2.0
"""One function per operationId: validated values in, one use case, dict out. No SQL, no rule."""

from identity.api.divisions import get_division, list_divisions
from identity.api.me import change_password, get_me
from identity.api.offices import assign_office, end_office, list_offices
from identity.api.persons import create_person, get_person, list_persons, update_person
from identity.api.places import create_place, list_places

__all__ = [
    "assign_office",
    "change_password",
    "create_person",
    "create_place",
    "end_office",
    "get_division",
    "get_me",
    "get_person",
    "list_divisions",
    "list_offices",
    "list_persons",
    "list_places",
    "update_person",
]
