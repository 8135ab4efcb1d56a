/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing in by a partner: its links on the page, what went wrong, and arriving. */
#include "access/partner.h"
#include "centre/door_parts.h"

static const struct {
    const char *word;
    enum page_word told;
} faults[] = {{"refused", WORD_PARTNER_REFUSED},
              {"no-account", WORD_PARTNER_NO_ACCOUNT},
              {"failed", WORD_PARTNER_FAILED}};

void door_tell_partner(struct door *door)
{
    struct text word = form_value(&door->query, "partner");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (text_is(word, faults[i].word))
            door_tell(door, PAGE_ERROR, faults[i].told);
}

bool door_list_partners(struct door *door, struct page *page)
{
    struct page_partner *partners =
        arena_take_zeroed(door->turn.arena, PAGE_PARTNERS_MAX, sizeof *partners);
    struct store_notes notes;
    struct partner partner;
    const char *why;

    if (!partners)
        return false;
    page->partners = partners;
    if (!door->view)
        return true;
    if (store_note_list(door->view, PARTNER_AREA, TEXT(""), false, PAGE_PARTNERS_MAX, &notes) !=
        STORE_OK)
        return false;
    for (size_t i = 0; i < notes.count; i++)
        if (partner_read(&partner, notes.notes[i].value, door->turn.arena, &why))
            partners[page->partner_count++] = (struct page_partner){partner.id, partner.name};
    return true;
}

static bool refuse(struct door *door)
{
    door_to(door, TEXT("/sign-in?partner=failed"));
    return true;
}

bool door_act_partner(struct door *door)
{
    const struct session_from from = {.browser = http_header_of(&door->http->request, "User-Agent"),
                                      .address = door->http->request.peer,
                                      .before = door->session_token};
    struct account *account = arena_take_zeroed(door->turn.arena, 1, sizeof *account);
    struct sign_in_arrival arrival;
    struct partner_ticket ticket;

    if (!account)
        return false;
    enum partner_err err = partner_ticket_use(&door->turn, form_value(&door->query, "ticket"),
                                              door->form_token, &ticket);
    if (err != PARTNER_OK)
        return err != PARTNER_ERR_SERVER && refuse(door);
    enum account_err found = account_find(&door->turn, ticket.account, account);
    if (found != ACCOUNT_OK)
        return found == ACCOUNT_ERR_NONE && refuse(door);
    enum session_err begun =
        sign_in_arrive(&door->turn, account, ticket.strength, &from, door->device_token, &arrival);
    if (begun == SESSION_FAILED)
        return false;
    door_note(door, (struct door_note){.event = begun == SESSION_OK ? SIGN_IN_EVENT_PARTNER
                                                                    : SIGN_IN_EVENT_BLOCKED,
                                       .whose = account});
    door->cookie_count = 0;
    if (begun == SESSION_OK)
        door_arrive(door, &arrival, door_is_path(ticket.go) ? ticket.go : TEXT(""));
    else
        door_message(door, 403, WORD_NOT_ALLOWED, WORD_BLOCKED, NULL, WORD_NONE);
    return true;
}
