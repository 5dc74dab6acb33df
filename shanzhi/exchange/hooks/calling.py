"""One POST to a receiver: to the number that was checked, no redirect, no proxy, five seconds in all."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from threading import Timer
from typing import Any, Final

from shanzhi.exchange.hooks.addresses import AddressRefused, Target, parsed, resolved

TIMEOUT: Final = 5.0


class CallFailed(Exception):
    """Nothing was taken; the text is a sentence for the log. `answer` is the status, if there was one."""

    def __init__(self, sentence: str, answer: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.answer = sentence, answer


class _Pinned(http.client.HTTPConnection):
    """Connects to a number, speaks (and, with TLS, checks the certificate) for the name."""

    def __init__(self, target: Target, number: str, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target, self.number = target, number
        self.late = False

    def connect(self) -> None:
        sock = socket.create_connection((self.number, self.port), self.timeout)
        self.sock: Any = sock
        if not self.target.is_plain:
            self.sock = ssl.create_default_context().wrap_socket(sock, server_hostname=self.target.host)

    def break_off(self) -> None:
        """From another thread: whoever drips an answer byte by byte keeps nobody waiting."""
        self.late = True  # before the line is cut: whoever waits on it wakes up at once and asks why
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                pass


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout: float = TIMEOUT) -> int:
    """The status, which is one of 2xx. CallFailed for everything else: a redirect is an answer, and not followed."""
    try:
        target = parsed(url)
        number = resolved(target)
    except AddressRefused as error:
        raise CallFailed(str(error)) from None
    except OSError:
        raise CallFailed("找不到这个地址的主机，请核对域名。") from None
    connection = _Pinned(target, number, timeout)
    limit = Timer(timeout, connection.break_off)
    limit.daemon = True
    limit.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError:
        raise CallFailed("对方的证书没有通过验证。") from None
    except TimeoutError:
        raise CallFailed(f"超过 {timeout:g} 秒没有应答。") from None
    except (OSError, http.client.HTTPException, ValueError):
        raise CallFailed(
            f"超过 {timeout:g} 秒没有应答。" if connection.late else "连不上对方，或者中途断了。"
        ) from None
    finally:
        limit.cancel()
        connection.close()
    if not 200 <= status < 300:
        words = "对方要转到别的地址，不跟过去" if 300 <= status < 400 else "对方没有收下"
        raise CallFailed(f"{words}（{status}）。", status)
    return status
