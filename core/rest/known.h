/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was looked up of a patient for somebody (relations, Consents), kept from one request to the next.
 *
 * It is good for a view of the store if no resource of a type that it was read from changed between that view and the
 * one it was looked up in, which the store's own numbers say (seq: in the order of commits, on both engines), whichever
 * process wrote; and for RELATIONS_GOOD_MS, since periods end by themselves. Changes are read once as they come: a
 * few hundred numbers without bodies, or, where there are more, all that was kept counts no longer.
 *
 * Only for views of what is committed: a number of a job that is undone is given away again.
 *
 * Any number of threads; nobody waits: what another thread has in its hands is looked up anew. */
#ifndef REST_KNOWN_H
#define REST_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/attr.h"
#include "store/store.h"

enum {
    KNOWN_PLACES = 4096,         /* patients, each for somebody; ours */
    KNOWN_KEY_BYTES = 254,       /* longer names are not kept */
    KNOWN_CONSENTS_BYTES = 1792, /* of bodies; what has more is not kept: 8 MiB in all */
};

struct known;

/* NULL: no memory. */
MUST_USE struct known *known_create(void);
void known_free(struct known *known);

/* What was looked up of one patient; or, of the patient "", of the subject: the ids of their PractitionerRoles stand
 * in the place of Consents. */
struct known_patient {
    uint32_t relations;
    const struct text *consents; /* bodies of the active ones */
    size_t consent_count;
};

/* Where this view stands. False: it cannot be told, and nothing is to be found or kept. */
MUST_USE bool known_begin(struct known *known, struct store_view *view, uint64_t *seq);

/* What is kept of this patient for this subject, in the arena. False: nothing that is good for the view with `seq`. */
MUST_USE bool known_find(struct known *known, const struct access_subject *subject,
                         struct text patient, uint64_t seq, int64_t now_ms, struct arena *arena,
                         struct known_patient *patient_known);

/* Keeps it, if there is room and nobody is in the way. */
void known_keep(struct known *known, const struct access_subject *subject, struct text patient,
                uint64_t seq, int64_t now_ms, const struct known_patient *patient_known);

#endif
