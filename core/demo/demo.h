/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A centre that nobody has ever been to: hospitals, doctors and patients of Morocco, invented from a seed.
 *
 * For trying, teaching, benches and tests. The same seed, lists and time give the same bytes; every patient is made by
 * itself from the seed and a number, so that any part of a million can be made alone. Nobody in it lives:
 * names are put together by chance, identifiers are of a system of our own.
 *
 * Pure: the caller gives the time, the lists and the arena, and takes each resource as it is made. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/random.h"
#include "base/text.h"

struct demo_name {
    const char *latin;
    const char *arabic; /* NULL: not known, and then the person has the Latin one alone */
};

struct demo_place {
    const char *latin, *arabic; /* of a province or prefecture */
    const char *region;         /* Latin */
    uint32_t people;            /* who live there: how often it is chosen */
};

struct demo_lists {
    const struct demo_name *women, *men, *families;
    size_t woman_count, man_count, family_count;
    const struct demo_place *places;
    size_t place_count;
};

/* The lists that are built in; demo/lists_read.h has more, where others' tables are at hand. */
extern const struct demo_lists demo_lists_built_in;

/* One resource; its texts are in the arena, and are the taker's until it returns. */
struct demo_resource {
    const char *type; /* "Patient" */
    struct text id;
    struct text body; /* JSON */
};
typedef void demo_take(void *context, const struct demo_resource *resource);

struct demo {
    uint64_t seed;
    int64_t now_ms; /* since 1970 UTC: nothing in it is later, but for what is booked */
    const struct demo_lists *lists;
    struct arena *arena; /* reset by us after each patient */
    demo_take *take;
    void *context;
};

enum { DEMO_HOSPITALS = 6, DEMO_PRACTITIONERS = 48, DEMO_NURSES = 12 };

/* The doctor ("Practitioner/doctor7" is 7) who sees patient `number` at each visit, and the nurse who works beside
 * them: both are that patient's CareTeam. */
uint32_t demo_doctor_of(const struct demo *demo, uint32_t number);
uint32_t demo_nurse_of(uint32_t doctor);

/* Hospitals with their places, and those who work there. */
void demo_make_site(const struct demo *demo);

/* Patient `number`, from 0, with about two dozen resources of encounters, findings and plans. */
void demo_make_patient(const struct demo *demo, uint32_t number);

#endif
