/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/names.h"

bool store_names_init(struct store_names *names, struct arena *arena)
{
    *names = (struct store_names){
        .type_number = arena_take_zeroed(arena, fhir_type_count, sizeof(uint16_t)),
        .param_number = arena_take_zeroed(arena, fhir_search_param_count, sizeof(uint16_t)),
        .type = arena_take(arena, (STORE_NUMBER_MAX + 1) * sizeof(uint16_t)),
        .param = arena_take(arena, (STORE_NUMBER_MAX + 1) * sizeof(uint16_t)),
    };
    if (!names->type_number || !names->param_number || !names->type || !names->param)
        return false;
    for (size_t i = 0; i <= STORE_NUMBER_MAX; i++)
        names->type[i] = names->param[i] = FHIR_NONE;
    return true;
}

/* Whether `number` is a new one; `*most` is the greatest of all. */
static bool take_number(uint16_t *most, const uint16_t *taken, uint16_t number)
{
    if (number == 0 || number > STORE_NUMBER_MAX || taken[number] != FHIR_NONE)
        return false;
    if (number > *most)
        *most = number;
    return true;
}

bool store_names_type(struct store_names *names, uint16_t number, struct text name)
{
    if (!take_number(&names->types, names->type, number))
        return false;
    uint16_t type = fhir_type_named(name);
    if (type != FHIR_NONE) {
        names->type[number] = type;
        names->type_number[type] = number;
    }
    return true;
}

bool store_names_param(struct store_names *names, uint16_t number, struct text type,
                       struct text code)
{
    if (!take_number(&names->params, names->param, number))
        return false;
    for (uint16_t i = 0; i < fhir_search_param_count; i++) {
        const struct fhir_search_param *param = &fhir_search_params[i];
        if (text_is(code, param->code) && text_is(type, fhir_types[param->type].name)) {
            names->param[number] = i;
            names->param_number[i] = number;
            break;
        }
    }
    return true;
}
