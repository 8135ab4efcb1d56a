// SPDX-License-Identifier: GPL-3.0-or-later
// Passkeys: shows what is of class "passkey" where the browser has some, and carries what its device says to the server
// and back (Web Authentication Level 2, 5.1). The server checks everything.
//   <div class="passkey" hidden>
//     <input data-passkey-name>                        only where one is made: what its owner calls it
//     <button type="button" data-passkey="new" data-csrf="..." data-next="/account">   or data-passkey="sign-in"
//     <p role="alert" data-passkey-fault data-refused="..." data-cancelled="..." hidden>
"use strict";

/** @param {string} text base64url */
function bytesOf(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer | null | undefined} bytes */
function textOf(bytes) {
  if (!bytes) return "";
  const raw = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// What the server writes as text, as the browser wants it.
function withBytes(options) {
  const named = (credential) => ({ ...credential, id: bytesOf(credential.id) });
  const made = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytesOf(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = options.excludeCredentials.map(named);
  return made;
}

// "refused" by the server, as what it answers; anything else that is thrown is the browser's or the line's.
class Refused extends Error {}

async function post(button, path, body) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    redirect: "error",
    headers: { "Content-Type": "application/json", "X-CSRF": button.dataset.csrf },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Refused(path);
  return answer.json();
}

async function make(button, box) {
  const publicKey = withBytes(await post(button, "/passkey/new/options", {}));
  const { rawId, response } = await navigator.credentials.create({ publicKey });
  return post(button, "/passkey/new", {
    id: textOf(rawId),
    name: box.querySelector("[data-passkey-name]")?.value.trim() ?? "",
    go: button.dataset.next,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.getAuthenticatorData()),
    },
  });
}

async function signIn(button) {
  const publicKey = withBytes(await post(button, "/passkey/sign-in/options", {}));
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  return post(button, "/passkey/sign-in", {
    id: textOf(rawId),
    go: button.dataset.next,
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      authenticatorData: textOf(response.authenticatorData),
      signature: textOf(response.signature),
      userHandle: textOf(response.userHandle),
    },
  });
}

function prepare(button) {
  const box = button.closest(".passkey");
  const fault = box.querySelector("[data-passkey-fault]");
  button.addEventListener("click", async () => {
    button.disabled = true;
    fault.hidden = true;
    try {
      const answer = await (button.dataset.passkey === "new" ? make : signIn)(button, box);
      location.assign(answer.next || button.dataset.next);
    } catch (error) {
      fault.textContent = error instanceof Refused ? fault.dataset.refused : fault.dataset.cancelled;
      fault.hidden = false;
      button.disabled = false;
    }
  });
  box.hidden = false;
  button.hidden = false;
}

// getAuthenticatorData: without it a new passkey would have to be taken apart here.
if (window.PublicKeyCredential && AuthenticatorAttestationResponse.prototype.getAuthenticatorData)
  for (const button of document.querySelectorAll("[data-passkey]")) prepare(button);
