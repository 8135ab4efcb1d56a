/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names as people in Morocco bear them, and its largest provinces and prefectures with two small ones; people as the
 * census of 2024 counts them, in thousands rounded. */
#include "demo/demo.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct demo_name women[] = {
    {"Fatima", "فاطمة"}, {"Khadija", "خديجة"},  {"Aïcha", "عائشة"},    {"Malika", "مليكة"},
    {"Naïma", "نعيمة"},  {"Rachida", "رشيدة"},  {"Saïda", "سعيدة"},    {"Amina", "أمينة"},
    {"Zineb", "زينب"},   {"Hanane", "حنان"},    {"Karima", "كريمة"},   {"Latifa", "لطيفة"},
    {"Salma", "سلمى"},   {"Yasmine", "ياسمين"}, {"Imane", "إيمان"},    {"Nadia", "نادية"},
    {"Samira", "سميرة"}, {"Houda", "هدى"},      {"Meryem", "مريم"},    {"Ghita", "غيثة"},
    {"Tamou", "طامو"},   {"Itto", "إيطو"},      {"Tislit", "تيسليت"},  {"Aya", "آية"},
    {"Inès", "إيناس"},   {"Soukaina", "سكينة"}, {"Btissam", "ابتسام"}, {"Ilham", "إلهام"},
    {"Wafae", "وفاء"},   {"Rajae", "رجاء"},
};

static const struct demo_name men[] = {
    {"Mohamed", "محمد"},    {"Ahmed", "أحمد"},
    {"Hassan", "حسن"},      {"Abdellah", "عبد الله"},
    {"Youssef", "يوسف"},    {"Rachid", "رشيد"},
    {"Saïd", "سعيد"},       {"Mustapha", "مصطفى"},
    {"Brahim", "إبراهيم"},  {"Omar", "عمر"},
    {"Khalid", "خالد"},     {"Driss", "إدريس"},
    {"Hamid", "حميد"},      {"Abdelkader", "عبد القادر"},
    {"Larbi", "العربي"},    {"Karim", "كريم"},
    {"Mehdi", "المهدي"},    {"Anas", "أنس"},
    {"Ayoub", "أيوب"},      {"Hicham", "هشام"},
    {"Moha", "موحا"},       {"Aziz", "عزيز"},
    {"Ali", "علي"},         {"Ismaïl", "إسماعيل"},
    {"Zakaria", "زكرياء"},  {"Amine", "أمين"},
    {"Othmane", "عثمان"},   {"Noureddine", "نور الدين"},
    {"Bouchaïb", "بوشعيب"}, {"Redouane", "رضوان"},
};

static const struct demo_name families[] = {
    {"Alaoui", "العلوي"},
    {"Benali", "بنعلي"},
    {"Berrada", "برادة"},
    {"Tazi", "التازي"},
    {"Bennani", "بناني"},
    {"El Idrissi", "الإدريسي"},
    {"Chraïbi", "الشرايبي"},
    {"El Amrani", "العمراني"},
    {"Fassi", "الفاسي"},
    {"Lahlou", "لحلو"},
    {"Benjelloun", "بنجلون"},
    {"Ouazzani", "الوزاني"},
    {"Ait Ouahmane", "آيت واحمان"},
    {"Ait Lahcen", "آيت لحسن"},
    {"Oubella", "أوبلا"},
    {"Amellal", "أملال"},
    {"Ziani", "الزياني"},
    {"Mansouri", "المنصوري"},
    {"Hamdaoui", "الحمداوي"},
    {"Bouazza", "بوعزة"},
    {"El Filali", "الفيلالي"},
    {"Sbai", "السباعي"},
    {"Kettani", "الكتاني"},
    {"Rhiati", "الغياتي"},
    {"Naciri", "الناصري"},
    {"Daoudi", "الداودي"},
    {"Belkacem", "بلقاسم"},
    {"Ouchen", "أوشن"},
    {"Haddad", "حداد"},
    {"Skalli", "الصقلي"},
    {"Zerouali", "الزروالي"},
    {"Cherkaoui", "الشرقاوي"},
    {"Mernissi", "المرنيسي"},
    {"Boukhari", "البخاري"},
    {"Sefrioui", "الصفريوي"},
    {"Touil", "الطويل"},
};

static const struct demo_place places[] = {
    {"Casablanca", "الدار البيضاء", "Casablanca-Settat", 3237},
    {"Marrakech", "مراكش", "Marrakech-Safi", 1521},
    {"Tanger-Assilah", "طنجة-أصيلة", "Tanger-Tétouan-Al Hoceima", 1494},
    {"Fès", "فاس", "Fès-Meknès", 1344},
    {"Kénitra", "القنيطرة", "Rabat-Salé-Kénitra", 1207},
    {"Salé", "سلا", "Rabat-Salé-Kénitra", 1091},
    {"Meknès", "مكناس", "Fès-Meknès", 902},
    {"Agadir-Ida-Ou Tanane", "أكادير إداوتنان", "Souss-Massa", 696},
    {"Oujda-Angad", "وجدة-أنجاد", "Oriental", 594},
    {"Béni Mellal", "بني ملال", "Béni Mellal-Khénifra", 589},
    {"Rabat", "الرباط", "Rabat-Salé-Kénitra", 516},
    {"Azilal", "أزيلال", "Béni Mellal-Khénifra", 562},
    {"Errachidia", "الرشيدية", "Drâa-Tafilalet", 441},
    {"Midelt", "ميدلت", "Drâa-Tafilalet", 297},
    {"Ouarzazate", "ورزازات", "Drâa-Tafilalet", 309},
    {"Laâyoune", "العيون", "Laâyoune-Sakia El Hamra", 294},
    {"Guelmim", "كلميم", "Guelmim-Oued Noun", 197},
    {"Oued Ed-Dahab", "وادي الذهب", "Dakhla-Oued Ed-Dahab", 215},
};

const struct demo_lists demo_lists_built_in = {
    .women = women,
    .men = men,
    .families = families,
    .woman_count = COUNT(women),
    .man_count = COUNT(men),
    .family_count = COUNT(families),
    .places = places,
    .place_count = COUNT(places),
};
