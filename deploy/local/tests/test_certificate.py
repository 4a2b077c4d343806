# SPDX-License-Identifier: Apache-2.0
"""TLS=1: the self-signed certificate that phones on the same network are shown."""

import ssl

from cryptography import x509
from linli_local import certificate


def names(made):
    loaded = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    return [
        str(each.value) for each in loaded.extensions.get_extension_for_oid(x509.OID_SUBJECT_ALTERNATIVE_NAME).value
    ]


def test_it_names_this_machine_in_the_network_and_on_loopback(tmp_path):
    made = certificate.ensure(tmp_path, "192.168.1.20")
    assert names(made) == ["192.168.1.20", "localhost", "127.0.0.1"]
    assert len(made.fingerprint()) == 95


def test_its_key_is_for_this_account_alone_and_fits(tmp_path):
    made = certificate.ensure(tmp_path, "localhost")
    assert made.key.stat().st_mode & 0o777 == 0o600
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.certificate, made.key)


def test_it_is_kept_until_the_address_changes(tmp_path):
    first = certificate.ensure(tmp_path, "192.168.1.20").fingerprint()
    assert certificate.ensure(tmp_path, "192.168.1.20").fingerprint() == first
    assert certificate.ensure(tmp_path, "192.168.1.21").fingerprint() != first


def test_one_that_ends_soon_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(certificate, "VALID_DAYS", certificate.RENEW_DAYS - 1)
    first = certificate.ensure(tmp_path, "localhost").fingerprint()
    monkeypatch.undo()
    assert certificate.ensure(tmp_path, "localhost").fingerprint() != first
