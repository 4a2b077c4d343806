# SPDX-License-Identifier: Apache-2.0
"""iCalendar: the addresses of feeds, and what they serve."""
