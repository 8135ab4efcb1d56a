/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Location's near: latitude|longitude|distance|unit (R4 location.html#search).
 *
 * A place is looked for in the box of latitudes and longitudes around the circle of that distance: as R4 leaves it to
 * the server, a little too much rather than too little. It becomes a composite of two numbers. */
#include "search/parse.h"

#include <math.h>

#include "search/figure.h"
#include "search/form.h"
#include "ucum/ucum.h"

#define METRES_PER_DEGREE                                                                          \
    111195.0 /* of a great circle: the Earth's mean radius of 6371.0 km, times pi / 180 */
#define DISTANCE_M 50000.0        /* where none is said: a day's way, there and back */
#define DISTANCE_M_MAX 20037508.0 /* half around the Earth */

static bool take_figure(struct text *rest, double *figure)
{
    struct text part;
    (void)form_split(rest, '|', &part);
    return part.len && figure_value(part, figure);
}

/* The distance in metres: kilometres unless a unit of length follows. */
static bool read_distance(struct text rest, double *metres)
{
    struct ucum_unit unit;
    struct text number, code = TEXT("km");
    *metres = DISTANCE_M;
    if (!rest.len)
        return true;
    if (form_split(&rest, '|', &number) && rest.len)
        code = rest;
    if (!figure_value(number, metres) || !ucum_read(&unit, code) ||
        !text_equal((struct text){unit.base, unit.base_len}, TEXT("m")))
        return false;
    *metres = ucum_to_base(&unit, *metres);
    return *metres >= 0;
}

static enum search_err add_range(struct parser *parser, struct list *values, double from, double to)
{
    if (++parser->value_count > SEARCH_VALUES_MAX)
        return parse_fail(parser, SEARCH_ERR_LIMIT, "more than %d values in one search",
                          SEARCH_VALUES_MAX);
    struct search_value *value = list_add(parser, values, sizeof *value);
    if (!value)
        return parse_no_memory(parser);
    value->kind = SEARCH_NUMBER;
    value->compare = SEARCH_EQ;
    value->of.number.from = from;
    value->of.number.to = to;
    return SEARCH_OK;
}

static enum search_err add_box(struct parser *parser, struct list *values, double south,
                               double north, double west, double east)
{
    enum search_err err = add_range(parser, values, south, north);
    return err ? err : add_range(parser, values, west, east);
}

static enum search_err add_place(struct parser *parser, struct text part, struct list *values)
{
    double latitude, longitude, metres;
    struct text rest = part;
    if (!take_figure(&rest, &latitude) || !take_figure(&rest, &longitude) || fabs(latitude) > 90 ||
        fabs(longitude) > 180 || !read_distance(rest, &metres))
        return parse_fail(parser, SEARCH_ERR_VALUE,
                          "write latitude|longitude|distance|unit in degrees and a unit of length, "
                          "as in 33.97|-6.85|10|km");
    double degrees = fmin(metres, DISTANCE_M_MAX) / METRES_PER_DEGREE;
    double south = latitude - degrees, north = latitude + degrees;
    double farthest = fmax(fabs(south), fabs(north));
    double across = farthest < 90 ? degrees / cos(farthest * acos(-1) / 180) : 180;
    if (across >= 180) /* a pole is within */
        return add_box(parser, values, south, north, -180, 180);
    double west = longitude - across, east = longitude + across;
    enum search_err err = add_box(parser, values, south, north, west, east);
    if (!err && west < -180)
        err = add_box(parser, values, south, north, west + 360, 180);
    if (!err && east > 180)
        err = add_box(parser, values, south, north, -180, east - 360);
    return err;
}

enum search_err parse_near(struct parser *parser, struct text value,
                           struct search_condition *condition)
{
    struct list values = {0};
    struct text part;
    enum search_err err = SEARCH_OK;
    for (bool more = true; more && !err;) {
        more = form_split(&value, ',', &part);
        if (part.len)
            err = add_place(parser, part, &values);
    }
    if (!err && values.count == 0)
        return parse_fail(parser, SEARCH_ERR_VALUE, "it has no value");
    condition->what = SEARCH_COMPOSITE;
    condition->kind = SEARCH_NUMBER;
    condition->component_count = SEARCH_NEAR_PARTS;
    condition->values = values.items;
    condition->value_count = values.count;
    return err;
}
