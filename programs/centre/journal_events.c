/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "centre/journal_events.h"

#include "fhir/model.h"
#include "json/json.h"

/* How far back one request looks; ours: some 30 ms of reading. Many pieces of a quiet centre have one record each. */
enum { LOOK_PIECES_MAX = 4096, LOOK_BYTES_MAX = 8 << 20 };
enum { NAME_BYTES = 256 };
enum { SCRATCH_BYTES_MAX = 16 << 20, FRAMES_MIN = 64 };

/* An event: of which record, for which of its patients. */
struct place {
    uint64_t seq;
    size_t index;
};

struct look {
    const struct journal_events *events;
    struct store_view *view;
    struct arena piece, record; /* memory of one piece, of one record's events */
    struct audit_site site;
    struct { /* whom it was last asked for: most events of a page are of few people */
        char reference[NAME_BYTES], name[NAME_BYTES];
        size_t reference_len, name_len;
    } named;
    const struct rest_audit_asked *asked;
    struct place from; /* not what is newer; of this record not the first `index` events */
    struct place left; /* what is left for the next page; seq 0: nothing */
};

/* "Dr Amina Alaoui" of a HumanName: its text, or its parts. */
static void write_name(struct buffer *out, const struct json *json, uint32_t name)
{
    static const char *const parts[] = {"prefix", "given", "family", "suffix"};
    uint32_t text = json_member(json, name, TEXT("text"));
    if (text != JSON_NONE && json_type(json, text) == JSON_STRING) {
        buffer_add(out, json_string(json, text, out->arena));
        return;
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint32_t part = json_member(json, name, text_of(parts[i]));
        if (part == JSON_NONE)
            continue;
        bool is_list = json_type(json, part) == JSON_ARRAY;
        uint32_t end = is_list ? json_end(json, part) : json_next(json, part);
        for (uint32_t at = is_list ? json_first(json, part) : part; at != end;
             at = json_next(json, at)) {
            if (json_type(json, at) != JSON_STRING)
                continue;
            if (out->len)
                buffer_add_byte(out, ' ');
            buffer_add(out, json_string(json, at, out->arena));
        }
    }
}

/* What the record calls somebody now; in `out`. */
static void find_name(struct look *look, struct text reference, struct buffer *out)
{
    struct text id = reference, type = text_cut(&id, '/');
    struct arena *arena = look->view->arena;
    struct store_row row;
    struct json json;
    uint16_t number = fhir_resource_named(type);
    if (number == FHIR_NONE)
        return;
    look->view->arena = &look->record;
    enum store_err err = store_get(look->view, number, id, 0, &row);
    look->view->arena = arena;
    if (err != STORE_OK ||
        json_parse(&json, row.body, &json_limits_default, &look->record, NULL) != JSON_OK)
        return;
    uint32_t names = json_member(&json, JSON_ROOT, TEXT("name"));
    if (names != JSON_NONE && json_type(&json, names) == JSON_ARRAY &&
        json_first(&json, names) != json_end(&json, names))
        write_name(out, &json, json_first(&json, names));
}

static struct text name_of(void *context, struct text reference, struct arena *arena)
{
    struct look *look = context;
    struct buffer name;
    if (text_equal(reference, (struct text){look->named.reference, look->named.reference_len}))
        return (struct text){look->named.name, look->named.name_len};
    buffer_init(&name, arena);
    find_name(look, reference, &name);
    if (name.failed || name.len > NAME_BYTES || reference.len > NAME_BYTES)
        return TEXT("");
    look->named.reference_len = reference.len;
    look->named.name_len = name.len;
    memcpy(look->named.reference, reference.bytes, reference.len);
    if (name.len)
        memcpy(look->named.name, name.bytes, name.len);
    return (struct text){look->named.name, look->named.name_len};
}

static void look_begin(struct look *look, const struct journal_events *events,
                       struct store_view *view)
{
    *look = (struct look){.events = events, .view = view};
    look->site = events->site;
    look->site.name = name_of;
    look->site.context = look;
    arena_init(&look->piece, SCRATCH_BYTES_MAX);
    arena_init(&look->record, SCRATCH_BYTES_MAX);
}

static void look_end(struct look *look)
{
    arena_free(&look->piece);
    arena_free(&look->record);
}

/* Piece `number`, without the header of the log. */
static enum store_err read_piece(struct look *look, uint32_t number, struct text *piece)
{
    struct arena *arena = look->view->arena;
    arena_reset(&look->piece);
    look->view->arena = &look->piece;
    enum store_err err = store_blob_piece(look->view, text_of(JOURNAL_AREA), number, piece);
    look->view->arena = arena;
    if (err == STORE_OK && number == 0 && piece->len >= AUDIT_HEADER_LEN)
        *piece = (struct text){piece->bytes + AUDIT_HEADER_LEN, piece->len - AUDIT_HEADER_LEN};
    return err;
}

/* The last piece that begins with a record of `seq` or an older one. */
static enum store_err find_piece(struct look *look, uint64_t seq, uint32_t *number)
{
    uint32_t low = 0, high;
    enum store_err counted = journal_pieces(look->view, &high);
    if (counted != STORE_OK)
        return counted;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        struct text piece;
        struct audit_frame frame;
        size_t used;
        enum store_err err = read_piece(look, middle, &piece);
        if (err != STORE_OK && err != STORE_ERR_NONE)
            return err;
        if (err == STORE_OK && audit_frame_read(piece, &frame, &used) && frame.seq <= seq)
            low = middle;
        else
            high = middle; /* or it is newer than the view */
    }
    *number = low;
    return STORE_OK;
}

/* --- one event -------------------------------------------------------------------------------------------- */

static bool read_number(struct text *rest, uint64_t *number)
{
    size_t at = 0;
    *number = 0;
    for (; at < rest->len && rest->bytes[at] >= '0' && rest->bytes[at] <= '9'; at++) {
        if (*number > UINT64_MAX / 100)
            return false;
        *number = 10 * *number + (uint64_t)(rest->bytes[at] - '0');
    }
    *rest = (struct text){rest->bytes + at, rest->len - at};
    return at > 0;
}

/* SEQ or SEQ-INDEX. */
static bool read_place(struct text text, struct place *place)
{
    uint64_t index = 0;
    if (!read_number(&text, &place->seq))
        return false;
    if (text.len && text.bytes[0] == '-') {
        text = (struct text){text.bytes + 1, text.len - 1};
        if (!read_number(&text, &index) || index >= AUDIT_PATIENTS_MAX)
            return false;
    }
    place->index = (size_t)index;
    return text.len == 0;
}

/* As audit_write_event names it. */
static struct text write_id(const struct audit_record *record, struct place place,
                            struct arena *arena)
{
    struct buffer id;
    buffer_init(&id, arena);
    buffer_format(&id, "a-%llu", (unsigned long long)place.seq);
    if (record->patient_count > 1)
        buffer_format(&id, "-%zu", place.index);
    return id.failed ? TEXT("") : buffer_text(&id);
}

static bool write_event(struct look *look, const struct audit_record *record, struct place place,
                        struct arena *arena, struct rest_audit_event *event)
{
    struct buffer body;
    buffer_init(&body, arena);
    audit_write_event(&body, record, place.seq, place.index, &look->site);
    *event = (struct rest_audit_event){write_id(record, place, arena), buffer_text(&body),
                                       record->at_ms};
    return !body.failed && event->id.len;
}

static size_t events_of(const struct audit_record *record)
{
    return record->patient_count ? record->patient_count : 1;
}

/* What is about everybody is about the one who asks. */
static void name_asker(struct audit_record *record, const struct text *patient)
{
    if (patient->len == 0 || !audit_concerns_all(record))
        return;
    record->patients = patient;
    record->patient_count = 1;
}

static enum store_err read_in(struct look *look, struct text id, struct place place,
                              struct text patient, struct rest_audit_event *event)
{
    uint32_t number;
    struct text piece;
    struct audit_frame frame;
    struct audit_record record;
    size_t used;
    enum store_err err = find_piece(look, place.seq, &number);
    if (err == STORE_OK)
        err = read_piece(look, number, &piece);
    if (err != STORE_OK)
        return err;
    while (audit_frame_read(piece, &frame, &used) && frame.seq < place.seq)
        piece = (struct text){piece.bytes + used, piece.len - used};
    if (!audit_frame_read(piece, &frame, &used) || frame.seq != place.seq ||
        frame.kind != AUDIT_RECORD || !audit_read(&record, frame.body, &look->record) ||
        place.index >= events_of(&record))
        return STORE_ERR_NONE;
    name_asker(&record, &patient);
    if (!write_event(look, &record, place, look->view->arena, event))
        return STORE_ERR_MEMORY;
    return text_equal(event->id, id) ? STORE_OK : STORE_ERR_NONE; /* 01 is not 1 */
}

static enum store_err read_event(void *keeper, struct store_view *view, struct text id,
                                 struct text patient, bool hides_query,
                                 struct rest_audit_event *event)
{
    struct look look;
    struct place place;
    if (id.len < 3 || memcmp(id.bytes, "a-", 2) != 0 ||
        !read_place((struct text){id.bytes + 2, id.len - 2}, &place))
        return STORE_ERR_NONE;
    look_begin(&look, keeper, view);
    look.site.hides_query = hides_query;
    enum store_err err = read_in(&look, id, place, patient, event);
    look_end(&look);
    return err;
}

/* --- a list ----------------------------------------------------------------------------------------------- */

/* Hands the events of a record over. False: enough; or there is no memory, and `*err` says so. */
static bool hand_over(struct look *look, const struct audit_frame *frame, enum store_err *err)
{
    struct text patient = look->asked->patient;
    struct audit_record record;
    struct rest_audit_event event;
    size_t first = frame->seq == look->from.seq ? look->from.index : 0;
    arena_reset(&look->record);
    if (frame->kind != AUDIT_RECORD || frame->seq > look->from.seq ||
        !audit_read(&record, frame->body, &look->record) ||
        (patient.len && !audit_concerns(&record, patient)))
        return true;
    name_asker(&record, &look->asked->patient);
    for (size_t i = first; i < events_of(&record); i++) {
        struct arena_mark mark = arena_mark(&look->record);
        struct place place = {frame->seq, i};
        if (!write_event(look, &record, place, &look->record, &event)) {
            *err = STORE_ERR_MEMORY;
            return false;
        }
        if (!look->asked->take(&event, look->asked->context)) {
            look->left = place;
            return false;
        }
        arena_release(&look->record, mark);
    }
    return true;
}

/* The records of a piece, the last one first. `*first`: the number of its first one. False as hand_over. */
static bool look_through(struct look *look, struct text piece, uint64_t *first, enum store_err *err)
{
    struct audit_frame *frames = NULL, frame;
    size_t count = 0, room = 0, used;
    for (; audit_frame_read(piece, &frame, &used);
         piece = (struct text){piece.bytes + used, piece.len - used}) {
        if (count == room) {
            size_t more = room ? 2 * room : FRAMES_MIN;
            struct audit_frame *grown =
                arena_grow(&look->piece, frames, room * sizeof *frames, more * sizeof *frames);
            if (!grown) {
                *err = STORE_ERR_MEMORY;
                return false;
            }
            frames = grown;
            room = more;
        }
        frames[count++] = frame;
    }
    *first = count ? frames[0].seq : 0;
    while (count-- > 0)
        if (!hand_over(look, &frames[count], err))
            return false;
    return true;
}

static enum store_err look_back(struct look *look, uint32_t number)
{
    enum store_err err = STORE_OK;
    size_t bytes = 0;
    for (size_t pieces = 1;; pieces++) {
        struct text piece;
        uint64_t first = 0;
        err = read_piece(look, number, &piece);
        if (err != STORE_OK && err != STORE_ERR_NONE)
            return err;
        if (err == STORE_OK && !look_through(look, piece, &first, &err))
            return err;
        if (number-- == 0)
            return STORE_OK;
        bytes += err == STORE_OK ? piece.len : 0;
        if (first > 1 && (pieces >= LOOK_PIECES_MAX || bytes >= LOOK_BYTES_MAX)) {
            look->left = (struct place){first - 1, 0};
            return STORE_OK;
        }
    }
}

static enum store_err list_events(void *keeper, struct store_view *view,
                                  const struct rest_audit_asked *asked, struct text *next)
{
    struct look look;
    struct buffer cursor;
    uint32_t number = 0;
    look_begin(&look, keeper, view);
    look.asked = asked;
    look.site.hides_query = asked->hides_query;
    look.from = (struct place){UINT64_MAX, 0};
    *next = TEXT("");
    enum store_err err = STORE_OK;
    if (asked->cursor.len && !read_place(asked->cursor, &look.from))
        err = STORE_ERR_QUERY;
    if (err == STORE_OK && asked->cursor.len)
        err = find_piece(&look, look.from.seq, &number);
    else if (err == STORE_OK && (err = journal_pieces(view, &number)) == STORE_OK && number > 0)
        number--;
    if (err == STORE_OK)
        err = look_back(&look, number);
    if (err == STORE_OK && look.left.seq) {
        buffer_init(&cursor, view->arena);
        buffer_format(&cursor, "%llu-%zu", (unsigned long long)look.left.seq, look.left.index);
        *next = buffer_text(&cursor);
        err = cursor.failed ? STORE_ERR_MEMORY : STORE_OK;
    }
    look_end(&look);
    return err;
}

struct rest_audit journal_events_keep(struct journal_events *events)
{
    return (struct rest_audit){read_event, list_events, events};
}
