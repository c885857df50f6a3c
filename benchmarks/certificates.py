"""A throw-away certificate authority for the TLS upstream, made anew by each run with openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_CONFIGURATION = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = localhost
"""


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: the authority that callers trust, and what the upstream shows them."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """A two-day authority and its certificate for localhost and 127.0.0.1.

    Raises subprocess.CalledProcessError if openssl refuses, FileNotFoundError if it is missing.
    """
    configuration = folder / "openssl.cnf"
    configuration.write_text(_CONFIGURATION)
    files = Certificates(folder / "authority.pem", folder / "upstream.pem", folder / "upstream.key")
    common = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    common += ["-nodes", "-days", "2", "-config", str(configuration)]
    authority_key = folder / "authority.key"
    _run([*common, "-keyout", str(authority_key), "-out", str(files.authority)], "CA:TRUE")
    signed = ["-CA", str(files.authority), "-CAkey", str(authority_key), "-subj", "/CN=upstream"]
    signed += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    signed += ["-keyout", str(files.key), "-out", str(files.certificate)]
    _run([*common, *signed], "CA:FALSE")
    return files


def _run(command: list[str], constraint: str) -> None:
    command = [*command, "-addext", f"basicConstraints=critical,{constraint}"]
    subprocess.run(command, check=True, capture_output=True)
