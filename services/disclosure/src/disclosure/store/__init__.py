# SPDX-License-Identifier: Apache-2.0
"""Tables and the statements that read and write them."""
