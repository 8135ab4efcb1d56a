/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everybody's accounts, for administrators: added, invited, given roles, blocked. */
#include "centre/door_parts.h"

struct shown {
    struct page_people people;
    struct page_person rows[PAGE_PEOPLE_MAX];
};

static bool read_person(struct door *door, const struct store_note *note, struct page_person *row)
{
    struct account *account = arena_take_zeroed(door->turn.arena, 1, sizeof *account);
    struct text value = arena_copy(door->turn.arena, note->value);

    if (!account || !value.bytes || !account_read(account, value, door->turn.arena))
        return false;
    *row = (struct page_person){.id = account->id,
                                .login = account->name,
                                .name = account->display,
                                .user = account_user(account, door->turn.arena),
                                .roles = account->roles,
                                .is_blocked = account->is_blocked,
                                .has_come = account->password.len || account->passkey_count};
    return true;
}

/* The page; `invited` and `link` of an invitation just made. */
static bool show(struct door *door, int status, struct text invited, struct text link)
{
    struct text after = form_value(&door->query, "after");
    struct shown *shown = arena_take_zeroed(door->turn.arena, 1, sizeof *shown);
    struct store_notes notes;

    if (!shown || store_note_list(door->view, ACCOUNT_AREA, after, false, PAGE_PEOPLE_MAX,
                                  &notes) != STORE_OK)
        return false;
    for (size_t i = 0; i < notes.count; i++)
        if (read_person(door, &notes.notes[i], &shown->rows[shown->people.count]))
            shown->people.count++;
    if (notes.count == PAGE_PEOPLE_MAX)
        shown->people.next = arena_copy(door->turn.arena, notes.notes[notes.count - 1].key);
    shown->people.people = shown->rows;
    shown->people.invited = invited;
    shown->people.link = link;
    page_people(&door->body, door_page(door, status), &shown->people);
    door_done(door);
    return !door->body.failed;
}

enum door_step door_look_people(struct door *door)
{
    return show(door, 200, TEXT(""), TEXT("")) ? DOOR_ANSWERED : door_failed(door);
}

/* What was wrong, told on the page as it is in the store; nothing of this order is kept. */
static bool refuse(struct door *door, enum page_word word)
{
    door_tell(door, PAGE_ERROR, word);
    (void)show(door, 403, TEXT(""), TEXT(""));
    return false;
}

static void tell(struct door *door, enum sign_in_event event, const struct account *whose)
{
    door_note(door, (struct door_note){.event = event, .whose = whose, .is_others = true});
}

static bool invite(struct door *door, const struct account *whom, bool is_anew)
{
    const struct invite wanted = {.account = whom->id,
                                  .by = door->account.id,
                                  .is_anew = is_anew,
                                  .due_s = door->turn.now_ms / 1000 + INVITE_S};
    struct text token;
    struct buffer link;

    if (invite_make(&door->turn, &wanted, &token) != INVITE_OK)
        return false;
    buffer_init(&link, door->turn.arena);
    invite_write_url(&link, door->site.issuer, token);
    if (link.failed)
        return false;
    tell(door, SIGN_IN_EVENT_INVITED, whom);
    return show(door, 200, whom->display, buffer_text(&link));
}

static uint32_t roles_of(const struct form *form)
{
    uint32_t roles = 0;
    for (enum access_role role = 0; role < ACCESS_SERVICE; role++)
        if (form_value(form, access_role_name(role)).len)
            roles |= ACCESS_ROLE_BIT(role);
    return roles;
}

/* "Practitioner/7", "Patient/12", "RelatedPerson/3"; "" is nobody. */
static bool read_user(struct text user, struct account *account)
{
    struct text type = text_cut(&user, '/');

    if (type.len == 0)
        return true;
    if (text_is(type, "Practitioner"))
        account->practitioner = user;
    else if (text_is(type, "Patient"))
        account->patient = user;
    else if (text_is(type, "RelatedPerson"))
        account->related = user;
    else
        return false;
    return user.len > 0 && user.len <= ACCOUNT_REFERENCE_LEN_MAX;
}

bool door_act_add_person(struct door *door)
{
    struct account *account = arena_take_zeroed(door->turn.arena, 1, sizeof *account);

    if (!account || account_make(&door->turn, account) != ACCOUNT_OK)
        return false;
    account->name = form_value(&door->form, "name");
    account->display = form_value(&door->form, "display");
    account->organisation = form_value(&door->form, "organisation");
    account->roles = roles_of(&door->form);
    account->language = door->language;
    if (account->roles == 0)
        return refuse(door, WORD_PERSON_ROLE);
    if (!read_user(form_value(&door->form, "user"), account))
        return refuse(door, WORD_PERSON_WRONG);
    switch (account_put(&door->turn, account)) {
    case ACCOUNT_OK:
        break;
    case ACCOUNT_ERR_TAKEN:
        return refuse(door, WORD_PERSON_TAKEN);
    case ACCOUNT_ERR_NAME:
    case ACCOUNT_ERR_DISPLAY:
    case ACCOUNT_ERR_ROLES:
    case ACCOUNT_ERR_FORM:
        return refuse(door, WORD_PERSON_WRONG);
    case ACCOUNT_ERR_NONE:
    case ACCOUNT_ERR_STORE:
        return false;
    }
    tell(door, SIGN_IN_EVENT_ACCOUNT_MADE, account);
    return invite(door, account, false);
}

/* The account that a form is about; NULL: answered, or the store failed. */
static struct account *find_other(struct door *door)
{
    struct account *account = arena_take_zeroed(door->turn.arena, 1, sizeof *account);

    if (!account || account_find(&door->turn, form_value(&door->form, "id"), account) != ACCOUNT_OK)
        return NULL;
    return account;
}

bool door_act_invite(struct door *door)
{
    struct account *account = find_other(door);
    return account && invite(door, account, true);
}

/* Who has fewer rights than before has them nowhere any more: sessions and apps end. */
static bool keep(struct door *door, struct account *account, enum sign_in_event event)
{
    enum account_err err = account_put(&door->turn, account);

    if (err == ACCOUNT_ERR_ROLES)
        return refuse(door, account->roles ? WORD_PERSON_WRONG : WORD_PERSON_ROLE);
    if (err != ACCOUNT_OK ||
        session_end_all(&door->turn, account->id, TEXT(""), NULL) != SESSION_OK)
        return false;
    tell(door, event, account);
    door_tell(door, PAGE_DONE, WORD_SAVED);
    return show(door, 200, TEXT(""), TEXT(""));
}

bool door_act_roles(struct door *door)
{
    struct account *account = find_other(door);

    if (!account)
        return false;
    account->roles = roles_of(&door->form);
    if (text_equal(account->id, door->account.id))
        return refuse(door, WORD_NOT_YOURSELF);
    return keep(door, account, SIGN_IN_EVENT_ROLES);
}

bool door_act_block(struct door *door)
{
    struct account *account = find_other(door);

    if (!account)
        return false;
    if (text_equal(account->id, door->account.id))
        return refuse(door, WORD_NOT_YOURSELF);
    account->is_blocked = true;
    return keep(door, account, SIGN_IN_EVENT_ACCOUNT_BLOCKED);
}

bool door_act_unblock(struct door *door)
{
    struct account *account = find_other(door);

    if (!account)
        return false;
    account->is_blocked = false;
    return keep(door, account, SIGN_IN_EVENT_ACCOUNT_UNBLOCKED);
}
