/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_documents.h"

#include "json/writer.h"

static void write_url(struct json_writer *writer, const struct oauth_site *site, const char *name,
                      const char *path)
{
    struct buffer url;
    buffer_init(&url, writer->buffer->arena);
    buffer_add(&url, site->issuer);
    buffer_add(&url, text_of(path));
    writer->buffer->failed |= url.failed;
    json_write_member(writer, text_of(name), buffer_text(&url));
}

/* A list of words with blanks between. */
static void write_list(struct json_writer *writer, const char *name, const char *words)
{
    json_key(writer, text_of(name));
    json_begin_array(writer);
    while (*words) {
        size_t len = strcspn(words, " ");
        json_write_string(writer, (struct text){words, len});
        words += len + (words[len] == ' ');
    }
    json_end_array(writer);
}

static void write_common(struct json_writer *writer, const struct oauth_site *site)
{
    json_write_member(writer, TEXT("issuer"), site->issuer);
    if (site->has_pages)
        write_url(writer, site, "authorization_endpoint", "/authorize");
    write_url(writer, site, "token_endpoint", "/token");
    write_url(writer, site, "introspection_endpoint", "/introspect");
    write_url(writer, site, "revocation_endpoint", "/revoke");
    write_url(writer, site, "jwks_uri", "/jwks");
    write_list(writer, "grant_types_supported",
               site->has_pages ? "authorization_code refresh_token client_credentials"
                               : "client_credentials");
    write_list(writer, "response_types_supported", site->has_pages ? "code" : "");
    write_list(writer, "code_challenge_methods_supported", "S256");
    write_list(writer, "token_endpoint_auth_methods_supported",
               site->has_pages ? "none private_key_jwt" : "private_key_jwt");
    write_list(writer, "token_endpoint_auth_signing_alg_values_supported",
               "ES256 ES384 RS256 RS384 EdDSA");
    write_list(writer, "scopes_supported",
               site->has_pages ? "openid fhirUser launch launch/patient "
                                 "offline_access online_access patient/*.cruds user/*.cruds "
                                 "system/*.cruds"
                               : "system/*.cruds");
}

void oauth_write_smart_configuration(struct buffer *out, const struct oauth_site *site)
{
    struct buffer document;
    struct json_writer writer;

    buffer_init(&document, out->arena);
    json_writer_init(&writer, &document);
    json_begin_object(&writer);
    write_common(&writer, site);
    if (site->has_pages) /* where people see which apps have access, and end it */
        write_url(&writer, site, "management_endpoint", "/account");
    write_list(&writer, "capabilities",
               site->has_pages
                   ? "launch-standalone launch-ehr client-public client-confidential-asymmetric "
                     "sso-openid-connect context-standalone-patient context-ehr-patient "
                     "context-ehr-encounter permission-patient "
                     "permission-user permission-offline permission-online permission-v1 "
                     "permission-v2 authorize-post"
                   : "client-confidential-asymmetric permission-v1 permission-v2");
    json_end_object(&writer);
    buffer_add(out, buffer_text(&document));
    out->failed |= document.failed;
}

void oauth_write_openid_configuration(struct buffer *out, const struct oauth_site *site)
{
    struct buffer document;
    struct json_writer writer;

    buffer_init(&document, out->arena);
    json_writer_init(&writer, &document);
    json_begin_object(&writer);
    write_common(&writer, site);
    write_list(&writer, "subject_types_supported", "public");
    write_list(&writer, "id_token_signing_alg_values_supported",
               site->key         ? jose_alg_name(jose_key_algs(site->key))
               : site->has_pages ? "RS256"
                                 : "");
    write_list(&writer, "response_modes_supported", "query");
    json_key(&writer, TEXT("authorization_response_iss_parameter_supported"));
    json_write_bool(&writer, true);
    json_key(&writer, TEXT("request_uri_parameter_supported"));
    json_write_bool(&writer, false);
    json_end_object(&writer);
    buffer_add(out, buffer_text(&document));
    out->failed |= document.failed;
}

void oauth_write_keys(struct buffer *out, const struct oauth_site *site)
{
    struct buffer keys;

    buffer_init(&keys, out->arena);
    for (size_t i = 0; i < site->key_count; i++) {
        if (i)
            buffer_add_byte(&keys, ',');
        jose_key_write(&keys, site->keys[i]);
    }
    buffer_add(out, TEXT("{\"keys\":["));
    buffer_add(out, buffer_text(&keys));
    buffer_add(out, TEXT("]}"));
    out->failed |= keys.failed;
}
