/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/subscription_secret.h"

#include "rest/gate_look.h"
#include "rest/rest.h"
#include "rest/subscription_note.h"
#include "json/writer.h"

static const char secrets[] = "subscription-secret";

struct kept {
    struct text headers[SUBSCRIPTION_HEADERS_MAX];
    size_t count;
};

/* "Authorization" of "Authorization: Bearer ..."; "" where there is none. */
static struct text name_of(struct text header)
{
    const char *colon = header.len ? memchr(header.bytes, ':', header.len) : NULL;
    return (struct text){header.bytes, colon ? (size_t)(colon - header.bytes) : 0};
}

static bool is_hidden(struct text header)
{
    struct text name = name_of(header);
    struct text value = {header.bytes + name.len, header.len - name.len};
    return name.len && text_is(value, ": " SUBSCRIPTION_HIDDEN);
}

static void add(struct kept *kept, const struct json *json, uint32_t list, struct arena *arena)
{
    for (uint32_t at = json_first(json, list);
         at != json_end(json, list) && kept->count < SUBSCRIPTION_HEADERS_MAX;
         at = json_next(json, at))
        if (json_type(json, at) == JSON_STRING)
            kept->headers[kept->count++] = json_string(json, at, arena);
}

/* None: nothing is kept. */
static enum store_err read_kept(struct store_view *view, struct text id, struct kept *kept,
                                struct arena *arena)
{
    struct store_note note;
    struct json json;
    kept->count = 0;
    enum store_err err = store_note_get(view, secrets, id, &note);
    if (err != STORE_OK)
        return err == STORE_ERR_NONE ? STORE_OK : err;
    struct text value = arena_copy(arena, note.value); /* the view's arena may be another */
    if (!value.bytes || !gate_parse(&json, value, arena))
        return STORE_ERR_MEMORY;
    add(kept, &json, JSON_ROOT, arena);
    return STORE_OK;
}

static const struct text *find(const struct kept *kept, struct text name)
{
    for (size_t i = 0; i < kept->count; i++)
        if (text_equal(name_of(kept->headers[i]), name))
            return &kept->headers[i];
    return NULL;
}

/* Whether what is kept may go on under who writes now. */
static enum store_err is_theirs(struct store_view *view, struct text id,
                                const struct access_subject *subject, struct arena *arena,
                                bool *is_theirs)
{
    const struct access_subject *before = NULL;
    *is_theirs = !subject || gate_is_owners(subject);
    if (*is_theirs)
        return STORE_OK;
    enum store_err err = subscription_owner(view, id, &before, arena);
    *is_theirs = err == STORE_OK && before && text_equal(before->user, subject->user) &&
                 text_equal(before->client, subject->client);
    return err == STORE_ERR_NONE ? STORE_OK : err;
}

static void write_list(struct buffer *out, const struct kept *kept, bool hides, struct arena *arena)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_begin_array(&writer);
    for (size_t i = 0; i < kept->count; i++) {
        struct text header = kept->headers[i];
        struct buffer hidden;
        buffer_init(&hidden, arena);
        buffer_add(&hidden, name_of(header));
        buffer_add(&hidden, TEXT(": " SUBSCRIPTION_HIDDEN));
        out->failed |= hidden.failed;
        json_write_string(&writer, hides && name_of(header).len ? buffer_text(&hidden) : header);
    }
    json_end_array(&writer);
}

/* The draft with another list of headers. Returns as rest_draft_read. */
static unsigned write_hidden(const struct rest *rest, const struct rest_draft *draft,
                             const struct kept *shown, struct rest_draft *hidden,
                             struct arena *arena, struct outcome *outcome)
{
    static const char *const of_channel[] = {"header", NULL};
    static const char *const of_resource[] = {"channel", NULL};
    struct outcome again; /* what was told of the draft itself is not told twice */
    struct buffer body;
    outcome_init(&again, arena);
    again.language = outcome->language;
    buffer_init(&body, arena);
    buffer_add(&body, TEXT("{\"channel\":{\"header\":"));
    write_list(&body, shown, true, arena);
    rest_write_others(&body, &draft->json, json_member(&draft->json, draft->node, TEXT("channel")),
                      of_channel);
    buffer_add_byte(&body, '}');
    rest_write_others(&body, &draft->json, draft->node, of_resource);
    buffer_add_byte(&body, '}');
    if (body.failed)
        return rest_no_room(outcome);
    unsigned status = rest_draft_read(rest, hidden, buffer_text(&body), draft->type, arena, &again);
    if (status)
        *outcome = again;
    return status;
}

static bool is_off(const struct rest_draft *draft)
{
    uint32_t status = json_member(&draft->json, draft->node, TEXT("status"));
    return status != JSON_NONE && json_string_is(&draft->json, status, TEXT("off"));
}

/* Each as it was said, or as it was kept where it is hidden; of one that is off what nobody knows is left out. False:
 * told. */
static bool say(struct kept *said, const struct kept *shown, const struct kept *before, bool off,
                struct outcome *outcome)
{
    for (size_t i = 0; i < shown->count; i++) {
        struct text header = shown->headers[i], name = name_of(header);
        const struct text *known = is_hidden(header) ? find(before, name) : &header;
        if (known)
            said->headers[said->count++] = *known;
        if (known || off)
            continue;
        outcome_error(outcome, "business-rule",
                      "Subscription.channel.header: say the value of \"%.*s\" anew, it is hidden "
                      "from all but who wrote it.",
                      (int)name.len, name.bytes);
        return false;
    }
    return true;
}

enum store_err subscription_hide(struct store_write *write, const struct rest *rest,
                                 const struct access_subject *subject, struct text id,
                                 const struct rest_draft **draft, struct arena *arena,
                                 struct outcome *outcome, unsigned *status)
{
    const struct json *json = &(*draft)->json;
    uint32_t channel = json_member(json, (*draft)->node, TEXT("channel"));
    uint32_t list = channel == JSON_NONE ? JSON_NONE : json_member(json, channel, TEXT("header"));
    struct rest_draft *hidden = arena_take_zeroed(arena, 1, sizeof *hidden);
    struct kept shown = {.count = 0}, before = {.count = 0}, said = {.count = 0};
    struct buffer note;
    bool theirs = false;
    if (!hidden)
        return STORE_ERR_MEMORY;
    if (list == JSON_NONE)
        return subscription_forget(write, id);
    add(&shown, json, list, arena);
    enum store_err err = is_theirs(&write->view, id, subject, arena, &theirs);
    if (err == STORE_OK && theirs)
        err = read_kept(&write->view, id, &before, arena);
    if (err != STORE_OK)
        return err;
    *status = say(&said, &shown, &before, is_off(*draft), outcome)
                  ? write_hidden(rest, *draft, &shown, hidden, arena, outcome)
                  : 422;
    if (*status)
        return STORE_ERR_REFUSED;
    buffer_init(&note, arena);
    write_list(&note, &said, false, arena);
    if (note.failed)
        return STORE_ERR_MEMORY;
    *draft = hidden;
    return store_note_put(write, secrets, &(struct store_note){id, buffer_text(&note), 0});
}

enum store_err subscription_load(struct store_write *write, const struct rest *rest, struct text id,
                                 const struct rest_draft **draft, struct arena *arena)
{
    const struct json *json = &(*draft)->json;
    uint32_t channel = json_member(json, (*draft)->node, TEXT("channel"));
    uint32_t list = channel == JSON_NONE ? JSON_NONE : json_member(json, channel, TEXT("header"));
    struct rest_draft *hidden = arena_take_zeroed(arena, 1, sizeof *hidden);
    struct kept shown = {.count = 0};
    struct outcome outcome;
    enum store_err err = subscription_forget(write, id);
    if (err == STORE_OK)
        err = store_note_remove(write, subscription_owners, id);
    if (err != STORE_OK || list == JSON_NONE)
        return err;
    outcome_init(&outcome, arena);
    add(&shown, json, list, arena);
    if (!hidden || write_hidden(rest, *draft, &shown, hidden, arena, &outcome) != 0)
        return STORE_ERR_MEMORY;
    *draft = hidden;
    return STORE_OK;
}

enum store_err subscription_reveal(struct store_view *view, struct text id,
                                   struct subscription *subscription, struct arena *arena)
{
    struct kept kept;
    enum store_err err = read_kept(view, id, &kept, arena);
    for (size_t i = 0; err == STORE_OK && i < subscription->header_count; i++) {
        struct text *header = &subscription->headers[i];
        const struct text *known = is_hidden(*header) ? find(&kept, name_of(*header)) : NULL;
        if (known)
            *header = *known;
    }
    return err;
}

enum store_err subscription_forget(struct store_write *write, struct text id)
{
    return store_note_remove(write, secrets, id);
}
