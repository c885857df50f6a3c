"""TLS certificates made on the spot: an authority that nobody knows, and what it signs."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_FROM = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_UNTIL = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class ServerCertificate:
    """A server's context for TLS on 127.0.0.1 and localhost, and the authority that vouches."""

    context: ssl.SSLContext
    ca_file: Path
    chain_file: Path
    """The server's certificate and its key."""
    client_file: Path
    """A client's certificate and its key, by the same authority."""

    def asking(self) -> ssl.SSLContext:
        """A server's context that lets in only clients of the authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain_file)
        context.load_verify_locations(self.ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
        return context

    def trust(self, *, as_client: bool = False) -> ssl.SSLContext:
        """A client's context that trusts the authority, and may show the client's certificate."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if as_client:
            context.load_cert_chain(self.client_file)
        return context


def server_certificate(folder: Path) -> ServerCertificate:
    """Make an authority and a server certificate signed by it; files go into `folder`."""
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("An authority of the tests")
    ca = _certificate(ca_name, ca_name, ca_key, ca_key, is_ca=True)
    folder.mkdir(exist_ok=True)
    ca_file, chain, client = (folder / f"{name}.pem" for name in ("ca", "server", "client"))
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    for file, name in ((chain, "localhost"), (client, "a client")):
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _certificate(_name(name), ca_name, key, ca_key, is_ca=False)
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return ServerCertificate(context, ca_file, chain, client)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if is_ca:
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True,
            content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = builder.add_extension(usage, critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
