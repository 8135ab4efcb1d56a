/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "screen/hud_words.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const words[HUD_WORDS][WORDS_LANGUAGES] = {
    [HUD_LED_BY] = {"Robot led by", "Robot mené par", "يقود الروبوت"},
    [HUD_NOBODY] = {"nobody", "personne", "لا أحد"},
    [HUD_LEASE] = {"Lease", "Mandat", "التفويض"},
    [HUD_YOU] = {"You", "Vous", "أنتم"},
    [HUD_LINKED_TO] = {"Linked to", "Relié à", "متصل بـ"},
    [HUD_ASKS] = {"asks to lead", "demande à mener", "يطلب القيادة"},
    [HUD_TALKING] = {"Your voice is heard", "On vous entend", "صوتكم مسموع"},
    [HUD_MUTED] = {"Sounds are off", "Sons coupés", "الأصوات مكتومة"},
    [HUD_RECORDING] = {"Recording", "Enregistrement", "قيد التسجيل"},
    [HUD_NOT_RECORDING] = {"Not recorded", "Non enregistré", "دون تسجيل"},
    [HUD_RECORDING_HERE] = {"Recorded here only", "Enregistré ici seulement", "التسجيل هنا فقط"},
    [HUD_RECORDING_UNKNOWN] = {"Recording: not known", "Enregistrement : inconnu",
                               "التسجيل: غير معروف"},
    [HUD_PICTURE_AGE] = {"Picture age", "Âge de l'image", "عمر الصورة"},
    [HUD_SHOWN] = {"Shown", "Affichage", "العرض"},
    [HUD_SINCE] = {"Linked for", "Relié depuis", "متصل منذ"},
    [HUD_LEFT_ARM] = {"Left", "Gauche", "اليسرى"},
    [HUD_RIGHT_ARM] = {"Right", "Droite", "اليمنى"},
    [HUD_FORCE] = {"Force", "Force", "القوة"},
    [HUD_SCALE] = {"Scale", "Échelle", "السلم"},
    [HUD_ADVISED] = {"advised", "conseillée", "المنصوح به"},
    [HUD_CAMERA_MOVES] = {"Your hands move the camera", "Vos mains déplacent la caméra",
                          "يداكم تحركان الكاميرا"},
    [HUD_TURN_LOCKED] = {"turns locked", "rotations verrouillées", "الدوران مقفل"},
    [HUD_PLACE_LOCKED] = {"moves locked", "déplacements verrouillés", "التنقل مقفل"},
    [HUD_DRAWS] = {"drawing", "dessin", "رسم"},
    [HUD_GHOST] = {"ghost", "fantôme", "الطيف"},
    [HUD_ENGAGED] = {"Pedal down", "Pédale enfoncée", "الدواسة مضغوطة"},
    [HUD_RELEASED] = {"Pedal up", "Pédale relâchée", "الدواسة مرفوعة"},
    [HUD_DELAY] = {"Hand to eye", "Main-œil", "من اليد إلى العين"},
    [HUD_MORE] = {"more", "de plus", "أخرى"},
    [HUD_HELP_TITLE] = {"First five minutes", "Cinq premières minutes", "الدقائق الخمس الأولى"},
    [HUD_HELP] = {"help", "aide", "مساعدة"},
    [HUD_KEYS_TITLE] = {"Keys", "Touches", "المفاتيح"},
    [HUD_FROZEN] = {"the console froze the hands", "la console a figé les mains",
                    "جمّدت وحدة التحكم اليدين"},
    [HUD_FROZEN_HERE] = {"your hands are frozen", "vos mains sont figées", "يداكم مجمدتان"},
    [HUD_FROZEN_PICTURE] = {"old picture", "image ancienne", "صورة قديمة"},
    [HUD_FROZEN_WINDOW] = {"no keyboard or no press yet", "sans clavier ou sans appui",
                           "بلا لوحة مفاتيح أو بلا ضغطة"},
    [HUD_FROZEN_DEVICE] = {"device unplugged", "appareil débranché", "جهاز مفصول"},
    [HUD_FROZEN_INPUT] = {"input refused or silent", "entrée refusée ou muette",
                          "المدخل مرفوض أو صامت"},
    [HUD_MOVES_ACROSS] = {"moves right, left, up, down", "déplace à droite, gauche, haut, bas",
                          "تحريك يمينا ويسارا وصعودا ونزولا"},
    [HUD_JOGS] = {"held: keys move an instrument", "maintenu : les touches déplacent",
                  "مع الضغط المستمر: المفاتيح تحرك الأداة"},
    [HUD_UNDOCKS] = {"Emergency undocking: the instruments withdraw",
                     "Dégagement d'urgence : les instruments se retirent",
                     "فك ارتباط طارئ: الأداتان تنسحبان"},
    [HUD_DOCKS] = {"The instruments are coming in again", "Les instruments reviennent en place",
                   "الأداتان في طريق العودة إلى مكانهما"},
    [HUD_DOCK_WHEN] = {"the robot must first be undocked, enabled and at rest",
                       "le robot doit d'abord être dégagé, autorisé et au repos",
                       "يجب أولا فك الروبوت والإذن له وأن يكون ساكنا"},
    [HUD_BUTTON_UP] = {"button up", "relever le bouton", "إخراج الزر"},
    [HUD_ANY_KEY] = {"any key", "toute touche", "أي مفتاح"},
    [HUD_LIMIT_JOINT] = {"joint at its limit", "articulation en butée", "مفصل عند حده"},
    [HUD_LIMIT_FIXTURE] = {"at a forbidden region", "zone interdite atteinte", "عند منطقة محظورة"},
    [HUD_LIMIT_APART] = {"instruments too near", "instruments trop proches",
                         "الأداتان متقاربتان جدا"},
    [HUD_BARRED_BY] = {"barred by", "barré par", "تمنعه"},
    [HUD_ENDOSCOPE] = {"Endoscope", "Endoscope", "المنظار"},
    [HUD_SLOWED] = {"slowed, lags behind", "ralenti, en retard", "مبطأ ومتأخر"},
    [HUD_CAMERA_LIMITED] = {"at its limit", "en butée", "عند حدها"},
    [HUD_CAMERA_APART] = {"an instrument is in its way", "un instrument la gêne", "أداة في طريقها"},
    [HUD_PROFILE] = {"limits", "limites", "الحدود"},
    [HUD_UNKNOWN] = {"not known: the robot is not heard for", "État inconnu : robot muet depuis",
                     "غير معروف: الروبوت لا يُسمع منذ"},
    [HUD_SECONDS] = {"s", "s", "ث"},
    [HUD_GRANT] = {"lets them lead", "laisse mener", "السماح بالقيادة"},
    [HUD_NEWTON] = {"N", "N", "ن"},
};

const char *hud_word(enum hud_word word, enum words_language language)
{
    assert(word < HUD_WORDS && language < WORDS_LANGUAGES);
    return words[word][language];
}

const char *hud_role(enum view_role role, enum words_language language)
{
    static const char *const roles[VIEW_ROLES][WORDS_LANGUAGES] = {
        [VIEW_NOBODY] = {"not linked", "non relié", "غير متصل"},
        [VIEW_LEADS] = {"lead the robot", "menez le robot", "تقودون الروبوت"},
        [VIEW_WATCHES] = {"watch", "observez", "تشاهدون"},
    };
    assert(role < VIEW_ROLES && language < WORDS_LANGUAGES);
    return roles[role][language];
}

const char *hud_show(enum view_show show, enum words_language language)
{
    static const char *const shows[VIEW_SHOWS][WORDS_LANGUAGES] = {
        [VIEW_MONO] = {"one picture", "une image", "صورة واحدة"},
        [VIEW_SIDE_BY_SIDE] = {"side by side", "côte à côte", "جنبا إلى جنب"},
        [VIEW_TOP_BOTTOM] = {"top and bottom", "haut et bas", "فوق وتحت"},
        [VIEW_ANAGLYPH] = {"red and cyan", "rouge et cyan", "أحمر وسماوي"},
    };
    assert(show < VIEW_SHOWS && language < WORDS_LANGUAGES);
    return shows[show][language];
}

const char *hud_part(enum view_part part, enum words_language language)
{
    static const char *const parts[VIEW_PARTS][WORDS_LANGUAGES] = {
        [VIEW_NETWORK] = {"network", "réseau", "الشبكة"},
        [VIEW_ROBOT] = {"robot", "robot", "الروبوت"},
        [VIEW_ENCODE] = {"encode", "codage", "الترميز"},
        [VIEW_DECODE] = {"decode", "décodage", "فك الترميز"},
        [VIEW_DISPLAY] = {"display", "affichage", "العرض"},
    };
    assert(part < VIEW_PARTS && language < WORDS_LANGUAGES);
    return parts[part][language];
}

const char *hud_alarm(enum view_alarm alarm, enum words_language language)
{
    static const char *const alarms[VIEW_ALARMS][WORDS_LANGUAGES] = {
        [VIEW_ALARM_MARKED] = {"This moment is marked in the log of the robot",
                               "Cet instant est marqué dans le journal du robot",
                               "عُلّمت هذه اللحظة في سجل الروبوت"},
        [VIEW_ALARM_UNHEARD] = {"Nobody hears you: no microphone is in use (--voice)",
                                "Personne ne vous entend : aucun micro en service (--voice)",
                                "لا أحد يسمعكم: لا ميكروفون قيد الاستعمال (--voice)"},
        [VIEW_ALARM_INPUT_REFUSED] = {"A device gives values without meaning",
                                      "Un appareil donne des valeurs sans sens",
                                      "جهاز يعطي قيما بلا معنى"},
        [VIEW_ALARM_GHOST_OFF] = {"Ghost hidden: it would be wrong",
                                  "Fantôme masqué : il serait faux", "الطيف مخفي: قد يكون خاطئا"},
        [VIEW_ALARM_LEASE_ASKED] = {"Another asks to lead the robot",
                                    "Un autre demande à mener le robot",
                                    "شخص آخر يطلب قيادة الروبوت"},
        [VIEW_ALARM_LINE_LOST] = {"A line is lost", "Une ligne est perdue", "انقطع أحد الخطوط"},
        [VIEW_ALARM_NOT_RECORDED] = {"The robot does not record the operation",
                                     "Le robot n'enregistre pas l'opération",
                                     "الروبوت لا يسجّل العملية"},
        [VIEW_ALARM_ONCE_MORE] = {"Once more within 2 s", "Encore une fois dans les 2 s",
                                  "مرة أخرى خلال ثانيتين"},
        [VIEW_ALARM_DELAY_LONG] = {"Long delay: move slowly", "Délai long : allez lentement",
                                   "تأخير طويل: تحركوا ببطء"},
        [VIEW_ALARM_ONE_LINE] = {"One line is left", "Il reste une seule ligne",
                                 "لم يبق إلا خط واحد"},
        [VIEW_ALARM_FORCE_HIGH] = {"High force", "Force élevée", "قوة عالية"},
        [VIEW_ALARM_PICTURE_PAST] = {"Old picture: it shows what was",
                                     "Image ancienne : elle montre le passé",
                                     "صورة قديمة: تُظهر ما مضى"},
        [VIEW_ALARM_CAMERA_FROZEN] = {"The camera is frozen", "La caméra est figée",
                                      "الكاميرا جامدة"},
        [VIEW_ALARM_NOT_ENABLED] = {"The bedside has not enabled the robot",
                                    "Le robot n'est pas autorisé au chevet",
                                    "لم يُؤذن للروبوت عند المريض"},
        [VIEW_ALARM_ORDER_REFUSED] = {"Refused", "Refusé", "مرفوض"},
        [VIEW_ALARM_ORDER_UNSENT] = {"Not sent", "Non envoyé", "لم يُرسل"},
        [VIEW_ALARM_ORDER_UNHEARD] = {"Not yet confirmed by the robot",
                                      "Pas encore confirmé par le robot", "لم يؤكده الروبوت بعد"},
        [VIEW_ALARM_DEVICE_GONE] = {"A device was unplugged: press again to go on",
                                    "Appareil débranché : appuyez de nouveau",
                                    "فُصل جهاز: اضغطوا من جديد للمتابعة"},
        [VIEW_ALARM_HANDS_AWAY] = {"Hands frozen: press again to go on",
                                   "Mains figées : appuyez de nouveau",
                                   "اليدان مجمدتان: اضغطوا من جديد للمتابعة"},
        [VIEW_ALARM_HOLDS] = {"The arm holds still", "Le bras est immobile", "الذراع ثابتة"},
        [VIEW_ALARM_LEASE_TAKEN] = {"Another leads the robot now",
                                    "Un autre mène maintenant le robot",
                                    "شخص آخر يقود الروبوت الآن"},
        [VIEW_ALARM_DELAY_STOP] = {"Delay too long: stop", "Délai trop long : arrêtez",
                                   "التأخير طويل جدا: توقفوا"},
        [VIEW_ALARM_FORCE_LIMIT] = {"Force over the limit", "Force au-delà de la limite",
                                    "القوة تجاوزت الحد"},
        [VIEW_ALARM_PICTURE_OLD] = {"Old picture: hands frozen", "Image ancienne : mains figées",
                                    "صورة قديمة: اليدان مجمدتان"},
        [VIEW_ALARM_LINE_POOR] = {"Line too poor for pictures: add a line or change it",
                                  "Ligne trop faible pour l'image : ajoutez-en ou changez-en",
                                  "الخط أضعف من أن ينقل الصورة: أضف خطا أو غيّره"},
        [VIEW_ALARM_HALTED] = {"The robot has stopped", "Le robot s'est arrêté", "توقف الروبوت"},
        [VIEW_ALARM_SILENT] = {"The other end is silent", "L'autre site est muet",
                               "الطرف الآخر صامت"},
        [VIEW_ALARM_SESSION_LOST] = {"Not linked", "Liaison perdue", "انقطع الاتصال"},
        [VIEW_ALARM_STOP_UNSENT] = {"STOP NOT SENT: the robot has not heard it",
                                    "ARRÊT NON ENVOYÉ : le robot ne l'a pas reçu",
                                    "لم يُرسل أمر التوقف: لم يصل إلى الروبوت"},
        [VIEW_ALARM_STOP_UNHEARD] = {"STOP NOT CONFIRMED by the robot",
                                     "ARRÊT NON CONFIRMÉ par le robot", "التوقف لم يؤكده الروبوت"},
        [VIEW_ALARM_STOPPED] = {"EMERGENCY STOP", "ARRÊT D'URGENCE", "توقف طارئ"},
        [VIEW_ALARM_ESTOP_UNHEARD] = {"STOP NOT HEARD: use the robot's own button",
                                      "ARRÊT NON REÇU : bouton du robot lui-même",
                                      "لم يصل التوقف: استعملوا زر الروبوت نفسه"},
    };
    assert(alarm < VIEW_ALARMS && language < WORDS_LANGUAGES);
    return alarms[alarm][language];
}

const char *hud_arm_state(enum view_arm_state state, enum words_language language)
{
    static const char *const states[VIEW_ARM_STATES][WORDS_LANGUAGES] = {
        [VIEW_ARM_ABSENT] = {"not there", "absent", "غائبة"},
        [VIEW_ARM_UNKNOWN] = {"not known", "état inconnu", "غير معروفة"},
        [VIEW_ARM_RESTS] = {"rests", "au repos", "مستريحة"},
        [VIEW_ARM_FOLLOWS] = {"follows", "suit", "تتبع"},
        [VIEW_ARM_HOLDS] = {"holds still", "immobile", "ثابتة"},
        [VIEW_ARM_ALIGNS] = {"turn your hand to match", "alignez votre main", "طابقوا اتجاه اليد"},
        [VIEW_ARM_STOPPED] = {"stopped", "à l'arrêt", "متوقفة"},
        [VIEW_ARM_FEELS] = {"press or roll the handle", "serrez ou tournez la poignée",
                            "اضغطوا المقبض أو لفّوه"},
        [VIEW_ARM_MOVES] = {"moves by itself", "bouge de lui-même", "تتحرك من تلقاء نفسها"},
    };
    assert(state < VIEW_ARM_STATES && language < WORDS_LANGUAGES);
    return states[state][language];
}

const char *hud_hold(enum hold_cause cause, enum view_role role, enum words_language language)
{
    if (cause == HOLD_FROZEN)
        return hud_word(role == VIEW_LEADS ? HUD_FROZEN_HERE : HUD_FROZEN, language);
    return words_of(words_of_hold(cause), language);
}

void hud_parts(unsigned parts, enum words_language language, char *text, size_t bytes)
{
    static const enum hud_word names[STANDING_PARTS] = {HUD_LEFT_ARM, HUD_RIGHT_ARM, HUD_ENDOSCOPE};
    size_t len = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < STANDING_PARTS; i++)
        if (parts & 1U << i && len < bytes)
            len += (size_t)snprintf(text + len, bytes - len, "%s%s",
                                    len ? words_of(WORD_COMMA, language) : "",
                                    hud_word(names[i], language));
}

void hud_hold_of(const struct view *view, char *text, size_t bytes)
{
    bool is_told = view->hold_cause == HOLD_FROZEN && view->frozen_by;
    char more[96] = "";
    if (view->hold_cause == HOLD_TRACKING && view->astray)
        hud_parts(view->astray, view->language, more, sizeof more);
    if (is_told)
        snprintf(more, sizeof more, "%s",
                 hud_word((enum hud_word)(HUD_FROZEN_PICTURE + (int)view->frozen_by -
                                          (int)FROZEN_BY_PICTURE),
                          view->language));
    snprintf(text, bytes, "%s%s%s%s", hud_hold(view->hold_cause, view->role, view->language),
             more[0] ? " (" : "", more, more[0] ? ")" : "");
}

void hud_limit(const struct view *view, enum standing_part part, unsigned limits, char *text,
               size_t bytes)
{
    enum words_language language = view->language;
    bool is_camera = part == STANDING_CAMERA;
    if (limits & FOLLOW_LIMIT_FIXTURE && view->barred == part && view->fixture[0])
        snprintf(text, bytes, "%s%s%s", hud_word(HUD_BARRED_BY, language),
                 words_of(WORD_COLON, language), view->fixture);
    else
        snprintf(text, bytes, "%s",
                 hud_word(limits & FOLLOW_LIMIT_FIXTURE ? HUD_LIMIT_FIXTURE
                          : limits & FOLLOW_LIMIT_APART
                              ? (is_camera ? HUD_CAMERA_APART : HUD_LIMIT_APART)
                              : (is_camera ? HUD_CAMERA_LIMITED : HUD_LIMIT_JOINT),
                          language));
}

const char *hud_clears(enum clearing clearing, enum words_language language)
{
    static const char *const clearings[CLEARINGS][WORDS_LANGUAGES] = {
        [CLEARING_NONE] = {"", "", ""},
        [CLEARING_CLUTCH_IN] = {"Surgeon: foot up, then down again",
                                "Chirurgien : lever le pied, puis appuyer de nouveau",
                                "الجراح: رفع القدم ثم الضغط من جديد"},
        [CLEARING_PICTURE] = {"Surgeon: once the picture is young, foot up, then down again",
                              "Chirurgien : l'image redevenue récente, lever le pied, puis appuyer",
                              "الجراح: حين تصبح الصورة حديثة رفع القدم ثم الضغط من جديد"},
        [CLEARING_LINE] = {"Surgeon: once a better line is there, foot up, then down again",
                           "Chirurgien : une meilleure ligne trouvée, lever le pied, puis appuyer",
                           "الجراح: حين يتوفر خط أفضل رفع القدم ثم الضغط من جديد"},
        [CLEARING_AFTER] = {"Surgeon: once the cause is over, foot up, then down again",
                            "Chirurgien : la cause passée, lever le pied, puis appuyer de nouveau",
                            "الجراح: بعد زوال السبب رفع القدم ثم الضغط من جديد"},
        [CLEARING_CAMERA] = {"Surgeon: camera pedal up, then foot down",
                             "Chirurgien : relâcher la pédale caméra, puis appuyer",
                             "الجراح: رفع دواسة الكاميرا ثم الضغط بالقدم"},
        [CLEARING_ENABLE] = {"Bedside: enable", "Chevet : autoriser", "عند المريض: الإذن"},
        [CLEARING_RESET] = {"Bedside: once the cause is over, reset, then enable",
                            "Chevet : la cause passée, réarmer, puis autoriser",
                            "عند المريض: بعد زوال السبب إعادة التهيئة ثم الإذن"},
        [CLEARING_BUTTON] = {"Bedside: button out, then enable",
                             "Chevet : relever le bouton, puis autoriser",
                             "عند المريض: إخراج الزر ثم الإذن"},
        [CLEARING_FAULT] = {"Bedside: once the fault is gone, enable",
                            "Chevet : le défaut disparu, autoriser",
                            "عند المريض: بعد زوال العطل الإذن"},
        [CLEARING_DOCKED] = {"Bedside: once the instruments are in, enable",
                             "Chevet : les instruments en place, autoriser",
                             "عند المريض: بعد إدخال الأداتين الإذن"},
        [CLEARING_RESET_DOCK] =
            {"Bedside: once the cause is over, reset, enable, bring in again",
             "Chevet : la cause passée, réarmer, autoriser, puis réinsérer",
             "عند المريض: بعد زوال السبب إعادة التهيئة ثم الإذن ثم إعادة الإدخال"},
        [CLEARING_ENABLE_DOCK] = {"Bedside: enable, then bring in again",
                                  "Chevet : autoriser, puis réinsérer",
                                  "عند المريض: الإذن ثم إعادة الإدخال"},
        [CLEARING_DOCK] = {"Bedside: bring in again", "Chevet : réinsérer",
                           "عند المريض: إعادة الإدخال"},
    };
    assert(clearing < CLEARINGS && language < WORDS_LANGUAGES);
    return clearings[clearing][language];
}

const char *hud_order(enum order order, enum words_language language)
{
    static const char *const orders[ORDERS][WORDS_LANGUAGES] = {
        [ORDER_REQUEST] = {"ask to lead", "demander à mener", "طلب القيادة"},
        [ORDER_GRANT] = {"let another lead", "laisser mener un autre", "تسليم القيادة"},
        [ORDER_REFUSE] = {"say no to who asks", "refuser à qui demande", "رفض طلب القيادة"},
        [ORDER_RELEASE] = {"give the robot back", "rendre le robot", "إعادة الروبوت"},
        [ORDER_ENABLE] = {"enable the robot", "autoriser le robot", "الإذن للروبوت"},
        [ORDER_DISABLE] = {"enable no more", "retirer l'autorisation", "سحب الإذن"},
        [ORDER_RESET] = {"reset", "réarmer", "إعادة التهيئة"},
        [ORDER_UNDOCK] = {"undock", "dégager", "فك الروبوت"},
        [ORDER_UNDOCK_STOP] = {"no further", "pas plus loin", "وقف الحركة"},
        [ORDER_STOP] = {"stop", "arrêter", "إيقاف"},
        [ORDER_MARK] = {"mark this moment", "marquer cet instant", "تعليم هذه اللحظة"},
        [ORDER_DOCK] = {"bring in again", "réinsérer", "إعادة الإدخال"},
    };
    assert(order < ORDERS && language < WORDS_LANGUAGES);
    return orders[order][language];
}

const char *hud_answer(enum lease_answer answer, enum words_language language)
{
    static const char *const answers[LEASE_ANSWERS][WORDS_LANGUAGES] = {
        [LEASE_BUSY] = {"another asked before", "un autre a déjà demandé", "طلبه آخر من قبل"},
        [LEASE_DENIED] = {"not for this end to order", "pas à ce poste de l'ordonner",
                          "ليس لهذا الطرف أن يأمر به"},
        [LEASE_TOO_LATE] = {"it came too late", "arrivé trop tard", "وصل متأخرا"},
        [LEASE_NOT_NOW] = {"not possible now", "impossible maintenant", "غير ممكن الآن"},
        [LEASE_UNMEASURED] = {"its age could not be measured: order again",
                              "âge non mesurable : ordonner encore", "تعذر قياس عمره: أعد الأمر"},
        [LEASE_AHEAD] = {"a clock was set back: order again",
                         "une horloge a reculé : ordonner encore",
                         "أُرجعت ساعة إلى الوراء: أعد الأمر"},
    };
    assert(answer < LEASE_ANSWERS && language < WORDS_LANGUAGES);
    return answers[answer][language] ? answers[answer][language] : "";
}

const char *hud_action(enum desk_action action, enum words_language language)
{
    static const char *const actions[DESK_ACTIONS][WORDS_LANGUAGES] = {
        [DESK_X] = {"moves right and left", "déplace à droite, à gauche", "تحريك يمينا ويسارا"},
        [DESK_Y] = {"moves up and down", "déplace en haut, en bas", "تحريك صعودا ونزولا"},
        [DESK_Z] = {"moves in and out", "avance et recule", "تقديم وتأخير"},
        [DESK_ROLL] = {"rolls the instrument", "fait rouler l'instrument", "لف الأداة"},
        [DESK_PITCH] = {"tilts the instrument", "incline l'instrument", "إمالة الأداة"},
        [DESK_YAW] = {"turns the instrument", "tourne l'instrument", "تدوير الأداة"},
        [DESK_JAW] = {"opens the jaws", "ouvre la pince", "فتح الملقط"},
        [DESK_GRIP] = {"opens or closes the jaws", "ouvre ou ferme la pince",
                       "فتح الملقط أو إغلاقه"},
        [DESK_ENGAGE] = {"held: the instruments follow", "maintenu : les instruments suivent",
                         "مع الضغط المستمر: الأداتان تتبعان"},
        [DESK_CAMERA] = {"held: the camera follows", "maintenu : la caméra suit",
                         "مع الضغط المستمر: الكاميرا تتبع"},
        [DESK_DRAW] = {"held: draws on the picture", "maintenu : dessine sur l'image",
                       "مع الضغط المستمر: رسم على الصورة"},
        [DESK_TALK] = {"held: your voice is heard", "maintenu : on vous entend",
                       "مع الضغط المستمر: صوتكم مسموع"},
        [DESK_SWAP] = {"the other hand", "l'autre main", "اليد الأخرى"},
        [DESK_SCALE_UP] = {"larger motion", "mouvement plus grand", "حركة أكبر"},
        [DESK_SCALE_DOWN] = {"finer motion", "mouvement plus fin", "حركة أدق"},
        [DESK_LOCK_TURN] = {"locks turns", "verrouille les rotations", "قفل الدوران"},
        [DESK_LOCK_PLACE] = {"locks moves", "verrouille les déplacements", "قفل التنقل"},
        [DESK_RECLUTCH] = {"clutches in again", "reprend les commandes", "تولي التحكم من جديد"},
        [DESK_HELP] = {"next page, then none", "page suivante, puis rien",
                       "الصفحة التالية ثم إخفاء"},
        [DESK_SHOW] = {"how the picture is shown", "mode d'affichage", "طريقة عرض الصورة"},
        [DESK_GHOST] = {"ghost of the instrument", "fantôme de l'instrument", "طيف الأداة"},
        [DESK_WIPE] = {"wipes your drawing", "efface votre dessin", "مسح رسمكم"},
        [DESK_MUTE] = {"alarm sounds off, on", "sons d'alarme : coupe, remet",
                       "كتم أصوات الإنذار أو إعادتها"},
        [DESK_MARK] = {"marks this moment", "marque cet instant", "تعليم هذه اللحظة"},
        [DESK_TAKE] = {"asks to lead the robot", "demande à mener le robot", "طلب قيادة الروبوت"},
        [DESK_RELEASE] = {"gives the robot back", "rend le robot", "تسليم الروبوت"},
        [DESK_REFUSE] = {"says no to who asks", "refuse à qui demande", "رفض طلب القيادة"},
        [DESK_LANGUAGE] = {"language", "langue", "اللغة"},
        [DESK_FULL] = {"full screen", "plein écran", "ملء الشاشة"},
        [DESK_ENABLE] = {"enables the robot, or not", "autorise le robot, ou non",
                         "الإذن للروبوت أو منعه"},
        [DESK_TAKE_OVER] = {"TAKE OVER", "PRENDRE LA MAIN", "تولي القيادة"},
        [DESK_STOP] = {"STOPS THE ROBOT", "ARRÊTE LE ROBOT", "إيقاف الروبوت"},
        [DESK_UNDOCK] = {"twice: undock", "deux fois : dégager", "مرتين: فك الروبوت"},
        [DESK_DOCK] = {"twice: bring in again", "deux fois : réinsérer", "مرتين: إعادة الإدخال"},
    };
    assert(action < DESK_ACTIONS && language < WORDS_LANGUAGES);
    return actions[action][language];
}

const char *hud_action_at(enum desk_action action, enum view_layout layout,
                          enum words_language language)
{
    return action == DESK_ENGAGE && layout == VIEW_BEDSIDE ? hud_word(HUD_JOGS, language)
                                                           : hud_action(action, language);
}

static const struct control_words {
    enum desk_control control;
    const char *words[WORDS_LANGUAGES];
} control_words[] = {
    {DESK_KEY_SPACE, {"Space", "Espace", "مسافة"}},
    {DESK_KEY_ENTER, {"Enter", "Entrée", "إدخال"}},
    {DESK_KEY_ESCAPE, {"Esc", "Échap", "Esc"}},
    {DESK_KEY_TAB, {"Tab", "Tab", "Tab"}},
    {DESK_KEY_BACKSPACE, {"Backspace", "Retour arrière", "حذف"}},
    {DESK_KEY_LEFT, {"←", "←", "←"}},
    {DESK_KEY_RIGHT, {"→", "→", "→"}},
    {DESK_KEY_UP, {"↑", "↑", "↑"}},
    {DESK_KEY_DOWN, {"↓", "↓", "↓"}},
    {DESK_KEY_PAGE_UP, {"Page up", "Page préc.", "صفحة ↑"}},
    {DESK_KEY_PAGE_DOWN, {"Page down", "Page suiv.", "صفحة ↓"}},
    {DESK_KEY_PLUS, {"+", "+", "+"}},
    {DESK_KEY_MINUS, {"−", "−", "−"}},
    {DESK_KEY_SHIFT, {"Shift", "Maj", "Shift"}},
    {DESK_KEY_CONTROL, {"Ctrl", "Ctrl", "Ctrl"}},
    {DESK_KEY_ALT, {"Alt", "Alt", "Alt"}},
    {DESK_MOUSE_LEFT, {"Left button", "Bouton gauche", "الزر الأيسر"}},
    {DESK_MOUSE_MIDDLE, {"Wheel press", "Clic molette", "ضغط العجلة"}},
    {DESK_MOUSE_RIGHT, {"Right button", "Bouton droit", "الزر الأيمن"}},
    {DESK_MOUSE_X, {"Mouse", "Souris", "الفأرة"}},
    {DESK_MOUSE_Y, {"Mouse", "Souris", "الفأرة"}},
    {DESK_MOUSE_WHEEL, {"Wheel", "Molette", "العجلة"}},
};

void hud_control(enum desk_control control, enum words_language language, char *text, size_t bytes)
{
    assert(language < WORDS_LANGUAGES);
    for (size_t i = 0; i < sizeof control_words / sizeof *control_words; i++)
        if (control_words[i].control == control) {
            snprintf(text, bytes, "%s", control_words[i].words[language]);
            return;
        }
    snprintf(text, bytes, "%s", desk_control_name(control));
    text[0] = (char)toupper((unsigned char)text[0]);
}
