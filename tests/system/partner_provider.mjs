// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody else's OpenID provider (npm: oidc-provider) as a partner of a centre.
// usage: node partner_provider.mjs CLIENTS, a JSON list; says its issuer, and serves until it is killed.
import http from "node:http";

const { default: Provider } = await import("../../packaging/npm-clients/node_modules/oidc-provider/lib/index.js");

const server = http.createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: JSON.parse(process.argv[2]),
  claims: { openid: ["sub", "groups"], profile: ["name"] },
  conformIdTokenClaims: false, // they stand in the id_token, as most hospitals' do
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: "Salma Idrissi", groups: ["guests", "nurses"] }),
  }),
  cookies: { keys: ["for this test"] },
});
server.on("request", provider.callback());
console.log(issuer);
