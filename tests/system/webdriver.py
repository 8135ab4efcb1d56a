# SPDX-License-Identifier: GPL-3.0-or-later
"""Chromium without a window, driven through chromedriver (W3C WebDriver), with authenticators that are not there
(Web Authentication Level 2, section 11)."""
import base64
import contextlib
import http.client
import json
import re
import shutil
import subprocess
import time

from waiting import SLOW

ARGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en",
        "--hide-scrollbars")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how WebDriver marks a reference to one


def lacks():
    """What a test of this would be skipped for; None: nothing."""
    return next((f"{name} is not installed" for name in ("chromium", "chromedriver") if not shutil.which(name)), None)


class Refused(Exception):
    pass


def start_driver():
    """chromedriver, and its port. It takes a port that is free for IPv4, and ends where somebody has it for IPv6."""
    for _ in range(5):
        driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True)
        for line in driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                return driver, int(found[1])
        driver.stdout.close()
        driver.wait()
    raise Refused("chromedriver did not start")


class Driver:
    """Commands to a chromedriver. On a busy machine it breaks a connection now and then: what may be done twice is then
    sent again, what may not is refused, for nobody knows whether it was done."""

    TRIES, PAUSE = 5, 0.2  # seconds

    def __init__(self, port):
        self._port, self.session = port, ""

    def _send(self, method, path, body=None, twice=None):
        twice = method == "GET" if twice is None else twice
        for left in reversed(range(self.TRIES)):
            try:
                return self._ask(method, self.session + path, body)
            except (ConnectionError, http.client.HTTPException) as broken:
                is_unheard = isinstance(broken, ConnectionRefusedError)
                if not left or not (twice or is_unheard):
                    raise Refused(f"{method} {path}: {broken!r}") from broken
            time.sleep(self.PAUSE)

    def _ask(self, method, path, body):
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=3 * SLOW)
        try:
            text = json.dumps(body if body is not None else {}) if method == "POST" else None
            line.request(method, path, text, {"Content-Type": "application/json"})
            answer = line.getresponse()
            value = json.loads(answer.read())["value"]
        finally:
            line.close()
        if answer.status != 200:
            raise Refused(f"{method} {path}: {value['error']}: {value['message'][:400]}")
        return value


class Chromium(Driver):
    def __init__(self, folder):
        self._driver, port = start_driver()
        super().__init__(port)
        wanted = {"goog:chromeOptions": {"args": [*ARGS, f"--user-data-dir={folder}"]},
                  "goog:loggingPrefs": {"browser": "ALL"}}
        made = self._send("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.session = "/session/" + made["sessionId"]

    def close(self):
        with contextlib.suppress(Refused, OSError):
            self._send("DELETE", "")
        self._driver.terminate()
        self._driver.wait()
        self._driver.stdout.close()

    # --- pages ---

    def open(self, url):
        self._send("POST", "/url", {"url": url}, twice=True)

    @property
    def url(self):
        return self._send("GET", "/url")

    def run(self, script, *arguments, twice=False):
        """What a script on the page returns."""
        return self._send("POST", "/execute/sync", {"script": script, "args": list(arguments)}, twice)

    def awaits(self, script, *arguments):
        """What the promise of an async function's body gives."""
        wrapped = f"const done = arguments[arguments.length - 1]; (async (...args) => {{ {script} }})(...arguments)" \
                  ".then((value) => done({ value }), (error) => done({ error: String(error) }));"
        came = self._send("POST", "/execute/async", {"script": wrapped, "args": list(arguments)})
        if "error" in came:
            raise Refused(came["error"])
        return came.get("value")

    def _find(self, selector):
        return "/element/" + self._send("POST", "/element", {"using": "css selector", "value": selector}, twice=True)[ELEMENT]

    def has(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].some((e) => e.checkVisibility())",
                        selector, twice=True)

    def click(self, selector):
        self._send("POST", self._find(selector) + "/click")

    def type(self, selector, text):
        self._send("POST", self._find(selector) + "/value", {"text": text})

    @property
    def text(self):
        return self.run("return document.body.innerText", twice=True)

    def resize(self, width, height):
        """Of what a page has, which headless windows are no narrower than 500 px for: so as a telephone's."""
        self._send("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}})

    def picture(self, path):
        """What is seen of the page, as PNG."""
        path.write_bytes(base64.b64decode(self._send("GET", "/screenshot")))

    def complaints(self):
        """What the console was told since it was last asked: what the policy of a page stopped, what failed."""
        return [entry["message"] for entry in self._send("POST", "/se/log", {"type": "browser"})
                if entry["level"] == "SEVERE"]

    # --- authenticators ---

    def plug_in(self, **more):
        """A device that finds out who its user is by itself."""
        about = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                 "isUserConsenting": True, "isUserVerified": True, **more}
        return Authenticator(self._send, self._send("POST", "/webauthn/authenticator", about))


class Authenticator:
    def __init__(self, send, name):
        self._send, self._path = send, f"/webauthn/authenticator/{name}"

    @property
    def credentials(self):
        return self._send("GET", self._path + "/credentials")

    def put(self, credential, **changes):
        """In the place of the one of its id."""
        if any(one["credentialId"] == credential["credentialId"] for one in self.credentials):
            self._send("DELETE", f"{self._path}/credentials/{credential['credentialId']}")
        self._send("POST", self._path + "/credential", {**credential, **changes})

    def verify_users(self, whether):
        self._send("POST", self._path + "/uv", {"isUserVerified": whether})

    def unplug(self):
        self._send("DELETE", self._path)
