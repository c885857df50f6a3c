"""A server that speaks the few calls of Vault, AWS and Google that reading a secret takes."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class SecretServer:
    """`secrets` by name: fields of a Vault path, text at AWS and Google. Unknown ones are 404.

    Every Vault call needs the token `vault-token`. `silent` lets callers wait until it is set.
    """

    url: str
    secrets: dict[str, object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    silent: Event | None = None


@contextmanager
def secret_server() -> Iterator[SecretServer]:
    """Serve on a free port of this machine."""
    http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server = SecretServer(f"http://127.0.0.1:{http.server_address[1]}")
    _Handler.servers[http.server_address[1]] = server
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.silent is not None:
            server.silent.set()
        http.shutdown()
        http.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    servers: dict[int, SecretServer] = {}  # noqa: RUF012 - shared by all of them

    def do_GET(self) -> None:
        """Vault and Google."""
        server = self._server()
        path = self.path.partition("?")[0]
        if path.startswith("/v1/projects/"):
            name = path.removeprefix("/v1/").removesuffix(":access")
            self._answer_google(name, server.secrets.get(name))
            return
        if self.headers.get("x-vault-token") != "vault-token":
            self._json(403, {"errors": ["permission denied"]})
            return
        fields = server.secrets.get(path.removeprefix("/v1/"))
        metadata = {"version": 1, "created_time": "", "deletion_time": "", "destroyed": False}
        body = {"data": {"data": fields, "metadata": metadata}}
        self._json(200, body) if fields else self._json(404, {"errors": []})

    def do_POST(self) -> None:
        """AWS."""
        server = self._server()
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = server.secrets.get(asked["SecretId"])
        if text is None:
            self._json(400, {"__type": "ResourceNotFoundException", "message": "no such secret"})
        else:
            self._json(200, {"Name": asked["SecretId"], "SecretString": text})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _server(self) -> SecretServer:
        server = self.servers[self.server.server_address[1]]  # type: ignore[index]
        server.asked.append(self.path)
        if server.silent is not None:
            server.silent.wait(10)
        return server

    def _answer_google(self, name: str, text: object) -> None:
        if text is None:
            self._json(404, {"error": {"code": 404, "status": "NOT_FOUND", "message": "gone"}})
            return
        data = base64.b64encode(str(text).encode()).decode()
        self._json(200, {"name": name, "payload": {"data": data}})

    def _json(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
