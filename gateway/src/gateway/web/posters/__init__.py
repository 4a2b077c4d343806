# SPDX-License-Identifier: Apache-2.0
"""Paper: a room's week as a poster. The same facts give the same bytes, so a sheet can be checked against its hash."""

from gateway.web.posters.typesetting import Poster, can_typeset, typeset

__all__ = ["Poster", "can_typeset", "typeset"]
