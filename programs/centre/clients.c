/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/clients.h"

enum { PAGE = 100 };

enum store_err clients_each(struct store_view *view,
                            bool (*take)(void *context, const struct oauth_client *client),
                            void *context)
{
    struct store_notes notes;
    struct text after = TEXT("");
    do {
        enum store_err err = store_note_list(view, OAUTH_CLIENTS, after, false, PAGE, &notes);
        if (err != STORE_OK)
            return err;
        for (size_t i = 0; i < notes.count; i++) {
            struct oauth_client client;
            if (oauth_client_read(&client, notes.notes[i].value, view->arena) &&
                !take(context, &client))
                return STORE_OK;
            after = notes.notes[i].key;
        }
    } while (notes.count == PAGE);
    return STORE_OK;
}
