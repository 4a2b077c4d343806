# SPDX-License-Identifier: Apache-2.0
"""HTTP as every service speaks it: the contract at the door, one function an operation, problem+json."""

from chassis.http.app import create_app
from chassis.http.call import Call
from chassis.reply import Reply, etag

__all__ = ["Call", "Reply", "create_app", "etag"]
