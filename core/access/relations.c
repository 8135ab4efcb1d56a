/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/relations.h"

#include <assert.h>

#include "access/glass.h"
#include "search/date.h"

static bool string_is(const struct json *json, uint32_t object, const char *name, struct text text)
{
    uint32_t node = json_member(json, object, text_of(name));
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           json_string_is(json, node, text);
}

/* The text of a reference, as written; "" where there is none, or it has escapes, which no id of ours has. */
static struct text reference_of(const struct json *json, uint32_t object, const char *name)
{
    uint32_t node = json_member(json, object, text_of(name));
    uint32_t reference = node == JSON_NONE ? JSON_NONE : json_member(json, node, TEXT("reference"));
    bool is_plain = reference != JSON_NONE && json_type(json, reference) == JSON_STRING &&
                    !json->nodes[reference].escaped;
    return is_plain ? json_raw(json, reference) : TEXT("");
}

static bool is_reference_to(struct text reference, const char *type, struct text id)
{
    size_t len = strlen(type);
    return id.len && reference.len == len + 1 + id.len && text_starts(reference, text_of(type)) &&
           reference.bytes[len] == '/' && memcmp(reference.bytes + len + 1, id.bytes, id.len) == 0;
}

/* One's own: as a person, in a role, or as one who works for an organisation. */
static bool is_own(struct text reference, const struct access_subject *subject)
{
    if ((reference.len && text_equal(reference, subject->user)) ||
        is_reference_to(reference, "Practitioner", subject->practitioner) ||
        is_reference_to(reference, "Organization", subject->organisation))
        return true;
    for (size_t i = 0; i < subject->practitioner_role_count; i++)
        if (is_reference_to(reference, "PractitionerRole", subject->practitioner_roles[i]))
            return true;
    return false;
}

/* One end of a period; where it is not given, or none that can be read, `open` and false. */
static bool read_time(const struct json *json, uint32_t object, const char *name, int64_t *low_ms,
                      int64_t *high_ms)
{
    uint32_t node = json_member(json, object, text_of(name));
    return node != JSON_NONE && json_type(json, node) == JSON_STRING &&
           date_read(json_raw(json, node), low_ms, high_ms);
}

/* Within its `period`, widened at both ends; one without a period is always. An end that is there and cannot be
 * read is never. */
static bool is_now(const struct json *json, uint32_t object, int64_t now_ms)
{
    uint32_t period = json_member(json, object, TEXT("period"));
    int64_t low_ms, high_ms;

    if (period == JSON_NONE)
        return true;
    if (json_member(json, period, TEXT("start")) != JSON_NONE &&
        (!read_time(json, period, "start", &low_ms, &high_ms) || now_ms < low_ms))
        return false;
    return json_member(json, period, TEXT("end")) == JSON_NONE ||
           (read_time(json, period, "end", &low_ms, &high_ms) && now_ms <= high_ms);
}

static bool has_status(const struct json *json, uint32_t node, const char *const *states)
{
    for (; *states; states++)
        if (string_is(json, node, "status", text_of(*states)))
            return true;
    return false;
}

/* Whether an element of the array `list` refers by `name` (NULL: itself) to oneself, now. */
static bool list_has_own(const struct json *json, uint32_t node, const char *list, const char *name,
                         const struct access_subject *subject, int64_t now_ms)
{
    uint32_t array = json_member(json, node, text_of(list));

    if (array == JSON_NONE || json_type(json, array) != JSON_ARRAY)
        return false;
    for (uint32_t element = json_first(json, array); element != json_end(json, array);
         element = json_next(json, element)) {
        if (name && is_own(reference_of(json, element, name), subject) &&
            is_now(json, element, now_ms) && !string_is(json, element, "status", TEXT("declined")))
            return true;
        uint32_t reference = name ? JSON_NONE : json_member(json, element, TEXT("reference"));
        if (reference != JSON_NONE && is_own(json_raw(json, reference), subject))
            return true;
    }
    return false;
}

static uint32_t in_patient(const struct json *json, uint32_t node,
                           const struct access_subject *subject, int64_t now_ms)
{
    uint32_t relations = 0;

    if (subject->patient.len && string_is(json, node, "id", subject->patient))
        relations |= ACCESS_SELF;
    if (list_has_own(json, node, "generalPractitioner", NULL, subject, now_ms))
        relations |= ACCESS_GENERAL_PRACTITIONER;
    if (is_reference_to(reference_of(json, node, "managingOrganization"), "Organization",
                        subject->organisation))
        relations |= ACCESS_ORGANISATION;
    return relations;
}

static uint32_t in_related_person(const struct json *json, uint32_t node,
                                  const struct access_subject *subject, int64_t now_ms)
{
    static const char type[] = "RelatedPerson/";
    struct text user = subject->user;
    uint32_t active = json_member(json, node, TEXT("active"));
    bool is_inactive = active != JSON_NONE && json_type(json, active) != JSON_TRUE;

    if (!text_starts(user, text_of(type)))
        return 0;
    struct text id = {user.bytes + sizeof type - 1, user.len - (sizeof type - 1)};
    return !is_inactive && id.len && string_is(json, node, "id", id) && is_now(json, node, now_ms)
               ? ACCESS_PROXY
               : 0;
}

static uint32_t in_care_team(const struct json *json, uint32_t node,
                             const struct access_subject *subject, int64_t now_ms)
{
    return string_is(json, node, "status", TEXT("active")) && is_now(json, node, now_ms) &&
                   list_has_own(json, node, "participant", "member", subject, now_ms)
               ? ACCESS_CARE_TEAM
               : 0;
}

/* It goes on, or ended a short time ago. */
static uint32_t in_encounter(const struct json *json, uint32_t node,
                             const struct access_subject *subject, int64_t now_ms)
{
    static const char *const open[] = {"planned",     "arrived", "triaged",
                                       "in-progress", "onleave", NULL};
    uint32_t period = json_member(json, node, TEXT("period"));
    int64_t low_ms, high_ms;
    bool is_recent = string_is(json, node, "status", TEXT("finished")) && period != JSON_NONE &&
                     read_time(json, period, "end", &low_ms, &high_ms) &&
                     now_ms - high_ms <= RELATION_ENCOUNTER_MS;

    if (!is_recent && !has_status(json, node, open))
        return 0;
    uint32_t array = json_member(json, node, TEXT("participant"));
    if (array == JSON_NONE || json_type(json, array) != JSON_ARRAY)
        return 0;
    for (uint32_t element = json_first(json, array); element != json_end(json, array);
         element = json_next(json, element))
        if (is_own(reference_of(json, element, "individual"), subject))
            return ACCESS_ENCOUNTER;
    return 0;
}

static uint32_t in_appointment(const struct json *json, uint32_t node,
                               const struct access_subject *subject, int64_t now_ms)
{
    static const char *const open[] = {"pending",    "booked",    "arrived",
                                       "checked-in", "fulfilled", NULL};
    int64_t start_ms, end_ms, ignored;

    if (!has_status(json, node, open) || !read_time(json, node, "start", &start_ms, &ignored))
        return 0;
    if (!read_time(json, node, "end", &ignored, &end_ms))
        end_ms = start_ms;
    return now_ms >= start_ms - RELATION_BEFORE_MS && now_ms <= end_ms + RELATION_AFTER_MS &&
                   list_has_own(json, node, "participant", "actor", subject, now_ms)
               ? ACCESS_APPOINTMENT
               : 0;
}

static uint32_t in_task(const struct json *json, uint32_t node,
                        const struct access_subject *subject, int64_t now_ms)
{
    static const char *const open[] = {"requested",   "received", "accepted", "ready",
                                       "in-progress", "on-hold",  NULL};
    (void)now_ms;
    if (!has_status(json, node, open) || !is_own(reference_of(json, node, "owner"), subject))
        return 0;
    return glass_is_review(json, node) ? ACCESS_REVIEW
                                       : ACCESS_REFERRAL; /* who reviews treats nobody */
}

static uint32_t in_service_request(const struct json *json, uint32_t node,
                                   const struct access_subject *subject, int64_t now_ms)
{
    static const char *const open[] = {"active", "on-hold", NULL};
    return has_status(json, node, open) &&
                   list_has_own(json, node, "performer", NULL, subject, now_ms)
               ? ACCESS_REFERRAL
               : 0;
}

/* Each type: where it names its patient, who takes part by which search parameter, how it is read. */
static const struct source {
    const char *type,
        *patient;             /* NULL: it is the patient; "participant": one of its participants */
    const char *search, *who; /* "patient=", "&participant=": NULL where nobody is named */
    uint32_t (*read)(const struct json *json, uint32_t node, const struct access_subject *subject,
                     int64_t now_ms);
} sources[RELATION_SEARCHES] = {
    {"Patient", NULL, "_id=", NULL, in_patient},
    {"RelatedPerson", "patient", "patient=", NULL, in_related_person},
    {"CareTeam", "subject", "status=active&patient=", "&participant=", in_care_team},
    {"Encounter", "subject", "patient=", "&participant=", in_encounter},
    {"Appointment", "participant", "patient=", "&actor=", in_appointment},
    {"Task", "for", "patient=", "&owner=", in_task},
    {"ServiceRequest", "subject",
     "status=active,on-hold&patient=", "&performer=", in_service_request},
};

static bool has_patient_among(const struct json *json, uint32_t node, struct text patient)
{
    uint32_t array = json_member(json, node, TEXT("participant"));

    if (array == JSON_NONE || json_type(json, array) != JSON_ARRAY)
        return false;
    for (uint32_t element = json_first(json, array); element != json_end(json, array);
         element = json_next(json, element))
        if (is_reference_to(reference_of(json, element, "actor"), "Patient", patient))
            return true;
    return false;
}

static bool is_about(const struct source *source, const struct json *json, uint32_t node,
                     struct text patient)
{
    if (!source->patient)
        return string_is(json, node, "id", patient);
    if (strcmp(source->patient, "participant") == 0)
        return has_patient_among(json, node, patient);
    return is_reference_to(reference_of(json, node, source->patient), "Patient", patient);
}

uint32_t relations_in(const struct json *json, uint32_t node, const struct access_subject *subject,
                      struct text patient, int64_t now_ms)
{
    for (size_t i = 0; i < RELATION_SEARCHES; i++)
        if (string_is(json, node, "resourceType", text_of(sources[i].type)))
            return is_about(&sources[i], json, node, patient)
                       ? sources[i].read(json, node, subject, now_ms)
                       : 0;
    return 0;
}

bool relations_is_role(const struct json *json, uint32_t node, struct text practitioner,
                       int64_t now_ms)
{
    uint32_t active = json_member(json, node, TEXT("active"));
    bool is_inactive = active != JSON_NONE && text_is(json_raw(json, active), "false");
    return string_is(json, node, "resourceType", TEXT("PractitionerRole")) && !is_inactive &&
           is_reference_to(reference_of(json, node, "practitioner"), "Practitioner",
                           practitioner) &&
           is_now(json, node, now_ms);
}

uint32_t relations_in_study(const struct json *enrolled, uint32_t enrolled_node,
                            const struct json *study, uint32_t study_node,
                            const struct access_subject *subject, struct text patient)
{
    static const char *const takes_part[] = {"eligible",
                                             "follow-up",
                                             "on-study",
                                             "on-study-intervention",
                                             "on-study-observation",
                                             "pending-on-study",
                                             NULL};
    struct text reference = reference_of(enrolled, enrolled_node, "study");
    uint32_t id = json_member(study, study_node, TEXT("id"));

    return string_is(enrolled, enrolled_node, "resourceType", TEXT("ResearchSubject")) &&
                   string_is(study, study_node, "resourceType", TEXT("ResearchStudy")) &&
                   has_status(enrolled, enrolled_node, takes_part) && id != JSON_NONE &&
                   is_reference_to(reference, "ResearchStudy", json_raw(study, id)) &&
                   is_reference_to(reference_of(enrolled, enrolled_node, "individual"), "Patient",
                                   patient) &&
                   is_own(reference_of(study, study_node, "principalInvestigator"), subject)
               ? ACCESS_STUDY
               : 0;
}

/* "Practitioner/d,PractitionerRole/r,Organization/h" */
static void write_own(struct buffer *out, const struct access_subject *subject)
{
    const char *comma = "";

    if (subject->practitioner.len) {
        buffer_format(out, "Practitioner/");
        buffer_add(out, subject->practitioner);
        comma = ",";
    }
    for (size_t i = 0; i < subject->practitioner_role_count; i++) {
        buffer_format(out, "%sPractitionerRole/", comma);
        buffer_add(out, subject->practitioner_roles[i]);
        comma = ",";
    }
    if (subject->organisation.len) {
        buffer_format(out, "%sOrganization/", comma);
        buffer_add(out, subject->organisation);
    }
}

void relations_write_search(struct buffer *out, size_t index, const struct access_subject *subject,
                            struct text patient)
{
    assert(index < RELATION_SEARCHES);
    const struct source *source = &sources[index];
    bool is_somebody =
        subject->practitioner.len || subject->practitioner_role_count || subject->organisation.len;

    if (source->who && !is_somebody)
        return;
    if (source->read == in_related_person && !text_starts(subject->user, TEXT("RelatedPerson/")))
        return;
    buffer_format(out, "%s?%s", source->type, source->search);
    buffer_add(out, patient);
    if (source->who) {
        buffer_format(out, "%s", source->who);
        write_own(out, subject);
    }
}

const char *relations_type(size_t index)
{
    return sources[index].type;
}
