# SPDX-License-Identifier: Apache-2.0
"""What gunicorn calls in its worker: settings in, the edge out."""

from __future__ import annotations

from chassis.settings import load
from prometheus_client import start_http_server

from chassis import logging
from gateway.edge.app import Edge
from gateway.edge.settings import Settings


def from_environment() -> Edge:
    """Build the edge for a server process; metrics are served on a port of their own, never on the public one."""
    settings = load(Settings)
    logging.configure("edge", settings.log_level)
    if settings.metrics_port:
        start_http_server(settings.metrics_port)
    return Edge(settings)
