/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console_ghost.h"

#include <string.h>

static void copy_lines(const struct ghost_lines *lines, struct view_ghost *ghost)
{
    ghost->is_shown = true;
    for (unsigned i = 0; i < 2; i++) {
        ghost->shaft[i] = (struct view_point){lines->shaft[i].x, lines->shaft[i].y};
        ghost->jaws[i] = (struct view_point){lines->jaws[i].x, lines->jaws[i].y};
    }
}

bool console_ghost_fill(struct view_ghost ghosts[static VIEW_ARMS], struct ghost *ghost,
                        const struct console_station *operation, double aspect)
{
    const struct layout *layout = console_station_layout(operation);
    const double *camera_jp = operation->standing.camera_jp;
    bool is_hidden = !layout;

    memset(ghosts, 0, VIEW_ARMS * sizeof *ghosts);
    if (!layout || !operation->has_state || !operation->has_standing)
        return is_hidden;
    const struct pose camera = layout_camera(layout, camera_jp);
    for (unsigned i = 0; i < operation->state.arm_count; i++) {
        struct pose tip;
        double jaw_rad;
        struct ghost_lines lines;
        struct quat turn = layout_camera_turn(layout, &camera, i);
        if (ghost_look(ghost, &operation->state, i, operation->standing.scale, turn, &tip,
                       &jaw_rad) &&
            ghost_project(layout, camera_jp, i, &tip, jaw_rad, aspect, &lines))
            copy_lines(&lines, &ghosts[i]);
        is_hidden = is_hidden || ghost->is_off[i];
    }
    return is_hidden;
}
