"""A mail server (aiosmtpd) for tests. It prints "ready", keeps the mails it takes, and reads commands from its input:

mails          answers all mails as one line of JSON: from, to, subject, text, attachments, headers
mode ok        takes mails; mode reject answers 550, mode later 451, mode hang never answers
tries          answers how many mails were begun
"""

import argparse
import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--tls", choices=["starttls", "tls"])
parser.add_argument("--login")
args = parser.parse_args()

mails, tries, mode = [], 0, "ok"


def judge(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    good = f"{data.login.decode()}:{data.password.decode()}" == args.login
    return AuthResult(success=good, handled=good)


class Box:
    async def handle_MAIL(self, server, session, envelope, address, options):
        global tries
        tries += 1
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if mode == "reject":
            return "550 5.7.1 not wanted here"
        if mode == "later":
            return "451 4.3.0 try again later"
        if mode == "hang":
            await asyncio.sleep(3600)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(("plain",))
        mails.append(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "subject": mail["subject"],
                "text": body.get_content().replace("\r\n", "\n") if body else "",
                "attachments": [
                    {"name": a.get_filename(), "type": a.get_content_type(), "size": len(a.get_payload(decode=True))}
                    for a in mail.iter_attachments()
                ],
                "headers": [[k, str(v)] for k, v in mail.items()],
                "tls": session.ssl is not None or args.tls == "tls",
                "login": session.authenticated,
            }
        )
        return "250 2.0.0 queued as 4711"


async def main():
    context = None
    if args.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args.certificate, args.key)
    options = {"hostname": "mail.test", "enable_SMTPUTF8": True}
    if args.login:
        options |= {"authenticator": judge, "auth_required": True, "auth_require_tls": args.tls == "starttls"}
    if args.tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    loop = asyncio.get_running_loop()
    await loop.create_server(
        lambda: SMTP(Box(), **options), "127.0.0.1", args.port, ssl=context if args.tls == "tls" else None
    )
    print("ready", flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    global mode
    while line := (await reader.readline()).decode().split():
        if line[0] == "mails":
            print(json.dumps(mails), flush=True)
        elif line[0] == "tries":
            print(tries, flush=True)
        elif line[0] == "mode":
            mode = line[1]
            print("ok", flush=True)
        else:
            print("error unknown command", flush=True)


asyncio.run(main())
