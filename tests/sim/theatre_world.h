/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of a simulated theatre share: theatre.c lets time pass, theatre_people.c has the people,
 * theatre_faults.c what goes wrong, theatre_judge.c the rules. */
#ifndef SIM_THEATRE_WORLD_H
#define SIM_THEATRE_WORLD_H

#include "base/attr.h"
#include "motion/clutch.h"
#include "sim/star.h"
#include "sim/theatre.h"
#include "station/cart.h"
#include "station/console.h"

#define THEATRE_MS UINT64_C(1000000)
#define THEATRE_PICTURE_NS (40 * THEATRE_MS)

enum { THEATRE_SENT_KEPT = 4096, THEATRE_ASKED_KEPT = 64 };

struct theatre_site { /* a console or the panel */
    struct console_station station;
    struct clutch clutch;
    bool is_blind;        /* its screen stands still */
    bool is_absent;       /* nobody is at its hands */
    bool wants;           /* its surgeon would like to work */
    uint64_t lift_ns;     /* the foot is up until then, true time */
    uint64_t think_ns;    /* the person acts then */
    uint64_t press_ns;    /* the panel's button is down until then */
    uint64_t seen_ns;     /* capture of the newest picture shown, true time; 0: none */
    struct theatre_sent { /* engaged gestures, by sequence */
        uint64_t true_ns;
        uint32_t sequence;
        bool is_engaged;
    } sent[THEATRE_SENT_KEPT];
};

struct theatre_judge {
    struct lease lease;             /* as it was after the last event */
    uint64_t granted_ns;            /* when it last changed hands, true time */
    uint64_t sample_ns[STAR_SITES]; /* when the cart last got a sample or message of each */
    enum star_site moved_by; /* whose engaged gesture was applied last; STAR_CART: nobody's */
    bool has_held;           /* since then */
    enum star_site jaws_by;  /* who was the first to lead this cart's arms; STAR_CART: nobody yet */
    bool button_is_down; /* as a pulse that was delivered said, until people had pulled it out */
    uint64_t moves_ns;   /* when it last might move: it followed, or was undocking */
    double before[ARM_STATE_ARMS_MAX][INSTRUMENT_AXES];
    bool has_before;
};

struct theatre {
    struct star star;
    struct random random;
    struct cart_station cart;
    struct theatre_site sites[STAR_SITES]; /* STAR_CART's is not used */
    struct cart_robot robot;
    uint64_t robot_ill_ns; /* until then */
    uint64_t fault_ns;     /* the next fault is due */
    uint64_t calm_ns;      /* from then on nothing goes wrong any more */
    uint64_t cut_ns[STAR_SITES];
    uint64_t picture_ns;
    uint64_t oust_ns, start_ns; /* the panel is cut off, then a console started; 0: neither */
    struct theatre_asked {      /* for the lease by people at a site, by its clock, a ring */
        uint64_t at_ns[THEATRE_ASKED_KEPT];
        unsigned count;
    } asked[STAR_SITES];
    bool button_is_out;  /* as its people left it, whatever the panel has forgotten since */
    bool was_out;        /* before it was last pressed, */
    uint64_t pressed_ns; /* by the panel's clock */
    bool verbose, failed;
    char *why;
    struct theatre_judge judge;
    struct theatre_figures figures;
};

void PRINTF_LIKE(2, 3) theatre_fail(struct theatre *theatre, const char *text, ...);
void PRINTF_LIKE(2, 3) theatre_say(const struct theatre *theatre, const char *text, ...);

/* How far open the hands of a site are, always: each otherwise. */
static inline double theatre_jaw_rad(enum star_site site)
{
    return 0.25 * (int)site;
}

/* people: a site starts; its millisecond; what an event of its link was. */
void theatre_site_start(struct theatre *theatre, enum star_site site);
void theatre_site_turn(struct theatre *theatre, enum star_site site);
void theatre_site_event(struct theatre *theatre, enum star_site site,
                        const struct link_event *event);

/* What a person at a site orders the cart. */
void theatre_order(struct theatre *theatre, enum star_site site, enum order what, uint8_t seat);

/* faults: the cart or a site is started again, and whatever else is due now. */
void theatre_cart_start(struct theatre *theatre);
void theatre_faults_turn(struct theatre *theatre);

/* judge: before and after each event of the cart's link; after each tick. */
void theatre_judge_event(struct theatre *theatre, const struct link_event *event,
                         const struct cart_news *news, const struct follow *before);
void theatre_judge_tick(struct theatre *theatre);
void theatre_judge_restart(struct theatre *theatre);

/* The site that a peer of the cart's is, by its name. */
enum star_site theatre_site_of(const struct link_peer *peer);

#endif
