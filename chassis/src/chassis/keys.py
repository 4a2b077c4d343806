# SPDX-License-Identifier: Apache-2.0
"""The issuer's public keys, kept fresh by a thread so that nobody waits for them while answering a request."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.jwk import KeySet

REFRESH_SECONDS = 60.0
RETRY_SECONDS = 1.0
AT_MOST_EVERY_SECONDS = 5.0
FETCH_TIMEOUT_SECONDS = 3.0
_log = logging.getLogger(__name__)


class KeyRing:
    """The current key set. When a fetch fails the last good set stays: an absent issuer signs nobody out.

    A new signing key must be published at least REFRESH_SECONDS before its first use; a token signed earlier
    still passes, because an unknown key id causes one extra refresh (at most every five seconds).
    """

    def __init__(self, url: str | None = None, keys: Callable[[], Mapping[str, Any]] | None = None) -> None:
        if (url is None) == (keys is None):
            raise ValueError("exactly one of url and keys is needed")
        self._read = keys or (lambda: _fetch(str(url)))
        self._at_hand = keys is not None
        self._current: KeySet | None = None
        self._seen: Mapping[str, Any] | None = None
        self._tried_at = float("-inf")
        self._refreshing = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def current(self) -> KeySet | None:
        """The last good key set; None before the first. Keys at hand are read on first use."""
        if self._current is None and self._at_hand:
            self.refresh()
        return self._current

    def refresh(self, at_most_every: float = 0.0) -> bool:
        """Read the keys again unless that was tried within ``at_most_every`` seconds; whether a set is there."""
        with self._refreshing:
            if time.monotonic() - self._tried_at >= at_most_every:
                self._tried_at = time.monotonic()
                self._read_once()
        return self._current is not None

    def start(self) -> None:
        """Refresh in the background from now on; call it after a fork."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop the background refresh."""
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            fresh = self.refresh()
            self._stopping.wait(REFRESH_SECONDS if fresh else RETRY_SECONDS)

    def _read_once(self) -> None:
        try:
            found = self._read()
            if found != self._seen:
                self._current, self._seen = KeySet.import_key_set(found), found  # type: ignore[arg-type]
        except Exception as problem:  # the edge of a loop: whatever the source raises, the old keys stay
            _log.warning("signing keys could not be read: %s", type(problem).__name__)


def _fetch(url: str) -> Mapping[str, Any]:
    if not url.startswith(("http://", "https://")):
        raise ValueError("keys are fetched over http(s) only")
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  scheme checked
    with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_SECONDS) as answer:  # noqa: S310  scheme checked
        return json.loads(answer.read(1_000_000))
