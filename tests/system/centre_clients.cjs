// SPDX-License-Identifier: GPL-3.0-or-later
// Other people's FHIR and OpenID clients against a running record. Called by centre_clients_test.py:
//   node centre_clients.cjs NAME URL TOKEN [FILE]
// Prints one line of JSON with what was seen; whatever is wrong ends it with words on standard error.
"use strict";
const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");
const load = createRequire(path.join(__dirname, "../../packaging/npm-clients/package.json"));

const [, , name, url, token, file] = process.argv;

/** Vermonster's client: each of its interactions, with the answer looked at. */
async function fhirKitClient() {
  const Client = load("fhir-kit-client");
  const client = new Client({ baseUrl: url, customHeaders: { Authorization: `Bearer ${token}` } });

  const statement = await client.capabilityStatement();
  assert.strictEqual(statement.fhirVersion, "4.0.1");
  const made = await client.create({
    resourceType: "Patient", body: { resourceType: "Patient", name: [{ family: "Bennani", given: ["Yasmine"] }] } });
  const read = await client.read({ resourceType: "Patient", id: made.id });
  assert.deepStrictEqual(read, made);
  const changed = await client.update({
    resourceType: "Patient", id: made.id, body: { ...read, gender: "female" },
    options: { headers: { "If-Match": 'W/"1"' } } });
  assert.strictEqual(changed.meta.versionId, "2");
  await assert.rejects(client.update({
    resourceType: "Patient", id: made.id, body: { ...read, gender: "male" },
    options: { headers: { "If-Match": 'W/"1"' } } }), (error) => error.response.status === 412);
  const patched = await client.patch({
    resourceType: "Patient", id: made.id, JSONPatch: [{ op: "replace", path: "/gender", value: "other" }] });
  assert.strictEqual(patched.gender, "other");
  const old = await client.vread({ resourceType: "Patient", id: made.id, version: "2" });
  assert.strictEqual(old.gender, "female");

  const found = await client.search({ resourceType: "Patient", searchParams: { family: "benNANI", gender: "other" } });
  assert.strictEqual(found.total, 1);
  const posted = await client.search({
    resourceType: "Patient", searchParams: { name: "yasmine" }, options: { postSearch: true } });
  assert.strictEqual(posted.entry[0].resource.id, made.id);
  const observation = { resourceType: "Observation", status: "final", code: { text: "c" },
    subject: { reference: "urn:uuid:0b9b7b1e-6d6c-4a7e-9c3e-2f6f5f0f0001" } };
  const answer = await client.transaction({ body: { resourceType: "Bundle", type: "transaction", entry: [
    { fullUrl: "urn:uuid:0b9b7b1e-6d6c-4a7e-9c3e-2f6f5f0f0001", resource: { resourceType: "Patient" },
      request: { method: "POST", url: "Patient" } },
    { resource: observation, request: { method: "POST", url: "Observation" } }] } });
  assert.deepStrictEqual(answer.entry.map((entry) => entry.response.status), ["201 Created", "201 Created"]);
  const pages = await client.search({ resourceType: "Patient", searchParams: { _count: 1 } });
  const next = await client.nextPage({ bundle: pages });
  assert.notStrictEqual(next.entry[0].resource.id, pages.entry[0].resource.id);
  const compartment = await client.compartmentSearch({
    resourceType: "Observation", compartment: { resourceType: "Patient", id: answer.entry[0].response.location
      .split("/Patient/")[1].split("/")[0] } });
  assert.strictEqual(compartment.total, 1);
  const history = await client.history({ resourceType: "Patient", id: made.id });
  assert.strictEqual(history.total, 3);
  const valid = await client.operation({
    name: "validate", resourceType: "Patient", input: { resourceType: "Patient", gender: "none" } });
  assert.strictEqual(valid.issue[0].severity, "error");
  await client.delete({ resourceType: "Patient", id: made.id });
  await assert.rejects(client.read({ resourceType: "Patient", id: made.id }), (error) => error.response.status === 410);
  return { interactions: 14 };
}

/** The SMART team's client, with a token that it was given. */
async function fhirclient() {
  const FHIR = load("fhirclient");
  const smart = FHIR({ headers: {}, get: () => undefined, url: "/" }, {}, { get() {}, set() {}, unset() {} });
  const client = smart.client({ serverUrl: url, tokenResponse: { access_token: token, token_type: "Bearer" } });
  const made = await client.create({ resourceType: "Patient", name: [{ family: "Idrissi" }] });
  await client.create({ resourceType: "Observation", status: "final", code: { text: "c" },
    subject: { reference: `Patient/${made.id}` } });
  const observations = await client.request(`Observation?subject=Patient/${made.id}`,
    { resolveReferences: "subject", flat: true });
  assert.strictEqual(observations.length, 1);
  assert.strictEqual(observations[0].subject.name[0].family, "Idrissi");
  const all = await client.request("Patient?_count=1", { pageLimit: 0, flat: true });
  await client.delete(`Patient/${made.id}`);
  await assert.rejects(client.request(`Patient/${made.id}`), /410|deleted/i);
  return { patients: all.length };
}

/** openid-client: finds the endpoints, and has a token for a program by a key of its own (SMART Backend Services). */
async function openidClient() {
  const { Issuer } = load("openid-client");
  const { id, jwks } = JSON.parse(fs.readFileSync(file, "utf8"));
  const issuer = await Issuer.discover(new URL(url).origin);
  const client = new issuer.Client({
    client_id: id, token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES384",
    id_token_signed_response_alg: "ES256", introspection_endpoint_auth_method: "private_key_jwt" }, jwks);
  const granted = await client.grant({ grant_type: "client_credentials", scope: "system/Patient.rs" });
  assert.strictEqual(granted.token_type.toLowerCase(), "bearer");
  const allowed = await fetch(`${url}/Patient`, { headers: { Authorization: `Bearer ${granted.access_token}` } });
  assert.strictEqual(allowed.status, 200);
  const refused = await fetch(`${url}/Observation`, { headers: { Authorization: `Bearer ${granted.access_token}` } });
  assert.strictEqual(refused.status, 403);
  await client.revoke(granted.access_token);
  const ended = await fetch(`${url}/Patient`, { headers: { Authorization: `Bearer ${granted.access_token}` } });
  assert.strictEqual(ended.status, 401);
  return { scope: granted.scope };
}

/** Where a person's browser ends up: signs in by a recovery code, agrees to all. `at` is the app's URL to begin at. */
async function person(at, { name: login, password, code }) {
  const jar = new Map();
  const send = async (target, form) => {
    const answer = await fetch(new URL(target, at), {
      method: form ? "POST" : "GET", redirect: "manual", body: form && new URLSearchParams(form),
      headers: { Cookie: [...jar].map(([key, value]) => `${key}=${value}`).join("; "), "Accept-Language": "en" } });
    for (const cookie of answer.headers.getSetCookie())
      jar.set(...cookie.split(";")[0].split("="));
    return { location: answer.headers.get("location"), text: await answer.text() };
  };
  const fields = (page) => Object.fromEntries(
    [...page.matchAll(/<input type="(?:hidden|checkbox)" name="([^"]*)" value="([^"]*)"/g)]
      .map(([, key, value]) => [key, value.replace(/&amp;/g, "&")]));
  let page = await send(at);
  page = await send("/sign-in", { ...fields(page.text), name: login, password });
  page = await send(page.location);
  page = await send("/sign-in/code", { ...fields(page.text), code });
  page = await send(page.location);
  const [, patient] = page.text.match(/name="patient" value="([^"]*)"/);
  page = await send("/agree", { ...fields(page.text), patient });
  page = await send("/agree", { ...fields(page.text), answer: "agree" });
  return page.location;
}

/** openid-client: a person signs in; code, PKCE, state and nonce, the id_token by the site's key, a refresh. */
async function openidClientPerson() {
  const { Issuer, generators } = load("openid-client");
  const { redirect, ...who } = JSON.parse(fs.readFileSync(file, "utf8"));
  const issuer = await Issuer.discover(new URL(url).origin);
  const client = new issuer.Client({
    client_id: "app", redirect_uris: [redirect], response_types: ["code"], token_endpoint_auth_method: "none" });
  const verifier = generators.codeVerifier(), state = generators.state(), nonce = generators.nonce();
  const at = client.authorizationUrl({
    scope: "openid fhirUser launch/patient patient/Patient.rs offline_access", aud: url, state, nonce,
    code_challenge: generators.codeChallenge(verifier), code_challenge_method: "S256" });
  const params = client.callbackParams(await person(at, who));
  await assert.rejects(client.callback(redirect, params, { state: "another", nonce, code_verifier: verifier }),
    /state mismatch/);
  const tokens = await client.callback(redirect, params, { state, nonce, code_verifier: verifier });
  assert.strictEqual(tokens.claims().fhirUser, `${url}/Practitioner/amina`);
  const newer = await client.refresh(tokens);
  assert.notStrictEqual(newer.access_token, tokens.access_token);
  await assert.rejects(client.callback(redirect, params, { state, nonce, code_verifier: verifier }), /invalid_grant/);
  return { patient: tokens.patient, scope: tokens.scope.split(" ").sort() };
}

const run = { "fhir-kit-client": fhirKitClient, fhirclient, "openid-client": openidClient,
  "openid-client-person": openidClientPerson }[name];
run().then((seen) => console.log(JSON.stringify(seen)), (error) => {
  console.error(error.stack || error);
  if (error.response && error.response.data)
    console.error(JSON.stringify(error.response.data));
  process.exit(1);
});
