/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of `jisr centre`: each does one thing to the folder of a centre. */
#ifndef CENTRE_VERBS_H
#define CENTRE_VERBS_H

int centre_load(int argc, char **argv);
int centre_demo(int argc, char **argv);
int centre_init(int argc, char **argv);    /* makes it, and a link for its administrator */
int centre_token(int argc, char **argv);   /* prints a bearer token */
int centre_officer(int argc, char **argv); /* says who reviews emergency accesses */
int centre_client(int argc, char **argv);  /* registers a program that may ask for tokens */
int centre_partner(int argc, char **argv); /* whose identity provider may sign people in */
int centre_person(int argc, char **argv);  /* accounts of people, and links for them */
int centre_audit(int argc, char **argv);   /* shows, and checks, who did what */
int centre_check(int argc, char **argv);   /* looks at every page */
int centre_repair(int argc, char **argv);  /* copies what can be read of it */
int centre_reindex(int argc, char **argv); /* makes what it is searched by anew */
int centre_rekey(int argc, char **argv);   /* seals it by a new key */
int centre_key(int argc, char **argv);     /* says and changes what opens its keys */
int centre_backup(int argc, char **argv);  /* copies it while it is in use */

#endif
