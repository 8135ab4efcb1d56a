/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes around one invented patient's care: CareTeam, Consents, what is booked. For core/demo/patient.c. */
#ifndef DEMO_CARE_H
#define DEMO_CARE_H

#include "demo/demo.h"

struct demo_cared {
    uint32_t number, doctor;
    int64_t since_ms; /* of the first visit */
};

/* By a seed of its own: what else is made of a patient does not depend on it. */
void demo_make_care(const struct demo *demo, const struct demo_cared *cared);

#endif
