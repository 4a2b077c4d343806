# SPDX-License-Identifier: Apache-2.0
"""One function, one transaction, one reason to change."""
