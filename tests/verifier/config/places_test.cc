#include "verifier/config/places.h"

#include "tests/verifier/config/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(places)

BOOST_AUTO_TEST_CASE(a_setting_is_found_by_its_path_and_else_the_table_around_it) {
  const SettingPlaces places({"c.toml", kGood + R"([executor]
run_as = ["a", "b"]
[executor.wrap]
run = ["/x"]
)"});
  BOOST_TEST(places.Of("executor.run_as") == "c.toml:8:10");
  BOOST_TEST(places.Of("executor.run_as.1") == "c.toml:8:16");
  BOOST_TEST(places.Of("executor.wrap.run") == "c.toml:10:7");
  BOOST_TEST(places.Of("executor.wrap.cleanup") == "c.toml:9:1");
  BOOST_TEST(places.Of("issuer.0.url") == "c.toml:5:7");
  BOOST_TEST(places.Of("issuer.0.keys.file") == "c.toml:2:1");
  BOOST_TEST(places.Of("issuer.7.keys.file") == "c.toml:2:1");
  BOOST_TEST(places.Of("audit.file") == "c.toml");
}

BOOST_AUTO_TEST_CASE(a_text_that_is_not_toml_has_no_places) {
  BOOST_TEST(SettingPlaces({"c.toml", "["}).Of("audit.file") == "c.toml");
}

BOOST_AUTO_TEST_SUITE_END()
