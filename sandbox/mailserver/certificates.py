"""A private certificate authority and the mail server's certificate, made where they are missing.

Python 3.13 checks certificates strictly (RFC 5280): key usages, key identifiers and a critical
basic constraint must be there.
"""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: The longest that macOS accepts, in days.
VALID_DAYS = 825
#: A certificate is renewed when it ends within so many days.
RENEW_DAYS = 2

_NOTHING = dict.fromkeys(
    [
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ],
    False,
)


def ensure_certificates(authority: Path, certificate: Path) -> None:
    """Make the authority's file, and the server's with its key, unless both are there and still valid."""
    if not (_is_valid(authority) and _is_valid(certificate)):
        make_certificates(authority, certificate, datetime.now(UTC))


def _is_valid(path: Path) -> bool:
    try:
        end = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return False
    return end > datetime.now(UTC) + timedelta(days=RENEW_DAYS)


def make_certificates(authority: Path, certificate: Path, now: datetime) -> None:
    """Write a new authority and a certificate of it for localhost. The authority's key is thrown away."""
    authority.parent.mkdir(parents=True, exist_ok=True)
    signer, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox mail authority")])
    root = (
        _builder(name, name, signer.public_key(), signer, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**{**_NOTHING, "key_cert_sign": True, "crl_sign": True}), critical=True)
        .sign(signer, hashes.SHA256())
    )
    host = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    leaf = (
        _builder(host, name, key.public_key(), signer, now)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**{**_NOTHING, "digital_signature": True}), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    authority.write_bytes(root.public_bytes(Encoding.PEM))
    certificate.touch(mode=0o600)
    certificate.write_bytes(
        leaf.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def _builder(subject, issuer, key, signer, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS - 1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
