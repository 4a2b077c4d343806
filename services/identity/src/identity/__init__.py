# SPDX-License-Identifier: Apache-2.0
"""Who lives, serves and has an office where; accounts and the OpenID provider."""
