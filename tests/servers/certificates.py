"""A private certificate authority for tests, strict enough for Python 3.13 (RFC 5280)."""

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE = ("localhost", "127.0.0.1")


class Authority:
    """Signs certificates into ``folder``; ``ca`` is the PEM file clients must trust.

    ``strict=False`` makes an authority without key usage and key identifiers, as old private ones are.
    """

    def __init__(self, folder: Path, strict: bool = True) -> None:
        self.folder = folder
        self.strict = strict
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Test authority")
        self.certificate = self._sign(self._name, self._key.public_key(), [], authority=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(_pem(self.certificate))

    def issue(
        self, name: str = "server", hosts: tuple[str, ...] = HERE, expired: bool = False
    ) -> tuple[Path, Path]:
        """A certificate for ``hosts`` and its key, as PEM files."""
        key = ec.generate_private_key(ec.SECP256R1())
        signed = self._sign(_name(hosts[0]), key.public_key(), hosts, expired=expired)
        certificate_file, key_file = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate_file.write_bytes(_pem(signed))
        key_file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return certificate_file, key_file

    def server_context(self, **kwargs) -> ssl.SSLContext:
        """A context for a server of the test's own; arguments as for ``issue``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(**kwargs))
        return context

    def _sign(self, subject, public_key, hosts, authority=False, expired=False) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        day = datetime.timedelta(days=1)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 3 * day)
            .not_valid_after(now - day if expired else now + 3 * day)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(list(map(_host, hosts))), critical=False
            )
        if self.strict:
            builder = builder.add_extension(
                x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False
            ).add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            if authority:
                builder = builder.add_extension(_ca_usage(), critical=True)
        return builder.sign(self._key, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _ca_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
