"""Certificates for servers on this machine, made by OpenSSL: that of an unknown authority, and one that it signs."""

import ssl
from pathlib import Path

from handbook.programs import run_program

# What clients require of a certificate: Python 3.13 and newer verify it strictly, and require all of these extensions.
EXTENSIONS = {
    "authority": ["basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign", "subjectKeyIdentifier=hash"],
    "loopback": [
        "basicConstraints=critical,CA:true",
        "keyUsage=critical,keyCertSign,digitalSignature",
        "subjectKeyIdentifier=hash",
        "subjectAltName=IP:127.0.0.1",
    ],
    "server": ["basicConstraints=critical,CA:false", "subjectAltName=DNS:localhost", "authorityKeyIdentifier=keyid"],
}


def write_certificates(folder: Path) -> None:
    """Write authority.crt, and a server's server.key, server.crt and chain.crt, for `localhost`, into a folder."""
    make_certificate(folder, "authority", "An authority that nobody knows")
    make_certificate(folder, "server", "localhost", "-CA", "authority.crt", "-CAkey", "authority.key")
    chain = [(folder / f"{name}.crt").read_text() for name in ("server", "authority")]
    (folder / "chain.crt").write_text("".join(chain))


def make_certificate(folder: Path, file: str, name: str, *signer: str) -> None:
    """Make file.key and file.crt, signed by that key itself or, with the options in signer, by another.

    It has the extensions of EXTENSIONS. Raises CalledProcessError where OpenSSL fails.
    """
    # The machine's own configuration would add extensions, which differ from machine to machine.
    (folder / "openssl.cnf").write_text("[req]\ndistinguished_name = name\n[name]\n")
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", *signer]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-config", "openssl.cnf", "-keyout", f"{file}.key", "-out", f"{file}.crt", "-subj", f"/CN={name}"]
    for extension in EXTENSIONS[file]:
        command += ["-addext", extension]
    run_program(command, cwd=folder, check=True, capture_output=True)


def load_context(certificate: Path) -> ssl.SSLContext:
    """Return the context of a server with a certificate; the key is beside it, in a file of the same name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context
