# SPDX-License-Identifier: Apache-2.0
"""Prometheus metrics of every HTTP process. Labels are bounded: an operation's name, never a path or an id."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest

BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.5, 1.0, 2.0, 5.0)
REQUESTS = Histogram(
    "linli_http_request_seconds",
    "Time from the first byte of a request to the last byte of its answer.",
    ["service", "operation", "status"],
    buckets=BUCKETS,
)
REFUSALS = Counter("linli_http_refusals_total", "Answers by problem code.", ["service", "operation", "code"])


def exposition() -> tuple[bytes, str]:
    """Return the metrics of this process and their content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
