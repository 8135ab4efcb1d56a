/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented patients and what was observed of them, as bodies and rows, by number: what the store's bench writes. */
#ifndef BENCH_STORE_PEOPLE_H
#define BENCH_STORE_PEOPLE_H

#include <stdint.h>

#include "search/row.h"

enum { PEOPLE_ROWS_MAX = 24, PEOPLE_BODY_BYTES = 1400, PEOPLE_OBSERVED = 99 };

struct people_params {
    uint16_t patient, observation; /* types */
    uint16_t identifier, name, family, given, birthdate, gender, city, profile;
    uint16_t code, status, category, subject, of_patient, date, value, code_value;
};

struct people_resource { /* good until the next one is made */
    uint16_t type;
    char id[40];
    char body[PEOPLE_BODY_BYTES + 1];
    size_t body_len;
    struct search_row rows[PEOPLE_ROWS_MAX];
    size_t row_count;
    char texts[16][48];
};

void people_params_init(struct people_params *params);

/* Resource `number` of all: each patient is followed by PEOPLE_OBSERVED observations. */
void people_make(struct people_resource *made, const struct people_params *params, uint64_t number);

/* What patient `person` (from 0) is found by. */
void people_id(char out[static 40], uint64_t number);
void people_identifier(char out[static 48], uint64_t person);
void people_family(char out[static 48], uint64_t person);
int64_t people_birth_ms(uint64_t person);

#endif
