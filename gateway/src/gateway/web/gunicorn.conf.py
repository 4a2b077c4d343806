# SPDX-License-Identifier: Apache-2.0
"""One process of threads: pages mostly wait for services, and the pool of connections is shared."""

import os

worker_class = "gthread"
workers = 1
keepalive = 5
timeout = 30
graceful_timeout = 10
# The socket lies in a private folder; only the edge, which runs as the same user, may speak through it.
umask = 0o077
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LINLI_LOG_LEVEL", "info").lower()
control_socket_disable = True
