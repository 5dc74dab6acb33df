"""Providers on this machine: a real HTTP server that answers as it is told, and a real mail server."""

import json
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    data: bytes

    @property
    def query(self):
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def body(self):
        return json.loads(self.data)

    @property
    def route(self):
        return urlsplit(self.path).path


@dataclass
class HttpProvider:
    """Answers each route with what lies in `answers[route]`, one after another; the last one is repeated.

    An answer is a JSON value, (status, JSON value), (status, bytes), or a number of seconds to keep silent.
    """

    answers: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)

    def __post_init__(self):
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, self.rfile.read(length))
                provider.requests.append(request)
                self.reply(provider.answer(request.route))

            do_GET = do_POST

            def reply(self, answer):
                if isinstance(answer, float):
                    time.sleep(answer)
                    return
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, route):
        found = self.answers.get(route, [(404, {})])
        return found.pop(0) if len(found) > 1 else found[0]

    def asked(self, route):
        return [request for request in self.requests if request.route == route]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@dataclass
class MailServer:
    """Takes letters; refuses a recipient with the code that lies in `refusals` under the address."""

    letters: list = field(default_factory=list)
    refusals: dict = field(default_factory=dict)
    after_data: str = "250 taken"

    def __post_init__(self):
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.say("220 ready")
                while line := self.rfile.readline():
                    word = line.decode().strip()
                    if word.upper().startswith("QUIT"):
                        self.say("221 bye")
                        return
                    self.command(word)

            def command(self, word):
                if word.upper().startswith("RCPT"):
                    to = word[word.index("<") + 1 : word.index(">")]
                    self.say(f"{server.refusals[to]} no" if to in server.refusals else "250 ok")
                elif word.upper() == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (line := self.rfile.readline()) != b".\r\n":
                        lines.append(line)
                    if server.after_data.startswith("250"):
                        server.letters.append(message_from_bytes(b"".join(lines), policy=default))
                    self.say(server.after_data)
                else:
                    self.say("250 ok")

            def say(self, words):
                self.wfile.write(f"{words}\r\n".encode())

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
