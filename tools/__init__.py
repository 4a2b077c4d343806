# SPDX-License-Identifier: Apache-2.0
"""Tools of the repository: none of this runs in production."""
