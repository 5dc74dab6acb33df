"""E-mail through Django's mail backend to the county's own mail server."""

import smtplib
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection

from shanzhi.notices.channels.base import Message, SendError

TIMEOUT = 10


@dataclass(frozen=True)
class SmtpSender:
    """`server` is smtp://user:password@host:25, smtp+tls://…:587 (STARTTLS) or smtps://…:465."""

    server: str
    sender: str

    def __post_init__(self) -> None:
        if not self.sender or self._options() is None:
            raise ImproperlyConfigured("SHANZHI_EMAIL=smtp: set SHANZHI_SMTP (smtps://…) and SHANZHI_EMAIL_FROM")

    def _options(self) -> dict[str, Any] | None:
        parts = urlsplit(self.server)
        ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
        if parts.scheme not in ports or not parts.hostname:
            return None
        return {
            "host": parts.hostname,
            "port": parts.port or ports[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp+tls",
            "use_ssl": parts.scheme == "smtps",
            "timeout": TIMEOUT,
        }

    def send(self, message: Message) -> str:
        """The Message-ID is made from the delivery: a mail server that keeps to it drops a repetition."""
        host = self.sender.rpartition("@")[2].strip(" >") or "localhost"
        message_id = f"<{message.id}@{host}>"
        lines = [message.text or message.title, message.url, f"{message.place}·善治"]
        mail = EmailMessage(
            subject=" ".join((message.title or message.text).split())[:100],
            body="\n\n".join(line for line in lines if line),
            from_email=self.sender,
            to=[message.to],
            headers={"Message-ID": message_id},
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend", **(self._options() or {})),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            again = all(400 <= code < 500 for code in codes)
            words = "邮件服务器暂时不收这个邮箱的信。" if again else "邮件服务器不认这个邮箱，请本人核对后更换。"
            raise SendError(words, again=again) from None
        except smtplib.SMTPAuthenticationError:
            raise SendError("邮件服务器不认账号或密码，请检查设置。", down=True) from None
        except smtplib.SMTPResponseException as error:
            words = f"邮件服务器拒绝了这封信（{error.smtp_code}）。"
            raise SendError(words, again=400 <= error.smtp_code < 500) from None
        except (smtplib.SMTPException, OSError):
            raise SendError("连不上邮件服务器，请检查网络和设置。", down=True) from None
        return message_id
