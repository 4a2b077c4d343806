# SPDX-License-Identifier: Apache-2.0
"""The microservice chassis: what every Linli service is built on; knows no domain word."""

import zoneinfo

# One pinned source of time zones on every machine: the package ``tzdata``, never what the system happens to hold.
# Measured: a system one release behind held Vancouver's winter of 2026 to be an hour off.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
