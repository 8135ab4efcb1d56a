// SPDX-License-Identifier: GPL-3.0-or-later
// npm's ws as a client of Subscriptions over WebSockets. Called by centre_sockets_test.py:
//   node centre_sockets.cjs URL TOKEN
// Prints a line for each Bundle it is sent, closes after the first event, and prints how it was closed.
"use strict";
const path = require("node:path");
const { createRequire } = require("node:module");
const load = createRequire(path.join(__dirname, "../../packaging/npm-clients/package.json"));
const WebSocket = load("ws");

const [, , url, token] = process.argv;
const socket = new WebSocket(url, { perMessageDeflate: true });
socket.on("open", () => socket.send(`bind-with-token ${token}`));
socket.on("message", (data) => {
  const bundle = JSON.parse(data);
  const type = bundle.entry[0].resource.parameter.find((one) => one.name === "type").valueCode;
  const told = bundle.entry.slice(1).map((entry) => entry.fullUrl.split("/").slice(-2).join("/"));
  console.log([type, ...told].join(" "));
  if (told.length)
    socket.close(1000);
});
socket.on("close", (code) => console.log(`closed ${code}`));
socket.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
