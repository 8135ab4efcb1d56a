/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/known.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access/relations.h"
#include "fhir/model.h"

enum { CHANGES_OF_A_PAGE = 256, PAGES_MAX = 4, LEN_BYTES = 4 };

struct place {
    atomic_bool is_held;
    uint64_t seq; /* of the view that it was looked up in; 0: nothing is here */
    int64_t made_ms;
    uint32_t relations;
    uint16_t consent_count, consents_len;
    uint8_t key_len;
    char key[KNOWN_KEY_BYTES];
    char consents[KNOWN_CONSENTS_BYTES]; /* each its length and its bytes */
};

struct known {
    atomic_bool is_busy;          /* somebody reads the changes */
    _Atomic uint64_t read_seq;    /* up to this one they were looked at */
    _Atomic uint64_t changed_seq; /* of the last one that counts; set before read_seq */
    struct place places[KNOWN_PLACES];
};

struct known *known_create(void)
{
    return calloc(1, sizeof(struct known)); /* pages that nobody uses take no memory */
}

void known_free(struct known *known)
{
    free(known);
}

/* --- what has changed ------------------------------------------------------------------------------ */

/* What relations and Consents are read from. */
static bool counts(uint16_t type)
{
    static const char *const others[] = {"Consent", "PractitionerRole", "ResearchStudy",
                                         "ResearchSubject"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(fhir_types[type].name, others[i]) == 0)
            return true;
    for (size_t i = 0; i < RELATION_SEARCHES; i++)
        if (strcmp(fhir_types[type].name, relations_type(i)) == 0)
            return true;
    return false;
}

/* Looks at the changes after *seq, up to the view's last one. False: they cannot be read. */
static bool read_changes(struct store_view *view, uint64_t seq, uint64_t last, uint64_t *changed)
{
    struct store_page page = {.next = TEXT("")};
    for (int pages = 0; pages == 0 || page.next.len; pages++) {
        const struct store_history asked = {.type = FHIR_NONE,
                                            .since_ms = INT64_MIN,
                                            .at_low_ms = INT64_MIN,
                                            .after_seq = seq,
                                            .oldest_first = true,
                                            .without_bodies = true,
                                            .count = CHANGES_OF_A_PAGE,
                                            .cursor = page.next};
        if (pages == PAGES_MAX) { /* too many to look at: any of them may count */
            *changed = last;
            return true;
        }
        if (store_history(view, &asked, &page) != STORE_OK)
            return false;
        for (size_t i = 0; i < page.count; i++)
            if (counts(page.rows[i].type))
                *changed = page.rows[i].seq;
    }
    return true;
}

bool known_begin(struct known *known, struct store_view *view, uint64_t *seq)
{
    if (store_last_seq(view, seq) != STORE_OK)
        return false;
    if (*seq <= atomic_load(&known->read_seq))
        return true;
    if (atomic_exchange(&known->is_busy, true))
        return false;
    uint64_t read = atomic_load(&known->read_seq), changed = atomic_load(&known->changed_seq);
    bool is_read = *seq <= read || read_changes(view, read, *seq, &changed);
    if (is_read && *seq > read) {
        atomic_store(&known->changed_seq, changed);
        atomic_store(&known->read_seq, *seq);
    }
    atomic_store(&known->is_busy, false);
    return is_read;
}

/* Whether nothing that counts changed between two views. */
static bool is_same(struct known *known, uint64_t one, uint64_t other)
{
    uint64_t first = one < other ? one : other, last = one < other ? other : one;
    uint64_t read =
        atomic_load(&known->read_seq); /* before the other: it may only be too careful */
    return last <= read && atomic_load(&known->changed_seq) <= first;
}

/* --- what is kept ---------------------------------------------------------------------------------- */

struct key {
    char bytes[KNOWN_KEY_BYTES];
    size_t len;
    uint64_t hash; /* FNV-1a: where it is kept; what is kept is compared whole */
    bool is_too_long;
};

static void add(struct key *key, const void *bytes, size_t len)
{
    if (len > UINT8_MAX || key->len + len + 1 > sizeof key->bytes) {
        key->is_too_long = true;
        return;
    }
    key->bytes[key->len++] = (char)len;
    if (len)
        memcpy(key->bytes + key->len, bytes, len);
    key->len += len;
}

/* All of the subject that relations_in looks at, and the patient. */
static void key_of(struct key *key, const struct access_subject *subject, struct text patient)
{
    const struct text texts[] = {subject->user, subject->practitioner, subject->patient,
                                 subject->organisation, patient};
    bool has_relations = (subject->roles & ~ACCESS_ROLE_BIT(ACCESS_SERVICE)) != 0;
    *key = (struct key){.hash = UINT64_C(14695981039346656037)};
    add(key, &has_relations, sizeof has_relations);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add(key, texts[i].bytes, texts[i].len);
    for (size_t i = 0; i < subject->practitioner_role_count; i++)
        add(key, subject->practitioner_roles[i].bytes, subject->practitioner_roles[i].len);
    for (size_t i = 0; i < key->len; i++)
        key->hash = (key->hash ^ (uint8_t)key->bytes[i]) * UINT64_C(1099511628211);
}

/* The place of a key, held; NULL: it cannot be had. */
static struct place *hold(struct known *known, const struct key *key)
{
    struct place *place = &known->places[key->hash % KNOWN_PLACES];
    return key->is_too_long || atomic_exchange(&place->is_held, true) ? NULL : place;
}

static bool copy_consents(const struct place *place, struct arena *arena,
                          struct known_patient *patient)
{
    char *bytes = arena_take(arena, place->consents_len + 1u);
    struct text *bodies = arena_take_zeroed(arena, place->consent_count + 1u, sizeof *bodies);
    size_t at = 0;
    if (!bytes || !bodies)
        return false;
    memcpy(bytes, place->consents, place->consents_len);
    for (size_t i = 0; i < place->consent_count; i++) {
        uint32_t len;
        memcpy(&len, bytes + at, LEN_BYTES);
        bodies[i] = (struct text){bytes + at + LEN_BYTES, len};
        at += LEN_BYTES + len;
    }
    patient->consents = bodies;
    patient->consent_count = place->consent_count;
    return true;
}

bool known_find(struct known *known, const struct access_subject *subject, struct text patient,
                uint64_t seq, int64_t now_ms, struct arena *arena,
                struct known_patient *patient_known)
{
    struct key key;
    key_of(&key, subject, patient);
    struct place *place = hold(known, &key);
    if (!place)
        return false;
    bool is_good = place->seq && place->key_len == key.len &&
                   memcmp(place->key, key.bytes, key.len) == 0 && now_ms >= place->made_ms &&
                   now_ms - place->made_ms < RELATIONS_GOOD_MS && is_same(known, place->seq, seq);
    if (is_good) {
        patient_known->relations = place->relations;
        is_good = copy_consents(place, arena, patient_known);
    }
    atomic_store(&place->is_held, false);
    return is_good;
}

void known_keep(struct known *known, const struct access_subject *subject, struct text patient,
                uint64_t seq, int64_t now_ms, const struct known_patient *patient_known)
{
    struct key key;
    size_t len = 0;
    for (size_t i = 0; i < patient_known->consent_count; i++)
        len += LEN_BYTES + patient_known->consents[i].len;
    if (len > KNOWN_CONSENTS_BYTES || seq == 0)
        return;
    key_of(&key, subject, patient);
    struct place *place = hold(known, &key);
    if (!place)
        return;
    place->seq = seq;
    place->made_ms = now_ms;
    place->relations = patient_known->relations;
    place->key_len = (uint8_t)key.len;
    memcpy(place->key, key.bytes, key.len);
    place->consent_count = (uint16_t)patient_known->consent_count;
    place->consents_len = (uint16_t)len;
    char *at = place->consents;
    for (size_t i = 0; i < patient_known->consent_count; i++) {
        uint32_t body_len = (uint32_t)patient_known->consents[i].len;
        memcpy(at, &body_len, LEN_BYTES);
        memcpy(at + LEN_BYTES, patient_known->consents[i].bytes, body_len);
        at += LEN_BYTES + body_len;
    }
    atomic_store(&place->is_held, false);
}
