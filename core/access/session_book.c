/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/oauth_parts.h"
#include "access/session_parts.h"

static const char *const words[SESSION_STRENGTHS] = {
    [SESSION_BY_PASSWORD] = "password",
    [SESSION_BY_SECOND] = "second-factor",
    [SESSION_BY_PASSKEY] = "passkey",
};

const char *session_strength_word(enum session_strength strength)
{
    return words[strength];
}

int64_t session_due_s(const struct session *session)
{
    int64_t idle_s = session->seen_s + SESSION_IDLE_S,
            longest_s = session->began_s + SESSION_LONGEST_S;
    return idle_s < longest_s ? idle_s : longest_s;
}

static void write_session(struct json_writer *writer, const struct session_kept *kept)
{
    const struct session *session = &kept->session;
    const struct {
        const char *name;
        struct text text;
    } texts[] = {{"id", session->id},           {"csrf", session->csrf},
                 {"browser", session->browser}, {"address", session->address},
                 {"current", kept->current},    {"previous", kept->previous}};
    const struct {
        const char *name;
        int64_t seconds;
    } times[] = {{"began", session->began_s},
                 {"signed_in", session->signed_in_s},
                 {"seen", session->seen_s},
                 {"changed", kept->changed_s},
                 {"used", kept->used_s}};

    json_begin_object(writer);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_write_member(writer, text_of(texts[i].name), texts[i].text);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        json_key(writer, text_of(times[i].name));
        json_write_i64(writer, times[i].seconds);
    }
    json_key(writer, TEXT("isUsed"));
    json_write_bool(writer, kept->is_used);
    json_write_member(writer, TEXT("strength"), text_of(words[session->strength]));
    json_end_object(writer);
}

static void write_app(struct json_writer *writer, const struct session_app *app)
{
    json_begin_object(writer);
    json_write_member(writer, TEXT("family"), app->family);
    json_write_member(writer, TEXT("client"), app->client);
    json_write_member(writer, TEXT("session"), app->session);
    json_key(writer, TEXT("offline"));
    json_write_bool(writer, app->is_offline);
    json_key(writer, TEXT("since"));
    json_write_i64(writer, app->since_s);
    json_end_object(writer);
}

static bool read_session(struct session_kept *kept, const struct json *json, uint32_t node,
                         struct arena *arena)
{
    struct session *session = &kept->session;
    struct text strength;

    *kept = (struct session_kept){.is_used = oauth_flag(json, node, "isUsed")};
    if (!oauth_text(json, node, "id", arena, &session->id) ||
        !oauth_text(json, node, "csrf", arena, &session->csrf) ||
        !oauth_text(json, node, "browser", arena, &session->browser) ||
        !oauth_text(json, node, "address", arena, &session->address) ||
        !oauth_text(json, node, "current", arena, &kept->current) ||
        !oauth_text(json, node, "previous", arena, &kept->previous) ||
        !oauth_text(json, node, "strength", arena, &strength) ||
        !oauth_number(json, node, "began", &session->began_s) ||
        !oauth_number(json, node, "signed_in", &session->signed_in_s) ||
        !oauth_number(json, node, "seen", &session->seen_s) ||
        !oauth_number(json, node, "changed", &kept->changed_s) ||
        !oauth_number(json, node, "used", &kept->used_s))
        return false;
    for (enum session_strength i = SESSION_BY_PASSWORD; i < SESSION_STRENGTHS; i++)
        if (text_is(strength, words[i]))
            session->strength = i;
    return session->strength != 0;
}

static bool read_app(struct session_app *app, const struct json *json, uint32_t node,
                     struct arena *arena)
{
    *app = (struct session_app){.is_offline = oauth_flag(json, node, "offline")};
    return oauth_text(json, node, "family", arena, &app->family) &&
           oauth_text(json, node, "client", arena, &app->client) &&
           oauth_text(json, node, "session", arena, &app->session) &&
           oauth_number(json, node, "since", &app->since_s);
}

static uint32_t list_of(const struct json *json, const char *name)
{
    uint32_t list = json_member(json, JSON_ROOT, text_of(name));
    return list != JSON_NONE && json_type(json, list) == JSON_ARRAY ? list : JSON_NONE;
}

static bool read_sheet(struct session_sheet *sheet, const struct json *json, struct arena *arena,
                       int64_t now_s)
{
    uint32_t sessions = list_of(json, "sessions"), apps = list_of(json, "apps"), node;

    if (sessions == JSON_NONE || apps == JSON_NONE)
        return false;
    for (node = json_first(json, sessions); node != json_end(json, sessions);
         node = json_next(json, node)) {
        struct session_kept *kept = &sheet->sessions[sheet->session_count];
        if (sheet->session_count == SESSIONS_MAX || !read_session(kept, json, node, arena))
            return false;
        sheet->session_count += session_due_s(&kept->session) > now_s;
    }
    for (node = json_first(json, apps); node != json_end(json, apps); node = json_next(json, node))
        if (sheet->app_count == SESSION_APPS_MAX ||
            !read_app(&sheet->apps[sheet->app_count++], json, node, arena))
            return false;
    return true;
}

enum session_err session_sheet_get(struct oauth_turn *turn, struct text account,
                                   struct session_sheet *sheet)
{
    struct json json;

    *sheet = (struct session_sheet){0};
    switch (oauth_get(turn, SESSION_BOOKS, account, &json)) {
    case OAUTH_NONE:
        return SESSION_OK;
    case OAUTH_FAILED:
        return SESSION_FAILED;
    case OAUTH_FOUND:
        break;
    }
    if (!read_sheet(sheet, &json, turn->arena, turn->now_ms / 1000))
        return SESSION_FAILED;
    for (size_t i = 0; i < sheet->session_count; i++)
        sheet->sessions[i].session.account = account;
    return SESSION_OK;
}

enum session_err session_sheet_put(struct oauth_turn *turn, struct text account,
                                   const struct session_sheet *sheet)
{
    const struct oauth_store *store = turn->store;
    int64_t due_s = 0;
    struct buffer note;
    struct json_writer writer;

    if (sheet->session_count + sheet->app_count == 0)
        return store->remove(store->context, SESSION_BOOKS, account) ? SESSION_OK : SESSION_FAILED;
    buffer_init(&note, turn->arena);
    json_writer_init(&writer, &note);
    json_begin_object(&writer);
    json_key(&writer, TEXT("sessions"));
    json_begin_array(&writer);
    for (size_t i = 0; i < sheet->session_count; i++) {
        write_session(&writer, &sheet->sessions[i]);
        int64_t began_s = sheet->sessions[i].session.began_s;
        due_s = began_s > due_s ? began_s : due_s;
    }
    json_end_array(&writer);
    json_key(&writer, TEXT("apps"));
    json_begin_array(&writer);
    for (size_t i = 0; i < sheet->app_count; i++)
        write_app(&writer, &sheet->apps[i]);
    json_end_array(&writer);
    json_end_object(&writer);
    int64_t due_ms = sheet->app_count ? INT64_MAX : (due_s + SESSION_LONGEST_S) * 1000;
    return !note.failed &&
                   store->put(store->context, SESSION_BOOKS, account, buffer_text(&note), due_ms)
               ? SESSION_OK
               : SESSION_FAILED;
}
