# SPDX-License-Identifier: Apache-2.0
"""The venue itself: its profile, rooms, equipment and closures."""
