/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who does what at a centre: roles, classes of resource types, relations to a patient, and one table of rules.
 *
 * Pure and constant. What the table says in words is docs/access.md, which a test holds against it. */
#ifndef ACCESS_ROLES_H
#define ACCESS_ROLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum access_role {
    ACCESS_PHYSICIAN,
    ACCESS_SURGEON,
    ACCESS_NURSE,
    ACCESS_INTERPRETER,
    ACCESS_STUDENT,
    ACCESS_BACK_OFFICE,
    ACCESS_RESEARCHER,
    ACCESS_AUDITOR,
    ACCESS_ADMINISTRATOR, /* of accounts, clients and the site's own tables; reads no record */
    ACCESS_PATIENT,       /* and who acts for one: a RelatedPerson */
    ACCESS_SERVICE,       /* a program: what it may is what its scopes say */
    ACCESS_ROLES
};

/* A set of roles is a bit for each. */
#define ACCESS_ROLE_BIT(role) (UINT32_C(1) << (role))

/* What ties the one who asks to a patient, found by the caller from resources of the store (relations.h). */
enum access_relation {
    ACCESS_SELF = 1 << 0,      /* is this patient */
    ACCESS_PROXY = 1 << 1,     /* acts for them: an active RelatedPerson within its period */
    ACCESS_CARE_TEAM = 1 << 2, /* member of an active CareTeam, or of one's own organisation's */
    ACCESS_ENCOUNTER =
        1 << 3, /* takes part in an Encounter that goes on or ended a short time ago */
    ACCESS_APPOINTMENT = 1 << 4, /* takes part in an Appointment that is near */
    ACCESS_REFERRAL = 1 << 5,    /* owner of a Task, performer of a ServiceRequest that is open */
    ACCESS_GENERAL_PRACTITIONER = 1 << 6, /* Patient.generalPractitioner */
    ACCESS_ORGANISATION = 1 << 7, /* practises (PractitionerRole) where the patient is managed */
    ACCESS_STUDY = 1 << 8,  /* runs a ResearchStudy that the patient is a ResearchSubject of */
    ACCESS_REVIEW = 1 << 9, /* owner of the open Task that reviews an emergency access: glass.h */
};

/* Those by which somebody treats a patient. */
enum {
    ACCESS_TREATS = ACCESS_CARE_TEAM | ACCESS_ENCOUNTER | ACCESS_APPOINTMENT | ACCESS_REFERRAL |
                    ACCESS_GENERAL_PRACTITIONER
};

/* R4's 146 resource types, each in one class. A set of classes is a bit for each. */
enum access_class {
    ACCESS_CLASS_CLINICAL, /* what is known of a patient's health */
    ACCESS_CLASS_REPORTED, /* the same, where patients write it, too: Observation, QuestionnaireResponse ... */
    ACCESS_CLASS_PERSON,      /* Patient */
    ACCESS_CLASS_TEAM,        /* who stands how to a patient: CareTeam, RelatedPerson, Person */
    ACCESS_CLASS_APPOINTMENT, /* Appointment, AppointmentResponse */
    ACCESS_CLASS_ENCOUNTER,   /* Encounter, EpisodeOfCare */
    ACCESS_CLASS_CALENDAR,    /* Schedule, Slot */
    ACCESS_CLASS_TASK,        /* what is asked of whom: Task, ServiceRequest ... */
    ACCESS_CLASS_MESSAGE,     /* Communication, CommunicationRequest */
    ACCESS_CLASS_BILLING,     /* Claim, Coverage, Invoice, Contract ... */
    ACCESS_CLASS_CONSENT,     /* Consent */
    ACCESS_CLASS_DIRECTORY, /* who and what there is: Practitioner, Organization, Location, Device ... */
    ACCESS_CLASS_KNOWLEDGE,    /* of no patient: ValueSet, Questionnaire, Medication ... */
    ACCESS_CLASS_RESEARCH,     /* ResearchStudy, ResearchSubject, Group, MeasureReport */
    ACCESS_CLASS_AUDIT,        /* AuditEvent: written by the centre alone */
    ACCESS_CLASS_SUBSCRIPTION, /* Subscription */
    ACCESS_CLASSES
};

/* What is done, by the letters of SMART 2.2: c create, r read, u update, d delete, s search. */
enum access_letter {
    ACCESS_C = 1 << 0,
    ACCESS_R = 1 << 1,
    ACCESS_U = 1 << 2,
    ACCESS_D = 1 << 3,
    ACCESS_S = 1 << 4,
};

/* Confidentiality of a resource (HL7 v3-Confidentiality), the least first. */
enum access_confidentiality {
    ACCESS_UNRESTRICTED,    /* U */
    ACCESS_LOW,             /* L */
    ACCESS_MODERATE,        /* M */
    ACCESS_NORMAL,          /* N; and where no label says otherwise */
    ACCESS_RESTRICTED,      /* R */
    ACCESS_VERY_RESTRICTED, /* V */
};

/* What these roles may do with these classes. A rule that needs a relation is met where the one who asks stands
 * so to one of the resource's patients. */
struct access_rule {
    uint16_t roles;     /* ACCESS_ROLE_BIT of each */
    uint16_t classes;   /* 1 << enum access_class of each */
    uint16_t relations; /* one of these (enum access_relation); 0: none is needed */
    uint8_t letters;    /* enum access_letter */
    uint8_t label_max;  /* enum access_confidentiality: nothing more confidential */
    bool is_of_none;    /* where a relation is needed, what is of no patient may be had without */
    bool is_of_glass;   /* and an emergency access's review and alert may be read without */
};

extern const struct access_rule access_rules[];
extern const size_t access_rule_count;

/* The class of a resource type by its name. Types that R4 does not have are clinical: the closest guarded. */
enum access_class access_class_of(struct text type);

/* "physician", as tokens and docs write it. */
const char *access_role_name(enum access_role role);

/* ACCESS_ROLES: there is no role of that name. */
enum access_role access_role_named(struct text name);

/* "clinical"; "care-team": as docs/access.md and the audit write them. */
const char *access_class_name(enum access_class class);
const char *access_relation_name(enum access_relation relation);

/* Whether a role may ask for this purpose of use (HL7 v3-PurposeOfUse: "TREAT"). */
bool access_role_has_purpose(enum access_role role, struct text purpose);

/* The purpose that a role has where a token names none: "TREAT". */
const char *access_role_purpose(enum access_role role);

/* Whether a purpose is `ancestor` or a kind of it: BTG is an ETREAT is a TREAT. A code that HL7 does not have is
 * a kind of itself alone. */
bool access_purpose_is(struct text purpose, struct text ancestor);

#endif
