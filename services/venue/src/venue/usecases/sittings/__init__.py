# SPDX-License-Identifier: Apache-2.0
"""Officials' sittings and government desks, their topics and tickets."""
