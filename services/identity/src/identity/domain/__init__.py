# SPDX-License-Identifier: Apache-2.0
"""Pure rules of the register, of offices and of signing in: no IO, no clock, no framework."""
