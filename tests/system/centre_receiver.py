# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is told of Subscriptions, for tests."""
import http.server
import json
import threading


class Receiver:
    """What is called; `status` is what it answers."""

    def __init__(self, port=0):
        self.heard, self.status, self.lets_go = [], 200, threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path.startswith("/slow"):
                    receiver.lets_go.wait()
                receiver.heard.append((self.command, self.path, dict(self.headers), body, receiver.status))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_PUT = take

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.lets_go.set()
        self.server.shutdown()
        self.server.server_close()

    def taken(self):
        """Method, path and document of what it has said yes to."""
        return [(method, path, json.loads(body) if body else None)
                for method, path, _, body, status in list(self.heard) if status == 200]
