# SPDX-License-Identifier: Apache-2.0
"""A statement names the offices that answer for it, so nobody prepares or decides one without an office."""

from chassis.auth import Actor
from chassis.errors import Forbidden


def acting_office(actor: Actor) -> str:
    """Return the actor's active office or refuse."""
    if actor.office is None:
        raise Forbidden(
            "office_required", zh="请以您的职务身份办理。", en="This is done in an office, not as a private person."
        )
    return actor.office
