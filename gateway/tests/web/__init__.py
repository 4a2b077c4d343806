# SPDX-License-Identifier: Apache-2.0
"""The pages, over services invented in this process."""
