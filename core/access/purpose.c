/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>

#include "access/roles.h"

/* What is a kind of what, in PurposeOfUse of HL7's v3-ActReason as R4 has it; those at the top are left out. */
static const struct {
    const char *code, *kind_of;
} purposes[] = {
    {"CAREMGT", "HOPERAT"},     {"DONAT", "HOPERAT"},        {"FRAUD", "HOPERAT"},
    {"GOV", "HOPERAT"},         {"HACCRED", "HOPERAT"},      {"HCOMPL", "HOPERAT"},
    {"HDECD", "HOPERAT"},       {"HDIRECT", "HOPERAT"},      {"HDM", "HOPERAT"},
    {"HLEGAL", "HOPERAT"},      {"HOUTCOMS", "HOPERAT"},     {"HPRGRP", "HOPERAT"},
    {"HQUALIMP", "HOPERAT"},    {"HSYSADMIN", "HOPERAT"},    {"LABELING", "HSYSADMIN"},
    {"METAMGT", "HSYSADMIN"},   {"MEMADMIN", "HOPERAT"},     {"MILCDM", "HOPERAT"},
    {"PATADMIN", "HOPERAT"},    {"PATSFTY", "HOPERAT"},      {"PERFMSR", "HOPERAT"},
    {"RECORDMGT", "HOPERAT"},   {"SYSDEV", "HOPERAT"},       {"HTEST", "SYSDEV"},
    {"TRAIN", "HOPERAT"},       {"CLMATTCH", "HPAYMT"},      {"COVAUTH", "HPAYMT"},
    {"COVERAGE", "HPAYMT"},     {"ELIGDTRM", "COVERAGE"},    {"ELIGVER", "COVERAGE"},
    {"ENROLLM", "COVERAGE"},    {"MILDCRG", "COVERAGE"},     {"REMITADV", "HPAYMT"},
    {"BIORCH", "HRESCH"},       {"CLINTRCH", "HRESCH"},      {"CLINTRCHNPC", "CLINTRCH"},
    {"CLINTRCHPC", "CLINTRCH"}, {"PRECLINTRCH", "CLINTRCH"}, {"DSRCH", "HRESCH"},
    {"POARCH", "HRESCH"},       {"TRANSRCH", "HRESCH"},      {"FAMRQT", "PATRQT"},
    {"PWATRNY", "PATRQT"},      {"SUPNWK", "PATRQT"},        {"DISASTER", "PUBHLTH"},
    {"THREAT", "PUBHLTH"},      {"CLINTRL", "TREAT"},        {"COC", "TREAT"},
    {"ETREAT", "TREAT"},        {"BTG", "ETREAT"},           {"ERTREAT", "ETREAT"},
    {"POPHLTH", "TREAT"},
};
enum { PURPOSES = sizeof purposes / sizeof *purposes };

bool access_purpose_is(struct text purpose, struct text ancestor)
{
    size_t i;

    do {
        if (text_equal(purpose, ancestor))
            return purpose.len > 0;
        for (i = 0; i < PURPOSES && !text_is(purpose, purposes[i].code); i++)
            ;
        if (i < PURPOSES)
            purpose = text_of(purposes[i].kind_of);
    } while (i < PURPOSES);
    return false;
}

enum { PURPOSES_PER_ROLE_MAX = 3 };

/* The first is the role's own where a token names none; kinds of them are taken, too. */
static const char *const role_purposes[ACCESS_ROLES][PURPOSES_PER_ROLE_MAX] = {
    [ACCESS_PHYSICIAN] = {"TREAT"},
    [ACCESS_SURGEON] = {"TREAT"},
    [ACCESS_NURSE] = {"TREAT"},
    [ACCESS_INTERPRETER] = {"TREAT"},
    [ACCESS_STUDENT] = {"TRAIN"},
    [ACCESS_BACK_OFFICE] = {"HOPERAT", "HPAYMT"},
    [ACCESS_RESEARCHER] = {"HRESCH"},
    [ACCESS_AUDITOR] = {"HCOMPL", "HOPERAT"},
    [ACCESS_ADMINISTRATOR] = {"HSYSADMIN"},
    [ACCESS_PATIENT] = {"PATRQT"},
    [ACCESS_SERVICE] = {"TREAT"}, /* and every other: access_role_has_purpose */
};

const char *access_role_purpose(enum access_role role)
{
    assert(role < ACCESS_ROLES);
    return role_purposes[role][0];
}

static bool is_any_purpose(struct text purpose)
{
    static const char *const tops[] = {"HMARKT", "HOPERAT", "HPAYMT", "HRESCH",
                                       "PATRQT", "PUBHLTH", "TREAT"};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        if (access_purpose_is(purpose, text_of(tops[i])))
            return true;
    return false;
}

bool access_role_has_purpose(enum access_role role, struct text purpose)
{
    assert(role < ACCESS_ROLES);
    if (role == ACCESS_SERVICE)
        return is_any_purpose(purpose);
    for (size_t i = 0; i < PURPOSES_PER_ROLE_MAX && role_purposes[role][i]; i++)
        if (access_purpose_is(purpose, text_of(role_purposes[role][i])))
            return true;
    return false;
}
