/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons and interactions in words. */
#include <assert.h>

#include "access/access.h"

static const struct {
    const char *word, *texts[ACCESS_LANGUAGES];
} reasons[ACCESS_REASONS] = {
    [ACCESS_BY_RULE] = {"by-rule",
                        {"Permitted by your role.", "Autorisé par votre rôle.",
                         "مسموح به بحكم دورك."}},
    [ACCESS_BY_RELATION] = {"by-relation",
                            {"Permitted: you take part in this patient's care.",
                             "Autorisé : vous participez aux soins de ce patient.",
                             "مسموح به: أنت تشارك في رعاية هذا المريض."}},
    [ACCESS_BY_CONSENT] = {"by-consent",
                           {"Permitted by the patient's consent.",
                            "Autorisé par le consentement du patient.",
                            "مسموح به بموافقة المريض."}},
    [ACCESS_BY_GLASS] = {"by-emergency",
                         {"Permitted as an emergency access, which will be reviewed.",
                          "Autorisé comme accès d'urgence, qui sera examiné.",
                          "مسموح به كولوج طارئ، وستتم مراجعته."}},
    [ACCESS_NO_SIGN_IN] = {"no-sign-in",
                           {"Please sign in.", "Veuillez vous connecter.", "يرجى تسجيل الدخول."}},
    [ACCESS_WRONG_TOKEN] = {"wrong-token",
                            {"The token is none of ours, or its time is over: sign in anew.",
                             "Le jeton n'est pas le nôtre, ou il a expiré : reconnectez-vous.",
                             "الرمز ليس من رموزنا، أو انتهت صلاحيته: سجّل الدخول من جديد."}},
    [ACCESS_NO_SCOPE] = {"no-scope",
                         {"This application has not been allowed to do this.",
                          "Cette application n'y est pas autorisée.",
                          "لم يُسمح لهذا التطبيق بالقيام بذلك."}},
    [ACCESS_NO_ROLE] = {"no-role",
                        {"Your role does not allow this.", "Votre rôle ne le permet pas.",
                         "دورك لا يسمح بذلك."}},
    [ACCESS_NO_PURPOSE] = {"no-purpose",
                           {"Your role does not allow this for the purpose stated.",
                            "Votre rôle ne le permet pas pour le motif indiqué.",
                            "دورك لا يسمح بذلك للغرض المذكور."}},
    [ACCESS_NO_PATIENT] = {"no-patient",
                           {"Say which patient this is about.",
                            "Indiquez de quel patient il s'agit.", "حدّد المريض المعني."}},
    [ACCESS_OTHER_PATIENT] = {"other-patient",
                              {"This session is for another patient.",
                               "Cette session concerne un autre patient.",
                               "هذه الجلسة تخص مريضا آخر."}},
    [ACCESS_NO_RELATION] = {"no-relation",
                            {"You do not take part in this patient's care.",
                             "Vous ne participez pas aux soins de ce patient.",
                             "أنت لا تشارك في رعاية هذا المريض."}},
    [ACCESS_LABEL] =
        {"label",
         {"This information is more confidential than your role may see.",
          "Cette information est plus confidentielle que ce que votre rôle permet de voir.",
          "هذه المعلومة أكثر سرية مما يسمح به دورك."}},
    [ACCESS_CONSENT_REFUSES] = {"consent-refuses",
                                {"The patient has not agreed to this.",
                                 "Le patient ne l'a pas accepté.", "لم يوافق المريض على ذلك."}},
    [ACCESS_CONSENT_MISSING] = {"consent-missing",
                                {"The patient's consent is needed for this.",
                                 "Le consentement du patient est nécessaire.",
                                 "يلزم الحصول على موافقة المريض."}},
    [ACCESS_CONSENT_UNREADABLE] =
        {"consent-unreadable",
         {"A consent on file cannot be read; until it is mended it counts as a refusal.",
          "Un consentement enregistré est illisible ; jusqu'à sa correction il vaut refus.",
          "توجد موافقة مسجلة لا يمكن قراءتها؛ وتُعتبر رفضا إلى أن تُصحّح."}},
    [ACCESS_GLASS_NOT_OPEN] =
        {"emergency-not-opened",
         {"Open an emergency access for this patient first, and give your reason.",
          "Ouvrez d'abord un accès d'urgence pour ce patient, en donnant votre motif.",
          "افتح أولا ولوجا طارئا لهذا المريض مع ذكر السبب."}},
    [ACCESS_GLASS_EXPIRED] = {"emergency-expired",
                              {"The emergency access has ended after four hours.",
                               "L'accès d'urgence a pris fin après quatre heures.",
                               "انتهى الولوج الطارئ بعد أربع ساعات."}},
    [ACCESS_LABEL_TAKEN] =
        {"label-taken",
         {"This takes away a security label, or makes the confidentiality lower: leave the labels "
          "as they are, or ask a physician or surgeon who treats the patient.",
          "Ceci retire une étiquette de sécurité, ou abaisse la confidentialité : laissez les "
          "étiquettes telles quelles, ou demandez à un médecin ou chirurgien qui traite le "
          "patient.",
          "هذا يزيل وسم أمان أو يخفض درجة السرية: اترك الوسوم كما هي، أو اطلب ذلك من طبيب أو "
          "جرّاح يعالج المريض."}},
};

const char *access_reason_word(enum access_reason reason)
{
    assert(reason < ACCESS_REASONS);
    return reasons[reason].word;
}

const char *access_reason_text(enum access_reason reason, enum access_language language)
{
    assert(reason < ACCESS_REASONS && language < ACCESS_LANGUAGES);
    return reasons[reason].texts[language];
}

/* restful-interaction codes of R4; an export or import is an operation, and named apart. */
static const char *const interactions[ACCESS_INTERACTIONS] = {
    [ACCESS_READ] = "read",     [ACCESS_VREAD] = "vread",   [ACCESS_HISTORY] = "history-instance",
    [ACCESS_CREATE] = "create", [ACCESS_UPDATE] = "update", [ACCESS_PATCH] = "patch",
    [ACCESS_DELETE] = "delete", [ACCESS_SEARCH] = "search", [ACCESS_HISTORY_TYPE] = "history",
    [ACCESS_EXPORT] = "export", [ACCESS_IMPORT] = "import",
};

const char *access_interaction_word(enum access_interaction interaction)
{
    assert(interaction < ACCESS_INTERACTIONS);
    return interactions[interaction];
}
