# SPDX-License-Identifier: Apache-2.0
"""What repeats, on the wall clock."""
