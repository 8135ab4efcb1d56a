/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/postgres_reach.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val && *options->val ? options->val : NULL;
    return NULL;
}

/* What libpq goes by: what was said, else the environment. */
static const char *said_or_set(const PQconninfoOption *options, const char *keyword,
                               const char *variable)
{
    const char *said = value_of(options, keyword), *set = getenv(variable);
    return said ? said : set && *set ? set : NULL;
}

static bool is_here(const char *host, size_t len)
{
    static const char *const names[] = {"localhost", "::1"};
    if (len == 0 || host[0] == '/' || host[0] == '@') /* a socket */
        return true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == len && memcmp(host, names[i], len) == 0)
            return true;
    return len > 4 && memcmp(host, "127.", 4) == 0 &&
           strspn(host, "0123456789.") >= len; /* a name may begin with 127., too */
}

static bool are_here(const char *hosts)
{
    for (;;) {
        size_t len = strcspn(hosts, ",");
        if (!is_here(hosts, len))
            return false;
        if (!hosts[len])
            return true;
        hosts += len + 1;
    }
}

/* Whether all that it may lead to is this machine. */
static bool stays_here(const PQconninfoOption *options)
{
    const char *address = said_or_set(options, "hostaddr", "PGHOSTADDR");
    const char *host = said_or_set(options, "host", "PGHOST");
    if (address || host)
        return are_here(address ? address : host);
    return !said_or_set(options, "service", "PGSERVICE");
}

static bool add(char out[static POSTGRES_REACH_BYTES], size_t *len, const char *keyword,
                const char *value)
{
    char quoted[POSTGRES_REACH_BYTES];
    size_t at = 0;
    for (; *value && at < sizeof quoted - 3; value++) {
        if (*value == '\'' || *value == '\\')
            quoted[at++] = '\\';
        quoted[at++] = *value;
    }
    quoted[at] = '\0';
    size_t room = strlen(keyword) + at + sizeof "='' ";
    if (*value || *len + room > POSTGRES_REACH_BYTES)
        return false;
    const char *const parts[] = {keyword, "='", quoted, "' "};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t part = strlen(parts[i]);
        memcpy(out + *len, parts[i], part + 1);
        *len += part;
    }
    return true;
}

static bool write_words(const PQconninfoOption *options, bool is_here,
                        char out[static POSTGRES_REACH_BYTES])
{
    size_t len = 0;
    bool fits = true;
    out[0] = '\0';
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val)
            fits = fits && add(out, &len, option->keyword, option->val);
    if (!is_here && !value_of(options, "sslmode"))
        fits = fits && add(out, &len, "sslmode", "verify-full");
    if (!is_here && !value_of(options, "gssencmode")) /* it would go before TLS */
        fits = fits && add(out, &len, "gssencmode", "disable");
    return fits;
}

bool postgres_reach(const char *said, char out[static POSTGRES_REACH_BYTES], const char **why)
{
    /* libpq's own complaint has pieces of what was said in it. */
    PQconninfoOption *options = PQconninfoParse(said, NULL);
    *why = NULL;
    if (!options) {
        *why = "not a connection string as PostgreSQL takes it: "
               "postgresql://USER@HOST/NAME?sslrootcert=FILE or 'host=HOST user=USER dbname=NAME'";
        return false;
    }
    const char *mode = value_of(options, "sslmode");
    bool is_here = stays_here(options);
    if (value_of(options, "password") || value_of(options, "sslpassword"))
        *why =
            "a password here is seen by all who list this machine's programs: put it into a file, "
            "passfile=FILE or PGPASSFILE";
    else if (!is_here && mode && strcmp(mode, "verify-full") != 0)
        *why = "to another machine only with sslmode=verify-full: names cross the network";
    else if (!write_words(options, is_here, out))
        *why = "it is too long";
    PQconninfoFree(options);
    return !*why;
}
