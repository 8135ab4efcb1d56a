/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/store/server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STARTS_MS = 20000, STEP_MS = 10 };

static char folder[64], data[80], program[160];
static pid_t server;
const char *server_why = "";
bool server_syncs;

/* Debian keeps each version in a folder of its own. */
static bool find_programs(void)
{
    for (int version = 17; version >= 15; version--) {
        snprintf(program, sizeof program, "/usr/lib/postgresql/%d/bin/postgres", version);
        if (access(program, X_OK) == 0) {
            *strrchr(program, '/') = '\0';
            return true;
        }
    }
    server_why = "PostgreSQL 15 is not installed";
    return false;
}

/* PostgreSQL refuses to be root. */
static void leave_root(void)
{
    const struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    if (geteuid() == 0 && user &&
        (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(126);
}

static pid_t run(const char *const words[])
{
    pid_t child = fork();
    if (child != 0)
        return child;
    int log;
    char path[100];
    snprintf(path, sizeof path, "%s/log", folder);
    leave_root();
    prctl(PR_SET_PDEATHSIG, SIGINT); /* behind it: a change of user clears it */
    log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(126);
    if (setpgid(0, 0) != 0 || chdir(folder) != 0)
        _exit(126);
    execv(words[0], (char *const *)(uintptr_t)words);
    _exit(127);
}

static bool make_folder(void)
{
    const struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    snprintf(folder, sizeof folder, "/tmp/jisr-postgres-XXXXXX");
    if (!mkdtemp(folder))
        return false;
    snprintf(data, sizeof data, "%s/data", folder);
    return geteuid() != 0 || (user && chown(folder, user->pw_uid, user->pw_gid) == 0);
}

static bool make_data(void)
{
    char path[200];
    int status;
    snprintf(path, sizeof path, "%s/initdb", program);
    const char *const words[] = {path,    "-D", data, "-U",   "jisr",       "-A",
                                 "trust", "-N", "-E", "UTF8", "--locale=C", NULL};
    pid_t child = run(words);
    server_why = "initdb failed";
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static PGconn *connect_to(void)
{
    char words[120];
    snprintf(words, sizeof words, "host=%s user=jisr dbname=postgres", folder);
    return PQconnectdb(words);
}

bool server_again(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/postgres", program);
    const char *const words[] = {path,
                                 "-D",
                                 data,
                                 "-k",
                                 folder,
                                 "-c",
                                 "listen_addresses=",
                                 "-c",
                                 server_syncs ? "fsync=on" : "fsync=off",
                                 "-c",
                                 server_syncs ? "shared_buffers=256MB" : "shared_buffers=16MB",
                                 "-c",
                                 "max_connections=60",
                                 NULL};
    server = run(words);
    server_why = "the server does not start";
    for (int waited = 0; server > 0 && waited < STARTS_MS; waited += STEP_MS) {
        PGconn *db = connect_to();
        bool is_up = PQstatus(db) == CONNECTION_OK;
        PQfinish(db);
        if (is_up)
            return true;
        usleep(STEP_MS * 1000);
        if (waitpid(server, NULL, WNOHANG) ==
            server) /* the last one's processes were still there */
            server = run(words);
    }
    return false;
}

bool server_start(void)
{
    return find_programs() && make_folder() && make_data() && server_again();
}

static void end_server(int by)
{
    if (server > 0) {
        kill(server, by);
        waitpid(server, NULL, 0);
    }
    server = 0;
}

/* The first process is held, so that it starts no other; then all of them. */
void server_kill(void)
{
    char path[64];
    int child;
    kill(server, SIGSTOP);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)server, (int)server);
    FILE *children = fopen(path, "r");
    while (children && fscanf(children, "%d", &child) == 1)
        kill(child, SIGKILL);
    if (children)
        fclose(children);
    end_server(SIGKILL);
}

void server_stop(void)
{
    char command[100];
    end_server(SIGQUIT);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (folder[0] && system(command) != 0)
        fprintf(stderr, "%s is left\n", folder);
}

long server_say(const char *sql)
{
    PGconn *db = connect_to();
    PGresult *result = PQexec(db, sql);
    long number = PQntuples(result) > 0 ? strtol(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
        printf("# %.*s\n", (int)strcspn(PQerrorMessage(db), "\n"), PQerrorMessage(db));
    PQclear(result);
    PQfinish(db);
    return number;
}

const char *server_schema(const char *name)
{
    static char words[300];
    snprintf(words, sizeof words,
             "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS \"%s\"", name);
    server_say(words);
    snprintf(words, sizeof words,
             "host=%s user=jisr dbname=postgres options='-c search_path=\"%s\"'", folder, name);
    return words;
}

static PGconn *held;

void server_hold(const char *sql)
{
    held = connect_to();
    PQclear(PQexec(held, "BEGIN"));
    PQclear(PQexec(held, sql));
}

void server_release(void)
{
    PQfinish(held);
    held = NULL;
}
