/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/sign_in.h"

/* As docs/audit.md has them. */
static const struct {
    const char *interaction, *reason;
    bool is_refused;
} events[SIGN_IN_EVENTS] = {
    [SIGN_IN_EVENT_PASSWORD] = {"login", "by-password", false},
    [SIGN_IN_EVENT_TOTP] = {"login", "by-one-time-code", false},
    [SIGN_IN_EVENT_RECOVERY] = {"login", "by-recovery-code", false},
    [SIGN_IN_EVENT_PASSKEY] = {"login", "by-passkey", false},
    [SIGN_IN_EVENT_PARTNER] = {"login", "by-partner", false},
    [SIGN_IN_EVENT_INVITE] = {"login", "by-invite", false},
    [SIGN_IN_EVENT_WRONG_PASSWORD] = {"login", "wrong-password", true},
    [SIGN_IN_EVENT_WRONG_CODE] = {"login", "wrong-code", true},
    [SIGN_IN_EVENT_WRONG_PASSKEY] = {"login", "wrong-passkey", true},
    [SIGN_IN_EVENT_WRONG_PARTNER] = {"login", "wrong-partner", true},
    [SIGN_IN_EVENT_NO_ACCOUNT] = {"login", "no-account", true},
    [SIGN_IN_EVENT_NO_INVITE] = {"login", "no-invite", true},
    [SIGN_IN_EVENT_BLOCKED] = {"login", "blocked", true},
    [SIGN_IN_EVENT_MUST_WAIT] = {"login", "must-wait", true},
    [SIGN_IN_EVENT_OUT] = {"logout", "by-person", false},
    [SIGN_IN_EVENT_ENDED] = {"logout", "ended", false},
    [SIGN_IN_EVENT_NEW_PASSWORD] = {"credentials", "new-password", false},
    [SIGN_IN_EVENT_NEW_TOTP] = {"credentials", "new-one-time-codes", false},
    [SIGN_IN_EVENT_NO_TOTP] = {"credentials", "no-one-time-codes", false},
    [SIGN_IN_EVENT_NEW_RECOVERY] = {"credentials", "new-recovery-codes", false},
    [SIGN_IN_EVENT_NEW_PASSKEY] = {"credentials", "new-passkey", false},
    [SIGN_IN_EVENT_NO_PASSKEY] = {"credentials", "no-passkey", false},
    [SIGN_IN_EVENT_NEW_PARTNER] = {"credentials", "new-partner", false},
    [SIGN_IN_EVENT_NO_PARTNER] = {"credentials", "no-partner", false},
    [SIGN_IN_EVENT_NEW_APP] = {"credentials", "new-app", false},
    [SIGN_IN_EVENT_INVITED] = {"credentials", "invited", false},
    [SIGN_IN_EVENT_ACCOUNT_MADE] = {"credentials", "account-made", false},
    [SIGN_IN_EVENT_ACCOUNT_REMOVED] = {"credentials", "account-removed", false},
    [SIGN_IN_EVENT_ACCOUNT_BLOCKED] = {"credentials", "account-blocked", false},
    [SIGN_IN_EVENT_ACCOUNT_UNBLOCKED] = {"credentials", "account-unblocked", false},
    [SIGN_IN_EVENT_ROLES] = {"roles", "new-roles", false},
};

/* A reference where the person is somebody of the record, else the account's id. */
static struct text who(const struct account *account, struct arena *arena)
{
    struct text user = account_user(account, arena);
    return user.len ? user : account->id;
}

void sign_in_record(struct audit_record *record, enum sign_in_event event,
                    const struct account *account, const struct account *by, struct text address,
                    int64_t now_ms, struct arena *arena)
{
    const struct account *doer = by ? by : account;

    *record = (struct audit_record){
        .at_ms = now_ms,
        .effect = events[event].is_refused ? ACCESS_REFUSED : ACCESS_PERMITTED,
    };
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        record->texts[i] = TEXT("");
    record->texts[AUDIT_INTERACTION] = text_of(events[event].interaction);
    record->texts[AUDIT_REASON] = text_of(events[event].reason);
    record->texts[AUDIT_ADDRESS] = address;
    if (doer)
        record->texts[AUDIT_USER] = who(doer, arena);
    if (by && by->id.len == 0)
        record->texts[AUDIT_CLIENT] = TEXT("jisr centre person");
    if (!account)
        return;
    record->texts[AUDIT_ID] = account->id;
    if (account->patient.len) {
        record->patients = &account->patient;
        record->patient_count = 1;
    }
}
