/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map that desk_map_read accepts is the same map once its lines are printed and read again; one that it
 * refuses has a line and a reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "motion/desk_map.h"

static void judge(const struct desk_map *map)
{
    static char text[DESK_BINDINGS_MAX * 200];
    static struct desk_map again;
    char why[DESK_WHY_BYTES];
    size_t len = 0;

    for (unsigned i = 0; i < map->count; i++) {
        desk_binding_print(&map->bindings[i], text + len, 199);
        len += strlen(text + len);
        text[len++] = '\n';
    }
    memset(&again, 0, sizeof again);
    if (desk_map_read(&again, text, len, why) != 0 || again.count != map->count)
        abort();
    for (unsigned i = 0; i < map->count; i++)
        if (again.bindings[i].rate != map->bindings[i].rate ||
            again.bindings[i].dead != map->bindings[i].dead ||
            again.bindings[i].with != map->bindings[i].with ||
            again.bindings[i].hand != map->bindings[i].hand)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct desk_map map;
    char why[DESK_WHY_BYTES] = "";

    if (desk_map_read(&map, (const char *)data, size, why) == 0)
        judge(&map);
    else if (!why[0])
        abort();
    return 0;
}
