/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/lists_read.h"

#include "cmocka_base.h"

static const char provinces[] = "code,name_fr,name_ar,type,region_code,population_2024\r\n"
                                "01.511,Tanger-Assilah,طنجة-أصيلة,prefecture,01,1494413\r\n"
                                "06.141,Anfa,أنفا,prefecture_of_arrondissements,06,400000\n"
                                "09.999,Nowhere,لا مكان,province,99,5\n"
                                "09.998,Empty,لا مكان,province,01,\n"
                                "09.997,\"Quoted\",لا مكان,province,01,7\n"
                                "09.996,Torn\xC3,لا مكان,province,01,7\n"
                                "01.573,M'diq-Fnideq,المضيق-الفنيدق,prefecture,01,254064";
static const char regions[] = "code,code_digits,name_fr\n01,01,Tanger-Tétouan-Al Hoceima\n";
static const char forenames[] = "\xEF\xBB\xBF"
                                "Country,Gender,Localized Name,Romanized Name\n"
                                "MA,F,Inès,Inès\nMA,F,Noûr,Noûr\nMA,M,Younès,Younès\n"
                                "DZ,F,Lina,Lina\n";

static void read_lists(struct demo_lists *lists, const struct demo_tables *tables,
                       struct arena *arena)
{
    arena_init(arena, 1 << 20);
    assert_true(demo_lists_read(lists, tables, arena));
}

static void places_are_those_of_the_census_and_none_is_counted_twice(void **state)
{
    (void)state;
    struct arena arena;
    struct demo_lists lists;
    read_lists(&lists,
               &(struct demo_tables){.provinces = text_of(provinces), .regions = text_of(regions)},
               &arena);
    assert_int_equal(lists.place_count, 2);
    assert_string_equal(lists.places[0].latin, "Tanger-Assilah");
    assert_string_equal(lists.places[0].arabic, "طنجة-أصيلة");
    assert_string_equal(lists.places[0].region, "Tanger-Tétouan-Al Hoceima");
    assert_int_equal(lists.places[1].people, 254064);
    assert_int_equal(lists.woman_count, demo_lists_built_in.woman_count);
    arena_free(&arena);
}

static void names_of_the_country_join_those_built_in(void **state)
{
    (void)state;
    struct arena arena;
    struct demo_lists lists;
    read_lists(&lists, &(struct demo_tables){.forenames = text_of(forenames)}, &arena);
    assert_int_equal(lists.woman_count, demo_lists_built_in.woman_count + 1); /* Inès was there */
    assert_int_equal(lists.man_count, demo_lists_built_in.man_count + 1);
    assert_string_equal(lists.women[lists.woman_count - 1].latin, "Noûr");
    assert_null(lists.women[lists.woman_count - 1].arabic);
    assert_ptr_equal(lists.places, demo_lists_built_in.places);
    arena_free(&arena);
}

static void without_tables_or_with_others_all_is_as_built_in(void **state)
{
    (void)state;
    struct arena arena;
    struct demo_lists lists;
    read_lists(&lists, &(struct demo_tables){.provinces = TEXT("a,b\n1,2\n"), .regions = TEXT("")},
               &arena);
    assert_memory_equal(&lists, &demo_lists_built_in, sizeof lists);
    arena_free(&arena);
    arena_init(&arena, 64);
    assert_false(
        demo_lists_read(&lists, &(struct demo_tables){.forenames = text_of(forenames)}, &arena));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_those_of_the_census_and_none_is_counted_twice),
        cmocka_unit_test(names_of_the_country_join_those_built_in),
        cmocka_unit_test(without_tables_or_with_others_all_is_as_built_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
