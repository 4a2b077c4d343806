# SPDX-License-Identifier: Apache-2.0
"""How identity's web process is served: as every service."""

from chassis.gunicorn import *  # noqa: F403
