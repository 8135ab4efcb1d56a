/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "motion/fixture.h"

#include <string.h>

#include "motion/apart.h"

#define FAR_M 0.05 /* a box further than this is taken for the ball about it */

struct reader {
    struct sheet sheet;
    struct fixtures *fixtures;
    bool has_form, has_margin;
};

static bool read_vec3(struct sheet *sheet, size_t index, enum sheet_unit unit, struct vec3 *out)
{
    if (!sheet_figure(sheet, index, unit, &out->x) ||
        !sheet_figure(sheet, index + 1, unit, &out->y) ||
        !sheet_figure(sheet, index + 2, unit, &out->z))
        return false;
    return fmax(fmax(fabs(out->x), fabs(out->y)), fabs(out->z)) <= FIXTURE_MOST_M ||
           sheet_fail(sheet, "a figure beyond %g", FIXTURE_MOST_M);
}

static bool read_radius(struct sheet *sheet, size_t index, double *radius_m)
{
    if (!sheet_figure(sheet, index, SHEET_LENGTH, radius_m))
        return false;
    return (*radius_m >= FIXTURE_LEAST_M && *radius_m <= FIXTURE_MOST_M) ||
           sheet_fail(sheet, "a radius must be %gmm to %gm", FIXTURE_LEAST_M * 1e3, FIXTURE_MOST_M);
}

static bool read_plane(struct sheet *sheet, struct fixture *fixture)
{
    if (!sheet_form(sheet, 8, "plane NAME X Y Z NX NY NZ") ||
        !read_vec3(sheet, 2, SHEET_LENGTH, &fixture->a_m) ||
        !read_vec3(sheet, 5, SHEET_PLAIN, &fixture->b))
        return false;
    double length = vec3_length(fixture->b);
    if (!(length > 1e-6))
        return sheet_fail(sheet, "the normal has no direction");
    fixture->b = vec3_scale(fixture->b, 1 / length);
    fixture->kind = FIXTURE_PLANE;
    return true;
}

static bool read_sphere(struct sheet *sheet, struct fixture *fixture)
{
    static const char form[] = "sphere NAME inside|outside X Y Z R";
    if (!sheet_form(sheet, 7, form))
        return false;
    if (!strcmp(sheet->words[2], "inside"))
        fixture->kind = FIXTURE_INSIDE;
    else if (!strcmp(sheet->words[2], "outside"))
        fixture->kind = FIXTURE_OUTSIDE;
    else
        return sheet_fail(sheet, "the form is: %s", form);
    return read_vec3(sheet, 3, SHEET_LENGTH, &fixture->a_m) &&
           read_radius(sheet, 6, &fixture->radius_m);
}

static bool read_capsule(struct sheet *sheet, struct fixture *fixture)
{
    fixture->kind = FIXTURE_CAPSULE;
    return sheet_form(sheet, 9, "capsule NAME X Y Z X Y Z R") &&
           read_vec3(sheet, 2, SHEET_LENGTH, &fixture->a_m) &&
           read_vec3(sheet, 5, SHEET_LENGTH, &fixture->b) &&
           read_radius(sheet, 8, &fixture->radius_m);
}

static bool read_box(struct sheet *sheet, struct fixture *fixture)
{
    fixture->kind = FIXTURE_BOX;
    if (!sheet_form(sheet, 8, "box NAME X Y Z HX HY HZ") ||
        !read_vec3(sheet, 2, SHEET_LENGTH, &fixture->a_m) ||
        !read_vec3(sheet, 5, SHEET_LENGTH, &fixture->b))
        return false;
    return fmin(fmin(fixture->b.x, fixture->b.y), fixture->b.z) >= FIXTURE_LEAST_M ||
           sheet_fail(sheet, "half an edge must be %gmm at least", FIXTURE_LEAST_M * 1e3);
}

static bool read_margin(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    double *margin_m = &reader->fixtures->margin_m;
    if (reader->has_margin)
        return sheet_fail(sheet, "'margin' is given twice");
    reader->has_margin = true;
    if (!sheet_form(sheet, 2, "margin LENGTH") || !sheet_figure(sheet, 1, SHEET_LENGTH, margin_m))
        return false;
    return (*margin_m >= FIXTURE_MARGIN_LEAST_M && *margin_m <= FIXTURE_MARGIN_MOST_M) ||
           sheet_fail(sheet, "a margin must be %gmm to %gmm", FIXTURE_MARGIN_LEAST_M * 1e3,
                      FIXTURE_MARGIN_MOST_M * 1e3);
}

static bool read_fixture(struct reader *reader)
{
    static const struct {
        const char *word;
        bool (*read)(struct sheet *sheet, struct fixture *fixture);
    } kinds[] = {{"plane", read_plane},
                 {"sphere", read_sphere},
                 {"capsule", read_capsule},
                 {"box", read_box}};
    struct sheet *sheet = &reader->sheet;
    struct fixtures *fixtures = reader->fixtures;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(sheet->words[0], kinds[i].word) != 0)
            continue;
        if (fixtures->count == FIXTURES_MAX)
            return sheet_fail(sheet, "more than %d fixtures", FIXTURES_MAX);
        struct fixture *fixture = &fixtures->at[fixtures->count];
        if (!kinds[i].read(sheet, fixture))
            return false;
        if (strlen(sheet->words[1]) >= sizeof fixture->name)
            return sheet_fail(sheet, "a name is at most %zu bytes long", sizeof fixture->name - 1);
        for (unsigned before = 0; before < fixtures->count; before++)
            if (!strcmp(fixtures->at[before].name, sheet->words[1]))
                return sheet_fail(sheet, "'%s' is the name of one before", sheet->words[1]);
        strcpy(fixture->name, sheet->words[1]);
        fixtures->count++;
        return true;
    }
    return sheet_fail(sheet, "'%.40s' is no word of fixtures", sheet->words[0]);
}

static bool read_line(struct reader *reader)
{
    struct sheet *sheet = &reader->sheet;
    unsigned form;
    if (!reader->has_form) {
        reader->has_form = true;
        return (!strcmp(sheet->words[0], "fixtures") ||
                sheet_fail(sheet, "the first line must be: fixtures 1")) &&
               sheet_form(sheet, 2, "fixtures 1") && sheet_whole(sheet, 1, 1, 1, &form);
    }
    return !strcmp(sheet->words[0], "margin") ? read_margin(reader) : read_fixture(reader);
}

bool fixtures_read(struct fixtures *fixtures, const char *text, size_t len,
                   struct sheet_fault *fault)
{
    struct reader reader = {.fixtures = fixtures};
    memset(fixtures, 0, sizeof *fixtures);
    sheet_open(&reader.sheet, text, len);
    if (len > FIXTURES_BYTES_MAX)
        sheet_fail_whole(&reader.sheet, "longer than %d bytes", FIXTURES_BYTES_MAX);
    while (sheet_next(&reader.sheet) && read_line(&reader))
        ;
    bool good = !reader.sheet.fault.words[0];
    if (good && !reader.has_margin)
        good = sheet_fail_whole(&reader.sheet, "margin is missing");
    if (good && !fixtures->count)
        good = sheet_fail_whole(&reader.sheet, "there is no fixture in it");
    *fault = reader.sheet.fault;
    return good;
}

/* From `middle` outwards to the tip; up where the two are one. */
static struct barrier from_point(struct vec3 middle_m, double radius_m, struct vec3 tip_m)
{
    struct vec3 out = vec3_subtract(tip_m, middle_m);
    double length = vec3_length(out);
    return (struct barrier){length - radius_m,
                            length > 0 ? vec3_scale(out, 1 / length) : (struct vec3){0, 0, 1}};
}

static struct barrier look_capsule(const struct fixture *fixture, struct vec3 tip_m)
{
    struct vec3 rod = vec3_subtract(fixture->b, fixture->a_m);
    double along = vec3_dot(vec3_subtract(tip_m, fixture->a_m), rod), length = vec3_dot(rod, rod);
    double share = length > 0 ? fmin(fmax(along / length, 0), 1) : 0;
    return from_point(vec3_add(fixture->a_m, vec3_scale(rod, share)), fixture->radius_m, tip_m);
}

static struct barrier look_box(const struct fixture *fixture, struct vec3 tip_m)
{
    struct vec3 in = vec3_subtract(tip_m, fixture->a_m);
    double at[3] = {in.x, in.y, in.z}, half[3] = {fixture->b.x, fixture->b.y, fixture->b.z};
    double nearest[3], least = INFINITY;
    int face = 0;
    for (int i = 0; i < 3; i++) {
        nearest[i] = fmin(fmax(at[i], -half[i]), half[i]);
        if (half[i] - fabs(at[i]) < least) {
            least = half[i] - fabs(at[i]);
            face = i;
        }
    }
    if (least < 0) {
        struct vec3 from =
            vec3_add(fixture->a_m, (struct vec3){nearest[0], nearest[1], nearest[2]});
        return from_point(from, 0, tip_m);
    }
    double normal[3] = {0, 0, 0};
    normal[face] = at[face] < 0 ? -1 : 1;
    return (struct barrier){-least, {normal[0], normal[1], normal[2]}};
}

struct barrier fixture_look(const struct fixtures *fixtures, unsigned index, struct vec3 point_m)
{
    const struct fixture *fixture = &fixtures->at[index];
    struct barrier barrier = {0, fixture->b};
    switch (fixture->kind) {
    case FIXTURE_PLANE:
        barrier.room_m = vec3_dot(vec3_subtract(point_m, fixture->a_m), fixture->b);
        break;
    case FIXTURE_INSIDE:
        barrier = from_point(fixture->a_m, fixture->radius_m, point_m);
        barrier = (struct barrier){-barrier.room_m, vec3_scale(barrier.away, -1)};
        break;
    case FIXTURE_OUTSIDE:
        barrier = from_point(fixture->a_m, fixture->radius_m, point_m);
        break;
    case FIXTURE_CAPSULE:
        barrier = look_capsule(fixture, point_m);
        break;
    case FIXTURE_BOX:
        barrier = look_box(fixture, point_m);
        break;
    }
    barrier.room_m -= fixtures->margin_m;
    return barrier;
}

bool fixture_forbids(const struct fixture *fixture)
{
    return fixture->kind == FIXTURE_OUTSIDE || fixture->kind == FIXTURE_CAPSULE ||
           fixture->kind == FIXTURE_BOX;
}

static struct barrier look_rod_at_point(struct vec3 middle_m, double radius_m, struct vec3 a_m,
                                        struct vec3 b_m)
{
    const struct fixture rod = {.a_m = a_m, .b = b_m};
    struct barrier seen = look_capsule(&rod, middle_m); /* from the rod to the middle */
    return (struct barrier){seen.room_m - radius_m, vec3_scale(seen.away, -1)};
}

static struct barrier look_rod_at_capsule(const struct fixture *fixture, struct vec3 a_m,
                                          struct vec3 b_m)
{
    if (!(vec3_length(vec3_subtract(fixture->b, fixture->a_m)) > 0))
        return look_rod_at_point(fixture->a_m, fixture->radius_m, a_m, b_m);
    return from_point((struct vec3){0, 0, 0}, fixture->radius_m,
                      apart_between(a_m, b_m, fixture->a_m, fixture->b));
}

/* The distance to a region without dents has one valley along a line: its bottom, by golden sections, to a
 * ten-thousandth of the rod. */
static struct barrier look_rod_at_box(const struct fixture *fixture, struct vec3 a_m,
                                      struct vec3 b_m)
{
    const double golden = 0.6180339887498949;
    const struct vec3 rod_m = vec3_subtract(b_m, a_m);
    struct barrier about = look_rod_at_point(fixture->a_m, vec3_length(fixture->b), a_m, b_m);
    if (about.room_m > FAR_M)
        return about;
    double from = 0, to = 1;
    struct barrier nearest = look_box(fixture, b_m), at[2];
    double shares[2] = {1 - golden, golden};
    for (int i = 0; i < 2; i++)
        at[i] = look_box(fixture, vec3_add(a_m, vec3_scale(rod_m, shares[i])));
    for (int i = 0; i < 20; i++) {
        int least = at[0].room_m < at[1].room_m ? 0 : 1;
        *(least == 0 ? &to : &from) = shares[!least];
        shares[!least] = shares[least];
        at[!least] = at[least];
        shares[least] = least == 0 ? to - golden * (to - from) : from + golden * (to - from);
        at[least] = look_box(fixture, vec3_add(a_m, vec3_scale(rod_m, shares[least])));
    }
    for (int i = 0; i < 2; i++)
        nearest = at[i].room_m < nearest.room_m ? at[i] : nearest;
    return nearest;
}

struct barrier fixture_look_rod(const struct fixtures *fixtures, unsigned index, struct vec3 a_m,
                                struct vec3 b_m, double radius_m)
{
    const struct fixture *fixture = &fixtures->at[index];
    struct barrier barrier = {INFINITY, {0, 0, 1}};
    switch (fixture->kind) {
    case FIXTURE_PLANE:
    case FIXTURE_INSIDE: /* they forbid nothing to a rod */
        break;
    case FIXTURE_OUTSIDE:
        barrier = look_rod_at_point(fixture->a_m, fixture->radius_m, a_m, b_m);
        break;
    case FIXTURE_CAPSULE:
        barrier = look_rod_at_capsule(fixture, a_m, b_m);
        break;
    case FIXTURE_BOX:
        barrier = look_rod_at_box(fixture, a_m, b_m);
        break;
    }
    barrier.room_m -= radius_m + fixtures->margin_m;
    return barrier;
}

static struct barrier nearer(struct barrier a, struct barrier b)
{
    return a.room_m < b.room_m ? a : b;
}

struct barrier fixture_look_jaw(const struct fixtures *fixtures, unsigned index, struct vec3 tip_m,
                                struct vec3 end_m, struct vec3 shut_m)
{
    struct barrier at_tip = fixture_look(fixtures, index, tip_m);
    double length_m = vec3_length(vec3_subtract(end_m, tip_m));
    if (at_tip.room_m > 3 * length_m)
        return (struct barrier){at_tip.room_m - length_m, at_tip.away};
    /* Of what is flat, or round from inside, an end of a line is nearest. */
    if (!fixture_forbids(&fixtures->at[index]))
        return nearer(at_tip, fixture_look(fixtures, index, end_m));
    struct barrier along = fixture_look_rod(fixtures, index, tip_m, end_m, 0);
    if (!(vec3_length(vec3_subtract(end_m, shut_m)) > 0))
        return along;
    return nearer(along, fixture_look_rod(fixtures, index, end_m, shut_m, 0));
}
