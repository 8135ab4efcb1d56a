/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_parts.h"

/* https, or http of this very machine, or an app's own scheme (RFC 8252 7.1 wants a dot in it); no fragment. */
static bool is_redirect(struct text url)
{
    const char *colon = url.len ? memchr(url.bytes, ':', url.len) : NULL;

    if (!colon || memchr(url.bytes, '#', url.len))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.bytes[i] <= ' ' || url.bytes[i] > '~')
            return false;
    if (text_starts(url, TEXT("https://")))
        return url.len > sizeof "https://" - 1;
    if (text_starts(url, TEXT("http://127.0.0.1")) || text_starts(url, TEXT("http://[::1]")) ||
        text_starts(url, TEXT("http://localhost"))) {
        size_t host = text_starts(url, TEXT("http://["))   ? sizeof "http://[::1]" - 1
                      : text_starts(url, TEXT("http://l")) ? sizeof "http://localhost" - 1
                                                           : sizeof "http://127.0.0.1" - 1;
        return url.len == host || url.bytes[host] == ':' || url.bytes[host] == '/';
    }
    return memchr(url.bytes, '.', (size_t)(colon - url.bytes)) != NULL;
}

static bool read_redirects(struct oauth_client *client, const struct json *json,
                           struct arena *arena)
{
    uint32_t list = json_member(json, JSON_ROOT, TEXT("redirects"));

    if (list == JSON_NONE)
        return true;
    if (json_type(json, list) != JSON_ARRAY)
        return false;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node)) {
        if (client->redirect_count == OAUTH_REDIRECTS_MAX || json_type(json, node) != JSON_STRING)
            return false;
        struct text url = json_string(json, node, arena);
        if (!url.bytes || !is_redirect(url))
            return false;
        client->redirects[client->redirect_count++] = url;
    }
    return true;
}

static bool is_id(struct text id)
{
    if (id.len == 0 || id.len > OAUTH_CLIENT_ID_LEN_MAX)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (id.bytes[i] <= ' ' || id.bytes[i] > '~')
            return false;
    return true;
}

bool oauth_client_read(struct oauth_client *client, struct text text, struct arena *arena)
{
    struct json json;

    *client = (struct oauth_client){.roles = ACCESS_ROLE_BIT(ACCESS_SERVICE)};
    if (json_parse(&json, text, &json_limits_default, arena, NULL) != JSON_OK ||
        json_type(&json, JSON_ROOT) != JSON_OBJECT ||
        !oauth_text(&json, JSON_ROOT, "id", arena, &client->id) ||
        !oauth_text(&json, JSON_ROOT, "name", arena, &client->name) ||
        !oauth_text(&json, JSON_ROOT, "launch", arena, &client->launch) ||
        !oauth_text(&json, JSON_ROOT, "scopes", arena, &client->scopes))
        return false;
    uint32_t jwks = json_member(&json, JSON_ROOT, TEXT("jwks"));
    if (jwks != JSON_NONE)
        client->jwks = (struct text){json_raw(&json, jwks).bytes, json_raw(&json, jwks).len};
    client->may_act_alone = oauth_flag(&json, JSON_ROOT, "actsAlone");
    client->may_introspect = oauth_flag(&json, JSON_ROOT, "introspects");
    bool needs_keys = client->may_act_alone || client->may_introspect;
    return is_id(client->id) && read_redirects(client, &json, arena) &&
           (client->launch.len == 0 || is_redirect(client->launch)) &&
           (!needs_keys || client->jwks.len);
}

enum oauth_err oauth_client_find(struct oauth_turn *turn, struct text id,
                                 struct oauth_client *client)
{
    struct text value;

    if (!is_id(id))
        return oauth_because(turn, OAUTH_ERR_CLIENT, "client_id is missing");
    switch (turn->store->get(turn->store->context, OAUTH_CLIENTS, id, turn->arena, &value)) {
    case OAUTH_NONE:
        return oauth_because(turn, OAUTH_ERR_CLIENT, "this client is not registered here");
    case OAUTH_FAILED:
        return oauth_because(turn, OAUTH_ERR_SERVER, "the client cannot be looked up");
    case OAUTH_FOUND:
        break;
    }
    if (!oauth_client_read(client, value, turn->arena) || !text_equal(client->id, id))
        return oauth_because(turn, OAUTH_ERR_SERVER, "the client's registration cannot be read");
    return OAUTH_OK;
}
