# SPDX-License-Identifier: Apache-2.0
"""Being there, or not: check-in, doors, marks."""
