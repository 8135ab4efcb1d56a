# SPDX-License-Identifier: GPL-3.0-or-later
"""A WebSocket client by hand (RFC 6455), over a socket of Python's, in clear or under TLS."""
import base64
import hashlib
import os
import socket
import ssl
import struct

from waiting import SLOW

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class WebSocket:
    """Opens one; `status` is what was answered. Pings are answered while something is waited for."""

    def __init__(self, address, path="/websocket", headers=(), cafile=None, host=None):
        self.sock = socket.create_connection(address, timeout=SLOW)
        if cafile:
            context = ssl.create_default_context(cafile=cafile)
            self.sock = context.wrap_socket(self.sock, server_hostname="localhost")
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host or f'localhost:{address[1]}'}", "Connection: Upgrade", "Upgrade: websocket",
                 "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *headers]
        self.sock.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.sock.recv(1)
            if not byte:
                break
            head += byte
        self.head = head.decode("latin-1")
        self.status = int(self.head.split()[1])
        if self.status == 101:
            wanted = hashlib.sha1(key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
            assert "Sec-WebSocket-Accept: " + base64.b64encode(wanted).decode() in self.head, self.head

    def frame(self, kind, payload=b"", last=True):
        head = bytes([(0x80 if last else 0) | kind])
        if len(payload) < 126:
            head += bytes([0x80 | len(payload)])
        else:
            head += bytes([0x80 | 126]) + struct.pack(">H", len(payload))
        mask = os.urandom(4)
        self.sock.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def say(self, words):
        self.frame(TEXT, words.encode())

    def _read(self, size):
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def hear_frame(self):
        """(kind, payload), or None when the connection has ended."""
        try:
            first, size = self._read(2)
            if size == 126:
                size, = struct.unpack(">H", self._read(2))
            elif size == 127:
                size, = struct.unpack(">Q", self._read(8))
            return first & 0x0F, self._read(size)
        except (EOFError, ConnectionError):
            return None

    def hear(self):
        """The next text; a pair (code, reason) where it was closed; None where it was cut."""
        while True:
            frame = self.hear_frame()
            if not frame:
                return None
            kind, payload = frame
            if kind == TEXT:
                return payload.decode()
            if kind == PING:
                self.frame(PONG, payload)
            elif kind == CLOSE:
                try:
                    self.frame(CLOSE, payload[:2])
                except OSError:  # it did not wait for that
                    pass
                return (struct.unpack(">H", payload[:2])[0] if payload else 1005), payload[2:].decode()

    def close(self):
        self.sock.close()
