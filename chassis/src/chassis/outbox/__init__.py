# SPDX-License-Identifier: Apache-2.0
"""Stored means delivered: events leave a service through its outbox, in the transaction of the change itself.

The relay lives in ``chassis.outbox.relay`` and is not imported here: a web process needs no Kafka client.
"""

from chassis.outbox.tables import create_tables
from chassis.outbox.writer import Outbox

__all__ = ["Outbox", "create_tables"]
