/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a tool's file says, an accepted one has limits that hold something, comes back by the
 * inverse from the middle of them, and turns motors and joints into each other. A refused one says
 * why. */
#include <stdlib.h>
#include <string.h>

#include "motion/tool.h"

static void check_middle(const struct instrument *instrument)
{
    double joints[INSTRUMENT_AXES], found[INSTRUMENT_AXES];
    for (int i = 0; i < INSTRUMENT_AXES; i++) {
        if (!(instrument->least[i] < instrument->most[i]))
            abort();
        joints[i] = instrument->least[i] / 2 + instrument->most[i] / 2;
    }
    struct pose goal = instrument_forward(instrument, joints);
    if (pose_check(&goal) != MOTION_OK)
        abort();
    (void)!instrument_inverse(instrument, &goal, joints, found);
    if (instrument_clamp(instrument, found))
        abort();
}

static void check_coupling(const struct tool *tool)
{
    for (int i = 0; i < TOOL_ACTUATORS; i++) {
        double joints[TOOL_ACTUATORS] = {0}, actuators[TOOL_ACTUATORS], back[TOOL_ACTUATORS];
        joints[i] = 1;
        tool_actuators(tool, joints, actuators);
        tool_joints(tool, actuators, back);
        for (int j = 0; j < TOOL_ACTUATORS; j++)
            if (!(fabs(back[j] - joints[j]) < 1e-3))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tool tool;
    struct sheet_fault fault;
    if (!tool_read(&tool, (const char *)data, size, &fault)) {
        if (!fault.words[0])
            abort();
        return 0;
    }
    if (fault.words[0] || !memchr(tool.name, 0, sizeof tool.name) ||
        !memchr(tool.title, 0, sizeof tool.title))
        abort();
    check_middle(&tool.instrument);
    check_coupling(&tool);
    return 0;
}
