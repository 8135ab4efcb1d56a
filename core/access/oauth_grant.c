/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_parts.h"

#define MEMBER(name) OAUTH_MEMBER(oauth_grant, name)
static const struct oauth_member members[] = {
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
    oauth_write_members(&writer, members, MEMBERS, grant);
    oauth_write_roles(&writer, grant->roles);
    json_key(&writer, TEXT("signed_in"));
    json_write_i64(&writer, grant->signed_in_s);
    json_key(&writer, TEXT("expires"));
    json_write_i64(&writer, grant->expires_s);
    json_end_object(&writer);
}

bool oauth_grant_read_node(struct oauth_grant *grant, const struct json *json, uint32_t node,
                           struct arena *arena)
{
    *grant = (struct oauth_grant){.roles = oauth_roles(json, node)};
    return oauth_read_members(json, node, members, MEMBERS, arena, grant) &&
           oauth_number(json, node, "signed_in", &grant->signed_in_s) &&
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
