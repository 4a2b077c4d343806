# SPDX-License-Identifier: Apache-2.0
"""Shows that each guarantee's test fails when the guarantee is broken: a test that cannot fail proves nothing."""
