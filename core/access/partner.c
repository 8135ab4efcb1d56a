/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partners: what the site says of one, and what it publishes of itself. */
#include "access/partner.h"

#include "access/oauth_parts.h"
#include "access/partner_parts.h"

static const struct json_limits limits = {
    .depth_max = 16, .members_max = 256, .text_len_max = PARTNER_DOCUMENT_LEN_MAX};

bool partner_read_object(struct json *json, struct text text, struct arena *arena)
{
    return json_parse(json, text, &limits, arena, NULL) == JSON_OK &&
           json_type(json, JSON_ROOT) == JSON_OBJECT;
}

/* --- addresses ------------------------------------------------------------------------------------- */

static bool is_printable(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~')
            return false;
    return true;
}

static bool is_named_host(const struct partner *partner, struct text authority)
{
    for (const char *const *host = partner->hosts; *host; host++)
        if (text_is(authority, *host))
            return true;
    return false;
}

/* https anywhere, http to a host that the site names; nobody's name in it, no fragment. */
static bool is_endpoint(const struct partner *partner, struct text url)
{
    static const char safe[] = "https://", bare[] = "http://";
    bool is_safe = text_starts(url, text_of(safe));

    if (url.len > PARTNER_TEXT_LEN_MAX || !is_printable(url) ||
        (!is_safe && !text_starts(url, text_of(bare))) || memchr(url.bytes, '#', url.len) ||
        memchr(url.bytes, '\\', url.len))
        return false;
    size_t scheme = is_safe ? sizeof safe - 1 : sizeof bare - 1;
    struct text rest = {url.bytes + scheme, url.len - scheme};
    struct text path = text_cut(&rest, '?');
    struct text authority = text_cut(&path, '/');
    return authority.len && !memchr(authority.bytes, '@', authority.len) &&
           (is_safe || is_named_host(partner, authority));
}

/* --- what the site says ---------------------------------------------------------------------------- */

static bool is_id(struct text id)
{
    if (id.len == 0 || id.len > PARTNER_ID_LEN_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.bytes[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

static bool has_only_known(const struct json *json)
{
    static const char *const known[] = {
        "id",           "name",      "issuer", "clientId",          "proof",         "scopes",
        "accountClaim", "roleClaim", "roles",  "practitionerClaim", "makesAccounts", "hosts"};
    for (uint32_t key = json_first(json, JSON_ROOT); key != json_end(json, JSON_ROOT);
         key = json_next(json, key + 1)) {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && !json_string_is(json, key, text_of(known[i])))
            i++;
        if (i == sizeof known / sizeof *known)
            return false;
    }
    return true;
}

static bool read_role_list(const struct json *json, uint32_t list, uint32_t *roles)
{
    *roles = 0;
    if (json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node)) {
        enum access_role role = json_type(json, node) == JSON_STRING
                                    ? access_role_named(json_raw(json, node))
                                    : ACCESS_ROLES;
        if (role == ACCESS_ROLES || role == ACCESS_SERVICE || role == ACCESS_PATIENT)
            return false;
        *roles |= ACCESS_ROLE_BIT(role);
    }
    return *roles != 0;
}

static bool read_roles(struct partner *partner, const struct json *json, struct arena *arena)
{
    uint32_t map = json_member(json, JSON_ROOT, TEXT("roles"));

    if (map == JSON_NONE)
        return true;
    if (json_type(json, map) != JSON_OBJECT)
        return false;
    for (uint32_t key = json_first(json, map); key != json_end(json, map);
         key = json_next(json, key + 1)) {
        if (partner->role_count == PARTNER_ROLES_MAX)
            return false;
        struct text value = json_string(json, key, arena);
        if (!value.bytes ||
            !read_role_list(json, key + 1, &partner->roles[partner->role_count].roles))
            return false;
        partner->roles[partner->role_count++].value = value;
    }
    return true;
}

static bool read_hosts(struct partner *partner, const struct json *json, struct arena *arena)
{
    uint32_t list = json_member(json, JSON_ROOT, TEXT("hosts"));
    size_t count = 0;

    if (list == JSON_NONE)
        return true;
    if (json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node)) {
        if (count == PARTNER_HOSTS_MAX || json_type(json, node) != JSON_STRING)
            return false;
        struct text host = json_string(json, node, arena);
        if (host.bytes)
            host = arena_copy(arena, host); /* with its terminator */
        if (!host.bytes || host.len == 0 || !is_printable(host))
            return false;
        partner->hosts[count++] = host.bytes;
    }
    return true;
}

static bool read_texts(struct partner *partner, const struct json *json, struct arena *arena,
                       struct text *proof)
{
    const struct {
        const char *name;
        struct text *out;
    } texts[] = {{"id", &partner->id},
                 {"name", &partner->name},
                 {"issuer", &partner->issuer},
                 {"clientId", &partner->client_id},
                 {"proof", proof},
                 {"scopes", &partner->scopes},
                 {"accountClaim", &partner->account_claim},
                 {"roleClaim", &partner->role_claim},
                 {"practitionerClaim", &partner->practitioner_claim}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!oauth_text(json, JSON_ROOT, texts[i].name, arena, texts[i].out) ||
            texts[i].out->len > PARTNER_TEXT_LEN_MAX)
            return false;
    return true;
}

static bool has_openid(struct text scopes)
{
    while (scopes.len)
        if (text_is(text_cut(&scopes, ' '), "openid"))
            return true;
    return false;
}

/* NULL: it is a partner. */
static const char *fault_of(struct partner *partner, const struct json *json, struct arena *arena)
{
    struct text proof = TEXT("");

    if (!has_only_known(json))
        return "it has a member that is not known here";
    if (!read_texts(partner, json, arena, &proof))
        return "a text is too long";
    if (!is_id(partner->id))
        return "id: 1 to 32 small letters, digits and hyphens";
    if (partner->name.len == 0 || partner->client_id.len == 0 || !is_printable(partner->client_id))
        return "name and clientId are needed";
    if (!read_hosts(partner, json, arena))
        return "hosts: up to four texts as \"10.1.2.3:8443\"";
    if (!is_endpoint(partner, partner->issuer) ||
        memchr(partner->issuer.bytes, '?', partner->issuer.len))
        return "issuer: an https URL without a query; http only where hosts has its host and port";
    if (proof.len && !text_is(proof, "none") && !text_is(proof, "key"))
        return "proof: none or key";
    partner->signs = text_is(proof, "key");
    if (partner->scopes.len == 0)
        partner->scopes = TEXT("openid profile");
    if (!has_openid(partner->scopes))
        return "scopes: openid has to be one of them";
    if (!read_roles(partner, json, arena))
        return "roles: lists of roles by value of roleClaim; neither service nor patient";
    uint32_t makes = json_member(json, JSON_ROOT, TEXT("makesAccounts"));
    partner->makes_accounts = makes != JSON_NONE && json_type(json, makes) == JSON_TRUE;
    if (partner->makes_accounts && (partner->role_count == 0 || partner->role_claim.len == 0))
        return "makesAccounts needs roleClaim and roles";
    return NULL;
}

bool partner_read(struct partner *partner, struct text text, struct arena *arena, const char **why)
{
    struct json json;

    *partner = (struct partner){0};
    *why = partner_read_object(&json, text, arena) ? fault_of(partner, &json, arena)
                                                   : "this is no JSON object";
    return *why == NULL;
}

enum partner_err partner_because(struct oauth_turn *turn, enum partner_err err, const char *why)
{
    turn->why = why;
    return err;
}

enum partner_err partner_find(struct oauth_turn *turn, struct text id, struct partner *partner)
{
    struct text value;
    const char *why;

    if (!is_id(id))
        return partner_because(turn, PARTNER_ERR_NONE, "there is no such partner");
    enum oauth_found found =
        turn->store->get(turn->store->context, PARTNER_AREA, id, turn->arena, &value);
    if (found == OAUTH_NONE)
        return partner_because(turn, PARTNER_ERR_NONE, "there is no such partner");
    if (found == OAUTH_FAILED || !partner_read(partner, value, turn->arena, &why))
        return partner_because(turn, PARTNER_ERR_SERVER, "the partner cannot be looked up");
    return PARTNER_OK;
}

/* --- what the partner says ------------------------------------------------------------------------- */

struct text partner_discovery_url(const struct partner *partner, struct arena *arena)
{
    struct text issuer = partner->issuer;
    struct buffer out;

    if (issuer.bytes[issuer.len - 1] == '/')
        issuer.len--;
    buffer_init(&out, arena);
    buffer_add(&out, issuer);
    buffer_add(&out, TEXT("/.well-known/openid-configuration"));
    return out.failed ? TEXT("") : buffer_text(&out);
}

enum partner_err partner_about_read(struct partner_about *about, const struct partner *partner,
                                    struct text text, struct arena *arena)
{
    struct json json;
    struct text issuer;

    *about = (struct partner_about){0};
    if (!partner_read_object(&json, text, arena) ||
        !oauth_text(&json, JSON_ROOT, "issuer", arena, &issuer) ||
        !oauth_text(&json, JSON_ROOT, "authorization_endpoint", arena,
                    &about->authorization_endpoint) ||
        !oauth_text(&json, JSON_ROOT, "token_endpoint", arena, &about->token_endpoint) ||
        !oauth_text(&json, JSON_ROOT, "jwks_uri", arena, &about->jwks_uri))
        return PARTNER_ERR_FORM;
    uint32_t tells =
        json_member(&json, JSON_ROOT, TEXT("authorization_response_iss_parameter_supported"));
    about->tells_issuer = tells != JSON_NONE && json_type(&json, tells) == JSON_TRUE;
    return text_equal(issuer, partner->issuer) &&
                   is_endpoint(partner, about->authorization_endpoint) &&
                   is_endpoint(partner, about->token_endpoint) &&
                   is_endpoint(partner, about->jwks_uri)
               ? PARTNER_OK
               : PARTNER_ERR_FORM;
}

const char *partner_err_words(enum partner_err err)
{
    switch (err) {
    case PARTNER_OK:
        return "good";
    case PARTNER_ERR_NONE:
        return "there is no such partner";
    case PARTNER_ERR_FORM:
        return "what the partner's identity provider says is not as it has to be";
    case PARTNER_ERR_STATE:
        return "this was not asked for in this browser, was used, or is too old";
    case PARTNER_ERR_MIXED:
        return "the answer is of another identity provider than was asked";
    case PARTNER_ERR_REFUSED:
        return "the partner's identity provider refuses";
    case PARTNER_ERR_TOKEN:
        return "the partner's token proves nothing";
    case PARTNER_ERR_ACCOUNT:
        return "the person has no account here";
    case PARTNER_ERR_SERVER:
        break;
    }
    return "it cannot be looked up or kept";
}
