/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/binary.h"

#include <limits.h>
#include <openssl/evp.h>

#include "rest/answer.h"
#include "json/json.h"
#include "json/writer.h"

struct text binary_wrap(struct text bytes, struct text content_type, struct text id,
                        struct arena *arena)
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

static struct text member(const struct json *json, const char *name, struct arena *arena)
{
    uint32_t node = json_member(json, JSON_ROOT, text_of(name));
    struct text value = node == JSON_NONE ? TEXT("") : json_string(json, node, arena);
    return value.bytes ? value : TEXT("");
}

enum rest_turn binary_answer(struct rest_exchange *exchange, const struct store_row *row)
{
    struct json json;
    struct arena *arena = exchange->arena;
    if (json_parse(&json, row->body, &json_limits_default, arena, NULL) != JSON_OK)
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    struct text data = member(&json, "data", arena);
    unsigned char *bytes = arena_take(arena, data.len / 4 * 3 + 3);
    if (!bytes || data.len > INT_MAX)
        return rest_answer_store(exchange, STORE_ERR_MEMORY, NULL);
    int len =
        data.len ? EVP_DecodeBlock(bytes, (const unsigned char *)data.bytes, (int)data.len) : 0;
    if (len < 0) /* base64 with line breaks, as R4 allows: it stays a resource */
        return rest_answer_row(exchange, row);
    for (size_t i = data.len; len && i > 0 && data.bytes[i - 1] == '='; i--)
        len--;
    (void)rest_answer_row(exchange, row);
    exchange->answer.body = (struct text){(const char *)bytes, (size_t)len};
    exchange->answer.content_type = member(&json, "contentType", arena);
    return REST_ANSWERED;
}
