# SPDX-License-Identifier: Apache-2.0
"""A stand-in for any process of the platform, so that the runner is tested apart from the services.

Started as `python -m venue web` and the like through a folder on PYTHONPATH. It says on /environment what it
was told, on /crash it ends; as `migrate` it notes that it ran.
"""

import json
import os
import signal
import socketserver
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            os._exit(3)
        told = {name: value for name, value in os.environ.items() if name.startswith("LINLI_")}
        body = json.dumps(told).encode() if self.path == "/environment" else b"ready"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "local"

    def log_message(self, *_):
        pass


class OverUnixSocket(socketserver.UnixStreamServer):
    def get_request(self):
        connection, _ = super().get_request()
        return connection, ("local", 0)


def main(module):
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    kind = sys.argv[1] if len(sys.argv) > 1 else module
    if kind == "migrate":
        print(json.dumps({"level": "info", "message": f"{module} migrated"}))
    elif kind == "gateway.web":
        OverUnixSocket(os.environ["LINLI_WEB_SOCKET"], Answers).serve_forever()
    elif kind == "worker":
        HTTPServer(("127.0.0.1", int(os.environ["LINLI_METRICS_PORT"])), Answers).serve_forever()
    else:
        HTTPServer(("127.0.0.1", int(os.environ["LINLI_BIND"].rpartition(":")[2])), Answers).serve_forever()
