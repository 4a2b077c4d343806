# SPDX-License-Identifier: Apache-2.0
"""Pure rules of engagement: no IO, no clock, no framework."""
