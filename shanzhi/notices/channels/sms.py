"""SMS through 阿里云短信 (Dysmsapi 2017-05-25, action SendSms) or a gateway that speaks the same."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from shanzhi.notices.channels.base import Message, SendError
from shanzhi.notices.channels.http import call, safe_code
from shanzhi.notices.channels.signing import canonical_query, signed_headers

WHO: Final = "短信平台"
LONGEST: Final = 35  # characters of a variable in a notice template
_FINAL: Final = {
    "isv.MOBILE_NUMBER_ILLEGAL": "短信平台说这个手机号不对，请本人核对后更换。",
    "MobileNumberIllegal": "短信平台说这个手机号不对，请本人核对后更换。",
    "isv.BLACK_KEY_CONTROL_LIMIT": "短信内容里有平台不让发的词。",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板没有通过审核，请在短信平台核对模板编号。",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名没有通过审核，请在短信平台核对签名。",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板里的变量和设置对不上，请核对模板。",
    "SignatureDoesNotMatch": "短信平台不认密钥，请检查 AccessKey 设置。",
    "InvalidAccessKeyId.NotFound": "短信平台不认密钥，请检查 AccessKey 设置。",
}
_LATER: Final = {
    "isv.BUSINESS_LIMIT_CONTROL": "给这个手机号发得太频繁，短信平台要等一等。",
    "isv.DAY_LIMIT_CONTROL": "今天的短信数量到了上限。",
    "isv.AMOUNT_NOT_ENOUGH": "短信平台的余额不足，请充值。",
    "isv.OUT_OF_SERVICE": "短信平台的服务停了，请检查余额。",
    "isp.SYSTEM_ERROR": "短信平台出了故障。",
    "isp.RAM_PERMISSION_DENY": "短信平台的账号没有发短信的权限，请检查授权。",
}


@dataclass(frozen=True)
class AliyunSender:
    """`templates` maps our names (`notice`, `code`) to approved template codes. The provider has no key against
    repetition; OutId carries the delivery's id into its receipts."""

    key: str
    secret: str = field(repr=False)
    sign: str
    templates: Mapping[str, str]
    endpoint: str

    def __post_init__(self) -> None:
        if not (self.key and self.secret and self.sign and self.templates):
            raise ImproperlyConfigured(
                "SHANZHI_SMS=aliyun: set SHANZHI_SMS_KEY, SHANZHI_SMS_SECRET, SHANZHI_SMS_SIGN"
                " and SHANZHI_SMS_TEMPLATES"
            )

    def send(self, message: Message) -> str:
        template = self.templates.get(message.template)
        if template is None:
            raise SendError("这类短信还没有配置模板，请在设置里补上。")
        query = {
            "PhoneNumbers": message.to,
            "SignName": self.sign,
            "TemplateCode": template,
            "TemplateParam": json.dumps(
                {name: value[:LONGEST] for name, value in message.params.items()}, ensure_ascii=False
            ),
            "OutId": str(message.id),
        }
        parts = urlsplit(self.endpoint)
        headers = signed_headers(
            host=parts.netloc,
            action="SendSms",
            version="2017-05-25",
            query=query,
            key=self.key,
            secret=self.secret,
            date=f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
            nonce=secrets.token_hex(16),
        )
        url = f"{parts.scheme}://{parts.netloc}/?{canonical_query(query)}"
        _, answer = call("POST", url, who=WHO, headers=headers)
        code = str(answer.get("Code", ""))
        if code == "OK":
            return str(answer.get("BizId", ""))[:64]
        if code in _LATER or code.startswith(("isp.", "Throttling", "ServiceUnavailable")):
            raise SendError(_LATER.get(code, f"短信平台忙（{safe_code(code)}）。"), again=True)
        raise SendError(_FINAL.get(code, f"短信平台拒绝了（{safe_code(code)}）。"))
