/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody opens an app for a patient, from their account (SMART's EHR launch, access/launch.h). */
#include "access/launch.h"
#include "centre/clients.h"
#include "centre/door_parts.h"

/* The app and the patient that were chosen. */
struct opening {
    struct oauth_client client;
    struct page_patient patient;
};

static bool take_app(void *context, const struct oauth_client *client)
{
    struct page_open *open = context;
    if (client->launch.len)
        open->apps[open->count++] = (struct page_open_app){client->id, client->name};
    return open->count < PAGE_OPEN_MAX;
}

bool door_find_apps(struct door *door, struct page_open *open)
{
    return clients_each(door->view, take_app, open) == STORE_OK;
}

/* NULL: answered. */
static struct opening *find_app(struct door *door, struct text id)
{
    struct opening *opening = arena_take_zeroed(door->turn.arena, 1, sizeof *opening);
    if (!opening) {
        door_failed(door);
        return NULL;
    }
    if (oauth_client_find(&door->turn, id, &opening->client) == OAUTH_OK &&
        opening->client.launch.len)
        return opening;
    door_message(door, 404, WORD_NOT_FOUND, WORD_NOT_FOUND_WHY, "/account", WORD_MY_ACCOUNT);
    return NULL;
}

static enum door_step show(struct door *door, const struct opening *opening, struct text search)
{
    struct page_patients *patients = arena_take_zeroed(door->turn.arena, 1, sizeof *patients);
    if (!patients || !door_find_patients(door, search, patients))
        return door_failed(door);
    patients->app = opening->client.name;
    patients->query = opening->client.id;
    patients->search = search;
    patients->is_opened = true;
    door->form_action = door_place_of(opening->client.launch);
    page_patients(&door->body, door_page(door, 200), patients);
    return door_done(door);
}

enum door_step door_look_open(struct door *door)
{
    const struct opening *opening = find_app(door, form_value(&door->query, "client"));
    return opening ? show(door, opening, TEXT("")) : DOOR_ANSWERED;
}

enum door_step door_look_opened(struct door *door)
{
    struct text answer = form_value(&door->form, "answer");
    struct text patient = form_value(&door->form, "patient");
    struct opening *opening = find_app(door, form_value(&door->form, "query"));
    if (!opening)
        return DOOR_ANSWERED;
    if (text_is(answer, "deny"))
        return door_to(door, TEXT("/account"));
    if (text_is(answer, "search") || !door_find_patient(door, patient, &opening->patient))
        return show(door, opening, form_value(&door->form, "search"));
    door->own = opening;
    return DOOR_JOB;
}

bool door_act_open(struct door *door)
{
    const struct opening *opening = door->own;
    struct oauth_grant grant = {0};
    struct buffer url;
    struct text token;
    if (door->next != SIGN_IN_DONE || !account_grant(&door->account, door->turn.arena, &grant))
        return false;
    const struct launch launch = {.client = opening->client.id,
                                  .user = grant.user,
                                  .patient = opening->patient.id,
                                  .encounter = TEXT("")};
    if (launch_make(&door->turn, &launch, &token) != LAUNCH_OK)
        return false;
    buffer_init(&url, door->turn.arena);
    launch_write_url(&url, opening->client.launch, door->site.fhir_base, token);
    if (url.failed)
        return false;
    door_to(door, buffer_text(&url));
    return true;
}
