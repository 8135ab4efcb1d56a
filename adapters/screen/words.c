/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/words.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[WORDS][WORDS_LANGUAGES] = {
    [WORD_COLON] = {": ", " : ", ": "},
    [WORD_COMMA] = {", ", ", ", "، "},
    [WORD_SEMICOLON] = {"; ", " ; ", "؛ "},
    [WORD_MS] = {"ms", "ms", "م.ث"},
    [WORD_SECONDS] = {"s", "s", "ث"},
    [WORD_LINES] = {"Lines", "Lignes", "الخطوط"},
    [WORD_LINE] = {"line", "ligne", "الخط"},
    [WORD_STATE] = {"state", "état", "الحالة"},
    [WORD_DELAY] = {"delay", "délai", "التأخير"},
    [WORD_LOSS] = {"loss", "pertes", "الفقدان"},
    [WORD_JITTER] = {"jitter", "gigue", "التذبذب"},
    [WORD_RATE] = {"rate", "débit", "الصبيب"},
    [WORD_LINE_UNUSED] = {"unused", "inutilisée", "غير مستعمل"},
    [WORD_LINE_FRESH] = {"starting", "en démarrage", "قيد البدء"},
    [WORD_LINE_GOOD] = {"good", "bonne", "جيد"},
    [WORD_LINE_SUSPECT] = {"silent", "muette", "صامت"},
    [WORD_LINE_LOST] = {"lost", "perdue", "مقطوع"},
    [WORD_UNSENT] = {"not sent", "non envoyés", "لم تُرسل"},
    [WORD_HANDS] = {"Hands", "Mains", "اليدان"},
    [WORD_FOLLOWS] = {"the arm follows", "le bras suit", "الذراع تتبع"},
    [WORD_HOLDS_STILL] = {"the arm holds still", "le bras est immobile", "الذراع ثابتة"},
    [WORD_MEDIAN] = {"median", "médiane", "الوسيط"},
    [WORD_99_BELOW] = {"99 % below", "99 % sous", "99% دون"},
    [WORD_MOST] = {"most", "max", "الأقصى"},
    [WORD_INPUT_REFUSED] = {"input refused", "entrée refusée", "مدخل مرفوض"},
    [WORD_GESTURE_AGE] = {"gesture age", "âge du geste", "عمر الحركة"},
    [WORD_APPLIED] = {"applied", "appliqués", "مطبقة"},
    [WORD_LATE] = {"late", "en retard", "متأخرة"},
    [WORD_REFUSED] = {"refused", "refusés", "مرفوضة"},
    [WORD_PICTURE] = {"Picture", "Image", "الصورة"},
    [WORD_PICTURE_AGE] = {"picture age", "âge de l'image", "عمر الصورة"},
    [WORD_PICTURE_AGE_AT_MOST] = {"picture age ≤", "âge de l'image ≤", "عمر الصورة ≤"},
    [WORD_HAND_TO_EYE] = {"hand to eye", "délai main-œil", "من اليد إلى العين"},
    [WORD_WHOLE] = {"whole", "entières", "كاملة"},
    [WORD_REPAIRED] = {"repaired", "réparées", "مُصلَحة"},
    [WORD_LOST] = {"lost", "perdues", "مفقودة"},
    [WORD_DAMAGED] = {"damaged", "abîmées", "مشوّهة"},
    [WORD_A_SECOND] = {"a second", "par seconde", "في الثانية"},
    [WORD_MM] = {"mm", "mm", "مم"},
    [WORD_INSTRUMENT] = {"Instrument", "Instrument", "الأداة"},
    [WORD_TIP] = {"tip", "pointe", "الطرف"},
    [WORD_TRAVELLED] = {"travelled", "parcouru", "المسافة"},
    [WORD_CLOCK] = {"Clock", "Horloge", "الساعة"},
    [WORD_OFFSET] = {"offset", "écart", "الفارق"},
    [WORD_HOLDS] = {"Holds", "Arrêts", "التوقفات"},
    [WORD_LONGEST] = {"longest", "le plus long", "أطولها"},
    [WORD_EVENTS] = {"Events", "Événements", "الأحداث"},
    [WORD_NOT_MEASURED] = {"not measured", "non mesuré", "لم يُقَس"},
    [WORD_NOT_CERTIFIED] = {"Research and training: not a certified medical device",
                            "Recherche et formation : pas un dispositif médical certifié",
                            "للبحث والتكوين: ليس جهازا طبيا معتمدا"},
    [WORD_CAMERA] = {"Camera", "Caméra", "الكاميرا"},
    [WORD_CAMERA_CUT_SHORT] = {"its file is cut short", "fichier tronqué", "ملفها مبتور"},
    [WORD_CAMERA_DAMAGED] = {"unreadable pictures", "images illisibles", "صور لا تُقرأ"},
    [WORD_CAMERA_SLOW] = {"encodes too slowly", "codage trop lent", "ترميزها بطيء"},
    [WORD_CAMERA_FROZEN] = {"a frozen picture", "image figée", "صورة جامدة"},
    [WORD_CAMERA_SILENT] = {"gives no picture", "ne donne pas d'image", "لا تعطي أي صورة"},
    [WORD_CAMERA_ENDED] = {"has stopped for good", "s'est arrêtée pour de bon", "توقفت نهائيا"},
    [WORD_CAMERA_BACK] = {"gives pictures again", "donne de nouveau des images", "عادت تعطي الصور"},
    [WORD_UNREADABLE] = {"unreadable", "illisibles", "غير مقروءة"},
    [WORD_SILENCES] = {"silences", "silences", "مرات الصمت"},
    [WORD_ENDED] = {"ended by itself, status", "s'est arrêté de lui-même, code",
                    "توقف من تلقاء نفسه، الرمز"},
    [WORD_DIED] = {"died of signal", "s'est arrêté brutalement, signal", "انهار، الإشارة"},
    [WORD_STARTED_AGAIN] = {"is started again", "est relancé", "أُعيد تشغيله"},
    [WORD_GIVEN_UP] = {"died too often: it is not started again",
                       "s'est arrêté brutalement trop souvent : il n'est plus relancé",
                       "انهار مرارا: لن يُعاد تشغيله"},
    [WORD_NUMBERED] = {"files of an earlier operation stay; this one's have the number",
                       "les fichiers d'une opération antérieure restent ; les nouveaux portent le "
                       "numéro",
                       "تبقى ملفات عملية سابقة؛ ملفات هذه العملية تحمل الرقم"},
    [WORD_MET] = {"the two ends have met", "la liaison est établie", "أُقيم الاتصال بين الطرفين"},
    [WORD_PARTED] = {"the two ends have parted", "la liaison est rompue",
                     "انقطع الاتصال بين الطرفين"},
    [WORD_CLUTCH_IN] = {"the surgeon takes the arm", "le chirurgien prend les commandes",
                        "الجراح يتولى الذراع"},
    [WORD_PICTURE_OLD] = {"the picture is too old: the hands are frozen",
                          "l'image est trop ancienne : les commandes sont bloquées",
                          "الصورة قديمة جدا: التحكم موقوف"},
    [WORD_PHASE_WEATHER] = {"every line in its weather",
                            "toutes les lignes en service, avec leurs défauts",
                            "كل الخطوط تعمل بعيوبها"},
    [WORD_PHASE_FIRST_CUT] = {"the first line is pulled", "la première ligne est coupée",
                              "قُطع الخط الأول"},
    [WORD_PHASE_ALL_CUT] = {"every line is pulled", "toutes les lignes sont coupées",
                            "قُطعت كل الخطوط"},
    [WORD_PHASE_RETURN] = {"the lines are back", "les lignes sont revenues", "عادت الخطوط"},
    [WORD_PHASE_END] = {"the operation ends", "l'opération se termine", "انتهت العملية"},
    [WORD_HOLD_START] = {"not taken yet", "commandes pas encore prises", "لم يتولها أحد بعد"},
    [WORD_HOLD_RELEASED] = {"the pedal is up", "la pédale est relâchée", "الدواسة مرفوعة"},
    [WORD_HOLD_FROZEN] = {"the hands are frozen at the console", "mains figées à la console",
                          "اليدان مجمدتان عند وحدة التحكم"},
    [WORD_HOLD_AGE] = {"a gesture was too old", "un geste était trop ancien", "حركة قديمة جدا"},
    [WORD_HOLD_SILENCE] = {"no gesture comes", "aucun geste n'arrive", "لا تصل أي حركة"},
    [WORD_HOLD_CLOCK] = {"the age of gestures is not measured", "l'âge des gestes n'est pas mesuré",
                         "عمر الحركات لم يُقَس"},
    [WORD_HOLD_STEP] = {"the hands leapt", "mouvement trop brusque des mains",
                        "حركة مفاجئة لليدين"},
    [WORD_HOLD_SESSION] = {"the session is lost", "la liaison est perdue", "انقطع الاتصال"},
    [WORD_HOLD_LEASE] = {"the lease changed hands", "le contrôle a changé de mains",
                         "انتقل التحكم إلى طرف آخر"},
    [WORD_HOLD_BEDSIDE] = {"the bedside team is not heard", "le chevet ne répond plus",
                           "لوحة فريق المريض لا تستجيب"},
    [WORD_HOLD_PRESENCE] = {"nobody is at the hands", "personne aux commandes",
                            "لا أحد عند أدوات التحكم"},
    [WORD_HOLD_PICTURE] = {"the surgeon sees an old picture", "image du chirurgien trop ancienne",
                           "الجراح يرى صورة قديمة جدا"},
    [WORD_HOLD_LOOP] = {"the control loop stood still", "boucle de commande arrêtée",
                        "توقفت حلقة التحكم"},
    [WORD_HOLD_FORCE] = {"too much force at an instrument", "effort excessif sur un instrument",
                         "قوة زائدة على أداة"},
    [WORD_HOLD_TRACKING] = {"the arm is not where it was sent", "le bras n'est pas à sa place",
                            "الذراع ليست حيث أُمرت"},
    [WORD_HOLD_ARM] = {"the arm does not answer", "le bras ne répond plus", "الذراع لا تستجيب"},
    [WORD_HOLD_DISABLED] = {"the bedside has not enabled it", "bras non autorisé par le chevet",
                            "لم يأذن فريق المريض للذراع"},
    [WORD_HOLD_STOPPED] = {"stopped by a person", "arrêté par une personne", "أوقفه شخص"},
    [WORD_HOLD_UNDOCK] = {"emergency undocking", "dégagement d'urgence", "فك ارتباط طارئ"},
    [WORD_HOLD_UNDOCKED] = {"undocked, the instruments are out", "dégagé, instruments retirés",
                            "فُك ارتباط الروبوت والأداتان في الخارج"},
    [WORD_HOLD_ESTOP] = {"emergency stop pressed", "arrêt d'urgence enfoncé",
                         "زر التوقف الطارئ مضغوط"},
    [WORD_HOLD_POWER] = {"the motors have a fault", "défaut des moteurs", "عطل في المحركات"},
    [WORD_HOLD_DOCK] = {"instruments are brought in", "remise en place des instruments",
                        "جارٍ إدخال الأدوات"},
    [WORD_HOLD_CAMERA] = {"the hands move the camera", "les mains déplacent la caméra",
                          "اليدان تحركان الكاميرا"},
    [WORD_HOLD_LINE] = {"the line is too poor for pictures", "ligne trop faible pour l'image",
                        "الخط أضعف من أن ينقل الصورة"},
};

const char *words_of(enum word word, enum words_language language)
{
    assert(word < WORDS && language < WORDS_LANGUAGES);
    return words[word][language];
}

enum word words_of_hold(enum hold_cause cause)
{
    switch (cause) {
    case HOLD_START:
        return WORD_HOLD_START;
    case HOLD_CAMERA:
        return WORD_HOLD_CAMERA;
    case HOLD_LINE:
        return WORD_HOLD_LINE;
    case HOLD_RELEASED:
        return WORD_HOLD_RELEASED;
    case HOLD_FROZEN:
        return WORD_HOLD_FROZEN;
    case HOLD_AGE:
        return WORD_HOLD_AGE;
    case HOLD_SILENCE:
        return WORD_HOLD_SILENCE;
    case HOLD_CLOCK:
        return WORD_HOLD_CLOCK;
    case HOLD_STEP:
        return WORD_HOLD_STEP;
    case HOLD_SESSION:
        return WORD_HOLD_SESSION;
    case HOLD_LEASE:
        return WORD_HOLD_LEASE;
    case HOLD_BEDSIDE:
        return WORD_HOLD_BEDSIDE;
    case HOLD_PRESENCE:
        return WORD_HOLD_PRESENCE;
    case HOLD_PICTURE:
        return WORD_HOLD_PICTURE;
    case HOLD_LOOP:
        return WORD_HOLD_LOOP;
    case HOLD_FORCE:
        return WORD_HOLD_FORCE;
    case HOLD_TRACKING:
        return WORD_HOLD_TRACKING;
    case HOLD_ARM:
        return WORD_HOLD_ARM;
    case HOLD_DISABLED:
        return WORD_HOLD_DISABLED;
    case HOLD_STOPPED:
        return WORD_HOLD_STOPPED;
    case HOLD_UNDOCK:
        return WORD_HOLD_UNDOCK;
    case HOLD_UNDOCKED:
        return WORD_HOLD_UNDOCKED;
    case HOLD_ESTOP:
        return WORD_HOLD_ESTOP;
    case HOLD_POWER:
        return WORD_HOLD_POWER;
    case HOLD_DOCK:
        return WORD_HOLD_DOCK;
    case HOLD_NONE:
        return WORD_FOLLOWS;
    case HOLD_CAUSES:
        break;
    }
    return WORD_NOT_MEASURED;
}

const char *words_of_refusal(enum motion_err err, enum words_language language)
{
    static const char *const causes[MOTION_ERRS][WORDS_LANGUAGES] = {
        [MOTION_OK] = {"accepted", "accepté", "مقبول"},
        [MOTION_ERR_LENGTH] = {"wrong length", "longueur incorrecte", "طول خاطئ"},
        [MOTION_ERR_VERSION] = {"unknown version", "version inconnue", "إصدار غير معروف"},
        [MOTION_ERR_RESERVED] = {"unknown flag", "indicateur inconnu", "علامة مجهولة"},
        [MOTION_ERR_STATE] = {"impossible state", "état impossible", "حالة مستحيلة"},
        [MOTION_ERR_COUNT] = {"wrong number of hands", "nombre de mains incorrect",
                              "عدد الأيدي خاطئ"},
        [MOTION_ERR_SYNTAX] = {"not a number", "pas un nombre", "ليس عددا"},
        [MOTION_ERR_NOT_FINITE] = {"not finite", "valeur non finie", "قيمة غير منتهية"},
        [MOTION_ERR_NOT_UNIT] = {"not a unit quaternion", "quaternion non unitaire",
                                 "كواترنيون غير وحدوي"},
        [MOTION_ERR_TOO_FAR] = {"too far", "trop loin", "بعيد جدا"},
        [MOTION_ERR_JAW] = {"jaw out of range", "pince hors limites", "فتحة الملقط خارج الحدود"},
        [MOTION_ERR_STEP] = {"step too large", "saut trop grand", "قفزة كبيرة جدا"},
        [MOTION_ERR_SEQUENCE] = {"out of sequence", "hors séquence", "خارج التسلسل"},
        [MOTION_ERR_DUPLICATE] = {"duplicate", "doublon", "مكرر"},
        [MOTION_ERR_REFLECT] = {"asks for an echo", "demande d'écho", "طلب صدى"},
        [MOTION_ERR_CHECKSUM] = {"wrong checksum", "somme de contrôle incorrecte",
                                 "مجموع تحقق خاطئ"},
        [MOTION_ERR_STAMP] = {"time stamp out of order", "horodatage incohérent", "طابع زمني مختل"},
        [MOTION_ERR_CLOCK] = {"age not measured", "âge non mesuré", "عمر غير مقيس"},
        [MOTION_ERR_LEASE] = {"without the lease", "sans le contrôle", "من دون حق التحكم"},
        [MOTION_ERR_STRANGER] = {"from somebody else", "d'un expéditeur étranger", "من مرسل غريب"},
        [MOTION_ERR_CLUTCH] = {"no fresh clutch-in", "sans nouvelle prise des commandes",
                               "دون تولٍّ جديد"},
    };
    assert(err < MOTION_ERRS && language < WORDS_LANGUAGES);
    return causes[err][language];
}

/* What is warned of, or worse, and is not told from the status lines (programs/operate/show.c). */
static const struct event_words {
    const char *name;
    const char *words[WORDS_LANGUAGES];
} events[] = {
    {"session_closed", {"the session has ended", "la liaison est terminée", "انتهى الاتصال"}},
    {"session_refused", {"a site was refused", "un site a été refusé", "رُفض أحد المواقع"}},
    {"second_console_refused",
     {"a second console was refused", "une seconde console a été refusée", "رُفضت وحدة تحكم ثانية"}},
    {"place_taken",
     {"another console has taken this one's place", "une autre console a pris sa place",
      "أخذت وحدة تحكم أخرى مكانها"}},
    {"line_shrank",
     {"a line carries smaller packets only", "une ligne ne passe plus que de petits paquets",
      "أحد الخطوط لا يمرر إلا حزمًا أصغر"}},
    {"clock_step", {"a clock has jumped", "une horloge a sauté", "قفزت إحدى الساعتين"}},
    {"set_point_refused",
     {"the robot refused a set-point", "le robot a refusé une consigne", "رفض الروبوت أمر موضع"}},
    {"task_force",
     {"too much force at a tip", "trop de force à une pointe", "قوة زائدة عند طرف أداة"}},
    {"task_collision",
     {"an instrument touches what it should not",
      "un instrument touche ce qu'il ne doit pas toucher", "أداة تلمس ما لا ينبغي لمسه"}},
    {"starts_inside_fixture",
     {"an instrument starts inside what a fixture keeps from",
      "un instrument est, au départ, dans une zone qui lui est interdite",
      "أداة تقف منذ البداية داخل منطقة ممنوعة عليها"}},
    {"physics_broke_down",
     {"the simulated robot's physics broke down", "la physique du robot simulé a échoué",
      "تعطلت فيزياء الروبوت المحاكى"}},
    {"alarms_unheard",
     {"no loudspeaker: alarms are seen, not heard",
      "pas de haut-parleur : les alarmes se voient, sans s'entendre",
      "لا مكبّر صوت: الإنذارات تُرى ولا تُسمع"}},
    {"view_failed",
     {"pictures cannot be shown", "l'image ne peut pas être affichée", "تعذر عرض الصور"}},
    {"identity_kept",
     {"a new identity cannot be read: the old one stays",
      "nouvelle identité illisible : l'ancienne reste", "هوية جديدة لا تُقرأ: تبقى القديمة"}},
    {"identity_of_another_kind",
     {"this identity is for another kind of site",
      "cette identité est celle d'un autre type de site", "هذه الهوية لنوع آخر من المواقع"}},
    {"trace_failed",
     {"the trace cannot be written", "les mesures ne peuvent pas être écrites",
      "تعذرت كتابة سجل القياسات"}},
    {"trace_rows_lost",
     {"rows of the trace are lost", "des mesures sont perdues", "فُقدت قياسات من السجل"}},
    {"trace_incomplete",
     {"the trace is incomplete", "les mesures sont incomplètes", "سجل القياسات ناقص"}},
    {"report_failed",
     {"the report cannot be written", "le rapport ne peut pas être écrit", "تعذرت كتابة التقرير"}},
    {"snapshot_failed",
     {"the snapshot cannot be written", "l'instantané ne peut pas être écrit",
      "تعذرت كتابة اللقطة"}},
    {"pictures_refused",
     {"pictures too large for the lines are not sent",
      "des images trop grandes pour les lignes ne sont pas envoyées",
      "صور أكبر مما تحمله الخطوط لا تُرسل"}},
    {"line_poor",
     {"the lines have no room for pictures: add a line, or change it",
      "les lignes n'ont pas de place pour l'image : en ajouter une, ou en changer",
      "الخطوط لا تتسع للصورة: أضف خطا أو غيّره"}},
    {"left_out",
     {"messages of this kind were left out", "des messages de ce type ont été omis",
      "أُغفلت رسائل من هذا النوع"}},
    {"pictures_refused", {"pictures were refused", "des images ont été refusées", "رُفضت صور"}},
    {"igtl_open",
     {"poses and picture can be seen by whoever reaches an address",
      "poses et image sont visibles de quiconque atteint une adresse",
      "الوضعيات والصورة يراها كل من يصل إلى العنوان"}},
    {"input_gaps",
     {"packets of the console's hands are missing: its foot must come up",
      "des paquets des mains manquent : relever le pied", "حزم من حركة اليدين مفقودة: ارفع القدم"}},
    {"input_silent",
     {"the console's hands are silent", "les mains de la console se taisent",
      "لا تصل حركة اليدين من وحدة التحكم"}},
    {"order_refused", {"an order was refused", "un ordre a été refusé", "رُفض أمر"}},
    {"order_unsent",
     {"an order was not sent: no link", "un ordre n'est pas parti : pas de liaison",
      "لم يُرسل أمر: لا اتصال"}},
    {"order_unheard",
     {"an order is not confirmed by the robot", "un ordre n'est pas confirmé par le robot",
      "أمر لم يؤكده الروبوت"}},
    {"order_lost",
     {"an order is not known to have reached the robot: the session ended",
      "rien ne dit qu'un ordre a atteint le robot : la liaison a pris fin",
      "لا يُعرف هل وصل أمر إلى الروبوت: انتهى الاتصال"}},
    {"estop_unheard",
     {"the emergency stop did NOT reach the robot: use its own button",
      "l'arrêt d'urgence N'A PAS atteint le robot : utiliser son propre bouton",
      "لم يصل التوقف الطارئ إلى الروبوت: استعملوا زره نفسه"}},
    {"versions_differ",
     {"the two ends are of different versions: update the older",
      "les deux extrémités sont de versions différentes : mettre à jour la plus ancienne",
      "الطرفان من إصدارين مختلفين: حدّثوا الأقدم منهما"}},
    {"no_reserve",
     {"no memory is set aside for those who join: they may make the arm late",
      "pas de mémoire réservée pour ceux qui arrivent : ils peuvent retarder le bras",
      "لا ذاكرة محجوزة لمن ينضم: قد يتأخر الذراع بسببه"}},
    {"not_realtime",
     {"without real-time priority, so later when the machine is busy",
      "sans priorité temps réel : plus en retard quand la machine est chargée",
      "بلا أولوية الزمن الحقيقي: أكثر تأخرا حين ينشغل الجهاز"}},
    {"core_refused",
     {"the loop has no processor to itself: the system refused it",
      "la boucle n'a pas de processeur à elle : le système l'a refusé",
      "لا معالج مخصصا للحلقة: رفضه النظام"}},
    {"seal_broken",
     {"a page of the record is damaged on the disk", "une page du dossier est abîmée sur le disque",
      "صفحة من الملف الطبي تالفة على القرص"}},
    {"certificate_not_renewed",
     {"the server's certificate cannot be renewed: the one before goes on",
      "le certificat du serveur ne peut pas être renouvelé : l'ancien reste en usage",
      "لا يمكن تجديد شهادة الخادم: تبقى السابقة"}},
    {"centre_site_keys",
     {"apps cannot be told now who signed in",
      "impossible de dire aux applications qui s'est connecté",
      "لا يمكن الآن إخبار التطبيقات بمن سجّل الدخول"}},
    {"centre_open",
     {"the record is open: who reaches it may do everything",
      "le dossier est ouvert : qui l'atteint peut tout faire",
      "الملف الطبي مفتوح: من يصل إليه يفعل ما يشاء"}},
    {"centre_no_officer",
     {"nobody is told of emergency accesses to the record",
      "personne n'est prévenu des accès d'urgence au dossier",
      "لا أحد يُبلَّغ بالولوج الطارئ إلى الملف الطبي"}},
    {"centre_url_changed",
     {"the record is reached by another URL now: links that are out lead elsewhere",
      "le dossier a maintenant une autre adresse : les liens déjà envoyés mènent ailleurs",
      "للملف الطبي الآن عنوان آخر: الروابط المرسلة تقود إلى غيره"}},
    {"centre_url_not_kept",
     {"how the record is reached cannot be kept: links may lead elsewhere",
      "l'adresse du dossier ne peut pas être gardée : des liens peuvent mener ailleurs",
      "لا يمكن حفظ عنوان الملف الطبي: قد تقود الروابط إلى غيره"}},
    {"audit_short",
     {"not all of who did what was recorded", "les accès n'ont pas tous été consignés",
      "لم تُسجَّل كل عمليات الاطلاع"}},
    {"audit_not_written",
     {"who does what cannot be recorded", "les accès ne peuvent pas être consignés",
      "لا يمكن تسجيل عمليات الاطلاع"}},
    {"disk_full",
     {"the record's disk is full: nothing is written, reading goes on",
      "le disque du dossier est plein : rien n'est écrit, la lecture continue",
      "قرص الملف الطبي ممتلئ: لا يُكتب شيء، والقراءة مستمرة"}},
    {"database_away",
     {"the record's database is away: nothing is read or written",
      "la base du dossier est injoignable : rien n'est lu ni écrit",
      "قاعدة بيانات الملف الطبي غير متاحة: لا قراءة ولا كتابة"}},
    {"centre_lease_lost",
     {"this server was held up: another one tells subscribers now",
      "ce serveur a été retenu : un autre prévient maintenant les abonnés",
      "تأخر هذا الخادم: خادم آخر يبلّغ المشتركين الآن"}},
    {"subscriptions_behind",
     {"those who subscribed to changes of the record hear of them later",
      "les abonnés aux changements du dossier sont prévenus en retard",
      "يُبلَّغ المشتركون في تغييرات الملف الطبي متأخرين"}},
    {"subscriptions_not_kept",
     {"what subscribers are to hear of cannot be written to the disk",
      "ce que les abonnés doivent apprendre ne peut pas être écrit sur le disque",
      "لا يمكن أن يُكتب على القرص ما ينتظره المشتركون"}},
    {"partner_failed",
     {"somebody could not sign in by a partner’s identity provider",
      "quelqu’un n’a pas pu se connecter par le fournisseur d’identité d’un partenaire",
      "لم يتمكن أحدهم من الدخول عبر مزوّد هوية مؤسسة شريكة"}},
    {"subscription_error",
     {"a subscriber cannot be told of changes of the record",
      "un abonné ne peut pas être prévenu des changements du dossier",
      "لا يمكن إبلاغ أحد المشتركين بتغييرات الملف الطبي"}},
    {"export_cut",
     {"an export ended before its end", "un export s'est arrêté avant sa fin",
      "توقف التصدير قبل نهايته"}},
    {"import_waits",
     {"an import into the record waits", "une importation dans le dossier attend",
      "استيراد إلى الملف الطبي ينتظر"}},
    {"reindex_waits",
     {"what the record is searched by cannot be made anew now",
      "l'index du dossier ne peut pas être refait pour l'instant",
      "لا يمكن إعادة بناء فهرس الملف الطبي الآن"}},
    {"log_lost",
     {"lines of the log are lost", "des lignes du journal sont perdues", "فُقدت أسطر من السجل"}},
};

const char *words_of_event(const char *event, size_t len, enum words_language language)
{
    assert(language < WORDS_LANGUAGES);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (strlen(events[i].name) == len && !memcmp(events[i].name, event, len))
            return events[i].words[language];
    return NULL;
}

enum word words_of_camera(enum camera_state state)
{
    switch (state) {
    case CAMERA_WELL:
        return WORD_CAMERA_BACK;
    case CAMERA_CUT_SHORT:
        return WORD_CAMERA_CUT_SHORT;
    case CAMERA_DAMAGED:
        return WORD_CAMERA_DAMAGED;
    case CAMERA_SLOW:
        return WORD_CAMERA_SLOW;
    case CAMERA_FROZEN:
        return WORD_CAMERA_FROZEN;
    case CAMERA_SILENT:
        return WORD_CAMERA_SILENT;
    case CAMERA_ENDED:
        return WORD_CAMERA_ENDED;
    case CAMERA_STATES:
        break;
    }
    return WORD_NOT_MEASURED;
}

void words_write_decimals(char *text, enum words_language language)
{
    if (language == WORDS_ENGLISH)
        return;
    for (char *at = strchr(text, '.'); at; at = strchr(at + 1, '.'))
        if (at > text && isdigit((unsigned char)at[-1]) && isdigit((unsigned char)at[1]))
            *at = ',';
}

enum words_language words_language_of(const char *locale)
{
    static const char codes[WORDS_LANGUAGES][3] = {"en", "fr", "ar"};

    for (unsigned i = 0; locale && i < WORDS_LANGUAGES; i++)
        if (!strncmp(locale, codes[i], 2) && !isalpha((unsigned char)locale[2]))
            return (enum words_language)i;
    return WORDS_ENGLISH;
}

enum words_language words_language_chosen(const char *option)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; !option && i < sizeof names / sizeof *names; i++) {
        option = getenv(names[i]);
        if (option && !*option)
            option = NULL;
    }
    return words_language_of(option);
}
