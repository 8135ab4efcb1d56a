/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_parts.h"
#include "json/writer.h"

/* The members that are texts, by where they are. */
static const struct {
    const char *name;
    size_t at;
} members[] = {
#define MEMBER(name)                                                                               \
    {                                                                                              \
#name, offsetof(struct oauth_grant, name)                                                  \
    }
    MEMBER(client),         MEMBER(account),          MEMBER(user),    MEMBER(practitioner),
    MEMBER(patient),        MEMBER(organisation),     MEMBER(purpose), MEMBER(scopes),
    MEMBER(launch_patient), MEMBER(launch_encounter), MEMBER(family),
};
enum { MEMBERS = sizeof members / sizeof *members };

void oauth_grant_write(struct buffer *out, const struct oauth_grant *grant)
{
    struct json_writer writer;

    json_writer_init(&writer, out);
    json_begin_object(&writer);
    for (size_t i = 0; i < MEMBERS; i++) {
        struct text text;
        memcpy(&text, (const char *)grant + members[i].at, sizeof text);
        if (text.len)
            json_write_member(&writer, text_of(members[i].name), text);
    }
    json_key(&writer, TEXT("roles"));
    json_begin_array(&writer);
    for (enum access_role role = 0; role < ACCESS_ROLES; role++)
        if (grant->roles & ACCESS_ROLE_BIT(role))
            json_write_string(&writer, text_of(access_role_name(role)));
    json_end_array(&writer);
    json_key(&writer, TEXT("signed_in"));
    json_write_i64(&writer, grant->signed_in_s);
    json_key(&writer, TEXT("expires"));
    json_write_i64(&writer, grant->expires_s);
    json_end_object(&writer);
}

bool oauth_number(const struct json *json, uint32_t object, const char *name, int64_t *out)
{
    enum { DIGITS_MAX = 12 };
    uint32_t node = json_member(json, object, text_of(name));
    struct text text = node == JSON_NONE ? TEXT("") : json_raw(json, node);

    *out = 0;
    if (text.len == 0 || text.len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        *out = 10 * *out + (text.bytes[i] - '0');
    }
    return true;
}

/* Roles by name, so that a store outlives the order of an enum; one that is not known any more is none. */
static uint32_t read_roles(const struct json *json, uint32_t object)
{
    uint32_t list = json_member(json, object, TEXT("roles")), roles = 0;

    if (list == JSON_NONE || json_type(json, list) != JSON_ARRAY)
        return 0;
    for (uint32_t node = json_first(json, list); node != json_end(json, list);
         node = json_next(json, node)) {
        enum access_role role = access_role_named(json_raw(json, node));
        if (role < ACCESS_ROLES)
            roles |= ACCESS_ROLE_BIT(role);
    }
    return roles;
}

bool oauth_grant_read_node(struct oauth_grant *grant, const struct json *json, uint32_t node,
                           struct arena *arena)
{
    *grant = (struct oauth_grant){.roles = read_roles(json, node)};
    for (size_t i = 0; i < MEMBERS; i++) {
        struct text text;
        if (!oauth_text(json, node, members[i].name, arena, &text))
            return false;
        memcpy((char *)grant + members[i].at, &text, sizeof text);
    }
    return oauth_number(json, node, "signed_in", &grant->signed_in_s) &&
           oauth_number(json, node, "expires", &grant->expires_s);
}

bool oauth_grant_read(struct oauth_grant *grant, struct text text, struct arena *arena)
{
    struct json json;
    return json_parse(&json, text, &json_limits_default, arena, NULL) == JSON_OK &&
           oauth_grant_read_node(grant, &json, JSON_ROOT, arena);
}

bool oauth_subject(const struct oauth_grant *grant, struct access_scopes *scopes,
                   struct access_subject *subject)
{
    *subject = (struct access_subject){
        .roles = grant->roles,
        .user = grant->user,
        .practitioner = grant->practitioner,
        .patient = grant->patient,
        .organisation = grant->organisation,
        .client = grant->client,
        .purpose = grant->purpose,
        .scopes = scopes,
        .launch_patient = grant->launch_patient,
    };
    return scopes_read(scopes, grant->scopes) == SCOPES_OK;
}
