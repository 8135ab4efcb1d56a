# SPDX-License-Identifier: GPL-3.0-or-later
"""A screen that nobody sees (Xvfb), somebody who uses the window on it (xdotool), and its picture
(ImageMagick's import)."""
import ctypes
import os
import shutil
import subprocess

import waiting

TOOLS = ("Xvfb", "xdotool", "import")


def missing():
    """What is not here, in words; None when all is."""
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"{', '.join(lacking)} not here" if lacking else None


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, with room for the longest event."""
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 12)]


class Screen:
    def __init__(self, width=1280, height=720):
        read_end, write_end = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp",
             "-noreset"], pass_fds=[write_end], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(write_end)
        with os.fdopen(read_end) as told:
            number = told.readline().strip()
        if not number:
            raise RuntimeError("Xvfb does not start")
        self.display = f":{number}"
        self.environment = {**os.environ, "DISPLAY": self.display, "SDL_AUDIODRIVER": "dummy"}
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.window = None

    def close(self):
        self.server.terminate()
        self.server.wait()

    def do(self, *words):
        """One call for all words: each takes a while on a busy machine."""
        done = subprocess.run(["xdotool", *map(str, words)], env=self.environment, capture_output=True,
                              text=True, timeout=waiting.SLOW)
        return done.stdout.split()

    def find(self, name="Jisr"):
        """Waits for the window of this name, and gives it the keyboard, as a person who clicks on it."""
        self.window = waiting.until(lambda: (self.do("search", "--name", name) or [None])[-1])
        if self.window:
            self.do("windowfocus", "--sync", self.window)
        return self.window

    def close_window(self):
        """As the cross in a window's frame does; there is no window manager here to do it for us."""
        xlib = ctypes.CDLL("libX11.so.6")
        xlib.XOpenDisplay.restype = ctypes.c_void_p
        xlib.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(xlib.XOpenDisplay(self.display.encode()))
        protocols, delete = (xlib.XInternAtom(display, name, 0)
                             for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        window = ctypes.c_ulong(int(self.window))
        message = _ClientMessage(type=33, window=window, message_type=protocols, format=32)
        message.data[0] = delete
        xlib.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(message))
        xlib.XCloseDisplay(display)

    def picture(self, path, window="root"):
        """The whole screen, or a window, as a file of the kind its name ends with."""
        subprocess.run(["import", "-window", window, "-quality", "88", str(path)], env=self.environment,
                       check=True, timeout=waiting.SLOW)
        return path

    def colours(self, folder, window="root"):
        """How many colours the screen, or a window, has now: one is an empty one."""
        path = self.picture(folder / "colours.png", window)
        done = subprocess.run(["identify", "-format", "%k", str(path)], capture_output=True, text=True,
                              check=True)
        return int(done.stdout)
