"""What a machine reaches, on this machine alone: files by host and path, the metadata service, ECR
and Parameter Store. A request to AWS has to be signed as Signature Version 4 says.

Takes how often it is asked in vain how to join, or `never`. Prints its ports, plain and TLS."""

import base64
import hashlib
import hmac
import json
import pathlib
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CREDENTIALS = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret+key/1", "Token": "role=token"}
METADATA = {
    "placement/region": "eu-west-1",
    "placement/availability-zone": "eu-west-1b",
    "instance-id": "i-0123456789abcdef0",
    "local-ipv4": "10.0.17.23",
    "local-hostname": "ip-10-0-17-23.eu-west-1.compute.internal",
    "iam/security-credentials/": "node",
    "iam/security-credentials/node": json.dumps(CREDENTIALS),
}
JOIN = {"token": "abcdef.0123456789abcdef", "endpoint": "10.0.0.10:6443", "caCertHash": "sha256:" + "0" * 64}
SESSION = "session=1"
in_vain = float("inf") if sys.argv[1] == "never" else int(sys.argv[1])


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Metadata(Handler):
    def do_PUT(self):
        asked = self.path == "/latest/api/token" and self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        self.answer(200 if asked else 400, SESSION if asked else "")

    def do_GET(self):
        if self.headers["X-aws-ec2-metadata-token"] != SESSION:
            return self.answer(401, "")
        value = METADATA.get(self.path.removeprefix("/latest/meta-data/"))
        self.answer(404 if value is None else 200, value or "")


class Internet(Handler):
    def do_GET(self):
        if self.path == "/version":
            return self.answer(200, "{}")
        file = pathlib.Path("www") / self.headers["Host"] / self.path.removeprefix("/")
        self.answer(200, file.read_bytes()) if file.is_file() else self.answer(404, "")

    def do_POST(self):
        global in_vain
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wrong = self.wrong(body)
        if wrong:
            return self.answer(400, json.dumps({"__type": "InvalidSignatureException", "message": wrong}))
        target = self.headers["X-Amz-Target"]
        if target == "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken":
            token = base64.b64encode(b"AWS:password").decode()
            self.answer(200, json.dumps({"authorizationData": [{"authorizationToken": token}]}))
        elif target == "AmazonSSM.GetParameter":
            asked = json.loads(body)
            if in_vain > 0 or asked != {"Name": "/hopper/hopper/join", "WithDecryption": True}:
                in_vain -= 1
                told = {"__type": "ParameterNotFound", "message": f"no {asked['Name']}"}
                return self.answer(400, json.dumps(told))
            self.answer(200, json.dumps({"Parameter": {"Value": json.dumps(JOIN)}}))
        else:
            self.answer(400, json.dumps({"__type": "UnknownOperationException", "message": target}))

    def wrong(self, body):
        """What is wrong with the signature ("Create a signed AWS API request", IAM user guide)."""
        algorithm, _, rest = self.headers["Authorization"].partition(" ")
        fields = dict(field.strip().split("=", 1) for field in rest.split(","))
        access, date, region, service, end = fields["Credential"].split("/")
        signed = fields["SignedHeaders"].split(";")
        host = self.headers["Host"].split(".")
        if (algorithm, end, access) != ("AWS4-HMAC-SHA256", "aws4_request", CREDENTIALS["AccessKeyId"]):
            return f"scope {fields['Credential']}"
        if [service, region] != host[-4:-2]:
            return f"{service} in {region} is not {self.headers['Host']}"
        amazon = {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if not {"host", "x-amz-date"} | amazon <= set(signed):
            return f"only {signed} are signed"
        if self.headers["x-amz-security-token"] != CREDENTIALS["Token"]:
            return "whose token?"
        headers = "".join(f"{name}:{self.headers[name].strip()}\n" for name in signed)
        request = "\n".join([self.command, self.path, "", headers, ";".join(signed), sha256(body)])
        scope = "/".join([date, region, service, end])
        text = "\n".join([algorithm, self.headers["x-amz-date"], scope, sha256(request.encode())])
        key = ("AWS4" + CREDENTIALS["SecretAccessKey"]).encode()
        for part in [date, region, service, end]:
            key = mac(key, part)
        return "" if mac(key, text).hex() == fields["Signature"] else "another signature"


plain = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
tls = ThreadingHTTPServer(("127.0.0.1", 0), Internet)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("site.pem", "key.pem")
tls.socket = context.wrap_socket(tls.socket, server_side=True)
threading.Thread(target=plain.serve_forever, daemon=True).start()
print(plain.server_port, tls.server_port, flush=True)
tls.serve_forever()
