/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of FHIR that the invented resources have in common. */
#ifndef DEMO_WRITE_H
#define DEMO_WRITE_H

#include <stdint.h>

#include "demo/demo.h"
#include "json/writer.h"

/* A resource on its way: begun, written to by `json`, and given to the taker by demo_end. */
struct demo_draft {
    const struct demo *demo;
    const char *type;
    struct text id;
    struct buffer buffer;
    struct json_writer json;
};

/* Begins a resource with the id `prefix``number`, and `-part` behind it where part is not 0. */
void demo_begin(struct demo_draft *draft, const struct demo *demo, const char *type,
                const char *prefix, uint32_t number, uint32_t part);
void demo_end(struct demo_draft *draft);

void demo_string(struct demo_draft *draft, const char *key, const char *value);
void demo_reference(struct demo_draft *draft, const char *key, const char *type, const char *prefix,
                    uint32_t number, uint32_t part);
/* {key: {"coding": [{system, code, display}], "text": display}} */
void demo_concept(struct demo_draft *draft, const char *key, const char *system, const char *code,
                  const char *display);
void demo_code_list(struct demo_draft *draft, const char *key, const char *system, const char *code,
                    const char *display); /* the same, in an array of one */
void demo_identifier(struct demo_draft *draft, const char *system, const char *prefix,
                     uint32_t number);
void demo_quantity(struct demo_draft *draft, const char *key, double value, int places,
                   const char *unit, const char *code);

enum demo_precision { DEMO_DAY, DEMO_SECOND };
void demo_time(struct demo_draft *draft, const char *key, int64_t at_ms,
               enum demo_precision precision);

/* Both spellings of somebody's name, as HumanNames. */
void demo_names(struct demo_draft *draft, const struct demo_name *given,
                const struct demo_name *family, const char *prefix);

#endif
