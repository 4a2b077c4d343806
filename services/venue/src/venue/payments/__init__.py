# SPDX-License-Identifier: Apache-2.0
"""Payment providers: the interface this service knows, and the adapters behind it."""
