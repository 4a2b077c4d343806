# SPDX-License-Identifier: Apache-2.0
"""Delivered means done once: the inbox remembers which events took effect, in the transaction of the effect."""

from chassis.events import Received
from chassis.inbox.consumer import Consumer
from chassis.inbox.subscription import Subscription
from chassis.inbox.tables import create_tables

__all__ = ["Consumer", "Received", "Subscription", "create_tables"]
