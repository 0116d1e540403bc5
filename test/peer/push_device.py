"""A browser that is told by Web Push, for tests: keys of its own, decryption (RFC 8188, RFC 8291) and the check of the
signature of the sender (RFC 8292) with python3-cryptography. It prints its subscription as "ready <JSON>" and reads commands:

open <authorization> <public key of the server> <audience> <base64 of the body>
               answers the decrypted text as one line of JSON, or "error …"
"""

import base64
import json
import sys
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

key = ec.generate_private_key(ec.SECP256R1())
auth = b"sixteen bytes ok"


def raw(public):
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derive(salt, secret, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def decrypt(body):
    salt, size, n = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    sender, record = body[21 : 21 + n], body[21 + n :]
    if len(record) > size:
        raise ValueError("more than one record")
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    ikm = derive(auth, shared, b"WebPush: info\0" + raw(key.public_key()) + sender, 32)
    secret = derive(salt, ikm, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, ikm, b"Content-Encoding: nonce\0", 12)
    text = AESGCM(secret).decrypt(nonce, record, None).rstrip(b"\0")
    if text[-1] != 2:
        raise ValueError("the last record does not end with 2")
    return text[:-1].decode()


def judge(authorization, public, audience):
    scheme, rest = authorization.split("+", 1)
    fields = dict(part.strip().split("=", 1) for part in rest.replace("+", "").split(","))
    if scheme != "vapid" or fields["k"] != public:
        raise ValueError("not signed with the key that was given")
    head, claims, signature = fields["t"].split(".")
    r, s = decode(signature)[:32], decode(signature)[32:]
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(public))
    der = utils.encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    point.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(decode(claims))
    if said["aud"] != audience or not time.time() < said["exp"] < time.time() + 86400:
        raise ValueError(f"wrong claims {said}")
    if not said["sub"].startswith(("mailto:", "https:")):
        raise ValueError(f"wrong contact {said}")


print("ready", json.dumps({"p256dh": encode(raw(key.public_key())), "auth": encode(auth)}), flush=True)
for line in sys.stdin:
    try:
        _, authorization, public, audience, body = line.split()
        judge(authorization, public, audience)
        print(json.dumps(json.loads(decrypt(base64.b64decode(body)))), flush=True)
    except (InvalidSignature, Exception) as error:
        print("error", type(error).__name__, error, flush=True)
