/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "operate/phrases.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *const phrases[PHRASES][WORDS_LANGUAGES] = {
    [PHRASE_FIGURES] = {"The operation, in figures", "L'opération en chiffres", "العملية بالأرقام"},
    [PHRASE_DELAYS] = {"Delays, in ms", "Délais, en ms", "التأخير بالملي ثانية"},
    [PHRASE_LINES] = {"Lines, in packets and ms", "Lignes, en paquets et ms",
                      "الخطوط، بالحزم والملي ثانية"},
    [PHRASE_CUTS] = {"What the cuts did", "Effet des coupures", "أثر قطع الخطوط"},
    [PHRASE_CUTS_COUNT] =
        {"A gesture counts where it was applied, a picture where it was captured, a lost one too.",
         "Un geste compte là où il a été appliqué, une image là où elle a été prise, même perdue.",
         "تُحسب الحركة في الفترة التي طُبقت فيها، والصورة في الفترة التي التُقطت فيها ولو فُقدت."},
    [PHRASE_VERDICT] = {"Verdict", "Verdict", "الخلاصة"},

    [PHRASE_MEDIAN] = {"median", "médiane", "الوسيط"},
    [PHRASE_99] = {"99 % <", "99 % <", "99% <"},
    [PHRASE_99_9] = {"99.9 % <", "99,9 % <", "99,9% <"},
    [PHRASE_MOST] = {"most", "maximum", "الأقصى"},
    [PHRASE_RECEIVED] = {"received", "reçus", "وصلت"},
    [PHRASE_LOST] = {"lost", "perdus", "فُقدت"},
    [PHRASE_DELAY] = {"delay", "délai", "التأخير"},
    [PHRASE_JITTER] = {"jitter", "gigue", "التذبذب"},
    [PHRASE_SILENCE] = {"longest gap", "silence max", "أطول صمت"},

    [PHRASE_PART_FORTH] = {"network, to the robot", "réseau, aller", "الشبكة، ذهابا"},
    [PHRASE_PART_ROBOT] = {"robot, to the picture", "robot, jusqu'à l'image",
                           "الروبوت، حتى الصورة"},
    [PHRASE_PART_ENCODE] = {"encoding", "encodage", "ترميز الصورة"},
    [PHRASE_PART_BACK] = {"network, back", "réseau, retour", "الشبكة، إيابا"},
    [PHRASE_PART_DECODE] = {"decoding", "décodage", "فك الترميز"},
    [PHRASE_PART_DISPLAY] = {"display", "affichage", "العرض"},

    [PHRASE_COMMAND] = {"at the robot, to the arm", "au robot, jusqu'au bras",
                        "لدى الروبوت، حتى الذراع"},
    [PHRASE_LOOP] = {"control loop, late by", "boucle, retard", "حلقة التحكم، التأخر"},
    [PHRASE_LOOP_LATE] =
        {"late by more than 0.2 ms: {0} % of its turns; left out as too late: {1}",
         "en retard de plus de 0,2 ms : {0} % de ses tours ; omis, venus trop tard : {1}",
         "تأخرت أكثر من 0,2 م.ث: {0}% من دوراتها؛ ما أُسقط لتأخره: {1}"},
    [PHRASE_NOT_REALTIME] = {"without real-time priority: run as root, or grant CAP_SYS_NICE",
                             "sans priorité temps réel : lancer en root, ou accorder CAP_SYS_NICE",
                             "بلا أولوية الزمن الحقيقي: شغّله بصلاحيات root أو امنحه CAP_SYS_NICE"},

    [PHRASE_GESTURES] = {"gestures", "gestes", "الحركات"},
    [PHRASE_GESTURE_COUNTS] =
        {"sent {0}, applied {1}, late {2}, refused {3}, lost {4}",
         "envoyés {0}, appliqués {1}, en retard {2}, refusés {3}, perdus {4}",
         "المرسلة {0}، المطبقة {1}، المتأخرة {2}، المرفوضة {3}، المفقودة {4}"},
    [PHRASE_PICTURES] = {"pictures", "images", "الصور"},
    [PHRASE_PICTURE_COUNTS] =
        {"whole {0}, repaired {1}, late {2}, lost {3}; damaged {4}",
         "entières {0}, réparées {1}, en retard {2}, perdues {3} ; abîmées {4}",
         "الكاملة {0}، المصلحة {1}، المتأخرة {2}، المفقودة {3}؛ المشوّهة {4}"},
    [PHRASE_CAMERA_COUNTS] =
        {"pictures {0}, places that cannot be read {1}, silences {2}, the longest {3} s",
         "images {0}, passages illisibles {1}, silences {2}, le plus long {3} s",
         "الصور {0}، المواضع التي لا تُقرأ {1}، مرات الصمت {2}، أطولها {3} ث"},
    [PHRASE_TASK] = {"task", "tâche", "المهمة"},
    [PHRASE_TASK_COUNTS] =
        {"steps {0}, grasps {1}, releases {2}, touches {3}, too much force {4}",
         "étapes {0}, prises {1}, lâchers {2}, contacts {3}, forces excessives {4}",
         "الخطوات {0}، الإمساك {1}، الإفلات {2}، الملامسة {3}، القوة الزائدة {4}"},
    [PHRASE_TASK_DONE] = {"done, in {0} s", "accomplie, en {0} s", "أُنجزت، في {0} ث"},
    [PHRASE_TASK_OPEN] = {"not done", "non accomplie", "لم تُنجز"},
    [PHRASE_CLOCK_READING] = {"{0} ms apart, known within {1} ms",
                              "écart de {0} ms, connu à {1} ms près",
                              "الفارق {0} م.ث، بدقة {1} م.ث"},
    [PHRASE_LINE_FORTH] = {"line {0}, to the robot", "ligne {0}, vers le robot",
                           "الخط {0}، نحو الروبوت"},
    [PHRASE_LINE_BACK] = {"line {0}, to the surgeon", "ligne {0}, vers le chirurgien",
                          "الخط {0}، نحو الجراح"},
    [PHRASE_UNSENT_COUNTS] = {"to the robot {0}, to the surgeon {1}",
                              "vers le robot {0}, vers le chirurgien {1}",
                              "نحو الروبوت {0}، نحو الجراح {1}"},
    [PHRASE_HOLD] = {"at {0} s, for {1} s: {2}", "à {0} s, pendant {1} s : {2}",
                     "عند الثانية {0}، مدة {1} ث: {2}"},
    [PHRASE_HOLD_TO_THE_END] = {"at {0} s, until the end: {1}", "à {0} s, jusqu'à la fin : {1}",
                                "عند الثانية {0}، حتى النهاية: {1}"},
    [PHRASE_PHASE] = {"from {0} s: {1}", "à partir de {0} s : {1}", "من الثانية {0}: {1}"},
    [PHRASE_PHASE_GESTURES] = {"applied {0}, late {1}; age {2} ms, {3} ms at worst",
                               "appliqués {0}, en retard {1} ; âge {2} ms, {3} ms au pire",
                               "المطبقة {0}، المتأخرة {1}؛ عمرها {2} م.ث، وأسوؤه {3} م.ث"},

    [PHRASE_GOOD] = {"ok", "conforme", "سليم"},
    [PHRASE_BAD] = {"NOT OK", "ÉCHEC", "خلل"},
    [PHRASE_OPEN] = {"open", "ouvert", "مفتوح"},
    [PHRASE_NEVER_MET] = {"The two ends never met.",
                          "La liaison entre les deux sites n'a jamais été établie.",
                          "لم يُقَم الاتصال بين الطرفين قط."},
    [PHRASE_NEVER_FOLLOWED] = {"The two ends met, but the arm never followed.",
                               "La liaison a été établie, mais le bras n'a jamais suivi.",
                               "أُقيم الاتصال، لكن الذراع لم تتبع اليدين قط."},
    [PHRASE_FOLLOWED] = {"The two ends met and the arm followed the hands.",
                         "La liaison a été établie et le bras a suivi les mains.",
                         "أُقيم الاتصال وتبعت الذراع اليدين."},
    [PHRASE_FIRST_CUT_STOPPED] =
        {"Line 1 cut at {0} s for {1} s: the arm stopped ({2}); number of stops: {3}.",
         "Ligne 1 coupée à {0} s pendant {1} s : le bras s'est arrêté ({2}) ; nombre d'arrêts : "
         "{3}.",
         "قُطع الخط 1 عند الثانية {0} مدة {1} ث: توقفت الذراع ({2})؛ عدد التوقفات: {3}."},
    [PHRASE_FIRST_CUT_HELD_BEFORE] =
        {"Line 1 cut at {0} s for {1} s: the arm was already holding still.",
         "Ligne 1 coupée à {0} s pendant {1} s : le bras était déjà immobile.",
         "قُطع الخط 1 عند الثانية {0} مدة {1} ث: كانت الذراع ثابتة من قبل."},
    [PHRASE_FIRST_CUT_NO_GESTURE] =
        {"Line 1 cut at {0} s for {1} s: no gesture was applied.",
         "Ligne 1 coupée à {0} s pendant {1} s : aucun geste n'a été appliqué.",
         "قُطع الخط 1 عند الثانية {0} مدة {1} ث: لم تُطبَّق أي حركة."},
    [PHRASE_FIRST_CUT_WELL] = {"Line 1 cut at {0} s for {1} s: nothing stopped.",
                               "Ligne 1 coupée à {0} s pendant {1} s : rien ne s'est arrêté.",
                               "قُطع الخط 1 عند الثانية {0} مدة {1} ث: لم يتوقف شيء."},
    [PHRASE_ALL_CUT_HELD_BEFORE] =
        {"Every line cut at {0} s for {1} s: the arm was already holding still.",
         "Toutes les lignes coupées à {0} s pendant {1} s : le bras était déjà immobile.",
         "قُطعت كل الخطوط عند الثانية {0} مدة {1} ث: كانت الذراع ثابتة من قبل."},
    [PHRASE_ALL_CUT_NOT_HELD] =
        {"Every line cut at {0} s for {1} s: the arm did NOT hold still.",
         "Toutes les lignes coupées à {0} s pendant {1} s : le bras ne s'est PAS immobilisé.",
         "قُطعت كل الخطوط عند الثانية {0} مدة {1} ث: لم تثبت الذراع!"},
    [PHRASE_ALL_CUT_HELD_OFTEN] =
        {"Every line cut at {0} s for {1} s: the arm held still more than once; number of "
         "stops: {3}.",
         "Toutes les lignes coupées à {0} s pendant {1} s : le bras s'est immobilisé plus d'une "
         "fois ; nombre d'arrêts : {3}.",
         "قُطعت كل الخطوط عند الثانية {0} مدة {1} ث: ثبتت الذراع أكثر من مرة؛ عدد التوقفات: {3}."},
    [PHRASE_ALL_CUT_WELL] =
        {"Every line cut at {0} s for {1} s: the arm held still ({2}).",
         "Toutes les lignes coupées à {0} s pendant {1} s : le bras s'est immobilisé ({2}).",
         "قُطعت كل الخطوط عند الثانية {0} مدة {1} ث: ثبتت الذراع ({2})."},
    [PHRASE_RETURN_NOT_FOLLOWED] = {"The lines came back, but the arm did not follow again.",
                                    "Les lignes sont revenues, mais le bras n'a pas suivi de "
                                    "nouveau.",
                                    "عادت الخطوط، لكن الذراع لم تتبع اليدين من جديد."},
    [PHRASE_RETURN_NO_GESTURE] = {"The surgeon took the arm again, but no gesture was applied.",
                                  "Le chirurgien a repris les commandes, mais aucun geste "
                                  "n'a été appliqué.",
                                  "تولى الجراح الذراع من جديد، لكن لم تُطبَّق أي حركة."},
    [PHRASE_RETURN_WELL] =
        {"The surgeon took the arm again and it followed, {0} s after the lines came back.",
         "Le chirurgien a repris les commandes et le bras a suivi, {0} s après le retour des "
         "lignes.",
         "تولى الجراح الذراع من جديد فتبعت اليدين، بعد {0} ث من عودة الخطوط."},
    [PHRASE_EARLY] = {"The operation ended early, after {0} of {1} s.",
                      "L'opération s'est terminée trop tôt, après {0} s sur {1}.",
                      "انتهت العملية قبل أوانها، بعد {0} ث من أصل {1}."},
    [PHRASE_OTHER_HOLDS] =
        {"Outside the cuts, in the weather alone, the arm stopped: {0} before, "
         "{1} after.",
         "Hors des coupures, du seul fait des lignes, arrêts du bras : {0} "
         "avant, {1} après.",
         "خارج فترات القطع، بسبب الخطوط وحدها، توقفات الذراع: {0} قبلها و{1} بعدها."},
    [PHRASE_TASK_WELL] =
        {"The task is done, in {0} s; touches {3}, torn out of the jaws {4}, too much force {5}.",
         "La tâche est accomplie, en {0} s ; contacts {3}, arrachés des mors {4}, forces "
         "excessives {5}.",
         "أُنجزت المهمة في {0} ث؛ الملامسة {3}، ما انتُزع من الفكين {4}، القوة الزائدة {5}."},
    [PHRASE_TASK_UNCLEAN] =
        {"The task was done, in {0} s, but not as it should be: touches {3}, torn out of the jaws "
         "{4}, too much force {5}, where none may be.",
         "La tâche a été accomplie, en {0} s, mais pas comme il faut : contacts {3}, arrachés des "
         "mors {4}, forces excessives {5}, alors qu'il n'en faut aucun.",
         "أُنجزت المهمة في {0} ث ولكن ليس كما ينبغي! الملامسة {3}، ما انتُزع من الفكين {4}، القوة "
         "الزائدة {5}، ولا يُقبل أي منها."},
    [PHRASE_TASK_UNDONE] =
        {"The task is NOT done, after {0} s; it takes about {1}; steps {2}, touches {3}, torn out "
         "of the jaws {4}, too much force {5}.",
         "La tâche n'est PAS accomplie, après {0} s ; il en faut environ {1} ; étapes {2}, "
         "contacts {3}, arrachés des mors {4}, forces excessives {5}.",
         "لم تُنجز المهمة بعد {0} ث، وهي تستغرق نحو {1} ث! الخطوات {2}، الملامسة {3}، ما انتُزع من "
         "الفكين {4}، القوة الزائدة {5}."},
    [PHRASE_TASK_SHORT] =
        {"The task is not done: there was no time, {0} s where it takes about {1} and the cuts; "
         "steps {2}, touches {3}, torn out of the jaws {4}, too much force {5}.",
         "La tâche n'est pas accomplie, faute de temps : {0} s, quand il en faut environ {1} et "
         "les coupures ; étapes {2}, contacts {3}, arrachés des mors {4}, forces excessives {5}.",
         "لم تُنجز المهمة لضيق الوقت: {0} ث، وهي تستغرق نحو {1} ث عدا القطع؛ الخطوات {2}، الملامسة "
         "{3}، ما انتُزع من الفكين {4}، القوة الزائدة {5}."},
    [PHRASE_TASK_SHORT_UNCLEAN] =
        {"What there was time for was not done as it should be: touches {3}, torn out of the jaws "
         "{4}, too much force {5}, where none may be; steps {2} in {0} s, and the whole task takes "
         "about {1} and the cuts.",
         "Ce que le temps a permis n'a pas été fait comme il faut : contacts {3}, arrachés des "
         "mors {4}, forces excessives {5}, alors qu'il n'en faut aucun ; étapes {2} en {0} s, "
         "quand toute la tâche en demande environ {1} et les coupures.",
         "ما سمح به الوقت لم يُنجز كما ينبغي! الملامسة {3}، ما انتُزع من الفكين {4}، القوة الزائدة "
         "{5}، ولا يُقبل أي منها؛ الخطوات {2} في {0} ث، والمهمة كلها تستغرق نحو {1} ث عدا القطع."},
    [PHRASE_TASK_OF_OTHERS] =
        {"The task is not done; these hands are no script that does it; steps {2}, touches {3}, "
         "torn out of the jaws {4}, too much force {5}.",
         "La tâche n'est pas accomplie ; ces mains ne sont pas un script qui la fait ; étapes {2}, "
         "contacts {3}, arrachés des mors {4}, forces excessives {5}.",
         "لم تُنجز المهمة؛ وهاتان اليدان ليستا برنامجا ينجزها؛ الخطوات {2}، الملامسة {3}، ما انتُزع "
         "من الفكين {4}، القوة الزائدة {5}."},
    [PHRASE_DIED] =
        {"jisr {0} died at {1} s and was started again; times: {2}. Its figures are those since.",
         "jisr {0} s'est arrêté brutalement à {1} s et a été relancé ; nombre de fois : {2}. Ses "
         "chiffres partent de la dernière relance.",
         "انهار jisr {0} عند الثانية {1} وأُعيد تشغيله؛ عدد المرات: {2}. أرقامه منذ آخر تشغيل."},
    [PHRASE_GIVEN_UP] = {"jisr {0} died, first at {1} s; times: {2}. After the last it was not "
                         "started again.",
                         "jisr {0} s'est arrêté brutalement, la première fois à {1} s ; nombre de "
                         "fois : {2}. Après la dernière, il n'a plus été relancé.",
                         "انهار jisr {0}، أول مرة عند الثانية {1}؛ عدد المرات: {2}. لم يُعَد "
                         "تشغيله بعد آخرها."},
    [PHRASE_NOT_FOLLOWED_SINCE] = {"Since then the arm has not followed the hands.",
                                   "Depuis, le bras n'a plus suivi les mains.",
                                   "لم تتبع الذراع اليدين منذ ذلك الحين."},
    [PHRASE_BROKEN] = {"A program ended by itself before its time.",
                       "Un programme s'est arrêté de lui-même avant la fin.",
                       "توقف أحد البرامج من تلقاء نفسه قبل النهاية."},
    [PHRASE_REPORT_UNWRITTEN] = {"The report of jisr {0} could not be written ({1}).",
                                 "Le rapport de jisr {0} n'a pas pu être écrit ({1}).",
                                 "تعذرت كتابة تقرير jisr {0} ({1})."},
    [PHRASE_FROM_STATUS] = {"(no report of jisr {0}: figures of its last status line)",
                            "(pas de rapport de jisr {0} : chiffres de son dernier état)",
                            "(لا تقرير من jisr {0}: أرقام آخر حالة أرسلها)"},
    [PHRASE_TRACE_HOLES] = {"The trace of jisr {0} is not whole ({1}); rows lost: {2}.",
                            "Les mesures de jisr {0} sont incomplètes ({1}) ; lignes perdues : "
                            "{2}.",
                            "سجل قياسات jisr {0} ناقص ({1})؛ الأسطر المفقودة: {2}."},
    [PHRASE_LOGS_UNWRITTEN] = {"The logs could not be written whole ({0}).",
                               "Les journaux n'ont pas pu être écrits en entier ({0}).",
                               "تعذرت كتابة السجلات كاملة ({0})."},
    [PHRASE_NO_CART_REPORT] = {"The cart left no report.",
                               "Le chariot du patient n'a pas laissé de rapport.",
                               "لم تترك عربة المريض تقريرا."},
    [PHRASE_NO_CONSOLE_REPORT] = {"The console left no report.",
                                  "La console du chirurgien n'a pas laissé de rapport.",
                                  "لم تترك وحدة تحكم الجراح تقريرا."},
    [PHRASE_ALL_WELL] = {"All went as it should.", "Tout s'est déroulé comme prévu.",
                         "سار كل شيء كما ينبغي."},
    [PHRASE_JUDGED_WELL] = {"What could be judged went as it should.",
                            "Ce qui pouvait être jugé s'est déroulé comme prévu.",
                            "ما أمكن الحكم عليه سار كما ينبغي."},
    [PHRASE_NOT_WELL] = {"Not all went as it should.", "Tout ne s'est pas déroulé comme prévu.",
                         "لم يسر كل شيء كما ينبغي."},

    [PHRASE_TRY_WINDOWS] = {"Two windows: the surgeon's console and the panel at the bedside.",
                            "Deux fenêtres : la console du chirurgien et le panneau du chevet.",
                            "نافذتان: وحدة تحكم الجراح ولوحة فريق المريض."},
    [PHRASE_TRY_ENABLE] = {"  1. In the panel press E: the robot is enabled.",
                           "  1. Dans le panneau, appuyez sur E : le robot est autorisé.",
                           "  1. في لوحة فريق المريض اضغطوا E: يؤذن للروبوت."},
    [PHRASE_TRY_FOLLOW] =
        {"  2. In the console hold the left button, or J, and move the mouse: an instrument "
         "follows.",
         "  2. Dans la console, maintenez le bouton gauche, ou J, et bougez la souris : un "
         "instrument suit.",
         "  2. في وحدة تحكم الجراح اضغطوا الزر الأيسر أو J باستمرار وحرّكوا الفأرة: أداة تتبع "
         "الحركة."},
    [PHRASE_TRY_END] =
        {"Esc stops the robot, in either; F1 turns the pages of help. Close a window to end.",
         "Échap arrête le robot, dans l'une comme dans l'autre ; F1 tourne les pages de l'aide. "
         "Fermez une fenêtre pour finir.",
         "المفتاح Esc يوقف الروبوت من أي نافذة؛ F1 يقلب صفحات المساعدة. أغلقوا إحدى النافذتين "
         "للإنهاء."},
};

const char *phrase_of(enum phrase phrase, enum words_language language)
{
    assert(phrase < PHRASES && language < WORDS_LANGUAGES);
    return phrases[phrase][language];
}

void phrase_fill(char out[static PHRASE_BYTES], enum phrase phrase, enum words_language language,
                 const char *const texts[static PHRASE_PLACES])
{
    size_t len = 0;

    for (const char *at = phrase_of(phrase, language); *at; at++) {
        bool is_place = at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}';
        const char *piece = is_place ? texts[at[1] - '0'] : at;
        assert(piece);
        size_t piece_len = is_place ? strlen(piece) : 1;
        if (len + piece_len >= PHRASE_BYTES)
            break;
        memcpy(out + len, piece, piece_len);
        len += piece_len;
        at += is_place ? 2 : 0;
    }
    out[len] = '\0';
}

struct figure_text figure_text(double figure, int digits, enum words_language language)
{
    struct figure_text shown = {"-"};

    if (isfinite(figure)) {
        snprintf(shown.text, sizeof shown.text, "%.*f", digits, figure);
        words_write_decimals(shown.text, language);
    }
    return shown;
}
