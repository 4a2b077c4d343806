# SPDX-License-Identifier: Apache-2.0
"""A self-signed certificate for TLS=1: phones on the same network need it, since session cookies are Secure."""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

VALID_DAYS = 365
RENEW_DAYS = 30


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path

    def fingerprint(self) -> str:
        """What a person compares with the browser's warning."""
        loaded = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def ensure(folder: Path, host: str) -> Certificate:
    """The certificate for this host, made anew when there is none, it ends soon or it names another host."""
    made = Certificate(folder / "tls-certificate.pem", folder / "tls-key.pem")
    if not _still_good(made, host):
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_private(made.key, private)
        _write_private(made.certificate, _sign(key, host).public_bytes(serialization.Encoding.PEM))
    return made


def _sign(key: ec.EllipticCurvePrivateKey, host: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Linli on this machine")])
    now = datetime.now(UTC)
    alternatives = x509.SubjectAlternativeName([_general_name(each) for each in _names(host)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
    builder = builder.not_valid_after(now + timedelta(days=VALID_DAYS)).add_extension(alternatives, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256())


def _names(host: str) -> list[str]:
    return list(dict.fromkeys([host, "localhost", "127.0.0.1"]))


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _still_good(made: Certificate, host: str) -> bool:
    try:
        loaded = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    except (OSError, ValueError):
        return False
    named = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ends = loaded.not_valid_after_utc - timedelta(days=RENEW_DAYS)
    return made.key.exists() and ends > datetime.now(UTC) and _general_name(host) in list(named)


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
