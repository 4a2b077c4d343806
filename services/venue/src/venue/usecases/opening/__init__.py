# SPDX-License-Identifier: Apache-2.0
"""When a venue is open, for what and at what price."""
