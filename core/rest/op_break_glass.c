/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patient/ID/$break-glass: who treats in an emergency opens this record for four hours, or shuts it again (DELETE).
 *
 * In: Parameters with `reason` (string) and, where it is said, `purposeOfUse` (Coding, BTG). Out: Parameters with
 * `purposeOfUse`, `expires` (instant), `review` and `alert` (references). Glass, Task of review, Communication to the
 * privacy officer and the audit's record are written in one. */
#include "access/glass.h"

#include "base/instant.h"
#include "fhir/model.h"
#include "rest/answer.h"
#include "rest/draft.h"
#include "rest/gate.h"
#include "rest/glass_note.h"
#include "rest/interactions.h"
#include "rest/operations.h"
#include "rest/plan.h"

struct breaking {
    struct access_glass glass;
    struct text task, alert; /* ids */
    struct audit_record record;
};

static enum access_role role_of(const struct access_subject *subject)
{
    enum access_role first = ACCESS_ROLES;
    for (enum access_role role = ACCESS_ROLES; role-- > 0;)
        if (subject->roles & ACCESS_ROLE_BIT(role))
            first = role; /* those that treat come first */
    return first;
}

/* What the audit is told. The patient's id is the request's. */
static struct audit_record record_of(const struct rest_exchange *exchange, const char *interaction,
                                     enum access_reason reason, struct text words)
{
    struct audit_record record;
    const struct rest_request *request = &exchange->request;
    const struct access_request asked = {.type = TEXT("Patient"), .id = request->id};
    const struct access_decision decision = {
        .effect = reason <= ACCESS_BY_GLASS ? ACCESS_PERMITTED : ACCESS_REFUSED,
        .reason = reason,
        .role = role_of(exchange->subject),
        .purpose = TEXT("BTG"),
    };
    audit_record_of(&record, exchange->subject, &asked, &decision, exchange->now_ms);
    record.texts[AUDIT_INTERACTION] = text_of(interaction);
    record.texts[AUDIT_WORDS] = words;
    record.patients = &request->id;
    record.patient_count = 1;
    return record;
}

/* Told to the audit, and answered. */
static enum rest_turn refuse(struct rest_exchange *exchange, enum access_reason reason,
                             struct text words)
{
    const struct audit_record record = record_of(exchange, "emergency", reason, words);
    const struct access_decision decision = {.effect = ACCESS_REFUSED, .reason = reason};
    if (!rest_gate_tell(exchange, &record))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    return rest_gate_refuse(exchange, &decision);
}

/* --- written --------------------------------------------------------------------------------------- */

typedef void writer_of(struct buffer *out, const struct access_glass *glass,
                       const struct access_subject *subject, struct text owner);

/* Creates what `write` writes, as the server itself. */
static enum store_err create(const struct rest_exchange *exchange, struct store_write *store,
                             const char *type, struct text id, writer_of *write,
                             struct text officer)
{
    const struct breaking *breaking = exchange->note.context;
    struct arena *arena = &exchange->writes[0].arena;
    const struct rest_exchange ours = {
        .rest = exchange->rest, .arena = arena, .now_ms = exchange->now_ms};
    struct rest_plan plan = {
        .change = REST_PLAN_CREATE, .type = fhir_resource_named(text_of(type)), .id = id};
    struct outcome outcome;
    struct buffer body;
    buffer_init(&body, arena);
    write(&body, &breaking->glass, exchange->subject, officer);
    outcome_init(&outcome, arena);
    if (body.failed || rest_draft_read(ours.rest, &plan.draft, buffer_text(&body), plan.type, arena,
                                       &outcome) != 0)
        return STORE_ERR_MEMORY;
    enum store_err err = rest_plan_begin(&plan, &ours, arena);
    return err == STORE_OK ? rest_plan_run(&plan, &ours, store, arena) : err;
}

static enum store_err open_run(struct store_write *store, struct rest_exchange *exchange)
{
    const struct breaking *breaking = exchange->note.context;
    struct arena *arena = &exchange->writes[0].arena;
    struct text officer;
    struct buffer task;
    buffer_init(&task, arena);
    buffer_add(&task, TEXT("Task/"));
    buffer_add(&task, breaking->task);
    enum store_err err = task.failed ? STORE_ERR_MEMORY : glass_officer(&store->view, &officer);
    if (err == STORE_OK)
        err = create(exchange, store, "Task", breaking->task, glass_write_task, officer);
    if (err == STORE_OK)
        err = create(exchange, store, "Communication", breaking->alert, glass_write_alert, officer);
    if (err == STORE_OK)
        err = glass_note_put(store, exchange->subject->session, &breaking->glass,
                             buffer_text(&task), arena);
    return err;
}

static void write_reference(struct json_writer *writer, const char *name, const char *type,
                            struct text id)
{
    struct buffer reference;
    buffer_init(&reference, writer->buffer->arena);
    buffer_format(&reference, "%s/%.*s", type, (int)id.len, id.bytes);
    json_begin_object(writer);
    json_write_member(writer, TEXT("name"), text_of(name));
    json_key(writer, TEXT("valueReference"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("reference"), buffer_text(&reference));
    json_end_object(writer);
    json_end_object(writer);
}

static void open_end(struct rest_exchange *exchange)
{
    const struct breaking *breaking = exchange->note.context;
    struct buffer buffer;
    struct json_writer writer;
    char expires[INSTANT_LEN + 1];
    buffer_init(&buffer, exchange->arena);
    json_writer_init(&writer, &buffer);
    rest_begin_parameters(&writer);
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("name"), TEXT("purposeOfUse"));
    json_key(&writer, TEXT("valueCoding"));
    json_begin_object(&writer);
    json_write_member(&writer, TEXT("system"),
                      TEXT("http://terminology.hl7.org/CodeSystem/v3-ActReason"));
    json_write_member(&writer, TEXT("code"), TEXT("BTG"));
    json_end_object(&writer);
    json_end_object(&writer);
    rest_write_parameter(&writer, "expires", "valueInstant",
                         instant_write(breaking->glass.opened_ms + GLASS_OPEN_MS, expires));
    write_reference(&writer, "review", "Task", breaking->task);
    write_reference(&writer, "alert", "Communication", breaking->alert);
    rest_end_parameters(&writer);
    (void)rest_answer_buffer(exchange, 200, &buffer);
}

static enum store_err shut_run(struct store_write *store, struct rest_exchange *exchange)
{
    return glass_note_end(store, exchange->subject->session, exchange->request.id,
                          &exchange->writes[0].arena);
}

static void shut_end(struct rest_exchange *exchange)
{
    exchange->answer.status = 204;
}

static enum rest_turn leave(struct rest_exchange *exchange, struct breaking *breaking,
                            enum store_err (*run)(struct store_write *, struct rest_exchange *),
                            void (*end)(struct rest_exchange *), unsigned status)
{
    if (!rest_gate_tell(exchange, &breaking->record) || !rest_writes_begin(exchange, 1))
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    exchange->note.run = run;
    exchange->note.end = end;
    exchange->note.status = status;
    exchange->note.context = breaking;
    return REST_WRITES;
}

/* --- asked for ------------------------------------------------------------------------------------- */

/* Who could not have it in an emergency either: token, role and purpose are not what a glass opens. */
static bool is_beyond_glass(enum access_reason reason)
{
    return reason >= ACCESS_NO_SIGN_IN && reason <= ACCESS_OTHER_PATIENT;
}

static bool is_another_purpose(const struct rest_parameters *parameters)
{
    uint32_t coding = rest_parameter_node(parameters, "purposeOfUse", "valueCoding");
    return coding != JSON_NONE && (json_type(&parameters->json, coding) != JSON_OBJECT ||
                                   !text_is(rest_member(parameters, coding, "code"), "BTG"));
}

static enum rest_turn open_it(struct rest_exchange *exchange,
                              const struct rest_parameters *parameters, struct store_view *view,
                              struct breaking *breaking)
{
    const struct access_subject *subject = exchange->subject;
    struct text reason = rest_parameter(parameters, "reason");
    struct store_row row;
    if (!reason.bytes)
        reason = TEXT("");
    if (is_another_purpose(parameters))
        return rest_answer_error(exchange, 422, "value", "purposeOfUse is BTG, or left out.");
    enum glass_err wrong =
        glass_open(&breaking->glass, subject, exchange->request.id, reason, exchange->now_ms);
    if (wrong == GLASS_ERR_ROLE || subject->session.len == 0)
        return refuse(exchange, ACCESS_NO_ROLE, reason);
    enum store_err err = store_get(view, exchange->request.type, exchange->request.id, 0, &row);
    if (err != STORE_OK && err != STORE_ERR_NONE && err != STORE_ERR_GONE)
        return rest_answer_store(exchange, err, view->help);
    if (err != STORE_OK || wrong == GLASS_ERR_PATIENT)
        return rest_answer_error(exchange, 404, "not-found", "There is no such patient here.");
    struct access_decision decision = rest_gate_judge(exchange, view, ACCESS_READ, &row);
    if (is_beyond_glass(decision.reason))
        return refuse(exchange, decision.reason, reason);
    if (wrong != GLASS_OK) {
        (void)refuse(exchange, ACCESS_GLASS_NOT_OPEN, TEXT(""));
        exchange->outcome.count = 0;
        return rest_answer_error(exchange, 422, "required",
                                 "Say why in words: reason, of %d characters at least and %d bytes "
                                 "at most.",
                                 GLASS_REASON_CHARACTERS_MIN, GLASS_REASON_BYTES_MAX);
    }
    breaking->record = record_of(exchange, "emergency", ACCESS_BY_GLASS, reason);
    return leave(exchange, breaking, open_run, open_end, 200);
}

enum rest_turn rest_op_break_glass(struct rest_exchange *exchange,
                                   const struct rest_parameters *parameters,
                                   struct store_view *view)
{
    struct breaking *breaking = arena_take_zeroed(exchange->arena, 1, sizeof *breaking);
    enum rest_method method = exchange->request.method;
    if (!exchange->subject || exchange->is_entry)
        return rest_answer_error(exchange, 400, "not-supported",
                                 exchange->is_entry
                                     ? "An emergency access cannot be an entry of a bundle."
                                     : "Nobody is asked here who they are: nothing is shut.");
    if (method != REST_POST && method != REST_DELETE)
        return rest_answer_error(exchange, 405, "not-supported",
                                 "POST opens a record in an emergency, DELETE shuts it again.");
    if (breaking) {
        breaking->task = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
        breaking->alert = rest_new_id(exchange->rest, exchange->now_ms, exchange->arena);
    }
    if (!breaking || !breaking->task.bytes || !breaking->alert.bytes)
        return rest_answer_outcome(exchange, rest_no_room(&exchange->outcome));
    if (method == REST_POST)
        return open_it(exchange, parameters, view, breaking);
    breaking->record = record_of(exchange, "emergency-end", ACCESS_BY_GLASS, TEXT(""));
    return leave(exchange, breaking, shut_run, shut_end, 204);
}
