/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an AuditEvent says to the patient whose data it was about: a sentence in each language. */
#include "access/audit.h"

#include "access/audit_text.h"
#include "access/language.h"
#include "base/instant.h"

struct words {
    const char *word; /* as in a record */
    const char *texts[ACCESS_LANGUAGES];
};

static const struct words interactions[] = {
    {"read", {"Reading", "Consultation", "اطلاع"}},
    {"vread",
     {"Reading of an earlier version", "Consultation d'une version antérieure",
      "اطلاع على نسخة سابقة"}},
    {"history-instance",
     {"Reading of all versions", "Consultation de toutes les versions", "اطلاع على جميع النسخ"}},
    {"create", {"New entry", "Nouvelle saisie", "إدخال جديد"}},
    {"update", {"Change", "Modification", "تعديل"}},
    {"patch", {"Change", "Modification", "تعديل"}},
    {"delete", {"Deletion", "Suppression", "حذف"}},
    {"search", {"Search", "Recherche", "بحث"}},
    {"history", {"Reading of changes", "Consultation des modifications", "اطلاع على التعديلات"}},
    {"export", {"Export", "Export", "تصدير"}},
    {"login", {"Sign-in", "Connexion", "تسجيل دخول"}},
    {"import", {"Import", "Import", "استيراد"}},
    {"transaction", {"Several changes at once", "Plusieurs opérations", "عدة عمليات معا"}},
    {"operation", {"Operation", "Opération", "عملية"}},
    {"token", {"A program's key to the record", "Clé d'accès d'un programme", "مفتاح ولوج برنامج"}},
    {"introspect",
     {"Question about a key to the record", "Question sur une clé d'accès",
      "استعلام عن مفتاح ولوج"}},
    {"revoke", {"End of a key to the record", "Fin d'une clé d'accès", "إنهاء مفتاح ولوج"}},
    {"refusals", {"More attempts", "Autres tentatives", "محاولات أخرى"}},
    {"logout", {"Sign-out", "Déconnexion", "تسجيل خروج"}},
    {"credentials", {"Ways to sign in", "Moyens de connexion", "وسائل تسجيل الدخول"}},
    {"roles", {"Roles", "Rôles", "الأدوار"}},
    {"emergency", {"Emergency access", "Accès d'urgence", "ولوج طارئ"}},
    {"emergency-end",
     {"End of an emergency access", "Fin d'un accès d'urgence", "نهاية ولوج طارئ"}},
};

static const struct words roles[] = {
    {"physician", {"physician", "médecin", "طبيب"}},
    {"surgeon", {"surgeon", "chirurgien", "جراح"}},
    {"nurse", {"nurse", "infirmier", "ممرض"}},
    {"interpreter", {"interpreter", "interprète", "مترجم"}},
    {"student", {"student", "étudiant", "طالب"}},
    {"back-office", {"office", "secrétariat", "إدارة"}},
    {"researcher", {"researcher", "chercheur", "باحث"}},
    {"auditor", {"auditor", "auditeur", "مدقق"}},
    {"administrator", {"administrator", "administrateur", "مدير النظام"}},
    {"patient", {"patient", "patient", "مريض"}},
    {"service", {"program", "programme", "برنامج"}},
};

/* Of the one who asked, for who reads it: access_reason_text speaks to the one who asks. */
static const struct words reasons[] = {
    {"by-rule", {"by role", "selon son rôle", "حسب دوره"}},
    {"by-relation", {"takes part in the care", "participe aux soins", "يشارك في الرعاية"}},
    {"by-consent", {"by a consent", "selon un consentement", "بموجب موافقة"}},
    {"by-emergency", {"in an emergency", "en urgence", "في حالة طارئة"}},
    {"no-sign-in", {"nobody signed in", "sans connexion", "بدون تسجيل دخول"}},
    {"wrong-token",
     {"with a key that is none, or no longer", "avec une clé fausse ou expirée",
      "بمفتاح غير صحيح أو منتهي الصلاحية"}},
    {"counted",
     {"too many to be told one by one", "trop nombreuses pour être citées une à une",
      "أكثر من أن تُذكر واحدة واحدة"}},
    {"no-scope",
     {"the program may not", "pas autorisé pour ce programme", "غير مسموح لهذا البرنامج"}},
    {"no-role", {"not for this role", "pas pour ce rôle", "غير مسموح لهذا الدور"}},
    {"no-purpose", {"not for this purpose", "pas pour ce motif", "غير مسموح لهذا الغرض"}},
    {"no-patient", {"no patient was named", "aucun patient désigné", "لم يُحدد مريض"}},
    {"other-patient",
     {"in another patient's session", "dans la session d'un autre patient", "في جلسة مريض آخر"}},
    {"no-relation",
     {"does not take part in the care", "ne participe pas aux soins", "لا يشارك في الرعاية"}},
    {"label",
     {"too confidential for this role", "trop confidentiel pour ce rôle",
      "سري بالنسبة لهذا الدور"}},
    {"consent-refuses",
     {"a consent refuses it", "un consentement s'y oppose", "ترفضه موافقة مسجلة"}},
    {"consent-missing", {"a consent is missing", "un consentement manque", "تنقص موافقة"}},
    {"consent-unreadable",
     {"a consent cannot be read", "un consentement est illisible", "موافقة غير مقروءة"}},
    {"emergency-not-opened",
     {"no emergency access was open", "aucun accès d'urgence ouvert", "لم يُفتح ولوج طارئ"}},
    {"emergency-expired",
     {"the emergency access had ended", "l'accès d'urgence avait pris fin", "انتهى الولوج الطارئ"}},
    {"label-taken",
     {"a security label taken away, or lowered", "étiquette de sécurité retirée ou abaissée",
      "إزالة وسم أمان أو خفضه"}},
};

static const char *const nobody[ACCESS_LANGUAGES] = {"somebody unknown", "quelqu'un d'inconnu",
                                                     "شخص غير معروف"};
static const char *const permitted[ACCESS_LANGUAGES] = {"permitted", "permis", "مسموح به"};
static const char *const refused[ACCESS_LANGUAGES] = {"refused", "refusé", "مرفوض"};

/* In words, or as it is where we have none. */
static struct text in_words(const struct words *table, size_t count, struct text word,
                            enum access_language language)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(word, table[i].word))
            return text_of(table[i].texts[language]);
    return word;
}

/* What came from outside, as characters of XHTML; control characters are none. */
static void add(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte == '<')
            buffer_add(out, TEXT("&lt;"));
        else if (byte == '>')
            buffer_add(out, TEXT("&gt;"));
        else if (byte == '&')
            buffer_add(out, TEXT("&amp;"));
        else
            buffer_add_byte(out, byte < ' ' || byte == 0x7F ? ' ' : (char)byte);
    }
}

static void add_sentence(struct buffer *out, const struct audit_record *record, struct text name,
                         enum access_language language)
{
    const struct text *texts = record->texts;
    char when[INSTANT_LEN + 1];
    struct text role = texts[AUDIT_ROLE];
    buffer_format(out,
                  language == ACCESS_ARABIC ? "<p lang=\"%s\" dir=\"rtl\">" : "<p lang=\"%s\">",
                  access_language_tag(language).bytes);
    add(out, instant_write(record->at_ms, when));
    buffer_add(out, TEXT(" — "));
    struct text who = name.len                ? name
                      : texts[AUDIT_USER].len ? texts[AUDIT_USER]
                                              : texts[AUDIT_CLIENT];
    add(out, who.len ? who : text_of(nobody[language]));
    if (role.len) {
        buffer_add(out, TEXT(" ("));
        add(out, in_words(roles, sizeof roles / sizeof *roles, role, language));
        buffer_add_byte(out, ')');
    }
    buffer_add(out, TEXT(" — "));
    add(out, in_words(interactions, sizeof interactions / sizeof *interactions,
                      texts[AUDIT_INTERACTION], language));
    if (texts[AUDIT_TYPE].len) {
        buffer_add(out, TEXT(": "));
        add(out, texts[AUDIT_TYPE]);
        if (texts[AUDIT_ID].len)
            buffer_add_byte(out, '/');
        add(out, texts[AUDIT_ID]);
    }
    buffer_add(out, TEXT(" — "));
    add(out, text_of((record->effect == ACCESS_REFUSED ? refused : permitted)[language]));
    if (texts[AUDIT_REASON].len) {
        buffer_add(out, TEXT(": "));
        add(out,
            in_words(reasons, sizeof reasons / sizeof *reasons, texts[AUDIT_REASON], language));
    }
    if (texts[AUDIT_WORDS].len) {
        buffer_add(out, TEXT(" “"));
        add(out, texts[AUDIT_WORDS]);
        buffer_add(out, TEXT("”"));
    }
    buffer_add(out, TEXT("</p>"));
}

void audit_write_text(struct json_writer *writer, const struct audit_record *record,
                      struct text name)
{
    struct buffer division;
    buffer_init(&division, writer->buffer->arena);
    buffer_add(&division, TEXT("<div xmlns=\"http://www.w3.org/1999/xhtml\">"));
    for (enum access_language language = 0; language < ACCESS_LANGUAGES; language++)
        add_sentence(&division, record, name, language);
    buffer_add(&division, TEXT("</div>"));
    writer->buffer->failed |= division.failed;
    json_key(writer, TEXT("text"));
    json_begin_object(writer);
    json_write_member(writer, TEXT("status"), TEXT("generated"));
    json_write_member(writer, TEXT("div"), buffer_text(&division));
    json_end_object(writer);
}
