/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rest/words.h"

#include <string.h>

/* clang-format off */
const struct rest_words_row rest_words_rows[] = {
    /* --- what is there, and what is not */
    {{"There is no %s with the id %.*s%s%.*s.",
      "Il n'y a pas de %s avec l'id %.*s%s%.*s.",
      "لا يوجد %s بالمعرّف %.*s%s%.*s."}},
    {{" and the version ", " et la version ", " والنسخة "}},
    {{"%s/%.*s was deleted. Its earlier versions are in its _history.",
      "%s/%.*s a été supprimé. Ses versions antérieures sont dans son _history.",
      "تم حذف %s/%.*s. نسخه السابقة موجودة في _history."}},
    {{"There is no such %s to patch.",
      "Il n'y a pas de tel %s à modifier.",
      "لا يوجد %s كهذا لتعديله."}},
    {{"There is no such address here. GET metadata under the server's base tells what there is.",
      "Cette adresse n'existe pas ici. GET metadata, sous l'adresse du serveur, dit ce qu'il y a.",
      "لا يوجد هذا العنوان هنا. يبيّن GET metadata تحت عنوان الخادم ما هو متوفر."}},
    {{"No resource has such an id: ids are 1 to 64 of A-Z a-z 0-9 - and the full stop.",
      "Aucune ressource n'a un tel id : un id a 1 à 64 caractères parmi A-Z a-z 0-9 - et le point.",
      "لا يحمل أي مورد معرّفا كهذا: يتكوّن المعرّف من 1 إلى 64 من A-Z a-z 0-9 - والنقطة."}},
    {{"there is no such thing", "cela n'existe pas", "هذا غير موجود"}},
    {{"it was deleted", "cela a été supprimé", "تم حذفه"}},

    /* --- changes that cross */
    {{"The resource has version %llu now; read it again, and change that.",
      "La ressource a maintenant la version %llu ; relisez-la, et modifiez celle-ci.",
      "أصبحت نسخة المورد الآن %llu؛ أعد قراءته ثم عدّل هذه النسخة."}},
    {{"What the transaction's conditions find was changed while it was made ready; send it again.",
      "Ce que trouvent les conditions de la transaction a été modifié pendant qu'elle se préparait ; envoyez-la de "
      "nouveau.",
      "تغيّر ما تعثر عليه شروط المعاملة أثناء تحضيرها؛ أرسلها من جديد."}},
    {{"The transaction's conditions and searches take longer than one may: send it in parts.",
      "Les conditions et recherches de la transaction prennent plus de temps que permis : envoyez-la en parties.",
      "تستغرق شروط المعاملة وعمليات بحثها وقتا أطول من المسموح: أرسلها على أجزاء."}},
    {{"The resource was changed while the patch was made ready; send it again.",
      "La ressource a été modifiée pendant que le patch se préparait ; envoyez-le de nouveau.",
      "تغيّر المورد أثناء تحضير patch؛ أرسله من جديد."}},
    {{"There is no such resource now; leave If-Match out to create it.",
      "Cette ressource n'existe pas maintenant ; omettez If-Match pour la créer.",
      "هذا المورد غير موجود الآن؛ احذف If-Match لإنشائه."}},
    {{"The condition finds more than one %s; say it so that it finds one.",
      "La condition trouve plus d'un %s ; précisez-la pour qu'elle n'en trouve qu'un.",
      "يعثر الشرط على أكثر من %s واحد؛ حدّده ليعثر على واحد فقط."}},
    {{"Nothing of the transaction was done: entry %zu cannot be.",
      "Rien de la transaction n'a été fait : l'entrée %zu est impossible.",
      "لم يُنفّذ شيء من المعاملة: المدخل %zu غير ممكن."}},
    {{"The resource's id has to be the one in the address, \"%.*s\".",
      "L'id de la ressource doit être celui de l'adresse, « %.*s ».",
      "يجب أن يكون معرّف المورد هو الموجود في العنوان، «%.*s»."}},
    {{"The body's type is %s, the address's is %s.",
      "Le type du contenu est %s, celui de l'adresse est %s.",
      "نوع المحتوى هو %s ونوع العنوان هو %s."}},
    {{"AuditEvents are written by this server alone, and stay as they are.",
      "Les AuditEvent sont écrits par ce serveur seul, et restent tels quels.",
      "لا يكتب سجلات AuditEvent إلا هذا الخادم، وتبقى كما هي."}},

    {{"Security labels that it had are kept: a patch takes them away.",
      "Les étiquettes de sécurité qu'elle avait sont gardées : un patch les retire.",
      "تبقى وسوم الأمان التي كانت له: تُزال بواسطة patch."}},

    {{"The parameter \"meta\" is a Meta, with up to %d profiles, labels and tags each.",
      "Le paramètre « meta » est un Meta, avec au plus %d profils, étiquettes et tags chacun.",
      "المعامل «meta» هو Meta، وفيه %d على الأكثر من كل من الملامح والوسوم والعلامات."}},
    {{"More resources have profiles, labels or tags than are looked through at once: ask of one "
      "type, or of one resource.",
      "Plus de ressources ont des profils, étiquettes ou tags qu'on n'en parcourt à la fois : "
      "demandez ceux d'un type, ou d'une ressource.",
      "عدد الموارد التي لها ملامح أو وسوم أو علامات أكثر مما يُفحص دفعة واحدة: اطلب نوعا واحدا أو "
      "موردا واحدا."}},
    {{"This changes a resource: it is asked for by POST.",
      "Ceci modifie une ressource : on le demande par POST.",
      "هذا يغيّر موردا: يُطلب بواسطة POST."}},
    {{"The operation needs a Parameters with \"meta\", a valueMeta.",
      "L'opération demande un Parameters avec « meta », un valueMeta.",
      "تحتاج العملية إلى Parameters فيه «meta» بقيمة valueMeta."}},

    {{"This site calls https addresses on the public internet, and others only where its owner "
      "allows them (--hooks).",
      "Ce site n'appelle que des adresses https de l'internet public, et d'autres seulement si son "
      "propriétaire les permet (--hooks).",
      "لا يتصل هذا الموقع إلا بعناوين https على الإنترنت العمومي، وبغيرها فقط إذا سمح بها مالكه "
      "(--hooks)."}},

    /* --- Consents that cannot be read */
    {{"This changes what the Consent means, and it is not known here how: while the Consent is "
      "active it would refuse everybody. Leave it out.",
      "Ceci change le sens du Consent, et on ne sait pas ici comment : tant qu'il est actif, il "
      "refuserait tout le monde. Omettez-le.",
      "هذا يغيّر معنى Consent بطريقة غير معروفة هنا: ما دام ساريا سيرفض الجميع. احذفه."}},
    {{"The Consent says neither permit nor deny, and would refuse everybody while it is active: "
      "give a policyRule of v3-ActCode (OPTIN, OPTINR, OPTOUT, OPTOUTE), or the provision a type.",
      "Ce Consent ne dit ni permit ni deny, et refuserait tout le monde tant qu'il est actif : "
      "donnez un policyRule de v3-ActCode (OPTIN, OPTINR, OPTOUT, OPTOUTE), ou un type à la provision.",
      "لا يقول Consent لا permit ولا deny، وسيرفض الجميع ما دام ساريا: أضف policyRule من v3-ActCode "
      "(OPTIN, OPTINR, OPTOUT, OPTOUTE) أو نوعا للحكم (provision.type)."}},
    {{"A provision within another says permit or deny as its type: without one the Consent would "
      "refuse everybody while it is active.",
      "Une provision dans une autre dit permit ou deny comme type : sans lui, le Consent refuserait "
      "tout le monde tant qu'il est actif.",
      "يجب أن يكون نوع كل حكم داخل حكم آخر permit أو deny: بدونه سيرفض Consent الجميع ما دام ساريا."}},
    {{"This cannot be read, and the Consent would refuse everybody while it is active: say it as "
      "FHIR R4 has it, with codes, dates and references.",
      "Ceci est illisible, et le Consent refuserait tout le monde tant qu'il est actif : dites-le "
      "comme le veut FHIR R4, par des codes, des dates et des références.",
      "لا يمكن قراءة هذا، وسيرفض Consent الجميع ما دام ساريا: اكتبه كما في FHIR R4 برموز وتواريخ "
      "ومراجع."}},
    {{"The Consent would count for nobody while it is active: its patient has to be a reference to "
      "a Patient.",
      "Ce Consent ne compterait pour personne tant qu'il est actif : son patient doit être une "
      "référence à un Patient.",
      "لن يُحتسب Consent لأي أحد ما دام ساريا: يجب أن يكون patient مرجعا إلى Patient."}},
    {{"The patient's active Consents say more than can be weighed at each question, and would "
      "refuse everybody: end some, or say it in fewer provisions.",
      "Les Consent actifs du patient disent plus que ce qui peut être examiné à chaque question, et "
      "refuseraient tout le monde : terminez-en certains, ou dites-le en moins de provisions.",
      "تقول موافقات Consent السارية للمريض أكثر مما يمكن فحصه عند كل طلب، وسترفض الجميع: أنهِ "
      "بعضها أو اختصر أحكامها."}},

    /* --- form */
    {{"Answers are FHIR R4 as JSON here, not XML or Turtle, nor another version: ask for "
      "application/fhir+json; fhirVersion=4.0.",
      "Les réponses sont ici du FHIR R4 en JSON, ni XML ni Turtle, ni une autre version : demandez "
      "application/fhir+json; fhirVersion=4.0.",
      "الأجوبة هنا بصيغة FHIR R4 في JSON، لا XML ولا Turtle ولا نسخة أخرى: اطلب "
      "application/fhir+json; fhirVersion=4.0."}},
    {{"A body is read as FHIR R4 in JSON here, not as XML or Turtle, nor as another version: send "
      "Content-Type: application/fhir+json; fhirVersion=4.0.",
      "Le contenu est lu ici comme du FHIR R4 en JSON, ni XML ni Turtle, ni une autre version : envoyez "
      "Content-Type: application/fhir+json; fhirVersion=4.0.",
      "يُقرأ المحتوى هنا بصيغة FHIR R4 في JSON، لا XML ولا Turtle ولا نسخة أخرى: أرسل "
      "Content-Type: application/fhir+json; fhirVersion=4.0."}},
    {{"The request takes more memory than one request may; send less at once.",
      "La requête prend plus de mémoire qu'il n'est permis ; envoyez-en moins à la fois.",
      "يحتاج الطلب إلى ذاكرة أكثر مما يُسمح به؛ أرسل أقل دفعة واحدة."}},
    {{"This needs a body: %s.", "Il y faut un contenu : %s.", "يلزم هنا محتوى: %s."}},
    {{"a patch", "une modification (patch)", "تعديل (patch)"}},
    {{"a resource as application/fhir+json",
      "une ressource en application/fhir+json",
      "مورد بصيغة application/fhir+json"}},
    {{"A resource is a JSON object with a member \"resourceType\" that names its type.",
      "Une ressource est un objet JSON avec un membre « resourceType » qui nomme son type.",
      "المورد كائن JSON فيه عنصر «resourceType» يسمّي نوعه."}},
    {{"Line %u, column %u: %s.", "Ligne %u, colonne %u : %s.", "السطر %u، العمود %u: %s."}},
    {{"this cannot stand here in JSON", "ceci ne peut pas être ici en JSON", "لا يمكن أن يكون هذا هنا في JSON"}},
    {{"the text ends before the value does", "le texte finit avant la valeur", "ينتهي النص قبل القيمة"}},
    {{"these bytes are not UTF-8", "ces octets ne sont pas de l'UTF-8", "هذه البايتات ليست UTF-8"}},
    {{"this is not a number as JSON writes it", "ce n'est pas un nombre en JSON", "هذا ليس رقما كما يكتبه JSON"}},
    {{"this key is in the object already", "cette clé est déjà dans l'objet", "هذا المفتاح موجود من قبل في الكائن"}},

    /* --- what is wrong with a resource */
    {{"%s.%s%s is missing", "%s.%s%s manque", "ينقص %s.%s%s"}},
    {{"%s has no property \"%s%.*s\"", "%s n'a pas de propriété « %s%.*s »", "ليس في %s خاصية «%s%.*s»"}},
    {{"\"%.*s\": %s", "« %.*s » : %s", "«%.*s»: %s"}},
    {{"\"%.*s\" is not a code of %s", "« %.*s » n'est pas un code de %s", "«%.*s» ليس رمزا من %s"}},
    {{"none of the codings is of %s", "aucun des codes n'est de %s", "لا ينتمي أي من الرموز إلى %s"}},
    {{"the coding is not of %s", "le code n'est pas de %s", "الرمز ليس من %s"}},
    {{"a reference to %s may not stand here",
      "une référence à %s ne peut pas être ici",
      "لا يمكن أن تكون هنا إحالة إلى %s"}},
    {{"no contained resource has the id \"%.*s\"",
      "aucune ressource contenue n'a l'id « %.*s »",
      "لا يحمل أي مورد مضمَّن المعرّف «%.*s»"}},
    {{"nothing is in it", "il n'y a rien dedans", "لا يوجد فيه شيء"}},
    {{"\"%.*s\" is not an array", "« %.*s » n'est pas un tableau", "«%.*s» ليس مصفوفة"}},
    {{"\"%.*s\" is an empty array", "« %.*s » est un tableau vide", "«%.*s» مصفوفة فارغة"}},
    {{"\"%.*s\" is an array, and may only be one value",
      "« %.*s » est un tableau, et ne peut être qu'une valeur",
      "«%.*s» مصفوفة، ولا يجوز إلا قيمة واحدة"}},
    {{"%s where a %s stands", "%s là où il faut un %s", "%s حيث يلزم %s"}},
    {{"%s[x] is there more than once", "%s[x] est là plus d'une fois", "%s[x] موجود أكثر من مرة"}},
    {{"the narrative: %s%s%.*s", "le texte narratif : %s%s%.*s", "النص السردي: %s%s%.*s"}},
    {{"a date is YYYY, YYYY-MM or YYYY-MM-DD, of a day that there is",
      "une date est AAAA, AAAA-MM ou AAAA-MM-JJ, d'un jour qui existe",
      "التاريخ هو YYYY أو YYYY-MM أو YYYY-MM-DD ليوم موجود"}},
    {{"a dateTime is a date, or YYYY-MM-DDThh:mm:ss+zz:zz, of a day that there is",
      "un dateTime est une date, ou AAAA-MM-JJThh:mm:ss+zz:zz, d'un jour qui existe",
      "قيمة dateTime هي تاريخ أو YYYY-MM-DDThh:mm:ss+zz:zz ليوم موجود"}},
    {{"an instant is YYYY-MM-DDThh:mm:ss+zz:zz, of a day that there is",
      "un instant est AAAA-MM-JJThh:mm:ss+zz:zz, d'un jour qui existe",
      "قيمة instant هي YYYY-MM-DDThh:mm:ss+zz:zz ليوم موجود"}},
    {{"a time is hh:mm:ss", "une heure est hh:mm:ss", "الوقت هو hh:mm:ss"}},
    {{"an id has 1 to 64 of A-Z, a-z, 0-9, - and .",
      "un id a 1 à 64 caractères parmi A-Z, a-z, 0-9, - et .",
      "يتكوّن المعرّف من 1 إلى 64 من A-Z و a-z و 0-9 و - و ."}},
    {{"a code is not empty, and has single spaces within alone",
      "un code n'est pas vide, et n'a que des espaces simples à l'intérieur",
      "الرمز غير فارغ ولا تكون فيه إلا فراغات مفردة في الداخل"}},
    {{"a string has 1 byte to 1 MB, without control characters",
      "une chaîne a de 1 octet à 1 Mo, sans caractère de contrôle",
      "النص من بايت واحد إلى 1 ميغابايت، دون رموز تحكم"}},
    {{"an integer is a whole number of 32 bits",
      "un integer est un nombre entier de 32 bits",
      "قيمة integer عدد صحيح من 32 بت"}},
    {{"a positiveInt is a whole number from 1 to 2147483647",
      "un positiveInt est un nombre entier de 1 à 2147483647",
      "قيمة positiveInt عدد صحيح من 1 إلى 2147483647"}},
    {{"a decimal is within 1e-300 and 1e300, in at most 100 characters",
      "un decimal est entre 1e-300 et 1e300, en 100 caractères au plus",
      "قيمة decimal بين 1e-300 و 1e300 في 100 رمز على الأكثر"}},
    {{"the profile %s wants %s at least %u times here",
      "le profil %s veut %s ici au moins %u fois",
      "يتطلب الملف %s وجود %s هنا %u مرات على الأقل"}},
    {{"the profile %s wants %s at most %u times here",
      "le profil %s veut %s ici au plus %u fois",
      "يسمح الملف %s بوجود %s هنا %u مرات على الأكثر"}},
    {{"the profile %s wants this value here: %s",
      "le profil %s veut ici cette valeur : %s",
      "يتطلب الملف %s هذه القيمة هنا: %s"}},
    {{"the profile %s has no %s here",
      "le profil %s n'a pas de %s ici",
      "لا يسمح الملف %s بنوع %s هنا"}},
    {{"the profile %s has no reference to %s here",
      "le profil %s n'a pas de référence à %s ici",
      "لا يسمح الملف %s بمرجع إلى %s هنا"}},
    {{"the profile %s has no slice that this is in",
      "le profil %s n'a pas de tranche pour ceci",
      "لا يوجد في الملف %s قسم لهذه القيمة"}},
    {{"This profile is not known here, and was not looked at.",
      "Ce profil n'est pas connu ici et n'a pas été examiné.",
      "هذا الملف غير معروف هنا ولم يُفحص."}},
    {{"All OK.", "Tout est en ordre.", "كل شيء سليم."}},

    /* --- not now */
    {{"too many wait already", "trop de demandes attendent déjà", "ينتظر عدد كبير من الطلبات"}},
    {{"the database does not answer: it is tried again; try later",
      "la base de données ne répond pas : une nouvelle tentative est en cours ; réessayez plus tard",
      "لا تستجيب قاعدة البيانات: تُعاد المحاولة؛ حاول لاحقا"}},
    {{"the disk is full", "le disque est plein", "القرص ممتلئ"}},
    {{"the disk or database failed",
      "le disque ou la base de données a échoué",
      "حدث عطل في القرص أو قاعدة البيانات"}},
    {{"the search would look at too much",
      "la recherche porterait sur trop de ressources",
      "سيشمل البحث عددا كبيرا جدا من الموارد"}},

    /* --- HTTP's own: what is refused before the record is asked */
    {{"the connection ended before the request did",
      "la connexion a pris fin avant la requête",
      "انتهى الاتصال قبل اكتمال الطلب"}},
    {{"the request took too long to arrive",
      "la requête a mis trop de temps à arriver",
      "استغرق وصول الطلب وقتا طويلا جدا"}},
    {{"the request line is no method, target and version of HTTP",
      "la première ligne n'est pas une méthode, une cible et une version de HTTP",
      "السطر الأول ليس طريقة وهدفا وإصدارا من HTTP"}},
    {{"this server speaks HTTP/1.1", "ce serveur parle HTTP/1.1", "هذا الخادم يتكلم HTTP/1.1"}},
    {{"the request's target or headers are too large",
      "la cible ou les en-têtes de la requête sont trop longs",
      "هدف الطلب أو ترويساته أطول من المسموح به"}},
    {{"too many headers", "trop d'en-têtes", "عدد الترويسات أكبر من المسموح به"}},
    {{"the body is too large", "le contenu est trop long", "المحتوى أكبر من المسموح به"}},
    {{"the body is too large once unpacked",
      "le contenu est trop long une fois décompressé",
      "المحتوى أكبر من المسموح به بعد فك ضغطه"}},
    {{"the body is not what its Content-Encoding says",
      "le contenu n'est pas ce que dit son Content-Encoding",
      "المحتوى ليس كما يقول Content-Encoding"}},
    {{"the Content-Encodings that this server knows are gzip and zstd",
      "ce serveur connaît les Content-Encoding gzip et zstd",
      "يعرف هذا الخادم من Content-Encoding: gzip و zstd"}},
    {{"this server does not know that method",
      "ce serveur ne connaît pas cette méthode",
      "لا يعرف هذا الخادم هذه الطريقة"}},
    {{"the target of the request has bytes that must be encoded as %XX",
      "la cible de la requête a des octets à coder en %XX",
      "في هدف الطلب بايتات يجب ترميزها على شكل %XX"}},
    {{"no Host", "il manque Host", "ينقص Host"}},
    {{"two Authorizations", "deux Authorization", "Authorization مرتين"}},
    {{"too many connections", "trop de connexions", "عدد الاتصالات أكبر من المسموح به"}},
    {{"too many connections from this address",
      "trop de connexions depuis cette adresse",
      "عدد الاتصالات من هذا العنوان أكبر من المسموح به"}},
    {{"too many requests from this address",
      "trop de requêtes depuis cette adresse",
      "عدد الطلبات من هذا العنوان أكبر من المسموح به"}},
    {{"no memory for the request",
      "il n'y a pas assez de mémoire pour la requête",
      "لا توجد ذاكرة كافية للطلب"}},
    {{"no memory for the body",
      "il n'y a pas assez de mémoire pour le contenu",
      "لا توجد ذاكرة كافية للمحتوى"}},
    {{"pages from there may not call: --origin",
      "les pages de cette origine ne peuvent pas appeler : --origin",
      "لا يجوز للصفحات من هذا المصدر أن تتصل: --origin"}},
    {{"an open record is for this machine alone: call it by --listen or --url",
      "un dossier ouvert est pour cette machine seule : appelez-le par --listen ou --url",
      "السجل المفتوح لهذا الجهاز وحده: اتصل به عبر --listen أو --url"}},
    {{"who asks cannot be looked up now: try again",
      "il n'est pas possible de savoir maintenant qui demande : réessayez",
      "لا يمكن الآن معرفة صاحب الطلب: أعد المحاولة"}},
    {{"the audit has no memory for this request: ask for less at once",
      "le journal d'audit n'a pas assez de mémoire pour cette requête : demandez-en moins à la fois",
      "ليس لسجل التدقيق ذاكرة كافية لهذا الطلب: اطلب أقل دفعة واحدة"}},
    {{"the audit cannot be written: nothing is done without it",
      "le journal d'audit ne peut pas être écrit : rien ne se fait sans lui",
      "لا يمكن كتابة سجل التدقيق: لا يُفعل شيء من دونه"}},
    {{"the record is not ready: try again",
      "le dossier n'est pas encore prêt : réessayez",
      "السجل غير جاهز بعد: أعد المحاولة"}},
    {{"not ready: try again", "pas encore prêt : réessayez", "غير جاهز بعد: أعد المحاولة"}},
    {{"FHIR has no such method", "FHIR n'a pas cette méthode", "لا توجد هذه الطريقة في FHIR"}},
    {{"there is no such method here",
      "cette méthode n'existe pas ici",
      "لا توجد هذه الطريقة هنا"}},
    {{"nothing is here; the record is below /fhir",
      "il n'y a rien ici ; le dossier est sous /fhir",
      "لا شيء هنا؛ السجل تحت /fhir"}},
};
/* clang-format on */
const size_t rest_words_count = sizeof rest_words_rows / sizeof *rest_words_rows;

const char *rest_words(const char *english, enum access_language language)
{
    if (language == ACCESS_ENGLISH)
        return english;
    for (size_t i = 0; i < rest_words_count; i++)
        if (strcmp(rest_words_rows[i].texts[ACCESS_ENGLISH], english) == 0)
            return rest_words_rows[i].texts[language];
    return english;
}
