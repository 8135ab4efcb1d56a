/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/logins.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "access/digest.h"
#include "access/login_queue.h"
#include "base/bytes.h"
#include "centre/centre.h"
#include "centre/grants.h"
#include "centre/lockouts.h"
#include "centre/logins_parts.h"
#include "centre/refused.h"
#include "clock/clock.h"
#include "log/log.h"

enum {
    ORDER_BYTES_MAX = 4 << 20,
    TELL_BYTES_MAX = 64 * 1024,
    BUSY_S = 5,
    SWEEP_S = 600,
    NICE = 10, /* a login's core is the first one that somebody else gets */
};

enum rank { KNOWN, STRANGERS, RANKS }; /* which queue is served first */

struct logins {
    struct centre *centre;
    struct lockouts *lockouts;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;
    bool is_stopping;
    struct login_queue queues[RANKS];
    uint8_t salt[16]; /* of the queues' sources */
    pthread_t thread;
};

static int64_t now_ms(void)
{
    return (int64_t)(clock_wall_ns() / 1000000);
}

/* What waits are counted by: no clock that may be set. */
static int64_t count_ms(void)
{
    return (int64_t)(clock_monotonic_ns() / 1000000);
}

/* --- audit ------------------------------------------------------------------------------------------ */

void logins_tell(struct centre *centre, enum sign_in_event event, const struct account *account,
                 const struct account *by, struct text address)
{
    struct audit_record record;
    struct arena arena;

    if (!centre->journal)
        return;
    arena_init(&arena, TELL_BYTES_MAX);
    sign_in_record(&record, event, account, by, address, now_ms(), &arena);
    /* A wrong password of an account that there is took a hash: these are few, and each counts. */
    if (record.effect == ACCESS_REFUSED && (!account || event == SIGN_IN_EVENT_MUST_WAIT))
        refused_tell(centre->refused, &record);
    else
        journal_add(centre->journal, &record, 1, now_ms());
    arena_free(&arena);
}

static void tell(const struct login_order *order, enum sign_in_event event)
{
    const struct account *account = order->account.id.len ? &order->account : NULL;
    logins_tell(order->logins->centre, event, account, NULL, order->address);
}

/* --- counting failures ------------------------------------------------------------------------------ */

static struct lockout_attempt code_attempt(const struct account *account, struct text address,
                                           struct arena *arena)
{
    return (struct lockout_attempt){.address = address,
                                    .account = login_code_name(account->id, arena),
                                    .device = TEXT(""),
                                    .is_code = true};
}

bool logins_may_try(struct logins *logins, const struct account *account, struct text address,
                    int64_t *wait_s)
{
    struct arena arena;
    arena_init(&arena, TELL_BYTES_MAX);
    const struct lockout_attempt attempt = code_attempt(account, address, &arena);
    *wait_s = (lockouts_wait(logins->lockouts, &attempt) + 999) / 1000;
    arena_free(&arena);
    return *wait_s == 0;
}

void logins_tried(struct logins *logins, const struct account *account, struct text address,
                  bool is_wrong)
{
    struct arena arena;
    arena_init(&arena, TELL_BYTES_MAX);
    const struct lockout_attempt attempt = code_attempt(account, address, &arena);
    lockouts_count(logins->lockouts, &attempt, is_wrong);
    arena_free(&arena);
    if (is_wrong)
        logins_tell(logins->centre, SIGN_IN_EVENT_WRONG_CODE, account, NULL, address);
}

/* --- answering -------------------------------------------------------------------------------------- */

static void tell_outcome(const struct login_order *order)
{
    switch (order->outcome) {
    case LOGIN_DONE:
        journal_add(order->logins->centre->journal, NULL, 0, now_ms()); /* login_keep told it */
        break;
    case LOGIN_WRONG:
        tell(order, order->account.is_blocked    ? SIGN_IN_EVENT_BLOCKED
                    : order->account.id.len == 0 ? SIGN_IN_EVENT_NO_ACCOUNT
                    : order->kind == LOGIN_CODE  ? SIGN_IN_EVENT_WRONG_CODE
                                                 : SIGN_IN_EVENT_WRONG_PASSWORD);
        break;
    case LOGIN_MUST_WAIT:
        tell(order, SIGN_IN_EVENT_MUST_WAIT);
        break;
    case LOGIN_NO_INVITE:
        tell(order, SIGN_IN_EVENT_NO_INVITE);
        break;
    case LOGIN_BUSY:
    case LOGIN_NO_SESSION:
    case LOGIN_NO_PASSWORD:
    case LOGIN_FAILED:
        break;
    }
}

/* The store's thread: what was kept is on the disk. */
static void done(enum store_err err, const char *help, void *context)
{
    struct login_order *order = context;
    (void)help;
    if (err != STORE_OK && order->outcome == LOGIN_DONE)
        order->outcome = LOGIN_FAILED;
    if (order->kind == LOGIN_CODE)
        lockouts_settle(order->logins->lockouts, &order->attempt,
                        order->outcome == LOGIN_WRONG  ? LOCKOUTS_WRONG
                        : order->outcome == LOGIN_DONE ? LOCKOUTS_RIGHT
                                                       : LOCKOUTS_NOT_LOOKED_AT);
    tell_outcome(order);
    http_server_answer(order->http);
}

static bool submit(struct login_order *order)
{
    order->job = (struct store_job){
        .run = login_keep, .done = done, .context = order, .arena = &order->arena};
    return store_submit(order->logins->centre->vault.store, &order->job) == STORE_OK;
}

static bool must_wait(struct login_order *order)
{
    int64_t wait = 0;
    if (order->kind == LOGIN_CODE)
        wait = lockouts_reserve(order->logins->lockouts, &order->attempt);
    else if (order->kind != LOGIN_INVITE)
        wait = lockouts_wait(order->logins->lockouts, &order->attempt);
    if (wait == 0)
        return false;
    order->outcome = LOGIN_MUST_WAIT;
    order->wait_s = (wait + 999) / 1000;
    return true;
}

static enum login_outcome busy(struct login_order *order)
{
    order->wait_s = BUSY_S;
    return LOGIN_BUSY;
}

/* --- hashing ---------------------------------------------------------------------------------------- */

static bool make_record(struct login_order *order, struct text password)
{
    uint8_t salt[PASSWORD_SALT_LEN];
    return digest_random(salt, sizeof salt) &&
           password_make(order->made, password, salt, &password_cost_usual) == PASSWORD_OK;
}

/* LOGIN_DONE: it is the right one, or none is to be shown. */
static enum login_outcome check_password(struct login_order *order)
{
    bool is_old = false, has_none = order->kind == LOGIN_CHANGE && order->record.len == 0;
    enum password_err err;

    if (order->kind == LOGIN_INVITE || has_none)
        return LOGIN_DONE;
    if (must_wait(order)) /* others of its source may have failed since */
        return LOGIN_MUST_WAIT;
    err = order->record.len
              ? password_check(order->record.bytes, order->password, &password_cost_usual, &is_old)
              : password_check_nobody(order->password, &password_cost_usual);
    if (err == PASSWORD_ERR_MEMORY || err == PASSWORD_ERR_RECORD)
        return LOGIN_FAILED;
    bool is_wrong = err != PASSWORD_OK || order->account.is_blocked;
    lockouts_count(order->logins->lockouts, &order->attempt, is_wrong);
    if (is_wrong)
        return LOGIN_WRONG;
    return !is_old || make_record(order, order->password) ? LOGIN_DONE : LOGIN_FAILED;
}

static void hash(struct login_order *order)
{
    bool is_new = order->kind == LOGIN_INVITE || order->kind == LOGIN_CHANGE;
    order->outcome = check_password(order);
    if (order->outcome == LOGIN_DONE && is_new && !make_record(order, order->fresh))
        order->outcome = LOGIN_FAILED;
}

/* Without the lock. */
static void serve(struct logins *logins, const struct login *login, enum rank rank, bool is_late)
{
    struct login_order *order = login->context;

    if (is_late) {
        order->outcome = busy(order);
    } else {
        hash(order);
        pthread_mutex_lock(&logins->lock);
        login_queue_done(&logins->queues[rank], login);
        pthread_mutex_unlock(&logins->lock);
        if (order->outcome == LOGIN_DONE && submit(order))
            return; /* the job answers */
        if (order->outcome == LOGIN_DONE)
            order->outcome = busy(order);
    }
    tell_outcome(order);
    http_server_answer(order->http);
}

static bool next(struct logins *logins, struct login *login, enum rank *rank, bool *is_late)
{
    for (*rank = KNOWN; *rank < RANKS; ++*rank)
        if (login_queue_next(&logins->queues[*rank], count_ms(), login, is_late))
            return true;
    return false;
}

/* With the lock, until there may be a login; now and then what is past its time is removed meanwhile. */
static void rest(struct logins *logins)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += SWEEP_S;
    if (pthread_cond_timedwait(&logins->wake, &logins->lock, &until) != ETIMEDOUT)
        return;
    pthread_mutex_unlock(&logins->lock);
    if (!grants_sweep(logins->centre->vault.store, now_ms()))
        log_event(LOG_INFO, "centre_sweep", "help=\"notes past their time stay for now\"");
    pthread_mutex_lock(&logins->lock);
}

static void *hash_passwords(void *context)
{
    struct logins *logins = context;
    struct login login;
    enum rank rank;
    bool is_late;

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    pthread_mutex_lock(&logins->lock);
    for (;;) {
        bool has_one = next(logins, &login, &rank, &is_late);
        if (!has_one && logins->is_stopping)
            break;
        if (!has_one) {
            rest(logins);
            continue;
        }
        if (logins->is_stopping && !is_late) {
            login_queue_done(&logins->queues[rank], &login);
            is_late = true;
        }
        pthread_mutex_unlock(&logins->lock);
        serve(logins, &login, rank, is_late);
        pthread_mutex_lock(&logins->lock);
    }
    pthread_mutex_unlock(&logins->lock);
    return NULL;
}

/* --- asking ----------------------------------------------------------------------------------------- */

static uint64_t queue_source(const struct logins *logins, struct text address)
{
    uint8_t mac[DIGEST_LEN];
    char room[LOCKOUT_SOURCE_LEN_MAX];
    struct text source = lockout_source(address, room);
    digest_hmac((struct text){(const char *)logins->salt, sizeof logins->salt}, source, mac);
    return get_be64(mac);
}

static enum login_outcome enqueue(struct logins *logins, struct login_order *order)
{
    bool is_known =
        order->attempt.device.len || order->attempt.is_known_place || order->kind != LOGIN_PASSWORD;
    enum login_outcome outcome = LOGIN_DONE;

    pthread_mutex_lock(&logins->lock);
    if (logins->is_stopping ||
        login_queue_add(&logins->queues[is_known ? KNOWN : STRANGERS],
                        queue_source(logins, order->address), order, count_ms()) != LOGIN_WAITS)
        outcome = busy(order);
    else
        pthread_cond_signal(&logins->wake);
    pthread_mutex_unlock(&logins->lock);
    return outcome;
}

/* LOGIN_DONE: it is under way, and may be over already. */
static enum login_outcome begin(struct logins *logins, struct login_order *order)
{
    static const enum sign_in_event events[] = {
        [LOGIN_PASSWORD] = SIGN_IN_EVENT_PASSWORD,   [LOGIN_CODE] = SIGN_IN_EVENT_TOTP,
        [LOGIN_AGAIN] = SIGN_IN_EVENT_PASSWORD,      [LOGIN_INVITE] = SIGN_IN_EVENT_INVITE,
        [LOGIN_CHANGE] = SIGN_IN_EVENT_NEW_PASSWORD,
    };
    bool is_new = order->kind == LOGIN_INVITE || order->kind == LOGIN_CHANGE;

    order->event = events[order->kind];
    if (logins->centre->journal && journal_is_full(logins->centre->journal))
        return busy(order); /* nothing is done unrecorded */
    enum login_outcome outcome =
        login_look_up(logins->centre->vault.store, logins->lockouts, order);
    if (outcome != LOGIN_DONE)
        return outcome == LOGIN_BUSY ? busy(order) : outcome;
    if (is_new) {
        order->password_err = password_may_be(order->fresh, order->account.name);
        if (order->password_err != PASSWORD_OK)
            return LOGIN_NO_PASSWORD;
    }
    if (must_wait(order))
        return LOGIN_MUST_WAIT;
    if (order->kind != LOGIN_CODE)
        return enqueue(logins, order);
    if (submit(order))
        return LOGIN_DONE;
    lockouts_settle(logins->lockouts, &order->attempt, LOCKOUTS_NOT_LOOKED_AT);
    return busy(order);
}

enum http_turn logins_ask(struct logins *logins, struct login_order *order)
{
    order->logins = logins;
    order->wait_s = 0;
    *order->made = '\0';
    arena_init(&order->arena, ORDER_BYTES_MAX);
    enum login_outcome outcome = begin(logins, order);
    if (outcome == LOGIN_DONE)
        return HTTP_LATER; /* the order is another thread's by now */
    order->outcome = outcome;
    tell_outcome(order);
    return HTTP_NOW;
}

void logins_forget(struct login_order *order)
{
    digest_wipe(order->made, sizeof order->made);
    digest_wipe(order->account.totp_secret, TOTP_SECRET_LEN);
    digest_wipe(order->account.totp_offer, TOTP_SECRET_LEN);
    arena_free(&order->arena);
}

/* --- beginning and ending --------------------------------------------------------------------------- */

struct logins *logins_start(struct centre *centre)
{
    struct logins *logins = calloc(1, sizeof *logins);
    pthread_condattr_t steady;

    if (!logins || !digest_random(logins->salt, sizeof logins->salt) ||
        !(logins->lockouts = lockouts_open(centre->vault.store))) {
        free(logins);
        return NULL;
    }
    logins->centre = centre;
    pthread_mutex_init(&logins->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&logins->wake, &steady);
    pthread_condattr_destroy(&steady);
    for (enum rank rank = KNOWN; rank < RANKS; rank++)
        login_queue_init(&logins->queues[rank], 1);
    if (pthread_create(&logins->thread, NULL, hash_passwords, logins) == 0)
        return logins;
    lockouts_close(logins->lockouts);
    free(logins);
    return NULL;
}

void logins_stop(struct logins *logins)
{
    if (!logins)
        return;
    pthread_mutex_lock(&logins->lock);
    logins->is_stopping = true;
    pthread_cond_signal(&logins->wake);
    pthread_mutex_unlock(&logins->lock);
    pthread_join(logins->thread, NULL);
}

void logins_free(struct logins *logins)
{
    if (!logins)
        return;
    pthread_cond_destroy(&logins->wake);
    pthread_mutex_destroy(&logins->lock);
    lockouts_close(logins->lockouts);
    free(logins);
}
