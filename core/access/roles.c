/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access/roles.h"

#include <assert.h>

#define ROLE(name) ACCESS_ROLE_BIT(ACCESS_##name)
#define CLASS(name) (1U << ACCESS_CLASS_##name)

#define DOCTORS (ROLE(PHYSICIAN) | ROLE(SURGEON))
#define CARERS (DOCTORS | ROLE(NURSE))
#define PEOPLE                                                                                     \
    (CARERS | ROLE(INTERPRETER) | ROLE(STUDENT) | ROLE(BACK_OFFICE) | ROLE(RESEARCHER) |           \
     ROLE(AUDITOR) | ROLE(ADMINISTRATOR) | ROLE(PATIENT))

#define RECORD (CLASS(CLINICAL) | CLASS(REPORTED))
#define OWN_RECORD                                                                                 \
    (RECORD | CLASS(TEAM) | CLASS(ENCOUNTER) | CLASS(TASK) | CLASS(BILLING) | CLASS(RESEARCH) |    \
     CLASS(AUDIT))
#define ALL ((1U << ACCESS_CLASSES) - 1)

enum {
    CRUS = ACCESS_C | ACCESS_R | ACCESS_U | ACCESS_S,
    CRUDS = CRUS | ACCESS_D,
    CRS = ACCESS_C | ACCESS_R | ACCESS_S,
    RS = ACCESS_R | ACCESS_S,
    RUS = ACCESS_R | ACCESS_U | ACCESS_S,
    CU = ACCESS_C | ACCESS_U,
    CUD = CU | ACCESS_D,

    PRESENT = ACCESS_ENCOUNTER | ACCESS_APPOINTMENT, /* in the room, or about to be */
    TREATS_HERE = ACCESS_TREATS | ACCESS_ORGANISATION,
    TAUGHT = ACCESS_CARE_TEAM | ACCESS_ENCOUNTER,

    OPEN = ACCESS_VERY_RESTRICTED, /* no label is too confidential */
};

/* Whatever gives a relation (CareTeam, Encounter, Task ...) is written only by who has one already, so that nobody
 * lets themselves in. */
const struct access_rule access_rules[] = {
    /* roles, classes, relations, letters, label_max, is_of_none, is_of_glass */
    {CARERS, RECORD, ACCESS_TREATS, CRUS, ACCESS_RESTRICTED, false, false},
    {DOCTORS, RECORD, ACCESS_CARE_TEAM | ACCESS_GENERAL_PRACTITIONER, CRUS, OPEN, false, false},
    {CARERS, CLASS(PERSON), 0, ACCESS_C, ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(PERSON), TREATS_HERE, RS, ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(PERSON), ACCESS_TREATS, ACCESS_U, ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(TEAM), TREATS_HERE, RS, ACCESS_RESTRICTED, false, false},
    {DOCTORS, CLASS(TEAM), ACCESS_TREATS, CU, ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(APPOINTMENT) | CLASS(ENCOUNTER) | CLASS(MESSAGE), ACCESS_TREATS, CRUS,
     ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(CONSENT), ACCESS_TREATS, ACCESS_C | RS, ACCESS_RESTRICTED, false,
     false}, /* who is refused by one does not lift it */
    {CARERS, CLASS(TASK), ACCESS_TREATS, CRUS, ACCESS_RESTRICTED, true, false},
    {CARERS, CLASS(BILLING), ACCESS_TREATS, RS, ACCESS_RESTRICTED, false, false},
    {CARERS, CLASS(RESEARCH), ACCESS_TREATS, CRS, ACCESS_RESTRICTED, true, false},
    {CARERS, CLASS(CALENDAR), 0, ACCESS_U, OPEN, false, false},

    {ROLE(INTERPRETER), CLASS(PERSON) | CLASS(APPOINTMENT) | CLASS(ENCOUNTER), PRESENT, RS,
     ACCESS_NORMAL, false, false},

    {ROLE(STUDENT), RECORD | CLASS(PERSON) | CLASS(APPOINTMENT) | CLASS(ENCOUNTER), TAUGHT, RS,
     ACCESS_NORMAL, false, false},

    {ROLE(BACK_OFFICE), CLASS(PERSON), 0, ACCESS_C, ACCESS_NORMAL, false, false},
    {ROLE(BACK_OFFICE), CLASS(PERSON), ACCESS_ORGANISATION, RUS, ACCESS_NORMAL, false, false},
    {ROLE(BACK_OFFICE),
     CLASS(TEAM) | CLASS(APPOINTMENT) | CLASS(ENCOUNTER) | CLASS(MESSAGE) | CLASS(CONSENT),
     ACCESS_ORGANISATION, CRUS, ACCESS_NORMAL, false, false},
    {ROLE(BACK_OFFICE), CLASS(TASK), ACCESS_ORGANISATION, CRUS, ACCESS_NORMAL, true, false},
    {ROLE(BACK_OFFICE), CLASS(BILLING), ACCESS_ORGANISATION, CRUDS, ACCESS_NORMAL, true, false},
    {ROLE(BACK_OFFICE), CLASS(CALENDAR), 0, CRUDS, OPEN, false, false},

    {ROLE(RESEARCHER), RECORD | CLASS(PERSON) | CLASS(ENCOUNTER), ACCESS_STUDY, RS, ACCESS_NORMAL,
     false, false},
    {ROLE(RESEARCHER), CLASS(RESEARCH), ACCESS_STUDY, CRUS, ACCESS_NORMAL, true, false},

    {ROLE(AUDITOR), CLASS(AUDIT) | CLASS(CONSENT), 0, RS, OPEN, false, false},
    {ROLE(AUDITOR), CLASS(TASK), ACCESS_REVIEW, RUS, ACCESS_RESTRICTED, false, true},
    {ROLE(AUDITOR), CLASS(MESSAGE), ACCESS_REVIEW, RS, ACCESS_RESTRICTED, false, true},
    {ROLE(AUDITOR), CLASS(SUBSCRIPTION), 0, CRS, OPEN, false, false},

    {ROLE(ADMINISTRATOR),
     CLASS(DIRECTORY) | CLASS(KNOWLEDGE) | CLASS(CALENDAR) | CLASS(SUBSCRIPTION), 0, CRUDS, OPEN,
     false, false},

    {ROLE(PATIENT), OWN_RECORD, ACCESS_SELF, RS, OPEN, false, false},
    {ROLE(PATIENT), OWN_RECORD, ACCESS_PROXY, RS, ACCESS_NORMAL, false, false},
    {ROLE(PATIENT), CLASS(REPORTED) | CLASS(MESSAGE), ACCESS_SELF, CRS, OPEN, false, false},
    {ROLE(PATIENT), CLASS(REPORTED) | CLASS(MESSAGE), ACCESS_PROXY, CRS, ACCESS_NORMAL, false,
     false},
    {ROLE(PATIENT), CLASS(PERSON), ACCESS_SELF, RUS, OPEN, false, false},
    {ROLE(PATIENT), CLASS(PERSON), ACCESS_PROXY, RUS, ACCESS_NORMAL, false, false},
    {ROLE(PATIENT), CLASS(APPOINTMENT) | CLASS(CONSENT), ACCESS_SELF, CRUS, OPEN, false, false},
    {ROLE(PATIENT), CLASS(APPOINTMENT) | CLASS(CONSENT), ACCESS_PROXY, CRUS, ACCESS_NORMAL, false,
     false},

    {PEOPLE, CLASS(CALENDAR) | CLASS(DIRECTORY) | CLASS(KNOWLEDGE), 0, RS, OPEN, false, false},

    {ROLE(SERVICE), ALL, 0, RS, OPEN, false, false},
    {ROLE(SERVICE), ALL & ~CLASS(AUDIT), 0, CUD, OPEN, false, false},
};
const size_t access_rule_count = sizeof access_rules / sizeof *access_rules;

static const char *const role_names[ACCESS_ROLES] = {
    [ACCESS_PHYSICIAN] = "physician",
    [ACCESS_SURGEON] = "surgeon",
    [ACCESS_NURSE] = "nurse",
    [ACCESS_INTERPRETER] = "interpreter",
    [ACCESS_STUDENT] = "student",
    [ACCESS_BACK_OFFICE] = "back-office",
    [ACCESS_RESEARCHER] = "researcher",
    [ACCESS_AUDITOR] = "auditor",
    [ACCESS_ADMINISTRATOR] = "administrator",
    [ACCESS_PATIENT] = "patient",
    [ACCESS_SERVICE] = "service",
};

static const char *const class_names[ACCESS_CLASSES] = {
    [ACCESS_CLASS_CLINICAL] = "clinical",
    [ACCESS_CLASS_REPORTED] = "reported",
    [ACCESS_CLASS_PERSON] = "person",
    [ACCESS_CLASS_TEAM] = "team",
    [ACCESS_CLASS_APPOINTMENT] = "appointment",
    [ACCESS_CLASS_ENCOUNTER] = "encounter",
    [ACCESS_CLASS_CALENDAR] = "calendar",
    [ACCESS_CLASS_TASK] = "task",
    [ACCESS_CLASS_MESSAGE] = "message",
    [ACCESS_CLASS_BILLING] = "billing",
    [ACCESS_CLASS_CONSENT] = "consent",
    [ACCESS_CLASS_DIRECTORY] = "directory",
    [ACCESS_CLASS_KNOWLEDGE] = "knowledge",
    [ACCESS_CLASS_RESEARCH] = "research",
    [ACCESS_CLASS_AUDIT] = "audit",
    [ACCESS_CLASS_SUBSCRIPTION] = "subscription",
};

const char *access_role_name(enum access_role role)
{
    assert(role < ACCESS_ROLES);
    return role_names[role];
}

enum access_role access_role_named(struct text name)
{
    enum access_role role = 0;
    while (role < ACCESS_ROLES && !text_is(name, role_names[role]))
        role++;
    return role;
}

const char *access_class_name(enum access_class class)
{
    assert(class < ACCESS_CLASSES);
    return class_names[class];
}

const char *access_relation_name(enum access_relation relation)
{
    switch (relation) {
    case ACCESS_SELF:
        return "self";
    case ACCESS_PROXY:
        return "proxy";
    case ACCESS_CARE_TEAM:
        return "care-team";
    case ACCESS_ENCOUNTER:
        return "encounter";
    case ACCESS_APPOINTMENT:
        return "appointment";
    case ACCESS_REFERRAL:
        return "referral";
    case ACCESS_GENERAL_PRACTITIONER:
        return "general-practitioner";
    case ACCESS_ORGANISATION:
        return "organisation";
    case ACCESS_STUDY:
        return "study";
    case ACCESS_REVIEW:
        return "review";
    }
    return "";
}
