/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/binary.h"

#include <limits.h>
#include <openssl/evp.h>

#include "rest/answer.h"
#include "json/writer.h"

bool binary_is_resource(struct text body, struct arena *arena)
{
    struct json json;
    if (json_parse(&json, body, &json_limits_default, arena, NULL) != JSON_OK ||
        json_type(&json, JSON_ROOT) != JSON_OBJECT)
        return false;
    uint32_t type = json_member(&json, JSON_ROOT, TEXT("resourceType"));
    return type != JSON_NONE && json_type(&json, type) == JSON_STRING &&
           json_string_is(&json, type, TEXT("Binary"));
}

struct text binary_wrap(struct text bytes, struct text content_type, struct text id,
                        struct text security_context, struct arena *arena)
{
    struct buffer buffer;
    struct json_writer writer;
    size_t room = (bytes.len + 2) / 3 * 4 + 1;
    if (bytes.len > INT_MAX / 2)
        return (struct text){NULL, 0};
    buffer_init(&buffer, arena);
    json_writer_init(&writer, &buffer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("resourceType"), TEXT("Binary"));
    if (id.len)
        json_write_member(&writer, TEXT("id"), id);
    json_write_member(&writer, TEXT("contentType"), content_type);
    if (security_context.len) {
        json_key(&writer, TEXT("securityContext"));
        json_begin_object(&writer);
        json_write_member(&writer, TEXT("reference"), security_context);
        json_end_object(&writer);
    }
    json_key(&writer, TEXT("data"));
    buffer_add_byte(&buffer, '"');
    char *to = buffer_reserve(&buffer, room);
    if (!to)
        return (struct text){NULL, 0};
    buffer.len += (size_t)EVP_EncodeBlock((unsigned char *)to, (const unsigned char *)bytes.bytes,
                                          (int)bytes.len);
    buffer_add_byte(&buffer, '"');
    json_end_object(&writer);
    return buffer.failed ? (struct text){NULL, 0} : buffer_text(&buffer);
}

enum binary_err binary_unwrap(const struct json *json, uint32_t node, struct arena *arena,
                              struct text *content_type, struct text *bytes)
{
    struct text data = json_text_seen(json, node, "data", arena);
    unsigned char *room = arena_take(arena, data.len / 4 * 3 + 3);
    if (!room || data.len > INT_MAX)
        return BINARY_ERR_MEMORY;
    int len =
        data.len ? EVP_DecodeBlock(room, (const unsigned char *)data.bytes, (int)data.len) : 0;
    if (len < 0)
        return BINARY_ERR_FORM;
    for (size_t i = data.len; len && i > 0 && data.bytes[i - 1] == '='; i--)
        len--;
    *content_type = json_text_seen(json, node, "contentType", arena);
    *bytes = (struct text){(const char *)room, (size_t)len};
    return BINARY_OK;
}

enum rest_turn binary_answer(struct rest_exchange *exchange, const struct store_row *row)
{
    struct json json;
    struct text type, bytes;
    struct rest_answer *answer = &exchange->answer;
    struct arena *arena = exchange->arena;
    if (json_parse(&json, row->body, &json_limits_default, arena, NULL) != JSON_OK)
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    switch (binary_unwrap(&json, JSON_ROOT, arena, &type, &bytes)) {
    case BINARY_ERR_MEMORY:
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    case BINARY_ERR_FORM: /* base64 with line breaks, as R4 allows: it stays a resource */
        return rest_answer_row(exchange, row);
    case BINARY_OK:
        break;
    }
    (void)rest_answer_row(exchange, row);
    answer->body = bytes;
    answer->content_type = type;
    uint32_t about = json_member(&json, JSON_ROOT, TEXT("securityContext"));
    if (about != JSON_NONE)
        answer->security_context = json_text_seen(&json, about, "reference", arena);
    return REST_ANSWERED;
}
