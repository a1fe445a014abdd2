"""Signs Schemathesis in as an admin, and again as a new one when what it tried has cost it its session or its role."""

import json
import os
import subprocess
import urllib.error
import urllib.request

import schemathesis

API = os.environ["API_URL"]
PASSWORD = "a long password for fuzzing"


def call(method, path, body=None, token=None):
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError:
        return None


@schemathesis.auth(refresh_interval=1)
class Admin:
    token = None
    made = 0

    def get(self, case, context):
        me = call("GET", "/me", token=self.token) if self.token else None
        if not me or me["role"] != "admin":
            Admin.made += 1
            name = f"fuzzer-{Admin.made}"
            command = [*json.loads(os.environ["ADMIN"]), "user", "add", name, "--role", "admin", "--keep-password"]
            subprocess.run(command, input=f"{PASSWORD}\n".encode(), check=True, stdout=subprocess.DEVNULL)
            self.token = call("POST", "/login", {"username": name, "password": PASSWORD})["access_token"]
        return self.token

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"
